"""HOME/projections.db: what the loop found, for others to read; made anew from the log and never edited.

The same log, code and settings give the same bytes, so a rebuild can be compared with what stood before.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.finding import Finding, Left, Transition
from viewtrail.store.keys import sync_folder

FILE: Final = "projections.db"
FORMAT: Final = 1

TABLES: Final = """
CREATE TABLE made (format INTEGER NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, code TEXT NOT NULL,
                   settings TEXT NOT NULL) STRICT;
CREATE TABLE findings (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, agent TEXT, queue TEXT NOT NULL,
                       status TEXT NOT NULL, severity TEXT NOT NULL, first_at INTEGER NOT NULL,
                       last_at INTEGER NOT NULL, detected_at INTEGER NOT NULL, finding TEXT NOT NULL) STRICT;
CREATE TABLE transitions (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, idx INTEGER NOT NULL,
                          at INTEGER NOT NULL, id TEXT NOT NULL, transition TEXT NOT NULL) STRICT;
CREATE TABLE left_alone (place INTEGER PRIMARY KEY, agent TEXT NOT NULL, day TEXT NOT NULL,
                         note TEXT NOT NULL) STRICT;
"""

Row = tuple[object, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """What they were made from: the first `size` entries, with that root, by which code and settings."""

    size: int
    root: str
    code: str
    settings: str


@dataclass(frozen=True, slots=True)
class Projections:
    """All that a fold over the log came to."""

    made: Made
    findings: Sequence[Finding]
    transitions: Sequence[Transition]
    left: Sequence[Left]


def write_projections(home: Path, found: Projections) -> None:
    """Replace the projections of `home` at once: a reader sees the old ones or these, also after a crash."""
    part = home / f"{FILE}.part"
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part, isolation_level=None)) as db:
            # A crash here leaves a .part file that nobody reads, so no journal is needed.
            db.execute("PRAGMA page_size = 4096")
            db.execute("PRAGMA journal_mode = OFF")
            db.executescript(f"BEGIN;{TABLES}")
            for table, rows in _tables(found):
                for row in rows:
                    db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
            db.execute("COMMIT")
        os.chmod(part, 0o600)
        _sync(part)
        os.replace(part, home / FILE)
        sync_folder(home)
    except (OSError, sqlite3.Error) as error:
        step = "make room or allow writing there; the log is untouched"
        raise ViewtrailError(f"cannot write projections: {error}", where=str(part), next=step) from error


def _tables(found: Projections) -> Iterator[tuple[str, Iterator[Row]]]:
    made = found.made
    yield "made", iter([(FORMAT, made.size, made.root, made.code, made.settings)])
    yield "findings", (_finding_row(place, one) for place, one in enumerate(found.findings))
    yield (
        "transitions",
        (
            (place, one.kind, one.index, one.at, one.finding.id, _json(one))
            for place, one in enumerate(found.transitions)
        ),
    )
    yield "left_alone", ((place, one.agent, one.day, _json(one)) for place, one in enumerate(found.left))


def _finding_row(place: int, one: Finding) -> Row:
    times = (one.first_at, one.last_at, one.detected_at)
    return place, one.id, one.agent, one.queue, one.status, one.severity, *times, _json(one)


_encode = msgspec.json.Encoder(order="sorted").encode


def _json(value: object) -> str:
    return _encode(value).decode()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_projections(home: Path) -> Projections:
    """The projections of `home`; BadInput when there are none or they are of another format."""
    path = home / FILE
    if not path.exists():
        raise BadInput("there are no findings yet", where=str(home), next="run `viewtrail replay`")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            form, *made = db.execute("SELECT format, size, root, code, settings FROM made").fetchone()
            if form != FORMAT:
                raise BadInput(f"of format {form}", where=str(path), next="run `viewtrail rebuild`")
            return Projections(
                Made(*made),
                _read(db, "SELECT finding FROM findings ORDER BY place", Finding),
                _read(db, "SELECT transition FROM transitions ORDER BY place", Transition),
                _read(db, "SELECT note FROM left_alone ORDER BY place", Left),
            )
    except (sqlite3.Error, msgspec.MsgspecError, TypeError) as error:
        step = "run `viewtrail rebuild`: they are made from the log"
        raise BadInput(f"cannot be read: {error}", where=str(path), next=step) from error


def _read(db: sqlite3.Connection, ask: str, kind: type[T]) -> list[T]:
    decode: Any = msgspec.json.Decoder(kind).decode
    return [decode(text) for (text,) in db.execute(ask)]
