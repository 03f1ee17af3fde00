"""An event comes back from its wire form and from its row as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wire_events
from corpus.bad_events import GOOD
from viewtrail.event import (
    COLUMNS,
    VOCABULARY,
    Event,
    canonical,
    decode,
    from_flat,
    from_wire,
    to_flat,
    to_wire,
)


@pytest.mark.parametrize("type_", VOCABULARY)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_type_comes_back_from_the_wire(type_: str, data: st.DataObject) -> None:
    event = from_wire(data.draw(wire_events.events_of(type_)))
    assert from_wire(to_wire(event)) == event
    assert from_wire(decode(json.dumps(to_wire(event)))) == event


def without_empty_cells(sent: dict[str, Any]) -> dict[str, Any]:
    """In a row an empty cell is an absent one, so that an empty string has no place there."""
    return {**sent, "data": {name: value for name, value in sent["data"].items() if value != ""}}


@given(wire_events.events(attributes=False))
@settings(max_examples=150, deadline=None)
def test_every_event_comes_back_from_its_row(sent: dict[str, Any]) -> None:
    event = from_wire(without_empty_cells(sent))
    row = to_flat(to_wire(event))
    assert tuple(row) == COLUMNS
    assert from_flat(row) == event


@given(wire_events.events(attributes=False))
@settings(max_examples=120, deadline=None)
def test_a_row_of_text_says_the_same(sent: dict[str, Any]) -> None:
    event = from_wire(without_empty_cells(sent))
    cells = {name: as_text(cell) for name, cell in to_flat(to_wire(event)).items()}
    assert from_flat(cells).data == event.data


def as_text(cell: Any) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


@given(wire_events.events(), st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_the_content_does_not_depend_on_the_order_of_keys(sent: dict[str, Any], random: Any) -> None:
    assert canonical(from_wire(_shuffled(sent, random))) == canonical(from_wire(sent))


def _shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, random) for item in value]
    if not isinstance(value, Mapping):
        return value
    names = list(value)
    random.shuffle(names)
    return {name: _shuffled(value[name], random) for name in names}


@given(wire_events.events())
@settings(max_examples=120, deadline=None)
def test_nothing_that_was_sent_is_lost(sent: dict[str, Any]) -> None:
    event = from_wire(sent)
    kept = to_wire(event)
    assert {name for name, value in sent["data"].items() if value is not None} <= set(kept["data"])
    assert set(sent) <= set(kept)


def test_two_spellings_of_one_instant_are_one_content() -> None:
    def told(time: str) -> bytes:
        return canonical(from_wire({**GOOD, "time": time}))

    assert told("2026-03-02T09:14:03.120+02:00") == told("2026-03-02T07:14:03.12Z")
    assert told("2026-03-02T09:14:03.120+02:00") != told("2026-03-02T09:14:03.120Z")


def test_another_field_is_another_content() -> None:
    changed = {**GOOD, "data": {**GOOD["data"], "mood": "good"}}
    assert canonical(from_wire(changed)) != canonical(from_wire(GOOD))


def test_an_event_cannot_be_changed() -> None:
    event = from_wire(GOOD)
    with pytest.raises(AttributeError):
        event.id = "other"  # type: ignore[misc]  # that is the test
    assert isinstance(event, Event)
