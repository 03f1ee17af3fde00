"""Bad input and the answer it must get, shared by every way in: one table for bytes, one for events."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "018f3c1e-7d1a-7c2b-9a57-0d6f0c0a5f11",
    "source": "/crm",
    "type": "record.viewed",
    "time": "2026-03-02T09:14:03.120+02:00",
    "subject": "L-20931",
    "sequence": "4711",
    "data": {"agent": "a-117", "record_kind": "lead", "via": "list", "position": 14, "surface": "ui"},
}
"""An event that nothing is wrong with."""

LEAVE = "leave.booked"
NULL_BYTE, LONE, DECOMPOSED = "\x00", "\ud800", "u\u0308"


class BadBytes(NamedTuple):
    name: str
    raw: bytes
    says: str


class BadEvent(NamedTuple):
    name: str
    event: Any
    says: str


class Odd(NamedTuple):
    """Looks wrong, is not: the event is kept, and `field` is found in `data` with `stored`, or in extra."""

    name: str
    event: dict[str, Any]
    field: str
    stored: Any


def event(attributes: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    """The good event with other attributes and data; `...` takes one out."""
    whole = {**GOOD, **(attributes or {})}
    if isinstance(whole.get("data"), dict):
        whole["data"] = {k: v for k, v in {**whole["data"], **data}.items() if v is not ...}
    return {k: v for k, v in whole.items() if v is not ...}


def context(type_: str, **data: Any) -> dict[str, Any]:
    """An event about an agent, with these data."""
    return {**GOOD, "type": type_, "subject": "a-117", "data": data}


def with_data(text: str) -> bytes:
    """The good event as JSON, with `text` written into its data as it stands."""
    return json.dumps(GOOD).replace('"via": "list"', text).encode()


BAD_BYTES = [
    BadBytes("a key twice", with_data('"via": "list", "via": "search"'), "'via' stands twice"),
    BadBytes("a key twice, once escaped", with_data('"via": "list", "vi\\u0061": "x"'), "'via' stands twice"),
    BadBytes("a key twice, deep inside", with_data('"x": [{"y": {"z": 1, "z": 1}}]'), "'z' stands twice"),
    BadBytes("NaN", with_data('"position": NaN'), "NaN is not a number"),
    BadBytes("infinity", with_data('"position": -Infinity'), "-Infinity is not a number"),
    BadBytes("1e400", with_data('"dwell_s": 1e400'), "1e400 is beyond what a number can hold"),
    BadBytes("-1e400", with_data('"dwell_s": -1e400'), "-1e400 is beyond"),
    BadBytes("2^53", with_data('"position": 9007199254740992'), "9007199254740992 is beyond 2^53 - 1"),
    BadBytes("2^53+1", with_data('"position": 9007199254740993'), "9007199254740993 is beyond 2^53 - 1"),
    BadBytes("-2^53-1", with_data('"x": -9007199254740993'), "-9007199254740993 is beyond"),
    BadBytes("an integer of 5,000 digits", with_data('"x": ' + "9" * 5000), "beyond 2^53 - 1"),
    BadBytes("a leading zero", with_data('"position": 014'), "not JSON"),
    BadBytes("a lone surrogate, escaped", with_data('"note": "a\\ud800b"'), "lone surrogate"),
    BadBytes("a lone surrogate in a key", with_data('"a\\udfff": 1'), "lone surrogate"),
    BadBytes("a lone surrogate, encoded", with_data('"n": "?"').replace(b"?", b"\xed\xa0\x80"), "not UTF-8"),
    BadBytes("an escaped NUL", with_data('"note": "a\\u0000b"'), "holds a NUL"),
    BadBytes(
        "a NUL as it stands", with_data(f'"note": "a{NULL_BYTE}b"'), "not JSON: Invalid control character"
    ),
    BadBytes("not NFC", with_data(f'"note": "M{DECOMPOSED}nchen"'), "is not in Unicode normal form C"),
    BadBytes("a key not NFC", with_data(f'"M{DECOMPOSED}": 1'), "is not in Unicode normal form C"),
    BadBytes(
        "a 10 MB string", with_data('"note": "' + "x" * 10_000_000 + '"'), "bytes are more than the 262,144"
    ),
    BadBytes("depth 10,000", b"[" * 10_000 + b"]" * 10_000, "nested deeper than 64 levels"),
    BadBytes("depth 65", with_data('"x": ' + "[" * 63 + "]" * 63), "nested deeper than 64 levels"),
    BadBytes("unclosed depth 100,000", b"[" * 100_000, "nested deeper than 64 levels"),
    BadBytes(
        "a byte order mark", b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), "starts with a byte order mark"
    ),
    BadBytes("UTF-16", json.dumps(GOOD).encode("utf-16"), "not UTF-8"),
    BadBytes(
        "invalid UTF-8", with_data('"note": "?"').replace(b"?", b"\xff"), "not UTF-8: invalid start byte"
    ),
    BadBytes("an overlong slash", with_data('"note": "?"').replace(b"?", b"\xc0\xaf"), "not UTF-8"),
    BadBytes("nothing", b"", "not JSON"),
    BadBytes("half an event", json.dumps(GOOD).encode()[:80], "not JSON"),
    BadBytes("two events in one line", json.dumps(GOOD).encode() * 2, "not JSON: Extra data"),
    BadBytes("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "not UTF-8"),
    BadBytes("an HTML page", b"<html>502 Bad Gateway</html>", "not JSON"),
]

_TIMES = [
    ("no zone", "2026-03-02T09:14:03", "has no zone"),
    ("year 0", "0000-01-01T00:00:00Z", "is not an RFC 3339 time"),
    ("year 1", "0001-01-01T00:00:00+14:00", "is outside 1970 to 2199"),
    ("before 1970", "1969-12-31T23:59:59.999999Z", "is outside 1970 to 2199"),
    ("year 2200", "2200-01-01T00:00:00Z", "is outside 1970 to 2199"),
    ("year 9999", "9999-12-31T23:59:59-12:00", "is outside 1970 to 2199"),
    ("a leap second", "2016-12-31T23:59:60Z", "is a leap second; send it as second 59.999"),
    ("30 February", "2026-02-30T00:00:00Z", "is not an RFC 3339 time"),
    ("hour 25", "2026-02-20T25:00:00Z", "is not an RFC 3339 time"),
    ("an offset of a day", "2026-02-20T20:00:00+24:00", "is not an RFC 3339 time"),
    ("a number", 1_772_442_843, "is not an RFC 3339 time"),
    ("a date", "2026-03-02", "has no zone"),
    ("empty", "", "is not an RFC 3339 time"),
    ("words", "yesterday", "is not an RFC 3339 time"),
    ("true", True, "is not an RFC 3339 time"),
]

_DATA = [
    ("a negative dwell", "dwell_s", -0.001, "is below 0 seconds"),
    ("a dwell of 49.7 days", "dwell_s", 4_294_967.295, "is longer than 7 days"),
    ("a dwell in words", "dwell_s", "6s", "is not a number of seconds"),
    ("a dwell as text", "dwell_s", "6", "is not a number of seconds"),
    ("a dwell of true", "dwell_s", True, "is not a number of seconds"),
    ("true as a count", "position", True, "is not a whole number from 0 up"),
    ("half a count", "position", 12.5, "is not a whole number from 0 up"),
    ("a count below 0", "position", -1, "is not a whole number from 0 up"),
    ("a count as text", "position", "14", "is not a whole number from 0 up"),
    ("a count of 1e300", "position", 1e300, "is not a whole number from 0 up"),
    ("a word that is not listed", "via", "teleport", "is none of list, search, queue"),
    ("a word in capitals", "record_kind", "Lead", "is none of lead, client, account"),
    ("a word that is a list", "via", ["list"], "is none of list, search, queue"),
    ("an agent that is an object", "agent", {"id": 1}, "is not a string"),
    ("an agent that is a float", "agent", 117.0, "is not a string"),
    ("an agent that is true", "agent", True, "is not a string"),
    ("an empty agent", "agent", "", "has 0 characters, not 1 to 400"),
    ("an agent of 401 characters", "agent", "a" * 401, "has 401 characters, not 1 to 400"),
    ("an agent with a NUL", "agent", f"a{NULL_BYTE}", "holds a NUL"),
    ("an agent with a line break", "agent", "a\n1", "holds a control character"),
    ("an agent with a lone surrogate", "agent", f"a{LONE}", "holds a lone surrogate"),
    ("an agent not NFC", "agent", f"M{DECOMPOSED}", "is not in Unicode normal form C"),
    ("an actor that is not listed", "actor_kind", "robot", "is none of human, service, system"),
]

_OTHER_TYPES = [
    (
        "an end before its start",
        context(LEAVE, **{"from": "2026-03-09T09:00:00Z", "to": "2026-03-02T09:00:00Z"}),
        "leave.booked ends before it starts",
    ),
    (
        "an end date before its start",
        context(LEAVE, **{"from": "2026-03-09", "to": "2026-03-02"}),
        "leave.booked ends before it starts",
    ),
    ("a date that is none", context("notice.given", last_day="2026-02-30"), "last_day"),
    ("a date in year 9999", context("notice.given", last_day="9999-12-31"), "last_day"),
    (
        "a role that is not listed",
        context("agent.joined", role="wizard"),
        "is none of agent, senior, manager",
    ),
    (
        "a scope with a word too many",
        context("work.declared", scope={"team": "x"}),
        "'team', which is none of",
    ),
    ("a scope that is text", context("work.declared", scope="desk-2"), "is not an object with desk"),
    ("records that are a number", event({"type": "list.viewed"}, records=5), "is not a list"),
    ("records with a null inside", event({"type": "list.viewed"}, records=["L-1", None]), "is not a string"),
    ("yes as true", event({"type": "call.ended"}, answered="yes"), "is neither true nor false"),
    ("1 as true", event({"type": "call.ended"}, answered=1), "is neither true nor false"),
    ("an amount as a number", event({"type": "deposit.processed"}, amount=12.5), "is not a decimal number"),
    ("an amount with a comma", event({"type": "deposit.processed"}, amount="1,250.00"), "is not a decimal"),
    ("a value band of 21", event({"type": "record.valued"}, value_band=21), "is above 20"),
]

BAD_EVENTS = [
    *(
        BadEvent(f"{name} missing", event({name: ...}), f"{name} is missing")
        for name in ("specversion", "id", "source", "type", "time")
    ),
    *(BadEvent(f"time: {name}", event({"time": time}), says) for name, time, says in _TIMES),
    *(BadEvent(name, event(**{field: value}), f"{field} .*{says}") for name, field, value, says in _DATA),
    *(BadEvent(*row) for row in _OTHER_TYPES),
    BadEvent("no agent", event(agent=...), "record.viewed has no data.agent"),
    BadEvent("an agent of null", event(agent=None), "record.viewed has no data.agent"),
    BadEvent("no data", event({"data": ...}), "record.viewed has no data.agent"),
    BadEvent("data of text", event({"data": "a-117"}), "data .*is not an object"),
    BadEvent("no subject", event({"subject": ...}), "record.viewed has no subject"),
    BadEvent("a subject of null", event({"subject": None}), "record.viewed has no subject"),
    BadEvent("a subject that is a list", event({"subject": ["L-1"]}), "subject .*is not a string"),
    BadEvent("CloudEvents 0.3", event({"specversion": "0.3"}), 'specversion "0.3" is not "1.0"'),
    BadEvent("an id of 201 characters", event({"id": "x" * 201}), "id .*has 201 characters"),
    BadEvent("an id that is a number", event({"id": 5}), "id 5 is not a string"),
    BadEvent("an empty source", event({"source": ""}), "source .*has 0 characters"),
    BadEvent("a source with a line break", event({"source": "/crm\n"}), "source .*holds a control character"),
    BadEvent("a type that is null", event({"type": None}), "type null is not a string"),
    BadEvent("a list", [GOOD], "an event is a JSON object"),
    BadEvent("text", "record.viewed", "an event is a JSON object"),
    BadEvent("null", None, "an event is a JSON object"),
]

SCRIPT, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("http://x.example","y")'

ODD_BUT_GOOD = [
    Odd("an offset of +14:00", event({"time": "2026-03-02T09:14:03+14:00"}), "via", "list"),
    Odd("an offset of -00:00", event({"time": "2026-03-02T09:14:03-00:00"}), "via", "list"),
    Odd("the first microsecond", event({"time": "1970-01-01T00:00:00Z"}), "via", "list"),
    Odd("the last microsecond", event({"time": "2199-12-31T23:59:59.999999Z"}), "via", "list"),
    Odd("12.0 as a count", event(position=12.0), "position", 12),
    Odd("-0 as a count", event(position=-0.0), "position", 0),
    Odd("-0.0 as a dwell", event(dwell_s=-0.0), "dwell_ms", 0),
    Odd("a dwell of whole seconds", event(dwell_s=6), "dwell_ms", 6000),
    Odd("a dwell finer than a millisecond", event(dwell_s=1.23456), "dwell_ms", 1235),
    Odd("a dwell of seven days", event(dwell_s=604_800), "dwell_ms", 604_800_000),
    Odd("2^53 - 1", event(position=2**53 - 1), "position", 2**53 - 1),
    Odd("an agent that is a number", event(agent=117), "agent", "117"),
    Odd("a script as a record", event({"subject": SCRIPT}), "via", "list"),
    Odd("a script as a list's id", event(list=SCRIPT), "list", SCRIPT),
    Odd("a formula as a list's id", event(list=FORMULA), "list", FORMULA),
    Odd("a call not known to be answered", event({"type": "call.ended"}, answered=None), "answered", None),
    Odd("value band 0", event({"type": "record.valued"}, value_band=0), "value_band", 0),
    Odd("value band 20", event({"type": "record.valued"}, value_band=20), "value_band", 20),
    Odd("seen is true", event(seen=True), "seen", "true"),
    Odd("a field nobody knows", event(mood="good"), "mood", None),
    Odd("a script in a field nobody knows", event(note=SCRIPT), "note", None),
    Odd("an IP address", event(ip="203.0.113.7"), "ip", None),
    Odd(
        "a network that is an address",
        event({"type": "visit.started"}, network="203.0.113.7"),
        "network",
        None,
    ),
    Odd(
        "a phone number as a platform",
        event({"type": "account.opened"}, platform="+44 20 7946 0958"),
        "platform",
        None,
    ),
    Odd("an address as a desk", event({"type": "record.created"}, desk="ann@example.com"), "desk", None),
    Odd(
        "a reason of several lines",
        event({"type": "contact.revealed"}, reason="asked me\nto call"),
        "reason",
        None,
    ),
    Odd("a reason with a formula", event({"type": "contact.revealed"}, reason=FORMULA), "reason", None),
    Odd(
        "a reason with a phone number",
        event({"type": "contact.revealed"}, reason="442079460958"),
        "reason",
        None,
    ),
    Odd(
        "a reason of 30,000 letters", event({"type": "contact.revealed"}, reason="x" * 30_000), "reason", None
    ),
    Odd("an empty reason", event({"type": "contact.revealed"}, reason=""), "reason", None),
    Odd("a filter with its values", event({"type": "search.performed"}, filter="name='Ann'"), "filter", None),
    Odd("hours in words", context("agent.joined", hours="whenever"), "hours", None),
]
"""`stored` None: not in `data`, but in `extra` as sent (a null is in neither)."""
