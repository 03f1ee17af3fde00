"""What a field may hold: one kind for each way a value is checked, stored and kept private."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from viewtrail.event.strict_json import MAX_INTEGER, text_fault


class Kind(StrEnum):
    """How the value of a field is checked and stored; the log keeps people and records as pseudonyms."""

    AGENT = "agent"
    AGENTS = "list of agents"
    RECORD = "record"
    RECORDS = "list of records"
    KEY = "opaque id, kept in clear"
    LABEL = "short label, kept in clear unless it looks like a person"
    CODE = "code word; free text goes to the encrypted detail"
    ENUM = "one of the listed words"
    COUNT = "whole number, 0 or more"
    MS = "seconds on the wire, whole milliseconds stored"
    BOOL = "true or false; null or absent is unknown"
    TIME = "RFC 3339 time with zone (stored as microseconds UTC), or a date"
    DATE = "date, YYYY-MM-DD"
    AMOUNT = "decimal number as a string"
    SHAPE = "a filter with ? for its values; anything else goes to the encrypted detail"
    NAMES = "list of short labels"
    HOURS = "working hours by weekday"
    SCOPE = "object with desk, agents, records, list"


class Fault(ValueError):
    """A value is not of its field's kind; says what it should be."""


class ToDetail(Exception):
    """The value is kept, but in the encrypted detail: it may say something about a person."""


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = 7_258_118_400_000_000
"""1 January 2200 in microseconds: below 2**53, so a time is the same number in every reader."""

LONGEST_MS: Final = 7 * 86_400_000
"""Seven days. A longer view or call is a broken clock (49.7 days is 2**32 ms), not behaviour."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,63}")
_TERM = r"[A-Za-z_][\w.]*\s*(?:=|!=|<>|<|>|<=|>=|~|\bin\b|\blike\b)\s*\(?\?\)?"
_SHAPE = re.compile(rf"{_TERM}(?:\s+(?:and|or)\s+{_TERM})*", re.IGNORECASE)
_AMOUNT = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,8})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERSONAL = re.compile(r"@|\+?[0-9][0-9 ()./-]{7,}[0-9]")
"""An address, or nine and more digits in a row: not something to keep in clear under a label."""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-3]|24(?=:00)):([0-5][0-9])")


def text(value: Any, longest: int = 400) -> str:
    """A non-empty string of at most `longest` characters that every reader understands alike."""
    if type(value) is not str:
        raise Fault("is not a string")
    if not value or len(value) > longest:
        raise Fault(f"has {len(value):,} characters, not 1 to {longest}")
    if value.isascii() and value.isprintable():
        return value
    fault = text_fault(value) or ("" if value.isprintable() else "holds a control character")
    if fault:
        raise Fault(fault)
    return value


def opaque(value: Any) -> str:
    """An id that means nothing outside its source. A whole number is taken as its digits."""
    if type(value) is str and value.isascii() and value.isprintable() and 0 < len(value) <= 400:
        return value  # nearly every one
    return text(str(value) if type(value) is int else value)


def label(value: Any) -> str:
    """A short name of a thing; one that looks like an address or a number goes to the detail."""
    word = _sound(str(value) if type(value) is int else value)
    if not 0 < len(word) <= 100 or not word.isprintable() or _PERSONAL.search(word):
        raise ToDetail
    return word


def code(value: Any) -> str:
    word = _sound(value)
    if not _CODE.fullmatch(word) or _PERSONAL.search(word):
        raise ToDetail
    return word


def _sound(value: Any) -> str:
    """Text of any length, line breaks included, that every reader understands alike."""
    if type(value) is not str:
        raise Fault("is not a string")
    fault = text_fault(value)
    if fault:
        raise Fault(fault)
    return value


def count(value: Any) -> int:
    whole = int(value) if type(value) is float and value.is_integer() else value
    if type(whole) is not int or not 0 <= whole <= MAX_INTEGER:
        raise Fault("is not a whole number from 0 up")
    return whole


def milliseconds(value: Any) -> int:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Fault("is not a number of seconds")
    if value < 0:
        raise Fault("is below 0 seconds")
    if value * 1000 > LONGEST_MS:
        raise Fault("is longer than 7 days; a clock or a unit is wrong")
    ms: int = round(value * 1000)
    return ms


def count_to(most: int) -> Callable[[Any], int]:
    """The check of a count that has a highest value."""

    def check(value: Any) -> int:
        whole = count(value)
        if whole > most:
            raise Fault(f"is above {most}")
        return whole

    return check


def boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise Fault("is neither true nor false")
    return value


def moment(value: Any) -> int:
    """Microseconds since 1970-01-01T00:00:00Z of an RFC 3339 time with its zone (or aware datetime)."""
    if type(value) is str:
        value = _parsed(value)
    if not isinstance(value, datetime):
        raise Fault("is not an RFC 3339 time")
    if value.tzinfo is None:
        raise Fault("has no zone; write 2026-03-02T09:14:03+02:00 or ...Z")
    try:
        since = value - EPOCH
    except OverflowError:
        raise Fault("is outside 1970 to 2199") from None
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if not 0 <= micros < LATEST:
        raise Fault("is outside 1970 to 2199")
    return micros


def _parsed(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        if value[17:19] == "60":
            raise Fault("is a leap second; send it as second 59.999") from None
        raise Fault("is not an RFC 3339 time such as 2026-03-02T09:14:03.120+02:00") from None


def moment_or_date(value: Any) -> int | str:
    """A time as microseconds, or a date kept as a date: which instant it is depends on the agent's zone."""
    if (type(value) is str and len(value) == 10) or (type(value) is date):
        return day(value)
    return moment(value)


