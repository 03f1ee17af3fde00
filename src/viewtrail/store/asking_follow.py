"""Follows a log and its segments: what came since the last question is fetched, and the rest kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Final

import duckdb
import pyarrow as pa

from viewtrail.errors import BadInput, LogDamaged, ViewtrailError
from viewtrail.log import LogReader
from viewtrail.store import segments_manifest as manifest
from viewtrail.store.asking_kept import Kept
from viewtrail.store.asking_view import Asking, Connection, View, connect, put_together
from viewtrail.store.segments_columns import SCHEMA, columns
from viewtrail.store.segments_files import ORDER, form, table_sql
from viewtrail.store.segments_manifest import Segment

MOST_UNSEALED: Final = 1_000_000
"""So many entries after the segments are held in memory at most, about 800 MB; more are sealed first."""

PIECE: Final = 5_000
"""So many entries may come before they are turned for all questions together, as a segment's are."""

IDLE: Final = 4
"""So many connections are kept for the next questions."""

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
            more = {name: put_together(turned[name], more[name]) for name in ORDER}
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
        return put_together(kept, fresh) if fresh.num_rows else kept

    @contextmanager
    def asking(self, view: View | None = None) -> Iterator[Asking]:
        """Questions to one view of the log."""
        seen = view or self.now()
        with self._pool:
            connection = self._free.pop() if self._free else None
        if connection is None:
            connection = Connection(self._base.cursor())
        try:
            yield Asking(connection, seen, self.home, self._kept)
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
