"""Rows of Parquet and CSV files: what a cell may hold, and the answer to what it may not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.event import COLUMNS, canonical, from_flat

ROW: dict[str, Any] = {
    "id": "1",
    "source": "/crm",
    "type": "record.viewed",
    "time": "2026-03-02T09:14:03+02:00",
    "subject": "L-1",
    "agent": "a-117",
}
CALL = {**ROW, "type": "call.ended"}


@pytest.mark.parametrize("absent", [None, "", float("nan")])
def test_an_empty_cell_is_an_absent_field(absent: object) -> None:
    assert from_flat({**ROW, "position": absent, "via": absent}) == from_flat(ROW)


@pytest.mark.parametrize(
    ("row", "field", "stored"),
    [
        ({**ROW, "position": "14"}, "position", 14),
        ({**ROW, "position": 14.0}, "position", 14),
        ({**ROW, "dwell_s": "6.25"}, "dwell_ms", 6250),
        ({**CALL, "answered": "TRUE"}, "answered", True),
        ({**CALL, "answered": "0"}, "answered", False),
        ({**CALL, "answered": False}, "answered", False),
        ({**ROW, "type": "deposit.processed", "amount": Decimal("1250.00")}, "amount", "1250.00"),
        ({**ROW, "type": "leave.booked", "from_": date(2026, 3, 2)}, "from", "2026-03-02"),
        (
            {**ROW, "type": "leave.booked", "from_": datetime(2026, 3, 2, tzinfo=UTC)},
            "from",
            1772409600000000,
        ),
        ({**ROW, "type": "list.viewed", "data": '{"records": ["L-1"]}'}, "records", ["L-1"]),
        ({**ROW, "type": "list.viewed", "data": {"records": ["L-1"]}}, "records", ["L-1"]),
        ({**ROW, "type": "notice.given", "last_day": date(2026, 3, 31)}, "last_day", "2026-03-31"),
    ],
)
def test_cells_are_read_as_text_or_in_their_own_type(row: dict[str, Any], field: str, stored: object) -> None:
    assert from_flat(row).data[field] == stored


def test_a_time_may_be_a_cell_of_its_own_type() -> None:
    moment = datetime(2026, 3, 2, 7, 14, 3, tzinfo=UTC)
    assert from_flat({**ROW, "time": moment}) == from_flat(ROW)


@pytest.mark.parametrize("name", ["sequence", "subject"])
def test_a_whole_number_that_a_file_holds_as_float_is_an_id(name: str) -> None:
    assert getattr(from_flat({**ROW, name: 4711.0}), name) == "4711"


@pytest.mark.parametrize(
    "cell",
    ["free text", 5, True, [1, 2], {"a": None}, datetime(2026, 3, 2, tzinfo=UTC), Decimal("1.50"), b"x"],
)
def test_a_column_nobody_knows_is_kept_beside(cell: object) -> None:
    event = from_flat({**ROW, "mood": cell})
    assert "mood" in event.extra["data"]
    assert canonical(event)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"time": "2026-03-02 09:14:03"}, "time .* has no zone"),
        ({"time": datetime(2026, 3, 2)}, "time .* has no zone"),  # noqa: DTZ001  # that is the test
        ({"position": "many"}, "position 'many' is not a number"),
        ({"position": "1e400"}, "position .* is not a whole number"),
        ({"position": "nan"}, "position .* is not a whole number"),
        ({"dwell_s": "6s"}, "dwell_s '6s' is not a number"),
        ({"dwell_s": "inf"}, "dwell_s .* is not a number of seconds"),
        ({"dwell_s": "-1"}, "dwell_s .* is below 0 seconds"),
        ({"type": "call.ended", "answered": "maybe"}, "answered 'maybe' is neither true nor false"),
        ({"type": "call.ended", "answered": 1}, "answered 1 is neither true nor false"),
        ({"data": "[1]"}, "column data is not a JSON object"),
        ({"data": '{"a": 1, "a": 2}'}, "'a' stands twice"),
        ({"data": '{"a": NaN}'}, "NaN is not a number"),
        ({"mood": "a\x00"}, "holds a NUL"),
        ({"view": "a\ud800"}, "view .* holds a lone surrogate"),
        ({"view": 2**53}, "9007199254740992 is beyond"),
        ({"mood": "a\ud800"}, "a lone surrogate"),
        ({"mood": "u\u0308"}, "normal form C"),
        ({"mood": float("inf")}, "Infinity is not a number"),
        ({None: ["surplus"]}, "the row has more cells than the header has columns"),
        ({"agent": None}, "record.viewed has no data.agent"),
        ({"id": None}, "id is missing"),
    ],
)
def test_a_bad_cell_gets_its_answer(cells: dict[Any, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says) as refusal:
        from_flat({**ROW, **cells}, "calls.csv:41")
    assert refusal.value.where == "calls.csv:41"


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5)
CELLS |= st.datetimes() | st.dates() | st.decimals(allow_nan=False)


@given(st.dictionaries(st.sampled_from((*COLUMNS, "mood")), CELLS, max_size=4))
@settings(max_examples=300, deadline=None)
def test_whatever_a_row_holds_the_answer_is_an_event_or_bad_input(cells: dict[str, Any]) -> None:
    with suppress(BadInput):
        assert canonical(from_flat({**ROW, **cells}))
