"""What entries come to among people's acts is the same, made as columns and asked of DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from store import asked
from viewtrail.store import open_log
from viewtrail.store.asking_made import ACTS, acts
from viewtrail.store.segments_columns import SCHEMA, columns
from viewtrail.store.segments_files import name_types, table_sql


def by_question(entries: pa.Table) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as db:
        name_types(db)
        db.register("entries", entries)
        names = ", ".join(f'"{name}"' for name in ACTS.names)
        return db.execute(f"SELECT {names} FROM ({table_sql('acts')})").fetchall()


def by_columns(entries: pa.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in acts(entries).to_pylist()]


def test_acts_are_those_of_the_segments_question(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append(asked.odd_events(), received=asked.START)
        entries = columns(log.read())
    wanted = by_question(entries)
    assert {row[1] for row in wanted} == {"did", "about", "exported"}
    assert sorted(by_columns(entries), key=repr) == sorted(wanted, key=repr)


def test_acts_of_any_piece_are_those_of_the_segments_question(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append(asked.odd_events(), received=asked.START)
        entries = columns(log.read())
    for start in range(0, entries.num_rows, 3):
        piece = entries.slice(start, 5)
        assert sorted(by_columns(piece), key=repr) == sorted(by_question(piece), key=repr)
    assert acts(SCHEMA.empty_table()).num_rows == 0
