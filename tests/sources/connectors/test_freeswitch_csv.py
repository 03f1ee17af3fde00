"""FreeSWITCH's CSV records: the default template, and one that names directions and bridges."""

from __future__ import annotations

import pytest

from sources.telephony import directory
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources.mapping import parse_mapping

UUID = "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d"
MAPPING = """connector = "freeswitch-csv"
source = "/pbx/hq"
[time]
time_zone = "Asia/Nicosia"
[calls]
country = "CY"
pbx = "hq"
outside = "9"
"""


def row(**more: str) -> str:
    """211 calls a client: 8 seconds of ringing, 121 of talk."""
    told = {
        "caller_id_name": "Anna",
        "caller_id_number": "211",
        "destination_number": "99123456",
        "context": "default",
        "start_stamp": "2026-03-02 09:34:03",
        "answer_stamp": "2026-03-02 09:34:11",
        "end_stamp": "2026-03-02 09:36:12",
        "duration": "129",
        "billsec": "121",
        "hangup_cause": "NORMAL_CLEARING",
        "uuid": UUID,
        "bleg_uuid": "",
        "accountcode": "211",
        "read_codec": "PCMA",
        "write_codec": "PCMA",
    } | more
    return ",".join(f'"{value}"' for value in told.values()) + "\n"


INBOUND = {"caller_id_number": "+35799123456", "accountcode": "", "context": "public"}


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str, mapping: str = MAPPING):
        rules = parse_mapping(mapping, "fs.toml")
        return told(text, "Master.csv", rules, "freeswitch-csv", directory(tmp_path))

    return read


def test_an_own_number_that_calls_out_is_whose_call_it_was(calls):
    [call] = calls(row()).events
    assert (call.id, call.subject, rfc3339(call.time)) == (f"{UUID}-211", "L-1", "2026-03-02T07:36:12Z")
    assert call.data == {
        "agent": "a-1",
        "call": UUID,
        "direction": "out",
        "answered": True,
        "ring_ms": 8_000,
        "talk_ms": 121_000,
        "cause": "normal-clearing",
    }


def test_the_account_says_whose_call_it_was_where_clients_see_another_number(calls):
    [call] = calls(row(caller_id_number="+35722000000")).events
    assert call.data["agent"] == "a-1"


def test_a_call_that_came_in_is_whose_phone_was_dialled(calls):
    call, contact = calls(row(destination_number="212", **INBOUND)).events
    assert (call.data["agent"], call.data["direction"], call.data["talk_ms"]) == ("a-3", "in", 121_000)
    assert contact.type == "client.contacted"


def test_through_a_menu_nobody_knows_who_took_it(calls):
    assert [event.type for event in calls(row(destination_number="22000000", **INBOUND)).events] == [
        "client.contacted"
    ]


def test_what_the_dialplan_answered_first_has_no_talk(calls):
    early = {"answer_stamp": "2026-03-02 09:34:03"}
    [call] = calls(row(**early)).events
    assert not {"answered", "talk_ms", "ring_ms"} & set(call.data)
    call, _ = calls(row(destination_number="212", **INBOUND, **early)).events
    assert call.data["answered"] is True
    assert not {"talk_ms", "ring_ms"} & set(call.data)


def test_an_unanswered_call_rang_to_its_end(calls):
    [call] = calls(row(answer_stamp="", hangup_cause="NO_ANSWER")).events
    assert (call.data["answered"], call.data["ring_ms"]) == (False, 129_000)


def test_a_template_of_ones_own_that_names_directions_and_bridges_says_it_all(calls):
    columns = "uuid call_uuid direction caller_id_number destination_number sip_auth_username dialed_user "
    columns += "start_epoch answer_epoch bridge_epoch end_epoch hangup_cause sip_hangup_disposition"
    mapping = f"columns = {columns.split()}\n" + MAPPING
    rows = (
        f"{UUID},{UUID},inbound,+35799123456,22000000,,,1772436843,1772436843,1772436869,1772436972,"
        "NORMAL_CLEARING,send_bye\n"
        f"b-leg,{UUID},outbound,+35799123456,212,,212,1772436863,1772436869,1772436869,1772436972,"
        "NORMAL_CLEARING,recv_bye\n"
    )
    contact, call = sorted(calls(rows, mapping).events, key=lambda event: event.type, reverse=True)
    assert (call.data["agent"], call.data["direction"]) == ("a-3", "in")
    assert (call.data["ring_ms"], call.data["talk_ms"], call.data["ended_by"]) == (6_000, 103_000, "agent")
    assert contact.subject == "L-1"


def test_a_needed_column_that_is_missing_is_said_at_once(calls):
    with pytest.raises(BadInput, match="columns has no 'uuid'"):
        calls(row(), 'columns = ["caller_id_number", "destination_number"]\n' + MAPPING)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n", "has 2 columns, not 15"),
        (row(answer_stamp="2026-03-02 10:34:11"), "are not in this order"),
        (row(start_stamp="noon"), "is not an ISO 8601 time"),
        (row(uuid="x", caller_id_number="299", accountcode="299"), "extension '299' is nobody's"),
        (row(uuid=""), "uuid is empty"),
    ],
)
def test_a_bad_row_is_set_aside(calls, text, reason):
    found = calls(row() + text)
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "Master.csv:2"
    assert len(found.events) == 1
