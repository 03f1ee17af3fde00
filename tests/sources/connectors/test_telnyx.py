"""Telnyx TeXML's callbacks: no direction, ISO times, who hung up, and talk from the answer alone."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from sources.telephony import directory
from viewtrail.event import rfc3339
from viewtrail.sources.mapping import parse_mapping

AGENT, CLIENT, CALLER = "v3:agent-leg-1", "v3:client-leg-1", "v3:caller-leg-1"
OWN = "+35722000000"
MAPPING = f'connector = "telnyx"\nsource = "/pbx/hq"\n[calls]\ncountry = "CY"\ntrunks = ["{OWN}"]\n'


def callback(call: str, status: str, clock: str, number: int, **more: str) -> dict[str, str]:
    return {
        "AccountSid": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
        "CallSid": call,
        "CallSidLegacy": call,
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(number),
        "Timestamp": f"2026-03-02T{clock}Z",
    } | more


def dialled() -> list[dict[str, str]]:
    """Alice is called first, then the client; the client hangs up."""
    other = {"From": OWN, "To": "+35799123456", "ParentCallSid": AGENT}
    end = {"HangupCause": "normal_clearing", "HangupSource": "callee"}
    end |= {"CallInitiatedAt": "2026-03-02T07:34:01.250Z", "AnsweredTime": "2026-03-02T07:34:11.500Z"}
    end |= {"CallDuration": "131", "EndTime": "2026-03-02T07:36:12Z"}
    return [
        callback(AGENT, "completed", "07:36:13", 3, From=OWN, To="sip:alice@office.sip.telnyx.com"),
        callback(CLIENT, "initiated", "07:34:01.250", 0, **other),
        callback(CLIENT, "completed", "07:36:12.4", 3, **other, **end),
    ]


def came_in() -> list[dict[str, str]]:
    parent = {"From": "+35799123456", "To": OWN}
    child = parent | {"To": "sip:alice@office.sip.telnyx.com", "ParentCallSid": CALLER}
    return [
        callback(CALLER, "completed", "08:01:31", 2, **parent),
        callback(f"{CALLER}-b", "ringing", "08:00:20", 1, **child),
        callback(f"{CALLER}-b", "in-progress", "08:00:30", 2, **child),
        callback(f"{CALLER}-b", "completed", "08:01:30", 3, **child, HangupSource="callee"),
    ]


def as_forms(posts: list[dict[str, str]]) -> str:
    return "".join(urlencode(post) + "\n" for post in posts)


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str):
        return told(text, "telnyx.jsonl", parse_mapping(MAPPING, "t.toml"), "telnyx", directory(tmp_path))

    return read


def test_a_call_out_has_talk_from_the_answer_and_who_hung_up(calls):
    [call] = calls(as_forms(dialled())).events
    assert (call.subject, rfc3339(call.time)) == ("L-1", "2026-03-02T07:36:12Z")
    assert call.data == {
        "agent": "a-4",
        "call": AGENT,
        "direction": "out",
        "answered": True,
        "ring_ms": 10_250,
        "talk_ms": 120_500,
        "ended_by": "client",
        "cause": "normal_clearing",
    }


def test_call_duration_alone_says_nothing_of_talk(calls):
    posts = [{k: v for k, v in post.items() if k != "AnsweredTime"} for post in dialled()]
    [call] = calls(as_forms(posts)).events
    assert call.data["answered"] is True
    assert not {"talk_ms", "ring_ms"} & set(call.data)


def test_a_line_without_a_parent_comes_in_unless_an_own_number_began_it(calls):
    call, contact = calls(as_forms(came_in())).events
    assert (call.data["direction"], call.data["ring_ms"], call.data["talk_ms"]) == ("in", 10_000, 60_000)
    assert call.data["ended_by"] == "agent"
    assert contact.type == "client.contacted"
    alone = [post | {"From": OWN, "To": "+35799123456"} for post in came_in()[:1]]
    assert not calls(as_forms(alone)).events
