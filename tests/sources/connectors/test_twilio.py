"""Twilio's callbacks: late, twice and out of order, over several lines, and talk without ringing."""

from __future__ import annotations

import itertools
import json
from urllib.parse import urlencode

import pytest

from sources.telephony import KEY, directory
from viewtrail.event import rfc3339
from viewtrail.sources.directory import Claim, Directory
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.numbers import Numbers

ACCOUNT = "AC" + "0" * 32
AGENT, CLIENT, CALLER = (f"CA{n:032x}" for n in (0xA1, 0xC1, 0xC2))
MAPPING = 'connector = "twilio"\nsource = "/pbx/hq"\n[calls]\ncountry = "CY"\ntrunks = ["+35722000000"]\n'
OWN = "+35722000000"
"""The number that clients see."""


def at(clock: str) -> str:
    return f"Mon, 02 Mar 2026 {clock} +0000"


def callback(call: str, status: str, clock: str, number: int, **more: str) -> dict[str, str]:
    told = {
        "AccountSid": ACCOUNT,
        "CallSid": call,
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(number),
        "Timestamp": at(clock),
    }
    return told | {name: value for name, value in more.items() if value}


def line(call: str, steps: list[tuple[str, str]], **more: str) -> list[dict[str, str]]:
    """A line's callbacks in their order; the last one has its duration where it was answered."""
    duration = more.pop("CallDuration", "")
    found = [callback(call, status, clock, number, **more) for number, (status, clock) in enumerate(steps)]
    if duration:
        found[-1]["CallDuration"] = duration
    return found


def dialled(agent: str = "client:alice", to: str = "+35799123456") -> list[dict[str, str]]:
    """An agent calls a client from the browser: her own line, and the one that it dialled."""
    own = line(
        AGENT,
        [("in-progress", "07:34:00"), ("completed", "07:36:13")],
        From=agent,
        To="",
        Direction="inbound",
        CallDuration="133",
    )
    other = line(
        CLIENT,
        [
            ("initiated", "07:34:01"),
            ("ringing", "07:34:03"),
            ("in-progress", "07:34:11"),
            ("completed", "07:36:12"),
        ],
        From=OWN,
        To=to,
        Direction="outbound-dial",
        ParentCallSid=AGENT,
        CallDuration="121",
    )
    return [*own, *other]


def came_in(status: str = "completed", duration: str = "60") -> list[dict[str, str]]:
    """A client calls; a menu answers at once, and Alice's browser rings."""
    parent = line(
        CALLER,
        [("ringing", "08:00:00"), ("completed", "08:01:31")],
        From="+35799123456",
        To=OWN,
        Direction="inbound",
        CallDuration="91",
    )
    child = line(
        f"CA{0xB2:032x}",
        [
            ("initiated", "08:00:20"),
            ("ringing", "08:00:21"),
            ("in-progress", "08:00:30"),
            (status, "08:01:30"),
        ],
        From="+35799123456",
        To="client:alice",
        Direction="outbound-dial",
        ParentCallSid=CALLER,
        CallDuration=duration,
    )
    return parent + (child if status == "completed" else [child[0], child[-1]])


def as_forms(posts: list[dict[str, str]]) -> str:
    return "".join(urlencode(post) + "\n" for post in posts)


def as_json(posts: list[dict[str, str]]) -> str:
    return "".join(json.dumps(post) + "\n" for post in posts)


def rules(more: str = "") -> Mapping:
    return parse_mapping(MAPPING + more, "twilio.toml")


@pytest.fixture
def calls(told, tmp_path):
    def read(text: str, more: str = ""):
        return told(text, "twilio.jsonl", rules(more), "twilio", directory(tmp_path))

    return read


def test_an_agents_call_has_the_talk_of_the_line_that_it_dialled(calls):
    [call] = calls(as_forms(dialled())).events
    assert (call.id, call.subject, rfc3339(call.time)) == (f"{AGENT}-alice", "L-1", "2026-03-02T07:36:12Z")
    assert call.data == {
        "agent": "a-4",
        "call": AGENT,
        "direction": "out",
        "answered": True,
        "ring_ms": 10_000,
        "talk_ms": 121_000,
    }


def test_json_lines_an_array_and_forms_say_the_same(calls):
    posts = dialled() + came_in()
    forms = calls(as_forms(posts)).events
    assert calls(as_json(posts)).events == forms
    assert calls(json.dumps(posts)).events == forms
    assert calls(json.dumps(posts, indent=2)).events == forms
    assert len(forms) == 3


def test_any_order_and_every_repetition_of_the_callbacks_is_the_same_call(calls):
    posts = dialled()
    whole = calls(as_forms(posts)).events
    for turned in itertools.islice(itertools.permutations(posts), 0, 720, 37):
        assert calls(as_forms([*turned, turned[0]])).events == whole


def test_a_call_whose_end_is_not_told_is_counted_and_not_told(calls):
    found = calls(as_forms(dialled()[2:5]))
    assert not found.events
    assert found.tally.not_mapped == {"a call whose end is not told": 3}


def test_the_last_callbacks_alone_tell_the_talk_and_no_ringing(calls):
    posts = [post for post in dialled() if post["CallStatus"] == "completed"]
    [call] = calls(as_forms(posts)).events
    assert call.data["talk_ms"] == 121_000
    assert "ring_ms" not in call.data


