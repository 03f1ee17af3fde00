"""SignalWire's callbacks: Twilio's shape with other ids, and talk from the answer's callback alone."""

from __future__ import annotations

import pytest

from sources.connectors.test_twilio import as_forms, came_in, dialled
from sources.telephony import directory
from viewtrail.sources.mapping import parse_mapping

PROJECT = "b3877c40-da60-4998-90ad-b792e98472af"
MAPPING = 'connector = "signalwire"\nsource = "/pbx/hq"\n[calls]\ncountry = "CY"\n'


def call_id(twilio: str) -> str:
    return f"b3877c40-da60-4998-90ad-{twilio[-12:]}"


def posts(of: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same callbacks as SignalWire sends them: UUIDs for ids."""
    changed = []
    for post in of:
        more = {name: call_id(post[name]) for name in ("CallSid", "ParentCallSid") if name in post}
        changed.append(post | more | {"AccountSid": PROJECT})
    return changed


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str):
        return told(text, "sw.jsonl", parse_mapping(MAPPING, "s.toml"), "signalwire", directory(tmp_path))

    return read


def test_talk_is_the_time_from_the_answer_to_the_end(calls):
    [call] = calls(as_forms(posts(dialled()))).events
    assert (call.data["ring_ms"], call.data["talk_ms"], call.subject) == (10_000, 121_000, "L-1")


def test_without_the_answers_callback_talk_is_unknown(calls):
    ended = [post for post in posts(dialled()) if post["CallStatus"] == "completed"]
    [call] = calls(as_forms(ended)).events
    assert call.data["answered"] is True
    assert not {"talk_ms", "ring_ms"} & set(call.data)


def test_a_call_that_came_in_is_told_of_agent_and_client(calls):
    assert [event.type for event in calls(as_forms(posts(came_in()))).events] == [
        "call.ended",
        "client.contacted",
    ]