def day(value: Any) -> str:
    told = value.isoformat() if type(value) is date else value
    if type(told) is not str or not _DATE.fullmatch(told) or not _in_calendar(told):
        raise Fault("is not a date such as 2026-03-15")
    if not "1970" <= told < "2200":
        raise Fault("is outside 1970 to 2199")
    return told


def _in_calendar(told: str) -> bool:
    try:
        date.fromisoformat(told)
    except ValueError:
        return False
    return True


def amount(value: Any) -> str:
    if type(value) is not str or not _AMOUNT.fullmatch(value):
        raise Fault('is not a decimal number in a string such as "1250.00"')
    return value


def shape(value: Any) -> str:
    words = _sound(value)
    if len(words) > 400 or not _SHAPE.fullmatch(words.strip()):
        raise ToDetail
    return words


def _listed(value: Any, part: Callable[[Any], str]) -> list[str]:
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",")]
    if not isinstance(value, list):
        raise Fault("is not a list")
    return [part(item) for item in value]


def opaques(value: Any) -> list[str]:
    return _listed(value, opaque)


def labels(value: Any) -> list[str]:
    return _listed(value, label)


def scope(value: Any) -> dict[str, Any]:
    """The part of the book that declared work is about."""
    if not isinstance(value, dict):
        raise Fault("is not an object with desk, agents, records or list")
    parts: dict[str, Callable[[Any], Any]] = {
        "desk": label,
        "agents": opaques,
        "records": opaques,
        "list": opaque,
    }
    unknown = set(value) - set(parts)
    if unknown:
        raise Fault(f"has {sorted(unknown)[0]!r}, which is none of desk, agents, records, list")
    return {name: parts[name](item) for name, item in value.items() if item is not None}


def hours(value: Any) -> dict[str, list[str]]:
    """Weekly working hours: "mon-fri 09:00-18:00, sat 10:00-14:00" or {"mon": ["09:00-18:00"], ...}.

    A span whose end is not after its start runs past midnight. A form we do not know goes to the detail
    and the hours count as unknown.
    """
    if isinstance(value, dict):
        pairs = [(str(name).lower()[:3], item) for name, item in value.items()]
    elif isinstance(value, str):
        pairs = _spoken_hours(value)
    else:
        raise ToDetail
    week: dict[str, list[str]] = {}
    for name, spans in pairs:
        if name not in DAYS:
            raise ToDetail
        week.setdefault(name, []).extend(_spans(spans))
    return {name: week[name] for name in DAYS if week.get(name)}


def _spoken_hours(value: str) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for part in re.split(r"[,;]", value):
        days, _, span = part.strip().lower().partition(" ")
        first, _, last = days.partition("-")
        if first[:3] not in DAYS or (last or first)[:3] not in DAYS:
            raise ToDetail
        start, end = DAYS.index(first[:3]), DAYS.index((last or first)[:3])
        wrapped = range(start, end + 1 if end >= start else end + 8)
        pairs.extend((DAYS[number % 7], span) for number in wrapped)
    return pairs


def _spans(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    if len(items) == 2 and all(isinstance(item, str) and "-" not in item for item in items):
        items = [f"{items[0]}-{items[1]}"]
    found = []
    for item in items:
        match = _SPAN.fullmatch(item.strip()) if isinstance(item, str) else None
        if match is None:
            raise ToDetail
        a, b, c, d = (int(group) for group in match.groups())
        found.append(f"{a:02}:{b:02}-{c:02}:{d:02}")
    return found


CHECKS: Final[dict[Kind, Callable[[Any], Any]]] = {
    Kind.AGENT: opaque,
    Kind.AGENTS: opaques,
    Kind.RECORD: opaque,
    Kind.RECORDS: opaques,
    Kind.KEY: opaque,
    Kind.LABEL: label,
    Kind.CODE: code,
    Kind.COUNT: count,
    Kind.MS: milliseconds,
    Kind.BOOL: boolean,
    Kind.TIME: moment_or_date,
    Kind.DATE: day,
    Kind.AMOUNT: amount,
    Kind.SHAPE: shape,
    Kind.NAMES: labels,
    Kind.HOURS: hours,
    Kind.SCOPE: scope,
}
