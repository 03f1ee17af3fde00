"""One state of the log, sealed segments and the entries after them, and questions asked of it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from viewtrail.store import segments_manifest as manifest
from viewtrail.store.asking_kept import Kept
from viewtrail.store.asking_made import acts
from viewtrail.store.asking_near import Near, near_sql
from viewtrail.store.segments_files import ORDER, name_types, quoted, table_sql
from viewtrail.store.segments_manifest import Segment

HERE: Final = Path(__file__).parent
CHUNKS: Final = 32
"""So many pieces rows in memory may be in before they are put together."""

LOOKED_UP: Final = 1_000
"""So many records are looked up each in its row group; of more (DuckDB: of 50) all between them is read."""


@dataclass(frozen=True, slots=True)
class View:
    """The log as it was at `size` entries: these segments, and `tail` for all after them."""

    segments: tuple[Segment, ...]
    tail: pa.Table
    size: int
    turned: Mapping[str, pa.Table] = field(default_factory=dict)
    done: int = 0
    "The first so many rows of the tail are in `turned` already: by name what a segment has of them."

    @property
    def sealed(self) -> int:
        return self.segments[-1].stop if self.segments else 0


@cache
def question_sql(name: str) -> str:
    """The SQL of one question."""
    return (HERE / "questions" / f"{name}.sql").read_text(encoding="utf-8")


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB without a file, that loads no extension and reads nothing but what it is told to."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": "1GB",
        "temp_directory": str(folder / "spill"),
        "threads": os.cpu_count() or 1,
    }
    db = duckdb.connect(":memory:", config=config)
    # Global, as each question has a cursor of its own.
    db.execute("SET GLOBAL parquet_metadata_cache = true")
    db.execute(f"SET GLOBAL dynamic_or_filter_threshold = {LOOKED_UP}")
    name_types(db)
    return db


@dataclass
class Connection:
    """One DuckDB connection and what it now sees."""

    db: duckdb.DuckDBPyConnection
    view: View | None = None
    segments: tuple[Segment, ...] | None = None
    turned: Mapping[str, pa.Table] | None = None

    def look_at(self, view: View, home: Path) -> None:
        """Let the names of the tables mean this view."""
        if self.view is view:
            return
        self.db.register("entries", view.tail)
        self.db.register("fresh", view.tail.slice(view.done))
        if self.turned is not view.turned:
            for name, held in view.turned.items():
                self.db.register(f"turned_{name}", held)
            self.turned = view.turned
        if self.segments != view.segments:
            for name in ORDER:
                self.db.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {_both(name, view, home)}")
            self.db.execute(f"CREATE OR REPLACE TEMP VIEW receipts AS {_receipts(view, home)}")
            self.segments = view.segments
        self.view = view


def _both(name: str, view: View, home: Path) -> str:
    """SQL for one table over all of a view: of the segments, then made of the tail."""
    parts = [
        f"SELECT * FROM turned_{name}",
        f"WITH entries AS (SELECT * FROM fresh) SELECT * FROM ({table_sql(name)})",
    ]
    if view.segments:
        parts.insert(0, f"SELECT * FROM read_parquet([{_files(name, view, home)}])")
    return " UNION ALL ".join(f"(\n{part}\n)" for part in parts)


def _receipts(view: View, home: Path) -> str:
    """SQL for when each entry of a view came in, and from where; times as whole microseconds."""
    named = "source, type, backfill, skew, call, record, campaign, via, surface"
    tail = f"SELECT {named}, time, received FROM entries"
    if not view.segments:
        return tail
    files = _files("entries", view, home)
    return f"{tail} UNION ALL SELECT {named}, epoch_us(time), epoch_us(received) FROM read_parquet([{files}])"


def _files(name: str, view: View, home: Path) -> str:
    folders = [home / manifest.FOLDER / one.folder for one in view.segments]
    return ", ".join(quoted(folder / f"{name}.parquet") for folder in folders)


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks questions of one view of the log, whatever is written meanwhile."""

    connection: Connection
    view: View
    home: Path
    kept: Kept

    def __call__(self, question: str, near: Near | None = None, **values: object) -> list[Any]:
        """The rows that answer it; `near` says whose rows of a table are enough for that."""
        sql, db = question_sql(question), self._db()
        if near is not None and self.view.segments:
            _, here = self._here(near)
            db.register(f"here_{near.table}", here)
            sql = near_sql(sql, near.table)
        # Fetched to its end: a result left open would block the connection's next statement.
        return db.execute(sql, values).fetchall()

    def table(self, question: str, **values: object) -> pa.Table:
        """The same as columns."""
        found: pa.Table = self._db().sql(question_sql(question), params=values).to_arrow_table()
        return found

    def near(self, near: Near) -> pa.Table:
        """The rows themselves, for what is quicker counted than a question is planned."""
        wide, here = self._here(near)
        return here if wide == near else near.among(here)

    def _db(self) -> duckdb.DuckDBPyConnection:
        """The connection, looking at the view: only now, as some pages have nothing to ask it."""
        self.connection.look_at(self.view, self.home)
        return self.connection.db

    def _here(self, near: Near) -> tuple[Near, pa.Table]:
        """These rows of the view and some around them, and of what they are all."""
        wide, sealed = self.kept.sealed(self.view.segments, near, self._find)
        held = self.kept.unsealed(self.view.sealed, self.view.size, wide)
        if held is None:
            rows, upto = wide.shortened(self.view.turned[wide.table]), self.view.sealed + self.view.done
            held = upto, wide.among(rows)
        upto, rows = held
        fresh = wide.mentioning(self.view.tail.slice(upto - self.view.sealed))
        if fresh.num_rows:
            rows = put_together(rows, self._made(wide, fresh))
        self.kept.keep_unsealed(self.view.sealed, self.view.size, wide, rows)
        return wide, pa.concat_tables([sealed, rows]) if sealed is not None else rows

    def _made(self, near: Near, fresh: pa.Table) -> pa.Table:
        """These rows of what some entries come to."""
        if near.table == "acts":
            return near.among(acts(fresh))
        db = self.connection.db
        db.register("mentioning", fresh)
        made: pa.Table = db.sql(near.fresh_sql, params=near.values).to_arrow_table()
        return made

    def _find(self, near: Near) -> pa.Table:
        sql = near.sealed_sql.format(files=_files(near.table, self.view, self.home))
        found: pa.Table = self.connection.db.sql(sql, params=near.values).to_arrow_table()
        return found

    def unsealed(self, first: int, types: Collection[str]) -> list[int] | None:
        """The entries of these types from `first` on; None where some of those are sealed.

        For what is asked again and again about the little that came since: a hundred times as quick.
        """
        if first < self.view.sealed:
            return None
        fresh = self.view.tail.slice(first - self.view.sealed)
        wanted = pc.is_in(fresh.column("type"), value_set=pa.array(sorted(types), pa.string()))
        found: list[Any] = fresh.column("idx").filter(wanted).to_pylist()
        return found


def put_together(before: pa.Table, more: pa.Table) -> pa.Table:
    """Rows and more rows, in one piece where there are many pieces."""
    both = pa.concat_tables([before, more])
    return both.combine_chunks() if both.column(0).num_chunks > CHUNKS else both
