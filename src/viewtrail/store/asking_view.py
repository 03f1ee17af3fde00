"""What questions are asked of: sealed segments and the entries after them, as one state of the log."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from viewtrail.errors import BadInput, LogDamaged, ViewtrailError
from viewtrail.log import LogReader
from viewtrail.store import segments_manifest as manifest
from viewtrail.store.asking_near import Kept, Near, near_sql
from viewtrail.store.segments_columns import SCHEMA, columns
from viewtrail.store.segments_files import ORDER, form, name_types, quoted, table_sql
from viewtrail.store.segments_manifest import Segment

HERE: Final = Path(__file__).parent
MOST_UNSEALED: Final = 1_000_000
"""So many entries after the segments are held in memory at most, about 800 MB; more are sealed first."""

PIECE: Final = 5_000
"""So many entries may come before they are turned for all questions together, as a segment's are."""

CHUNKS: Final = 32
"""So many pieces the entries in memory may be in before they are put together."""

LOOKED_UP: Final = 1_000
"""So many records are looked up each in its row group; of more (DuckDB: of 50) all between them is read."""

MOST_HERE: Final = 50
"""So many people's and records' rows are kept put together; they are few, and a page needs two or three."""

IDLE: Final = 4
"""So many connections are kept for the next questions."""


@dataclass(frozen=True, slots=True)
class View:
    """The log as it was at `size` entries: these segments, and `tail` for all after them."""

    segments: tuple[Segment, ...]
    tail: pa.Table
    size: int
    turned: Mapping[str, pa.Table] = field(default_factory=dict)
    done: int = 0
    "The first so many rows of the tail are in `turned` already: by name what a segment has of them."
    here: dict[Near, pa.Table] = field(default_factory=dict, compare=False)
    "What was asked for of single people and records so far."

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

    db: duckdb.DuckDBPyConnection
    view: View
    home: Path
    kept: Kept

    def __call__(self, question: str, near: Near | None = None, **values: object) -> list[Any]:
        """The rows that answer it; `near` says whose rows of a table are enough for that."""
        sql = question_sql(question)
        if near is not None and self.view.segments:
            self.db.register(f"here_{near.table}", self._here(near))
            sql = near_sql(sql, near.table)
        # Fetched to its end: a result left open would block the connection's next statement.
        return self.db.execute(sql, values).fetchall()

    def _here(self, near: Near) -> pa.Table:
        """These rows of the view, put together once for all questions about it."""
        wide, sealed = self.kept.sealed(self.view.segments, near, self._find)
        found = self.view.here.get(wide)
        if found is None:
            if len(self.view.here) >= MOST_HERE:
                self.view.here.clear()
            parts = [sealed, wide.among(self.view.turned[wide.table])]
            fresh = wide.mentioning(self.view.tail.slice(self.view.done))
            if fresh.num_rows:
                self.db.register("mentioning", fresh)
                parts.append(self.db.sql(wide.fresh_sql, params=wide.values).to_arrow_table())
            found = self.view.here[wide] = pa.concat_tables(parts)
        return found

    def _find(self, near: Near) -> pa.Table:
        sql = near.sealed_sql.format(files=_files(near.table, self.view, self.home))
        found: pa.Table = self.db.sql(sql, params=near.values).to_arrow_table()
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


