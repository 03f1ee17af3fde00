"""HOME/segments/manifest.db: which segments there are, of which entries, and what each was made from."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from viewtrail.errors import BadInput, ViewtrailError

FOLDER: Final = "segments"
FILE: Final = "manifest.db"
AGAIN: Final = "delete the folder: segments are made again from the log"

_TABLES: Final = """
CREATE TABLE segments (first INTEGER PRIMARY KEY, stop INTEGER NOT NULL, folder TEXT NOT NULL,
                       root TEXT NOT NULL, form TEXT NOT NULL, bytes INTEGER NOT NULL) STRICT;
CREATE TABLE files (first INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
                    PRIMARY KEY (first, name)) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """The entries [first, stop), a copy of what the tree over the first `stop` entries has under `root`.

    `form` says which tables there are and how they are made: another release may want others.
    """

    first: int
    stop: int
    folder: str
    root: str
    bytes: int
    form: str


def read(home: Path) -> tuple[Segment, ...]:
    """All segments in order, without a gap from entry 0; none where nothing was ever sealed."""
    path = home / FOLDER / FILE
    if not path.exists():
        return ()
    try:
        with closing(_connect(path, writing=False)) as db:
            if not _has_tables(db):
                return ()  # the file is being made just now, or whoever made it was killed over it
            found = db.execute("SELECT first, stop, folder, root, bytes, form FROM segments ORDER BY first")
            rows = found.fetchall()
    except sqlite3.Error as error:
        if not path.exists():
            return ()  # taken away meanwhile: another release's segments are given up and made again
        raise BadInput(f"cannot be read: {error}", where=str(path), next=AGAIN) from error
    segments = tuple(Segment(*row) for row in rows)
    if [one.first for one in segments] != [0, *(one.stop for one in segments)][: len(segments)]:
        raise BadInput("a segment is missing from the manifest", where=str(path), next=AGAIN)
    return segments


def version(home: Path) -> tuple[int, int, int]:
    """What changes whenever the manifest does; cheap enough to ask before every question."""
    try:
        told = (home / FOLDER / FILE).stat()
    except FileNotFoundError:
        return 0, 0, 0
    return told.st_mtime_ns, told.st_size, told.st_ino


def digests(home: Path, segment: Segment) -> dict[str, str]:
    """SHA-256 of each file of a segment, by name."""
    with closing(_connect(home / FOLDER / FILE, writing=False)) as db:
        ask = "SELECT name, sha256 FROM files WHERE first = ? ORDER BY name"
        return dict(db.execute(ask, (segment.first,)).fetchall())


def add(home: Path, segment: Segment, files: Sequence[tuple[str, str]]) -> None:
    """Let the segment count from now on, in place of those it holds: one transaction, on disk on return."""
    path = home / FOLDER / FILE
    try:
        with closing(_connect(path, writing=True)) as db:
            db.execute("BEGIN IMMEDIATE")
            within = (segment.first, segment.stop)
            db.execute("DELETE FROM files WHERE first >= ? AND first < ?", within)
            db.execute("DELETE FROM segments WHERE first >= ? AND first < ?", within)
            row = (segment.first, segment.stop, segment.folder, segment.root, segment.form, segment.bytes)
            db.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)", row)
            db.executemany("INSERT INTO files VALUES (?, ?, ?)", [(segment.first, *one) for one in files])
            db.execute("COMMIT")
    except sqlite3.Error as error:
        step = "make room or allow writing there; the log is untouched"
        raise ViewtrailError(f"cannot write: {error}", where=str(path), next=step) from error


def _connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    # A rollback journal, not WAL: written once a segment, and no file stays beside it. A reader that may
    # write rolls back what a crash left half done; one that may not reads what is there.
    mode = "rwc" if writing else "rw" if os.access(path.parent, os.W_OK) else "ro"
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=30
    )
    if writing:
        db.execute("PRAGMA synchronous = FULL")
        if not _has_tables(db):
            db.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
            path.chmod(0o600)
    return db


def _has_tables(db: sqlite3.Connection) -> bool:
    """SQLite makes the file first and the tables in it then: between the two it is there and empty."""
    return db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None
