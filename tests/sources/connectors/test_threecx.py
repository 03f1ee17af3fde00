"""3CX's call records: the administrator's columns, who had the call in the end, and talk only where known."""

from __future__ import annotations

import pytest

from sources.telephony import directory, mapping
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339

OUTGOING = (
    "Call 612504,00000C21DE5C2470_6531,00:05:36,2026/03/02 09:33:54,2026/03/02 09:34:04,2026/03/02 09:39:31,"
    "TerminatedBySrc,Ext.212,0035799123456,212,10021,0035799123456,,0035799123456,,,,,,Chain: Ext.212;"
)
QUEUED = (
    "Call 612505,00000C21DE5C2470_6532,00:05:36,2026/03/02 09:33:54,2026/03/02 09:33:54,2026/03/02 09:39:31,"
    "TerminatedBySrc,+35799123456,Ext.800,10021,800,800,QFwdToDNA,Ext.212,212,,,,,Chain: Ext.800;"
)
DIRECT = QUEUED.replace("QFwdToDNA,Ext.212,212", ",Ext.212,212").replace(
    "Ext.800,10021,800,800", "Ext.212,10021,212,212"
)


@pytest.fixture
def calls(told, tmp_path):
    def read(*rows: str, rules=None):
        rules = rules or mapping("3cx")
        return told("\n".join(rows), "cdr.log", rules, directory=directory(tmp_path))

    return read


def test_an_outgoing_call_has_talk_ring_and_who_hung_up(calls):
    [call] = calls(OUTGOING).events
    assert (call.subject, call.id, rfc3339(call.time)) == (
        "L-1",
        "00000C21DE5C2470_6531-212",
        "2026-03-02T07:39:31Z",
    )
    assert call.data == {
        "agent": "a-3",
        "call": "00000C21DE5C2470_6531",
        "direction": "out",
        "answered": True,
        "ring_ms": 10_000,
        "talk_ms": 327_000,
        "ended_by": "agent",
        "cause": "terminatedbysrc",
    }


def test_a_call_through_a_queue_is_whose_it_was_in_the_end_and_its_talk_is_unknown(calls):
    call, contact = calls(QUEUED).events
    assert call.data == {
        "agent": "a-3",
        "call": "00000C21DE5C2470_6532",
        "direction": "in",
        "answered": True,
        "ended_by": "client",
        "cause": "terminatedbysrc",
    }
    assert (contact.type, contact.subject) == ("client.contacted", "L-1")


def test_a_direct_call_in_knows_its_talk(calls):
    call, _ = calls(DIRECT.replace("09:33:54,2026/03/02 09:39", "09:34:00,2026/03/02 09:39")).events
    assert (call.data["ring_ms"], call.data["talk_ms"]) == (6_000, 331_000)


def test_an_unanswered_call_out_rang_and_has_no_talk(calls):
    [call] = calls(OUTGOING.replace("2026/03/02 09:34:04", "")).events
    assert (call.data["answered"], call.data["ring_ms"]) == (False, 337_000)
    assert "talk_ms" not in call.data


def test_who_handed_a_call_over_is_told_too(calls):
    row = QUEUED.replace("Ext.800,10021,800,800,QFwdToDNA", "Ext.211,10021,211,211,ReplacedDst")
    ended = [event for event in calls(row).events if event.type == "call.ended"]
    assert [call.data["agent"] for call in ended] == ["a-3", "a-1"]
    assert not any("ended_by" in call.data or "talk_ms" in call.data for call in ended)


def test_a_call_that_ended_in_a_service_is_the_clients_move_alone(calls):
    row = QUEUED.replace("QFwdToDNA,Ext.212,212", ",Ext.600,600").replace("Ext.800", "Ext.600")
    assert [event.type for event in calls(row).events] == ["client.contacted"]


def test_types_say_what_is_a_person_where_they_are_sent(calls):
    row = QUEUED.replace("QFwdToDNA,Ext.212,212", ",Ext.800,800") + ",LineSet,queue,,Name,Name,,"
    assert [event.type for event in calls(row).events] == ["client.contacted"]


def test_the_administrators_own_columns_and_order(calls):
    more = 'columns = ["time-end", "to-no", "from-no", "time-start", "callid"]\ndelimiter = ";"\n'
    row = "02.03.2026 09:39:31;0035799123456;Ext.212;02.03.2026 09:33:54;c-1"
    rules = mapping("3cx", more, mapping_text().replace("[time]", '[time]\nformat = "%d.%m.%Y %H:%M:%S"'))
    [call] = calls(row, rules=rules).events
    assert call.subject == "L-1"
    assert "answered" not in call.data, "without time-answered nobody knows"
    assert "talk_ms" not in call.data


def mapping_text() -> str:
    from sources.telephony import MAPPING

    return MAPPING


def test_a_needed_column_that_is_missing_is_said_at_once(calls):
    with pytest.raises(BadInput, match="columns has no 'time-end'"):
        calls("x", rules=mapping("3cx", 'columns = ["callid", "time-start", "from-no", "to-no"]\n'))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (OUTGOING + ",x", "has 21 columns, not 20 or 27"),
        (OUTGOING.replace("00000C21DE5C2470_6531", ""), "callid is empty"),
        (
            OUTGOING.replace("2026/03/02 09:39:31", "2026/03/01 09:39:31"),
            "is not within 7 days after time-start",
        ),
        (OUTGOING.replace("2026/03/02 09:34:04", "2026/03/02 10:34:04"), "is not between"),
        (OUTGOING.replace("2026/03/02 09:33:54", "noon"), "is not an ISO 8601 time"),
    ],
)
def test_a_bad_record_is_set_aside_alone(calls, row, reason):
    found = calls(OUTGOING, row, QUEUED)
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "cdr.log:2"
    assert len(found.events) == 3