_held: ContextVar[dict[int, View] | None] = ContextVar("held", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is asked in this context is about the log as it was at the first question."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


@dataclass
class Source:
    """Follows a log and its segments; every question sees one state of both. Safe to use from threads."""

    home: Path
    reader: LogReader
    _view: View = field(default_factory=lambda: View((), SCHEMA.empty_table(), -1))
    _seen: tuple[int, int, int] = (0, 0, 0)
    _lock: Lock = field(default_factory=Lock)
    _log: Lock = field(default_factory=Lock)
    _pool: Lock = field(default_factory=Lock)
    _free: list[Connection] = field(default_factory=list)
    _kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self._base = connect(self.home / manifest.FOLDER)

    def close(self) -> None:
        self._free.clear()
        self._base.close()
        with self._log:
            self.reader.close()

    def now(self) -> View:
        """The log as it is now. What came since the last question is fetched and the rest kept.

        Within `one_moment` it is the same as before.
        """
        held = _held.get()
        if held is None:
            return self._now()
        if id(self) not in held:
            held[id(self)] = self._now()
        return held[id(self)]

    def _now(self) -> View:
        """The manifest is read before the log's size: entries never change and never go, so whatever is
        sealed meanwhile is still in the tail that is fetched."""
        with self._lock:
            seen = manifest.version(self.home)
            segments = self._view.segments if seen == self._seen else self._read()
            with self._log:
                size = self.reader.size
                sealed = segments[-1].stop if segments else 0
                if size < sealed:
                    raise self._of_another()
                if segments is not self._view.segments or size != self._view.size:
                    self._view = self._turned(View(segments, self._tail(sealed, size), size))
            self._seen = seen
            return self._view

    def _turned(self, view: View) -> View:
        """The view with what its tail comes to, as far as that was worked out for the last one; more of it
        where much came since."""
        turned, done = self._view.turned, self._view.done
        if view.sealed != self._view.sealed or view.size < self._view.size:
            turned, done = {}, 0
        if view.tail.num_rows - done < PIECE and turned:
            return replace(view, turned=turned, done=done)
        with self._base.cursor() as db:
            db.register("entries", view.tail.slice(done))
            more = {name: db.sql(table_sql(name)).to_arrow_table() for name in ORDER}
        if turned:
            more = {name: _put_together(turned[name], more[name]) for name in ORDER}
        return replace(view, turned=more, done=view.tail.num_rows)

    def _read(self) -> tuple[Segment, ...]:
        segments = manifest.read(self.home)
        if any(one.form != form() for one in segments):
            return ()  # another release's: until they are sealed again, the log itself is read
        if segments:
            with self._log:
                last = segments[-1]
                if self.reader.size < last.stop or self.reader.root(last.stop).hex() != last.root:
                    raise self._of_another()
        return segments

    def _of_another(self) -> BadInput:
        where = str(self.home / manifest.FOLDER)
        return BadInput("the segments were made from another log", where=where, next=manifest.AGAIN)

    def _tail(self, sealed: int, size: int) -> pa.Table:
        held, start = self._view.tail, self._view.sealed
        if not start <= sealed <= self._view.size <= size:
            held, start = SCHEMA.empty_table(), sealed
        kept = held.slice(sealed - start)
        if size - sealed > MOST_UNSEALED:
            step = f"run `python -m viewtrail.store.segments --home {self.home}`, once"
            raise BadInput(f"{size - sealed:,} entries are not sealed yet", where=str(self.home), next=step)
        fresh = columns(self.reader.read(sealed + kept.num_rows, size))
        if sealed + kept.num_rows + fresh.num_rows != size:
            raise LogDamaged(
                f"entries between {sealed} and {size} are missing", next="run `viewtrail verify`"
            )
        return _put_together(kept, fresh) if fresh.num_rows else kept

    @contextmanager
    def asking(self, view: View | None = None) -> Iterator[Asking]:
        """Questions to one view of the log."""
        seen = view or self.now()
        with self._pool:
            connection = self._free.pop() if self._free else None
        if connection is None:
            connection = Connection(self._base.cursor())
        try:
            connection.look_at(seen, self.home)
            yield Asking(connection.db, seen, self.home, self._kept)
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            where = str(self.home / manifest.FOLDER)
            raise ViewtrailError(f"cannot be read: {error}", where=where, next=manifest.AGAIN) from error
        finally:
            with self._pool:
                if len(self._free) < IDLE:
                    self._free.append(connection)

    @contextmanager
    def log(self) -> Iterator[LogReader]:
        """The log itself, for one thread at a time."""
        with self._log:
            yield self.reader


def _put_together(before: pa.Table, more: pa.Table) -> pa.Table:
    both = pa.concat_tables([before, more])
    return both.combine_chunks() if both.column(0).num_chunks > CHUNKS else both
