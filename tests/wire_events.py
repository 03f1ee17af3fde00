"""Hypothesis strategies: valid events on the wire, for every type of the vocabulary and for unknown ones."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from viewtrail.event import ROLES, VOCABULARY, Kind, words
from viewtrail.event.kinds import DAYS, LONGEST_MS
from viewtrail.event.vocabulary import AGENTLESS, MOST, NEEDS_SUBJECT, SUBJECT, on_wire

_LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"))


def sound(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Text that every reader understands alike."""
    return text.map(lambda word: unicodedata.normalize("NFC", word)).filter(str.isprintable)


# A comma would part the ids of a list written as text, so that ids here have none.
IDS = sound(st.text(_LETTERS, min_size=1, max_size=20)).filter(lambda word: word and "," not in word)
ANY_ID = IDS | st.integers(0, 10**9)
FREE_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60).map(
    lambda word: unicodedata.normalize("NFC", word)
)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1970, 1, 3), datetime(2199, 12, 29), timezones=ZONES).map(datetime.isoformat)  # noqa: DTZ001  # Hypothesis puts the zone in
DATES = st.dates(datetime(1970, 1, 1, tzinfo=UTC).date(), datetime(2199, 12, 31, tzinfo=UTC).date()).map(str)

_HOURS = st.sampled_from(
    ("mon-fri 09:00-18:00", "sat 10:00-14:00, sun 22:00-06:00", "fri-mon 8:00-24:00", "?")
)
_SPAN = st.sampled_from((["09:00-18:00"], ["09:00-12:00", "13:00-17:30"], ["09:00", "17:00"], "22:00-06:00"))
_TERMS = st.sampled_from(
    ("country=? and deposits>?", "desk in (?)", "name like ?", "name='Ann'", "free words")
)

KINDS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.AGENT: ANY_ID,
    Kind.AGENTS: st.lists(ANY_ID, max_size=4) | st.just("a-1, a-2"),
    Kind.RECORD: ANY_ID,
    Kind.RECORDS: st.lists(ANY_ID, max_size=4) | st.just("L-1,L-2"),
    Kind.KEY: ANY_ID,
    Kind.LABEL: ANY_ID | FREE_TEXT,
    Kind.CODE: st.sampled_from(ROLES) | FREE_TEXT,
    Kind.COUNT: st.integers(0, 2**53 - 1) | st.integers(0, 9999).map(float),
    Kind.MS: st.integers(0, LONGEST_MS // 1000) | st.floats(0, LONGEST_MS / 1000),
    Kind.BOOL: st.booleans(),
    Kind.TIME: TIMES | DATES,
    Kind.DATE: DATES,
    Kind.AMOUNT: st.decimals(-(10**9), 10**9, places=2).map(lambda value: format(value, "f")),
    Kind.SHAPE: _TERMS | FREE_TEXT,
    Kind.NAMES: st.lists(ANY_ID, max_size=4) | st.just("phone, email"),
    Kind.HOURS: _HOURS | st.dictionaries(st.sampled_from(DAYS), _SPAN, max_size=7),
    Kind.SCOPE: st.fixed_dictionaries(
        {}, optional={"desk": IDS, "agents": st.lists(ANY_ID), "records": st.lists(ANY_ID), "list": ANY_ID}
    ),
}

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | FREE_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FREE_TEXT, inner, max_size=3),
    max_leaves=8,
)


def value(type_: str, stored: str, kind: Kind) -> st.SearchStrategy[Any]:
    """Valid values of a field, on the wire."""
    if kind is Kind.ENUM:
        return st.sampled_from(words(type_, stored))
    return st.integers(0, MOST[stored]) if stored in MOST else KINDS[kind]


@st.composite
def data_of(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    fields = {on_wire(stored, kind): value(type_, stored, kind) for stored, kind in VOCABULARY[type_].items()}
    agent = {} if type_ in AGENTLESS else {"agent": fields.pop("agent")}
    optional = {name: st.none() | field for name, field in fields.items()}
    data = draw(st.fixed_dictionaries(agent, optional=optional))
    if VOCABULARY[type_].get("from") is Kind.TIME:  # an interval is not turned round here
        data.pop(draw(st.sampled_from(("from", "to"))), None)
    unknown = draw(st.dictionaries(FREE_TEXT.map("x_{}".format), JSON, max_size=2))
    return {**unknown, **data}


@st.composite
def events_of(draw: st.DrawFn, type_: str, *, attributes: bool = True) -> dict[str, Any]:
    """A valid event of one type; with `attributes`, perhaps with extension attributes."""
    known = type_ in VOCABULARY
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": draw(IDS),
        "source": draw(IDS),
        "type": type_,
        "time": draw(TIMES),
        "data": draw(data_of(type_) if known else st.dictionaries(FREE_TEXT, JSON, max_size=3)),
    }
    if type_ in NEEDS_SUBJECT or (SUBJECT.get(type_) and draw(st.booleans())):
        event["subject"] = draw(ANY_ID)
    if draw(st.booleans()):
        event["sequence"] = draw(ANY_ID)
    if attributes and draw(st.booleans()):
        event |= {"traceparent": draw(FREE_TEXT), "subject": event.get("subject", "S-1")}
    return event


def events(*, attributes: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """A valid event of any type, unknown ones among them."""
    types = st.sampled_from((*VOCABULARY, "coffee.poured", "record.dreamt"))
    return types.flatmap(lambda type_: events_of(type_, attributes=attributes))
