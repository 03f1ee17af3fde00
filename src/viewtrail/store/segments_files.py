"""The files of one segment: its entries, and the same turned so that each kind of question reads little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from viewtrail.event.vocabulary import BEHAVIOUR
from viewtrail.store.segments_columns import LISTS, SCHEMA

HERE: Final = Path(__file__).parent / "segments_tables"
ORDER: Final = {
    "touches": "record, time, idx",
    "acts": "person, time, idx",
    "facts": "time, idx",
    "told": "record, time, idx",
    "calls": "time, idx",
    "cells": "quarter, source, type",
    "people": "agent",
    "runs": "source, prefix, low",
    "pairs": "agent, record",
    "work": "quarter, agent",
}
"""Each table beside the entries, and how its rows are sorted in a segment: by what is asked for first."""

GROUP: Final = 8_192
"""Rows of a row group where single records or people are looked up: so many are read to find a few."""

WIDE: Final = 65_536
"""Rows of a row group where whole spans are read."""

_PLAIN: Final = frozenset({"told"})
"""Read through for a few records that lie all over it: unpacking it would take as long as reading it does."""

_TIMES: Final = ("known", "received", "time")
_ONCE: Final = frozenset({"pairs"})
_GROUPS: Final = {"touches": GROUP, "acts": GROUP, "told": GROUP}


@cache
def table_sql(name: str) -> str:
    """The SELECT that makes this table of the table `entries`."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


@cache
def form() -> str:
    """What decides how a segment looks, as a short hash: one of another form has to be made again."""
    tables = "".join(f"{name} {order} {table_sql(name)}" for name, order in ORDER.items())
    return sha256(f"{SCHEMA} {tables} {sorted(BEHAVIOUR)} {sorted(LISTS)}".encode()).hexdigest()[:12]


def name_types(db: duckdb.DuckDBPyConnection) -> None:
    """Teach a connection which types of event are behaviour: the tables ask for it."""
    kinds = ", ".join(f"'{name}'" for name in BEHAVIOUR)
    db.execute(f"CREATE MACRO behaviour(kind) AS kind IN ({kinds})")


def write(folder: Path, entries: pa.Table) -> None:
    """Write all files of a segment into the empty `folder`; they are not synced yet."""
    pq.write_table(for_others(entries), folder / "entries.parquet", compression="zstd", row_group_size=WIDE)
    with _database(folder) as db:
        db.register("entries", entries)
        for name, order in ORDER.items():
            _copy(db, f"SELECT * FROM ({table_sql(name)}) ORDER BY {order}", folder, name)


def merge(folder: Path, parts: Sequence[Path]) -> None:
    """Write into the empty `folder` what the files of these segments hold together, sorted anew."""
    with _database(folder) as db:
        for name, order in {"entries": "", **ORDER}.items():
            files = ", ".join(quoted(part / f"{name}.parquet") for part in parts)
            once = "DISTINCT" if name in _ONCE else ""
            by = f"ORDER BY {order}" if order else ""  # the entries stay as they are: by index
            _copy(db, f"SELECT {once} * FROM read_parquet([{files}]) {by}", folder, name)


@contextmanager
def _database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": "1GB",
        "temp_directory": str(folder.with_name("spill")),
    }
    with duckdb.connect(":memory:", config=config) as db:
        db.execute("SET TimeZone = 'UTC'")
        name_types(db)
        yield db


def _copy(db: duckdb.DuckDBPyConnection, select: str, folder: Path, name: str) -> None:
    packed = "uncompressed" if name in _PLAIN else "zstd"
    how = f"FORMAT parquet, COMPRESSION {packed}, ROW_GROUP_SIZE {_GROUPS.get(name, WIDE)}"
    db.execute(f"COPY ({select}) TO {quoted(folder / f'{name}.parquet')} ({how})")


def quoted(path: Path) -> str:
    """The path as SQL text."""
    return "'" + str(path.absolute()).replace("'", "''") + "'"


def for_others(entries: pa.Table) -> pa.Table:
    """The entries with times as timestamps in UTC: what any reader of Parquet understands."""
    for name in _TIMES:
        place = entries.schema.get_field_index(name)
        entries = entries.set_column(place, name, entries.column(place).cast(pa.timestamp("us", tz="UTC")))
    return entries
