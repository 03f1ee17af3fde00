"""Events of one shape are what their wire form says, or are left to it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.event import VOCABULARY, EventShape, from_wire

AT = datetime(2026, 3, 2, 9, 14, 3, tzinfo=UTC)
VALUES = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-2, 10**7), st.floats(), st.booleans(), st.just("list"),
    st.just("+357 99 123456"), st.lists(st.text(max_size=3), max_size=2), st.just("2026-03-02T09:14:03Z"),
)  # fmt: skip
FIELDS = [
    "agent",
    "actor_kind",
    "record_kind",
    "via",
    "dwell_s",
    "rows",
    "filter",
    "field",
    "talk_s",
    "q",
    "to",
]


@settings(max_examples=600, deadline=None)
@given(
    type_=st.sampled_from(sorted(VOCABULARY)),
    fixed=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3),
    told=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4),
    id_=st.text(max_size=3) | st.just("e-1"),
    subject=VALUES,
    sequence=VALUES,
)
def test_a_shape_gives_the_event_of_the_wire_form_or_leaves_it(type_, fixed, told, id_, subject, sequence):
    told = {name: value for name, value in told.items() if name not in fixed}
    shape = EventShape.of(type_, "/crm", fixed, list(told))
    made = shape.event(id_, AT, list(told.values()), subject, sequence) if shape else None
    wire = {"specversion": "1.0", "id": id_, "source": "/crm", "type": type_, "time": AT}
    try:
        whole = from_wire({**wire, "subject": subject, "sequence": sequence, "data": fixed | told})
    except BadInput:
        whole = None
    assert made is None or made == whole


def test_the_common_case_is_made_and_not_left():
    shape = EventShape.of("record.viewed", "/crm", {"record_kind": "lead"}, ["agent", "dwell_s"])
    assert shape is not None
    event = shape.event("e-1", AT, ["a-1", 2.5], "L-1")
    assert event is not None
    assert event.data == {"record_kind": "lead", "agent": "a-1", "dwell_ms": 2500}


@pytest.mark.parametrize(
    ("values", "subject"), [([None, 1.0], "L-1"), (["a-1", -1.0], "L-1"), (["a-1", 1.0], None)]
)
def test_what_is_out_of_the_ordinary_is_left_to_the_wire_form(values, subject):
    shape = EventShape.of("record.viewed", "/crm", {}, ["agent", "dwell_s"])
    assert shape is not None
    assert shape.event("e-1", AT, values, subject) is None
