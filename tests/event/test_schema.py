"""The JSON Schema given to others says what intake accepts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import wire_events
from corpus.bad_events import BAD_EVENTS, GOOD, ODD_BUT_GOOD, BadEvent, Odd
from viewtrail.event import from_wire, to_wire
from viewtrail.event.schema import schema

VALID = Draft202012Validator(schema())

ONLY_INTAKE_SEES = (
    "ends before it starts",
    "holds a",
    "control character",
    "normal form",
    "is outside 1970 to 2199",
    "is a leap second",
    "is not an RFC 3339 time",
    "last_day",
)
"""What a schema cannot say: the order of two fields, the characters of a string, the calendar."""

A_WHOLE_FLOAT = "an agent that is a float"  # 117.0 is an integer to JSON Schema; an id is not a number to us


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert VALID.is_valid(GOOD)


@given(wire_events.events())
@settings(max_examples=150, deadline=None)
def test_it_accepts_what_intake_accepts(sent: dict[str, Any]) -> None:
    event = from_wire(sent)
    VALID.validate(sent)
    VALID.validate(to_wire(event))


@pytest.mark.parametrize("odd", ODD_BUT_GOOD, ids=lambda odd: odd.name)
def test_it_accepts_what_only_looks_wrong(odd: Odd) -> None:
    VALID.validate(odd.event)


SEEN = [
    bad
    for bad in BAD_EVENTS
    if not any(word in bad.says for word in ONLY_INTAKE_SEES) and bad.name != A_WHOLE_FLOAT
]


@pytest.mark.parametrize("bad", SEEN, ids=lambda bad: bad.name)
def test_it_refuses_what_intake_refuses(bad: BadEvent) -> None:
    assert not VALID.is_valid(bad.event)
