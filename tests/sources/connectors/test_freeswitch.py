"""FreeSWITCH's JSON records: both legs, URL-encoded values, posts in base64, talk from the bridge."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from sources.telephony import directory
from viewtrail.event import rfc3339
from viewtrail.sources.mapping import parse_mapping

START = 1_772_436_843_000_000  # 2026-03-02 07:34:03 UTC
A, B = (f"5a3a1d91-90d3-4db4-af5c-cc3ae15d93a{n}" for n in (4, 5))
MAPPING = """connector = "freeswitch"
source = "/pbx/hq"
[calls]
country = "CY"
pbx = "hq"
outside = "9"
services = ["600"]
"""


def at(seconds: float | None) -> str:
    return "0" if seconds is None else str(START + round(seconds * 1_000_000))


def leg(
    uuid: str,
    direction: str,
    dialled: str,
    *,
    answer: float | None = 8,
    bridge: float | None = 8,
    end: float = 129,
    start: float = 0,
    encoded: bool = True,
    channel: str = "sofia/internal/211@10.0.0.1",
    caller: str = "211",
    **more: Any,
) -> dict[str, Any]:
    """One leg's record with the variables that matter; values URL-encoded as json_cdr.conf has it."""
    told = {
        "direction": direction,
        "uuid": uuid,
        "call_uuid": A,
        "channel_name": channel,
        "start_stamp": "2026-03-02 09:34:03",
        "start_uepoch": at(start),
        "answer_uepoch": at(answer),
        "bridge_uepoch": at(bridge),
        "end_uepoch": at(end),
        "hangup_cause": "NORMAL_CLEARING",
        "sip_hangup_disposition": "recv_bye",
        "rtp_local_sdp_str": "v=0\r\no=FreeSWITCH 1 2 IN IP4 10.0.0.1\r\n",
    } | more
    values = {name: quote(value) if encoded else value for name, value in told.items()}
    newest = {"caller_id_number": caller, "destination_number": "rewritten", "chan_name": channel}
    oldest = newest | {"destination_number": dialled}
    profiles = [{"caller_profile": newest}, {"caller_profile": oldest}]
    return {
        "core-uuid": "63e2315b-d538-4dfa-9ed5-af73ba6210b6",
        "switchname": "pbx",
        "channel_data": {"state": "CS_REPORTING", "direction": direction},
        "variables": values,
        "callflow": profiles,
    }


def dialled(**more: Any) -> list[dict[str, Any]]:
    """211 dials a client through the trunk: the leg of the phone and the leg of the trunk."""
    trunk = {"sip_gateway_name": "cyta", "originating_leg_uuid": A, "channel": "sofia/external/99123456"}
    return [
        leg(B, "outbound", "99123456", **trunk, **more),
        leg(A, "inbound", "999123456", sip_auth_username="211", accountcode="211", **more),
    ]


def came_in() -> list[dict[str, Any]]:
    """A client calls; the dialplan answers at once, and 212 takes it after 6 seconds of ringing."""
    c, d = A.replace("5a", "6a"), B.replace("5a", "6a")
    caller = {"caller": "+35799123456", "call_uuid": c}
    trunk = {"sip_gateway": "cyta", "channel": "sofia/external/99123456@cyta.example"}
    phone = {"dialed_user": "212", "channel": "sofia/internal/212@10.0.0.2", "originating_leg_uuid": c}
    return [
        leg(c, "inbound", "22000000", answer=0, bridge=26, **caller, **trunk),
        leg(d, "outbound", "212", start=20, answer=26, bridge=26, **caller, **phone),
    ]


def lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str, more: str = ""):
        rules = parse_mapping(MAPPING + more, "fs.toml")
        return told(text, "cdr.json", rules, "freeswitch", directory(tmp_path))

    return read


def test_a_call_out_has_talk_from_the_bridge_and_who_hung_up(calls):
    [call] = calls(lines(dialled())).events
    assert (call.id, call.subject, rfc3339(call.time)) == (f"{A}-211", "L-1", "2026-03-02T07:36:12Z")
    assert call.data == {
        "agent": "a-1",
        "call": A,
        "direction": "out",
        "answered": True,
        "ring_ms": 8_000,
        "talk_ms": 121_000,
        "ended_by": "agent",
        "cause": "normal-clearing",
    }


