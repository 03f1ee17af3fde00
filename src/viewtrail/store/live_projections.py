"""The projections while a loop runs: kept current in transactions, one writer, any number of readers."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from viewtrail.errors import ViewtrailError
from viewtrail.finding import Finding, Gone, Left, Transition
from viewtrail.review.decisions import Decision
from viewtrail.store.projections import (
    FILE,
    FORMAT,
    NAMES,
    TABLES,
    Heard,
    Known,
    Made,
    Projections,
    decision_row,
    finding_row,
    gone_row,
    insert,
    left_row,
    made_row,
    person_row,
    put,
    stretch_row,
    transition_row,
)


@dataclass(slots=True)
class Change:
    """What some more entries changed. Findings and decisions come with their places, which never change.

    `transitions` follow those from `first` on; `left` are the notes from `left_from` on, in place of all
    that stood there.
    """

    made: Made
    first: int
    transitions: Sequence[Transition] = ()
    findings: Iterable[tuple[int, Finding]] = ()
    decisions: Iterable[tuple[int, Decision]] = ()
    left_from: int = 0
    left: Sequence[Left] | None = None
    people: Iterable[Known] = field(default_factory=tuple)
    heard: Heard | None = None
    "Of the sources, in place of what stood there; None where it is the same."
    gone: Sequence[Gone] | None = None


class LiveProjections:
    """HOME/projections.db, open for writing. What it says is made from the log: `replace` begins anew.

    A commit survives the death of the process. After a power cut the last commits may be gone, never half:
    the loop folds them again.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            self._remove()
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        try:
            os.chmod(self._path, 0o600)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("BEGIN IMMEDIATE")
            if self._format(db) != FORMAT:
                for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                    db.execute(f'DROP TABLE "{name}"')
                for statement in filter(str.strip, TABLES.split(";")):
                    db.execute(statement)
            db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
        return db

    def _format(self, db: sqlite3.Connection) -> int | None:
        found = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if not found >= set(NAMES):
            return None
        row = db.execute("SELECT format FROM made").fetchone()
        return FORMAT if row is None else int(row[0])

    def _remove(self) -> None:
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    def replace(self, found: Projections) -> None:
        """All of it anew, in one transaction: readers see what was there before, or this."""
        with _Transaction(self._db, self._path):
            for name in NAMES:
                self._db.execute(f"DELETE FROM {name}")
            insert(self._db, found)

    def change(self, change: Change) -> None:
        """What some more entries came to, in one transaction."""
        db = self._db
        with _Transaction(db, self._path):
            db.execute("DELETE FROM made")
            put(db, "made", [made_row(change.made)])
            put(
                db,
                "transitions",
                (transition_row(place, one) for place, one in enumerate(change.transitions, change.first)),
            )
            put(db, "findings", (finding_row(place, one) for place, one in change.findings))
            put(db, "decisions", (decision_row(place, one) for place, one in change.decisions))
            put(db, "people", map(person_row, change.people))
            _anew(db, change)
            if change.left is not None:
                db.execute("DELETE FROM left_alone WHERE place >= ?", (change.left_from,))
                notes = enumerate(change.left, change.left_from)
                put(db, "left_alone", (left_row(place, one) for place, one in notes))

    def close(self) -> None:
        """The last one out takes the journal into the file."""
        self._db.close()


def _anew(db: sqlite3.Connection, change: Change) -> None:
    """Tables with few rows, written whole where one of them changed."""
    if change.heard is not None:
        db.execute("DELETE FROM speaks")
        put(db, "speaks", change.heard.speaks)
        db.execute("DELETE FROM stretches")
        put(db, "stretches", (stretch_row(n, one) for n, one in enumerate(change.heard.stretches)))
    if change.gone is not None:
        db.execute("DELETE FROM gone")
        put(db, "gone", map(gone_row, change.gone))


class _Transaction:
    """One commit, or none: an error that a person may act on."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = db, path

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if kind is None:
            self._db.execute("COMMIT")
            return
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            step = "make room or repair the disk; the log is untouched and the loop begins again"
            raise ViewtrailError(
                f"cannot write projections: {error}", where=str(self._path), next=step
            ) from error
