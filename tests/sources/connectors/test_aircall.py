"""Aircall's webhooks: talk from answer to end, ringing for calls out alone, users by id or address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.telephony import KEY, directory
from viewtrail.event import rfc3339
from viewtrail.sources.directory import Claim, Directory
from viewtrail.sources.mapping import parse_mapping
from viewtrail.sources.numbers import Numbers

START = 1_772_436_843  # 2026-03-02 09:34:03 in Nicosia
CLEO = {"id": 456, "name": "Cleo", "email": "cleo@example.test"}
MAPPING = 'connector = "aircall"\nsource = "/pbx/hq"\n[calls]\ncountry = "CY"\n'


def call(**more: Any) -> dict[str, Any]:
    """A call of 8 seconds of ringing and 121 of talk, which its `duration` adds up."""
    return {
        "id": 812,
        "direct_link": "https://api.aircall.io/v1/calls/812",
        "direction": "outbound",
        "status": "done",
        "missed_call_reason": None,
        "started_at": START,
        "answered_at": START + 8,
        "ended_at": START + 129,
        "duration": 129,
        "raw_digits": "+357 99 123456",
        "user": CLEO,
        "assigned_to": None,
        "number": {"id": 1, "digits": "+357 22 000000"},
    } | more


def ended(**more: Any) -> str:
    told = {"resource": "call", "event": "call.ended", "timestamp": START + 160, "token": "secret-token"}
    return json.dumps(told | {"data": call(**more)}) + "\n"


INBOUND = {"id": 813, "direction": "inbound"}
MISSED = {"id": 814, "direction": "inbound", "answered_at": None, "user": None}


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str, who: Directory | None = None):
        rules = parse_mapping(MAPPING, "a.toml")
        return told(text, "aircall.jsonl", rules, "aircall", who or directory(tmp_path))

    return read


def test_talk_is_from_the_answer_to_the_end_and_the_user_is_known_by_address(calls):
    [told] = calls(ended()).events
    assert (told.id, told.subject, rfc3339(told.time)) == ("812-456", "L-1", "2026-03-02T07:36:12Z")
    assert told.data == {
        "agent": "a-3",
        "call": "812",
        "direction": "out",
        "answered": True,
        "ring_ms": 8_000,
        "talk_ms": 121_000,
    }
    assert "@" not in str(told)


def test_a_user_is_known_by_id_too(calls):
    who = Directory([Claim("a-7", "extension", "456")], numbers=Numbers(KEY))
    [told] = calls(ended(), who).events
    assert told.data["agent"] == "a-7"


def test_the_wait_of_a_call_that_came_in_is_not_taken_for_ringing(calls):
    told, contact = calls(ended(**INBOUND)).events
    assert (told.data["direction"], told.data["talk_ms"]) == ("in", 121_000)
    assert "ring_ms" not in told.data
    assert (contact.type, contact.id) == ("client.contacted", "813-in")


def test_a_missed_call_is_the_clients_move_alone(calls):
    assert [event.type for event in calls(ended(**MISSED)).events] == ["client.contacted"]


def test_a_call_out_that_nobody_took_rang_until_its_end(calls):
    [told] = calls(ended(answered_at=None, missed_call_reason="no_answer")).events
    assert (told.data["answered"], told.data["ring_ms"], told.data["cause"]) == (False, 129_000, "no_answer")


def test_whose_the_talk_was_in_a_call_that_was_handed_over_is_unknown(calls):
    dora = {"id": 457, "email": "dora@example.test"}
    told = [event for event in calls(ended(**INBOUND, transferred_by=dora)).events if "agent" in event.data]
    assert [event.data["agent"] for event in told] == ["a-3", "a-4"]
    assert not any("talk_ms" in event.data for event in told)


def test_other_events_are_counted(calls):
    text = ended().replace("call.ended", "call.created") + '{"resource":"user","event":"user.opened"}\n'
    found = calls(text)
    assert not found.events
    assert found.tally.not_mapped == {
        "another event than call.ended, which tells all of a call": 1,
        "an event that is not about a call": 1,
    }


def test_the_list_of_calls_tells_the_same(calls):
    listed = json.dumps({"meta": {"count": 2}, "calls": [call(), call(id=9, ended_at=None)]}, indent=1)
    found = calls(listed)
    assert found.events == calls(ended()).events
    assert found.tally.not_mapped == {"a call that is not over": 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"answered_at": START - 1}, "are not in this order"),
        ({"started_at": "noon"}, "started_at 'noon' is no number of seconds"),
        ({"started_at": None}, "has no started_at"),
        ({"direction": "up"}, "is neither inbound nor outbound"),
        ({"id": None}, "the call has no id"),
        ({"user": {"id": 1}}, "extension '1' is nobody's"),
    ],
)
def test_a_bad_call_is_set_aside(calls, change, reason):
    found = calls(ended() + ended(**{"id": 900} | change))
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "aircall.jsonl:2"
    assert len(found.events) == 1
