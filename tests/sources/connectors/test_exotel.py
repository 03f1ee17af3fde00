"""Exotel's callbacks: agents who are telephone numbers, local times, and the time both were on the call."""

from __future__ import annotations

import json

import pytest

from sources.telephony import KEY, directory
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources.directory import Claim, Directory
from viewtrail.sources.mapping import parse_mapping
from viewtrail.sources.numbers import Numbers

CALL = "b6cfaf5f5cef3ca0fc937749ef96d245"
MAPPING = """connector = "exotel"
source = "/pbx/hq"
[time]
time_zone = "Asia/Kolkata"
[calls]
country = "CY"
unlisted = "exotel-"
"""


def callback(**more: object) -> str:
    told = {
        "CallSid": CALL,
        "EventType": "terminal",
        "DateCreated": "2026-03-02 13:04:00",
        "DateUpdated": "2026-03-02 13:06:20",
        "Status": "completed",
        "To": "+35799123456",
        "From": "+35799000111",
        "PhoneNumberSid": "08047100000",
        "StartTime": "2026-03-02 13:04:00",
        "EndTime": "2026-03-02 13:06:12",
        "ConversationDuration": 95,
        "Direction": "outbound-api",
        "Legs": [
            {"Status": "completed", "OnCallDuration": 130},
            {"Status": "completed", "OnCallDuration": 95},
        ],
    } | more
    return json.dumps({name: value for name, value in told.items() if value is not None}) + "\n"


INBOUND = {
    "CallSid": CALL[::-1],
    "Direction": "inbound",
    "From": "+35799123456",
    "To": "08047100000",
    "DialWhomNumber": "+35799000111",
}


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str, who: Directory | None = None):
        rules = parse_mapping(MAPPING, "e.toml")
        return told(text, "exotel.jsonl", rules, "exotel", who or directory(tmp_path))

    return read


def test_talk_is_the_time_that_both_were_on_the_call(calls):
    who = Directory([Claim("a-9", "extension", "+35799000111")], numbers=Numbers(KEY))
    [call] = calls(callback(), who).events
    assert rfc3339(call.time) == "2026-03-02T07:36:12Z"
    assert call.data == {
        "agent": "a-9",
        "call": CALL,
        "direction": "out",
        "answered": True,
        "talk_ms": 95_000,
    }
    assert "99000111" not in str(call)


def test_an_agents_number_is_found_in_any_spelling(calls):
    who = Directory([Claim("a-9", "extension", "+35799000111")], numbers=Numbers(KEY))
    [call] = calls(callback(From="0035799000111"), who).events
    assert call.data["agent"] == "a-9"


def test_a_call_that_came_in_is_whose_number_was_dialled(calls):
    contact, call = sorted(calls(callback(**INBOUND)).events, key=lambda event: event.type, reverse=True)
    assert (call.data["direction"], call.data["talk_ms"], call.subject) == ("in", 95_000, "L-1")
    assert (contact.type, contact.subject) == ("client.contacted", "L-1")


def test_who_took_a_call_that_came_in_is_not_told_without_the_number(calls):
    assert [event.type for event in calls(callback(**INBOUND | {"DialWhomNumber": None})).events] == [
        "client.contacted"
    ]


def test_a_client_who_was_not_reached_did_not_answer(calls):
    [call] = calls(callback(Status="no-answer", ConversationDuration=0)).events
    assert (call.data["answered"], call.data["cause"]) == (False, "no-answer")
    [unknown] = calls(callback(ConversationDuration=None)).events
    assert "answered" not in unknown.data


def test_details_that_were_asked_for_tell_the_same_call(calls):
    told = json.loads(callback())
    details = {"Call": {**told, "Sid": told["CallSid"], "Details": {"ConversationDuration": 95}}}
    del details["Call"]["ConversationDuration"]
    assert calls(json.dumps(details)).events == calls(callback()).events


def test_an_answered_callback_is_counted_and_not_told(calls):
    found = calls(callback(EventType="answered", Status="in-progress"))
    assert found.tally.not_mapped == {"a callback of a call that is not over": 1}


def test_the_zone_has_to_be_said(told):
    rules = parse_mapping('connector = "exotel"\nsource = "/x"\n[calls]\n', "e.toml")
    with pytest.raises(BadInput, match="their zone is not known"):
        told(callback(), "e.jsonl", rules, "exotel")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"From": None, "To": None}, r"has no From and To"),
        ({"Status": "odd"}, "Status 'odd' is unknown"),
        ({"EndTime": "2026-03-01 13:06:12"}, "EndTime is not within 7 days"),
        ({"ConversationDuration": "long"}, "is not a whole number of seconds"),
        ({"CallSid": None}, "has no CallSid"),
    ],
)
def test_a_bad_callback_is_set_aside(calls, change, reason):
    found = calls(callback(**INBOUND) + callback(**change))
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "exotel.jsonl:2"