def test_values_may_be_encoded_or_not_and_posts_escaped_or_in_base64(calls):
    told = calls(lines(dialled())).events
    assert calls(lines(dialled(encoded=False))).events == told
    escaped = "".join("cdr=" + quote(json.dumps(one), safe="") + "\n" for one in dialled())
    packed = "".join("cdr=" + base64.b64encode(json.dumps(one).encode()).decode() + "\n" for one in dialled())
    assert calls(escaped).events == calls(packed).events == told
    [whole] = calls(json.dumps(dialled()[1], indent=1)).events
    assert whole == told[0], "the phone's own leg says it all"


def test_a_call_that_came_in_is_whose_phone_took_it_and_the_menu_is_no_talk(calls):
    contact, call = sorted(calls(lines(came_in())).events, key=lambda event: event.type, reverse=True)
    assert (call.data["agent"], call.data["direction"]) == ("a-3", "in")
    assert (call.data["ring_ms"], call.data["talk_ms"]) == (6_000, 103_000)
    assert (contact.type, contact.subject) == ("client.contacted", "L-1")


def test_the_legs_may_come_in_any_order(calls):
    assert calls(lines(came_in()[::-1])).events == calls(lines(came_in())).events


def test_a_client_who_was_not_reached_did_not_answer(calls):
    [call] = calls(lines(dialled(answer=None, bridge=None, hangup_cause="NO_ANSWER"))).events
    assert (call.data["answered"], call.data["ring_ms"], call.data["cause"]) == (False, 129_000, "no-answer")


def test_a_dialplan_that_answers_first_makes_no_talk(calls):
    [call] = calls(lines(dialled(answer=0.1))).events
    assert call.data["talk_ms"] == 121_000


def test_a_click_that_calls_the_agent_first_goes_out_and_talk_begins_with_the_client(calls):
    phone = {"dialed_user": "211", "channel": "sofia/internal/211@10.0.0.1"}
    own = leg(A, "outbound", "211", answer=2, bridge=8, caller="99123456", **phone)
    [call] = calls(lines([own, dialled()[0]])).events
    assert (call.data["direction"], call.data["talk_ms"], call.subject) == ("out", 121_000, "L-1")
    assert not calls(lines([own])).events, "whom it was for is not known from the phone's leg alone"


def test_a_queue_of_mod_callcenter_joins_the_agents_leg_to_the_callers(calls):
    caller, phone = came_in()
    phone["variables"]["cc_member_session_uuid"] = caller["variables"]["uuid"]
    phone["variables"]["call_uuid"] = phone["variables"]["uuid"]
    del phone["variables"]["originating_leg_uuid"]
    assert calls(lines([caller, phone])).events == calls(lines(came_in())).events


def test_calls_between_own_phones_and_to_services_are_counted(calls):
    internal = leg(A, "inbound", "212", sip_auth_username="211")
    other = leg(B, "outbound", "212", dialed_user="212", originating_leg_uuid=A)
    found = calls(lines([internal, other]))
    assert not found.events
    assert sum(found.tally.not_mapped.values()) == 2


def test_a_campaign_stands_in_a_variable(calls):
    [call] = calls(lines(dialled(campaign_name="spring")), 'campaign = "campaign_name"\n').events
    assert call.data["campaign"] == "spring"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"variables": []}, "has no variables"),
        (leg(B, "sideways", "1"), "direction 'sideways' is neither"),
        (leg(B, "inbound", "999123456", sip_auth_username="211", end=-1), "start and end"),
        (leg(B, "inbound", "999123456", sip_auth_username="211", bridge=200), "not between start and end"),
        (leg(B, "inbound", "1", start_uepoch="soon"), "start_uepoch 'soon' is no number"),
        (leg(B, "inbound", "999123456", sip_auth_username="299", call_uuid=B), "extension '299' is nobody's"),
    ],
)
def test_a_bad_record_is_set_aside(calls, record, reason):
    found = calls(lines([*dialled(), record]))
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "cdr.json:3"
    assert len(found.events) == 1
