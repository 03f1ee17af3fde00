"""Parquet: the columns' own types, times with and without zone, and files that are none."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from viewtrail.errors import BadInput
from viewtrail.sources.mapping import parse_mapping

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
VIEWS = """
connector = "views"
source = "/crm"
[time]
column = "at"
[[event]]
type = "record.viewed"
subject = "lead"
agent = "who"
data.position = { column = "n", number = true }
data.dwell_s = { column = "long", unit = "seconds" }
"""


def flat(**columns: list[object]) -> pa.Table:
    base = {
        "id": ["e1", "e2"],
        "source": ["/crm"] * 2,
        "type": ["record.viewed"] * 2,
        "time": [AT] * 2,
        "subject": ["L-1", "L-2"],
        "agent": ["a-1", None],
    }
    return pa.table(base | columns)


def views(**columns: object) -> pa.Table:
    base = {
        "at": [AT, AT],
        "lead": ["L-1", "L-2"],
        "who": ["a-1", "a-1"],
        "n": [1, None],
        "long": [6.5, None],
    }
    return pa.table(base | columns)


def written(told, table: pa.Table, mapping: str = "", packed: bool = False):
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content = sink.getvalue().to_pybytes()
    found = parse_mapping(mapping, "map.toml") if mapping else None
    if packed:
        return told(gzip.compress(content), "a.parquet.gz", found, "parquet")
    return told(content, "a.parquet", found)


def test_flat_columns_need_no_mapping_and_a_bad_row_says_its_number(told):
    found = written(told, flat(position=[3, None], dwell_s=[1.5, float("nan")]))
    assert found.events[0].data == {"agent": "a-1", "position": 3, "dwell_ms": 1_500}
    assert found.events[0].time % 1_000_000 == 123456
    [aside] = found.aside
    assert aside.place == "a.parquet row 2"
    assert "no data.agent" in aside.reason
    assert "id=e2" in aside.raw


def test_unknown_columns_of_any_type_are_kept_as_text(told):
    when = pa.array([AT] * 2, pa.timestamp("ns", "UTC"))
    table = flat(
        sum=[Decimal("1.50")] * 2, when=when, raw=[b"x"] * 2, tags=[["a", "b"]] * 2, agent=["a", "b"]
    )
    found = written(told, table)
    assert found.events[0].extra["data"] == {
        "sum": "1.50",
        "when": "2026-03-02T09:00:00.123456+00:00",
        "raw": "x",
        "tags": '["a", "b"]',
    }


@pytest.mark.parametrize("odd", [[float("inf")] * 2, [2**60] * 2, [b"\xff"] * 2, ["e\u0301"] * 2])
def test_values_that_cannot_be_kept_set_their_row_aside(told, odd):
    assert len(written(told, flat(odd=odd, agent=["a", "b"])).aside) == 2


def test_a_mapping_reads_numbers_nulls_dictionaries_and_times_of_any_resolution(told):
    plain = written(told, views(), VIEWS)
    assert plain.events[0].data == {"agent": "a-1", "position": 1, "dwell_ms": 6_500}
    assert plain.events[1].data == {"agent": "a-1"}
    nanoseconds = pa.array([AT] * 2, pa.timestamp("ns", "UTC"))
    coded = pa.array(["a-1", "a-1"]).dictionary_encode()
    assert written(told, views(at=nanoseconds, who=coded), VIEWS).items == plain.items
    assert written(told, views(n=[1.0, None]), VIEWS).items == plain.items
    assert written(told, views(), VIEWS, packed=True).items == plain.items


def test_a_time_without_zone_needs_one_in_the_mapping(told):
    naive = views(at=[AT.replace(tzinfo=None)] * 2)
    assert "has no zone" in written(told, naive, VIEWS).aside[0].reason
    zoned = VIEWS.replace('column = "at"', 'column = "at"\ntime_zone = "UTC"')
    assert [event.time for event in written(told, naive, zoned).events] == [
        event.time for event in written(told, views(), VIEWS).events
    ]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1", b""])
def test_a_damaged_file_is_refused(told, content):
    with pytest.raises(BadInput, match="is not a readable Parquet file"):
        told(content, "a.parquet")