def test_a_client_who_does_not_answer_was_not_reached_though_the_agents_line_was(calls):
    posts = dialled()
    posts = [*posts[:2], posts[2], posts[-1] | {"CallStatus": "no-answer", "CallDuration": "0"}]
    [call] = calls(as_forms(posts)).events
    assert (call.data["answered"], call.data["cause"]) == (False, "no-answer")
    assert "talk_ms" not in call.data
    assert call.data["ring_ms"] == 131_000


def test_whether_a_client_answered_is_unknown_while_nothing_was_heard_of_his_line(calls):
    own = [post | {"To": "sip:+35799123456@office.sip.twilio.com"} for post in dialled()[:2]]
    [call] = calls(as_forms(own)).events
    assert call.subject == "L-1"
    assert not {"answered", "talk_ms", "ring_ms"} & set(call.data)


def test_a_call_that_came_in_is_whose_browser_answered_it(calls):
    call, contact = calls(as_forms(came_in())).events
    assert call.data == {
        "agent": "a-4",
        "call": CALLER,
        "direction": "in",
        "answered": True,
        "ring_ms": 10_000,
        "talk_ms": 60_000,
    }
    assert (contact.type, contact.subject, contact.id) == ("client.contacted", "L-1", f"{CALLER}-in")


def test_who_was_only_rung_did_nothing(calls):
    assert [event.type for event in calls(as_forms(came_in("no-answer", ""))).events] == ["client.contacted"]


def test_a_click_that_calls_the_agent_first_goes_out(calls):
    posts = [post | {"From": OWN, "To": "sip:alice@office.sip.twilio.com"} for post in dialled()[:2]]
    posts = [post | {"Direction": "outbound-api"} for post in posts] + dialled()[2:]
    [call] = calls(as_forms(posts)).events
    assert (call.data["direction"], call.data["talk_ms"], call.subject) == ("out", 121_000, "L-1")


def test_a_dialer_that_calls_the_client_first_goes_out_too(calls):
    client = [post | {"From": OWN, "To": "+35799123456"} for post in dialled()[:2]]
    client = [post | {"Direction": "outbound-api"} for post in client]
    agent = [post | {"From": OWN, "To": "client:alice"} for post in dialled()[2:]]
    [call] = calls(as_forms(client + agent)).events
    assert (call.data["direction"], call.data["agent"], call.subject) == ("out", "a-4", "L-1")
    assert not calls(as_forms([*client, agent[0], agent[-1] | {"CallStatus": "busy"}])).events


def test_the_list_of_calls_tells_the_same_calls(calls):
    listed = {
        "calls": [
            {
                "sid": CLIENT,
                "parent_call_sid": AGENT,
                "from": OWN,
                "to": "+35799123456",
                "direction": "outbound-dial",
                "status": "completed",
                "start_time": at("07:34:11"),
                "end_time": at("07:36:12"),
                "duration": "121",
            },
            {
                "sid": AGENT,
                "parent_call_sid": None,
                "from": "client:alice",
                "to": "",
                "direction": "inbound",
                "status": "completed",
                "start_time": at("07:34:00"),
                "end_time": at("07:36:13"),
                "duration": "133",
            },
        ]
    }
    [call] = calls(json.dumps(listed, indent=1)).events
    [posted] = calls(as_forms([post for post in dialled() if post["CallStatus"] == "completed"])).events
    assert call == posted


def test_neither_a_number_nor_an_address_is_in_an_event(told):
    """An agent may answer on a mobile telephone, or be known by an address: both stand in the table."""
    who = Directory(
        [Claim("a-3", "email", "cleo@example.test"), Claim("a-9", "extension", "+35799000111")],
        numbers=Numbers(KEY),
    )
    for agent, name in (("a-3", "client:cleo@example.test"), ("a-9", "+35799000111")):
        posts = [post | {"Direction": "outbound-api"} for post in dialled()[:2]]
        posts = [post | {"From": OWN, "To": name} for post in posts] + dialled()[2:]
        [call] = told(as_forms(posts), "t.jsonl", rules(), "twilio", who).events
        assert (call.data["agent"], call.data["direction"], call.subject) == (agent, "out", None)
        assert call.extra["data"]["unmatched"]["number"].startswith("n-")
        assert not any(part in str(call) for part in ("@", "99123456", "99000111", "22000000"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"CallSid": ""}, "has no CallSid"),
        ({"CallStatus": "strange"}, "CallStatus 'strange' is unknown"),
        ({"Timestamp": ""}, "has neither Timestamp nor EndTime"),
        ({"Timestamp": "2026-03-02 09:00:00"}, "is no time with a zone"),
        ({"CallDuration": "6s"}, "CallDuration '6s' is not a whole number"),
        ({"CallDuration": "999999999"}, "is longer than 7 days"),
        ({"From": "client:zoe"}, "extension 'zoe' is nobody's"),
    ],
)
def test_a_bad_callback_is_set_aside_with_its_line(calls, change, reason):
    bad = dialled()[1] | {"CallSid": f"CA{9:032x}", "To": "+35799123456"} | change
    found = calls(as_forms([*came_in(), bad]))
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "twilio.jsonl:7"
    assert len(found.events) == 2


def test_what_is_no_callback_of_a_state_is_counted(calls):
    found = calls(as_forms([{"CallSid": AGENT, "RecordingSid": "RE1"}]))
    assert found.tally.not_mapped == {"a callback that tells no state of a call": 1}
