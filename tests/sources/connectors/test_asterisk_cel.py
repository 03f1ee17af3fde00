"""Asterisk's channel events: talk is the time in a bridge with somebody outside, and who hung up is known."""

from __future__ import annotations

import pytest

from sources.telephony import directory, mapping
from viewtrail.event import rfc3339

PHONE, TRUNK = "PJSIP/211-0000001a", "PJSIP/trunk-cyta-0000001b"
BRIDGE = '{""bridge_id"":""b-1"",""bridge_technology"":""simple_bridge""}'


def step(event: str, at: float, channel: str, unique: str = "1772436843.1", **more: str) -> str:
    told = {"num": "211", "exten": "", "account": "", "linked": "1772436843.1", "extra": ""} | more
    cells = [
        event, f"{1772436843 + at:.6f}", "", told["num"], told["num"], "", "", told["exten"], "from-internal",
        channel, "Dial", "", "DOCUMENTATION", told["account"], unique, told["linked"], "", "", "",
        told["extra"],
    ]  # fmt: skip
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def hangup(at: float, channel: str, source: str, unique: str = "1772436843.1") -> str:
    extra = f'{{""hangupcause"":16,""hangupsource"":""{source}"",""dialstatus"":""ANSWER""}}'
    return step("HANGUP", at, channel, unique, extra=extra)


def outgoing(ended_by: str = TRUNK) -> list[str]:
    two = "1772436843.2"
    return [
        step("CHAN_START", 0, PHONE, exten="99123456"),
        step("APP_START", 0.1, PHONE, exten="99123456"),
        step("CHAN_START", 0.2, TRUNK, two, num="99123456"),
        step("ANSWER", 8.5, TRUNK, two),
        step("ANSWER", 8.5, PHONE),
        step("BRIDGE_ENTER", 8.6, TRUNK, two, extra=BRIDGE),
        step("BRIDGE_ENTER", 8.6, PHONE, extra=BRIDGE),
        step("BRIDGE_EXIT", 129.6, TRUNK, two, extra=BRIDGE),
        hangup(129.6, TRUNK, ended_by, two),
        step("CHAN_END", 129.6, TRUNK, two),
        step("BRIDGE_EXIT", 129.7, PHONE, extra=BRIDGE),
        hangup(129.7, PHONE, ended_by),
        step("CHAN_END", 129.7, PHONE),
        step("LINKEDID_END", 129.7, PHONE),
    ]


def incoming(takes: bool = True) -> list[str]:
    two = "1772436843.2"
    caller = [step("CHAN_START", 0, TRUNK, num="35799123456", exten="600"), step("ANSWER", 0.5, TRUNK)]
    rung = [step("CHAN_START", 30, PHONE, two, num="")]
    talked = [
        step("ANSWER", 36, PHONE, two),
        step("BRIDGE_ENTER", 36, PHONE, two, extra=BRIDGE),
        step("BRIDGE_ENTER", 36, TRUNK, extra=BRIDGE),
        step("BRIDGE_EXIT", 48, PHONE, two, extra=BRIDGE),
        step("BRIDGE_EXIT", 48, TRUNK, extra=BRIDGE),
        hangup(48, PHONE, PHONE, two),
    ]
    end = [step("CHAN_END", 48, PHONE, two), step("CHAN_END", 48.2, TRUNK), step("LINKEDID_END", 48.2, TRUNK)]
    return caller + rung + (talked if takes else []) + end


@pytest.fixture
def calls(told, tmp_path):
    def read(*rows: str):
        return told("".join(rows), "Master.csv", mapping("asterisk-cel"), directory=directory(tmp_path))

    return read


@pytest.mark.parametrize(
    ("source", "who"), [(PHONE, "agent"), (TRUNK, "client"), ("", None), ("dialplan", None)]
)
def test_who_hung_up_is_told_where_asterisk_names_a_side(calls, source, who):
    [call] = calls(*outgoing(source)).events
    assert call.data.get("ended_by") == who
    assert (call.data["ring_ms"], call.data["talk_ms"]) == (8_500, 121_100)
    assert (call.subject, call.data["agent"], call.data["cause"]) == ("L-1", "a-1", "16")
    assert rfc3339(call.time) == "2026-03-02T07:36:12.700000Z"


def test_waiting_in_a_menu_is_no_talk(calls):
    call, contact = calls(*incoming()).events
    assert (call.data["ring_ms"], call.data["talk_ms"], call.data["ended_by"]) == (6_000, 12_000, "agent")
    assert (call.data["direction"], call.subject, contact.type) == ("in", "L-1", "client.contacted")


def test_a_phone_that_only_rang_is_not_told(calls):
    assert [event.type for event in calls(*incoming(takes=False)).events] == ["client.contacted"]


def test_a_call_whose_end_is_missing_is_told_at_the_end_of_the_file(calls):
    [call] = calls(*outgoing()[:-1]).events
    assert call.data["talk_ms"] == 121_100


def test_steps_of_two_calls_may_be_mixed(calls):
    other = [
        row.replace("1772436843.1", "1772436843.91").replace("1772436843.2", "1772436843.92")
        for row in incoming()
    ]
    mixed = [row for pair in zip(outgoing(), [*other, ""], strict=False) for row in pair]
    found = calls(*mixed)
    assert [event.id for event in found.events if event.type == "call.ended"] == [
        "1772436843.91-211",
        "1772436843.1-211",
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,b\n", "has 2 columns, not 20"),
        (step("hello", 1, PHONE), "is no name of a channel event"),
        (step("ANSWER", 1, PHONE, linked=""), "linkedid is empty"),
        (step("ANSWER", 1, PHONE).replace("1772436844.000000", "soon"), "is not an ISO 8601 time"),
        (step("ANSWER", 9e10, PHONE), "is outside 1970 to 2199"),
    ],
)
def test_a_bad_row_is_set_aside_alone(calls, row, reason):
    found = calls(row, *outgoing())
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "Master.csv:1"
    assert len(found.events) == 1


def test_what_comes_with_a_step_may_be_no_json(calls):
    rows = [row.replace(BRIDGE, "[1]").replace('{""hangup', '{x""') for row in outgoing()]
    [call] = calls(*rows).events
    assert "ended_by" not in call.data
