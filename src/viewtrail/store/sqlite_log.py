"""The log's SQLite file: WAL, synchronous=FULL, one writer by file lock and epoch, many readers."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from viewtrail.errors import BadInput, LogBusy, LogDamaged, ViewtrailError
from viewtrail.log.storage import Batch, SetAside
from viewtrail.store.identities import Identities
from viewtrail.store.keys import sync_folder
from viewtrail.store.schema import FORMAT, TABLES

WAL_PAGES = 1_024  # 4 MB: whoever commits then copies them, 10 ms here; of eight times as many it was 60
PIECE = 256  # rows read at once: with the entries made of them they stay in the cache while they are folded
KEY, CONTENT = 8, 16
ROWS = 100  # a statement; after each one other threads of this process may take the interpreter away from us
ROOM = "make room or repair the disk, then repeat: what was acknowledged is safe"
Rows = list[tuple[int, int, bytes]]


class SqliteLog:
    """The Storage of one log; `writer=True` takes the lock (LogBusy when it is taken), bumps the epoch."""

    def __init__(self, home: Path, *, writer: bool) -> None:
        self._home = home
        self._path = home / "log.db"
        self._lock: int | None = None
        self._epoch = 0
        self._identities: Identities | None = None
        if writer:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _take_lock(home / "log.lock")
        elif not self._path.exists():
            raise BadInput("there is no log here", where=str(self._path), next="import something first")
        try:
            self._db = self._connect(writer)
            if writer:
                self._start_writing()
            elif not self._db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
                raise BadInput("the log was never begun", where=str(self._path))
        except sqlite3.DatabaseError as error:
            self._unlock()
            if not writer and self._still():
                step = "verify or read a copy of the folder"
                raise BadInput(
                    "may not be written to, and SQLite cannot read it without", where=str(home), next=step
                ) from error
            raise LogDamaged(f"SQLite cannot read it: {error}", where=str(self._path)) from error
        except BaseException:
            self._unlock()
            raise

    def _still(self) -> bool:
        """Whether nothing can change here: SQLite then needs no files of its own beside the log."""
        return not os.access(self._home, os.W_OK)

    def _connect(self, writer: bool) -> sqlite3.Connection:
        wal = self._path.with_name(self._path.name + "-wal")
        settled = not wal.exists() or wal.stat().st_size == 0
        how = "rwc" if writer else "ro&immutable=1" if self._still() and settled else "ro"
        target = f"file:{self._path}?mode={how}"
        db = sqlite3.connect(target, uri=True, isolation_level=None, timeout=30, check_same_thread=False)
        db.execute("PRAGMA cache_size = -65536")
        if not writer:
            db.execute("PRAGMA query_only = 1")
            return db
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        db.execute("PRAGMA secure_delete = ON")  # what is erased must not stay in free pages
        if not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            db.executescript(f"BEGIN IMMEDIATE;{TABLES}INSERT INTO meta VALUES ('format', {FORMAT});COMMIT;")
            os.chmod(self._path, 0o600)
            sync_folder(self._home)
        return db

    def _start_writing(self) -> None:
        if self.meta("format") != FORMAT:
            raise LogDamaged(
                f"the log's format is {self.meta('format')}, not {FORMAT}", where=str(self._path)
            )
        self._epoch = self.meta("epoch") + 1
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (self._epoch,))
        problems = [row[0] for row in self._db.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
        if problems:
            raise LogDamaged(f"SQLite finds: {problems[0]}", where=str(self._path), next="restore a backup")

    def close(self) -> None:
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- reading

    def _all(self, ask: str, *values: object) -> list[Any]:
        try:
            return self._db.execute(ask, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise LogDamaged(f"SQLite cannot read it: {error}", where=str(self._path)) from error

    def _one(self, ask: str, *values: object) -> Any:
        found = self._all(ask, *values)
        return found[0] if found else None

    def size(self) -> int:
        row = self._one("SELECT max(idx) FROM entries")
        return 0 if row[0] is None else int(row[0]) + 1

    def first(self) -> int:
        return int(self._one("SELECT min(idx) FROM entries")[0] or 0)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def rows(self, start: int, stop: int) -> Iterator[Rows]:
        ask = "SELECT idx, known, entry FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"
        for first in range(start, stop, PIECE):
            last = min(first + PIECE, stop)
            found: Rows = self._all(ask, first, last)
            if len(found) != last - first:
                raise LogDamaged(f"of the entries {first} to {last - 1} only {len(found)} are there")
            yield found

    def rows_known(self, stop: int) -> Iterator[Rows]:
        if self.meta("monotone", 1) == 1:
            return self.rows(0, stop)
        return self._rows_sorted(stop)

    def _rows_sorted(self, stop: int) -> Iterator[Rows]:
        """Sort the times alone, then fetch the entries piece by piece: memory stays at 16 bytes an entry."""
        times = np.empty(stop, dtype=np.int64)
        ask = "SELECT known FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"
        for first in range(0, stop, PIECE):
            last = min(first + PIECE, stop)
            times[first:last] = [row[0] for row in self._all(ask, first, last)]
        order = np.argsort(times, kind="stable")
        for first in range(0, stop, PIECE):
            yield self.chosen(order[first : first + PIECE].tolist())

    def chosen(self, indexes: Sequence[int]) -> Rows:
        if not indexes:
            return []
        low, high = min(indexes), max(indexes)
        if high - low < 2 * len(indexes):
            found = next(self.rows(low, low + 1), []) if low == high else self._between(low, high + 1)
        else:
            marks = ",".join(
                map(str, indexes)
            )  # our own whole numbers; a parameter each would pass the limit
            found = self._all(f"SELECT idx, known, entry FROM entries WHERE idx IN ({marks})")
        by_index = {row[0]: row for row in found}
        missing = [index for index in indexes if index not in by_index]
        if missing:
            raise LogDamaged(f"entry {missing[0]} is not in the log", where=str(self._path))
        return [by_index[index] for index in indexes]

    def _between(self, low: int, high: int) -> Rows:
        return [row for rows in self.rows(low, high) for row in rows]

    def row(self, index: int) -> tuple[int, int, bytes] | None:
        found: tuple[int, int, bytes] | None = self._one(
            "SELECT idx, known, entry FROM entries WHERE idx = ?", index
        )
        return found

    def segments(self) -> Iterator[tuple[int, bytes, bytes, bytes]]:
        yield from self._all("SELECT first, keys, contents, mac FROM identities ORDER BY first")

    def candidates(self, keys: Sequence[bytes]) -> dict[int, list[tuple[int, bytes]]]:
        if self._identities is None:
            self._identities = Identities(b"".join([held for _, held, _, _ in self.segments()]))
        found = self._identities.find(keys)
        return {place: [(index, self._content(index)) for index in held] for place, held in found.items()}

    def _content(self, index: int) -> bytes:
        ask = """SELECT substr(contents, (? - first) * 16 + 1, 16) FROM identities
                 WHERE first <= ? ORDER BY first DESC LIMIT 1"""
        row = self._one(ask, index, index)
        return b"" if row is None else bytes(row[0])

    def tile(self, level: int, n: int) -> bytes | None:
        row = self._one("SELECT hashes FROM tiles WHERE level = ? AND n = ?", level, n)
        return None if row is None else row[0]

    def tile_count(self) -> int:
        return int(self._one("SELECT count(*) FROM tiles")[0])

    def detail(self, index: int) -> tuple[str, bytes] | None:
        found: tuple[str, bytes] | None = self._one("SELECT key, sealed FROM details WHERE idx = ?", index)
        return found

    def details(self, start: int, stop: int) -> Iterator[tuple[int, str, bytes]]:
        ask = "SELECT idx, key, sealed FROM details WHERE idx >= ? AND idx < ? ORDER BY idx"
        yield from self._all(ask, start, stop)

    def detail_key(self, name: str) -> bytes | None:
        row = self._one("SELECT wrapped FROM detail_keys WHERE key = ?", name)
        return None if row is None else row[0]

    def name(self, pseudonym: str) -> bytes | None:
        row = self._one("SELECT sealed FROM names WHERE pseudonym = ?", pseudonym)
        return None if row is None else row[0]

    def names(self) -> Iterator[tuple[str, bytes]]:
        yield from self._all("SELECT pseudonym, sealed FROM names")

    def meta(self, name: str, default: int = 0) -> int:
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return default if row is None else int(row[0])

    def set_aside(self) -> list[SetAside]:
        ask = "SELECT at, place, reason, sealed FROM set_aside ORDER BY rowid"
        return [SetAside(*row) for row in self._all(ask)]

    def checkpoint(self) -> str:
        row = self._one("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
        return "" if row is None else str(row[0])

    def checkpoints(self) -> list[tuple[int, str]]:
        return self._all("SELECT size, note FROM checkpoints ORDER BY size")

    def outer_checkpoint(self) -> str:
        try:
            return (self._home / "checkpoint").read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def problems(self) -> list[str]:
        try:
            with closing(self._connect(writer=False)) as db:  # its own: this may run beside the reading
                return [row[0] for row in db.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
        except sqlite3.DatabaseError as error:
            return [str(error)]

    # -- writing

    def write(self, batch: Batch) -> None:
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            self._check_epoch()
            self._insert(batch)
            db.execute("COMMIT")
        except BaseException as error:
            self._identities = None  # read again from what is on disk
            if db.in_transaction:
                db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise ViewtrailError(f"cannot write: {error}", where=str(self._path), next=ROOM) from error
            raise
        if self._identities is not None:
            self._identities.add(batch.keys)

    def _insert(self, batch: Batch) -> None:
        db, first = self._db, batch.first
        for start in range(0, len(batch.entries), ROWS):
            part = batch.entries[start : start + ROWS]
            values = [value for place, row in enumerate(part, first + start) for value in (place, *row)]
            db.execute("INSERT INTO entries VALUES " + ", ".join(["(?, ?, ?)"] * len(part)), values)
        if batch.entries:
            segment = (first, b"".join(batch.keys), b"".join(batch.contents), batch.mac)
            db.execute("INSERT INTO identities VALUES (?, ?, ?, ?)", segment)
        db.executemany("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?)", batch.tiles)
        db.executemany("INSERT INTO details VALUES (?, ?, ?)", batch.details)
        db.executemany("INSERT INTO detail_keys VALUES (?, ?)", batch.detail_keys)
        db.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", batch.names)
        db.executemany("INSERT OR IGNORE INTO set_aside VALUES (?, ?, ?, ?)", batch.aside)
        db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(batch.meta.items()))

    def _check_epoch(self) -> None:
        if self._lock is None or self.meta("epoch") != self._epoch:
            raise LogBusy("another process has opened the log for writing since", where=str(self._path))

    def keep_checkpoint(self, note: str, size: int, held: str) -> None:
        self._check_epoch()
        outer = self.outer_checkpoint()
        if outer not in (held, ""):
            raise LogDamaged(
                "the checkpoint beside the log was changed meanwhile",
                where=str(self._home / "checkpoint"),
                next="find out by whom; nothing is signed while it lies there",
            )
        part = self._home / "checkpoint.part"
        with open(part, "wb") as file:
            file.write(note.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._home / "checkpoint")
        sync_folder(self._home)
        try:
            self._db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", (size, note))
        except sqlite3.OperationalError as error:
            raise ViewtrailError(f"cannot write: {error}", where=str(self._path), next=ROOM) from error


def _take_lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise LogBusy(
            "another process is writing to this log", where=str(path.parent), next="stop it, or read only"
        ) from error
    return handle
