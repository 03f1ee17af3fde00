"""Yeastar's records: JSON within JSON, misspelt keys, local times, and one call in several rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.telephony import directory
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources.mapping import parse_mapping

MAPPING = """connector = "yeastar"
source = "/pbx/hq"
[time]
time_zone = "Asia/Nicosia"
[calls]
country = "CY"
pbx = "hq"
services = ["6400"]
"""


def record(**more: Any) -> dict[str, Any]:
    """A call of 8 seconds of ringing and 121 of talk."""
    return {
        "call_id": "1772436843.362",
        "time_start": "2026-03-02 09:34:03",
        "call_from": "211",
        "call_to": "99123456",
        "call_duration": 129,
        "talk_duration": 121,
        "src_trunk_name": " ",
        "dst_trunk_name": "cyta",
        "pin_code": " ",
        "status": "ANSWERED",
        "type": "Outbound",
        "recording": "",
        "did_number": " ",
        "agent_ring_time": 0,
        "uid": "2026030209340377D",
    } | more


def event(as_text: bool = True, **more: Any) -> str:
    told = record(**more)
    message = json.dumps(told) if as_text else told
    return json.dumps({"type": 30012, "sn": "3631A2124XXX", "msg": message}) + "\n"


def new_cdr(**more: Any) -> str:
    """The same call as the older systems write it."""
    told = {
        "event": "NewCdr",
        "callid": "1772436843.362",
        "timestart": "2026-03-02 09:34:03",
        "callfrom": "211",
        "callto": "99123456",
        "callduraction": "129",
        "talkduraction": "121",
        "srctrunkname": "",
        "dsttrcunkname": "cyta",
        "status": "ANSWERED",
        "type": "Outbound",
        "sn": "369451090405",
    } | more
    return json.dumps(told) + "\n"


QUEUED = {"call_id": "1772440443.9", "call_from": "+35799123456", "type": "Inbound", "call_to": "6400"}


def queued() -> str:
    """A client in a queue; two phones ring and one takes the call."""
    start = {"time_start": "2026-03-02 10:34:03"}
    rung = {"call_to": "213", "status": "NO ANSWER", "talk_duration": 0, "call_duration": 10}
    return (
        event(**QUEUED | start)
        + event(**QUEUED | start | rung)
        + event(**QUEUED | start | {"call_to": "212", "talk_duration": 100, "call_duration": 106})
    )


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str):
        return told(text, "y.jsonl", parse_mapping(MAPPING, "y.toml"), "yeastar", directory(tmp_path))

    return read


def test_a_call_out_has_talk_and_the_rest_is_ringing(calls):
    [call] = calls(event()).events
    assert (call.id, call.subject) == ("1772436843.362-211", "L-1")
    assert rfc3339(call.time) == "2026-03-02T07:36:12Z"
    assert call.data == {
        "agent": "a-1",
        "call": "1772436843.362",
        "direction": "out",
        "answered": True,
        "ring_ms": 8_000,
        "talk_ms": 121_000,
    }


def test_a_message_may_be_text_or_an_object_and_older_systems_misspell_its_keys(calls):
    told = calls(event()).events
    assert calls(event(as_text=False)).events == told
    assert calls(new_cdr()).events == told
    listed = {"errcode": 0, "errmsg": "SUCCESS", "total_number": 1}
    listed["data"] = [record(call_from="Anna<211>", call_from_number="211")]
    assert calls(json.dumps(listed, indent=1)).events == told


def test_a_call_through_a_queue_is_whose_phone_took_it(calls):
    call, contact = calls(queued()).events
    assert (call.data["agent"], call.data["direction"]) == ("a-3", "in")
    assert (call.data["ring_ms"], call.data["talk_ms"]) == (6_000, 100_000)
    assert (contact.type, contact.subject) == ("client.contacted", "L-1")


@pytest.mark.parametrize("status", ["NO ANSWER", "NO ANSWERED", "BUSY", "VOICEMAIL", "ABANDONED"])
def test_a_call_that_was_not_answered_has_no_talk(calls, status):
    [call] = calls(event(status=status, talk_duration=0)).events
    assert (call.data["answered"], call.data["ring_ms"]) == (False, 129_000)
    assert "talk_ms" not in call.data


def test_the_hour_that_comes_twice_is_told_apart_by_the_calls_id(calls):
    """In Nicosia 04:00 became 03:00 on 25 October 2026; 1792890243 is in the second hour of that name."""
    late = {"time_start": "2026-10-25 03:04:03", "call_id": "1792890243.7"}
    [call] = calls(event(**late)).events
    assert rfc3339(call.time) == "2026-10-25T01:06:12Z"


def test_other_events_are_counted(calls):
    found = calls('{"type": 30011, "sn": "3", "msg": "{}"}\n{"event": "ExtensionStatus"}\n')
    assert found.tally.not_mapped == {"another event than the end of a call (30012, NewCdr)": 2}


def test_calls_between_own_phones_are_counted(calls):
    assert calls(event(type="Internal", call_to="212")).tally.not_mapped == {
        "a call between own phones, or to a service of the telephone system": 1
    }


def test_the_zone_has_to_be_said(told):
    rules = parse_mapping('connector = "yeastar"\nsource = "/x"\n[calls]\n', "y.toml")
    with pytest.raises(BadInput, match="their zone is not known"):
        told(event(), "y.jsonl", rules, "yeastar")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"call_id": "", "uid": ""}, "has no call_id"),
        ({"talk_duration": 130}, "shorter than talk_duration"),
        ({"status": "ODD"}, "status 'ODD' is unknown"),
        ({"type": "odd"}, "type 'odd' is none of inbound, outbound, internal"),
        ({"time_start": "noon"}, "is not an ISO 8601 time"),
        ({"call_duration": "long"}, "call_duration 'long' is not a whole number"),
        ({"call_from": "299"}, "extension '299' is nobody's"),
    ],
)
def test_a_bad_record_is_set_aside(calls, change, reason):
    found = calls(event() + event(**{"call_id": "1772436843.900"} | change))
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "y.jsonl:2"
    assert len(found.events) == 1
