"""HOME/projections.db: what the loop found and people decided, for others to read; made from the log alone.

The same log, code and settings give the same bytes, so a rebuild can be compared with what stood before.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.finding import Finding, Gone, Left, Transition
from viewtrail.review.decisions import Decision
from viewtrail.review.sources import Stretch, complete, relied_on
from viewtrail.store.keys import sync_folder

FILE: Final = "projections.db"
FORMAT: Final = 3

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
CREATE TABLE decisions (finding TEXT PRIMARY KEY, place INTEGER NOT NULL, state TEXT NOT NULL, outcome TEXT,
                        at INTEGER, decision TEXT NOT NULL) STRICT;
CREATE TABLE people (agent TEXT PRIMARY KEY, role TEXT NOT NULL, desk TEXT, manager TEXT) STRICT;
CREATE TABLE speaks (source TEXT NOT NULL, type TEXT NOT NULL, idx INTEGER NOT NULL,
                     PRIMARY KEY (source, type)) STRICT, WITHOUT ROWID;
CREATE TABLE stretches (place INTEGER PRIMARY KEY, source TEXT NOT NULL, start INTEGER NOT NULL, end_ INTEGER,
                        why TEXT NOT NULL, idx INTEGER NOT NULL) STRICT;
CREATE TABLE gone (id TEXT PRIMARY KEY, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
                   transition TEXT NOT NULL, tier TEXT NOT NULL) STRICT;
CREATE INDEX findings_by_time ON findings (detected_at);
CREATE INDEX findings_by_agent ON findings (agent, detected_at);
CREATE INDEX transitions_by_finding ON transitions (id);
"""

PEOPLE: Final = "SELECT agent, role, desk, manager FROM people ORDER BY agent"

NAMES: Final = (
    *("made", "findings", "transitions", "left_alone", "decisions", "people"),
    *("speaks", "stretches", "gone"),
)

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
class Known:
    """A person as the log introduces them: role, desk, and whom they report to."""

    agent: str
    role: str
    desk: str | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """Which types of event each source sends, with the first entry of each, and where less came than was."""

    speaks: Sequence[tuple[str, str, int]] = ()
    stretches: Sequence[Stretch] = ()

    def lost(self, queue: str) -> list[tuple[int, int | None]]:
        """The stretches that matter to findings of this queue."""
        needed = relied_on(queue)
        of = {source for source, type_, _ in self.speaks if type_ in needed}
        return [(one.start, one.end) for one in self.stretches if one.source in of]


@dataclass(frozen=True, slots=True)
class Projections:
    """All that a fold over the log came to. Findings are the loop's; decisions are people's."""

    made: Made
    findings: Sequence[Finding]
    transitions: Sequence[Transition]
    left: Sequence[Left]
    decisions: Sequence[Decision] = field(default_factory=list)
    people: Sequence[Known] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    gone: Sequence[Gone] = field(default_factory=list)


def write_projections(home: Path, found: Projections) -> None:
    """Replace the projections of `home` at once: a reader sees the old ones or these, also after a crash.

    Only while no loop keeps them current: that one writes into the file it has opened.
    """
    part = home / f"{FILE}.part"
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part, isolation_level=None)) as db:
            # A crash here leaves a .part file that nobody reads, so no journal is needed.
            db.execute("PRAGMA page_size = 4096")
            db.execute("PRAGMA journal_mode = OFF")
            db.executescript(f"BEGIN;{TABLES}")
            insert(db, found)
            db.execute("COMMIT")
        os.chmod(part, 0o600)
        _sync(part)
        settle(home / FILE)
        os.replace(part, home / FILE)
        sync_folder(home)
    except (OSError, sqlite3.Error) as error:
        step = "make room or allow writing there; the log is untouched"
        raise ViewtrailError(f"cannot write projections: {error}", where=str(part), next=step) from error


def settle(path: Path) -> None:
    """Take what a live loop left beside `path` into it: a journal must never meet another file's pages."""
    wal = path.with_name(f"{path.name}-wal")
    if not wal.exists():
        return
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
    for beside in (wal, path.with_name(f"{path.name}-shm")):
        beside.unlink(missing_ok=True)


def insert(db: sqlite3.Connection, found: Projections) -> None:
    """Fill the empty tables, each in the order of its places."""
    for table, rows in _tables(found):
        put(db, table, rows)


def put(db: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    """Insert rows, in place of those with the same key."""
    for row in rows:
        db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(row))})", row)


def _tables(found: Projections) -> Iterator[tuple[str, Iterator[Row]]]:
    yield "made", iter([made_row(found.made)])
    yield "findings", (finding_row(place, one) for place, one in enumerate(found.findings))
    yield "transitions", (transition_row(place, one) for place, one in enumerate(found.transitions))
    yield "left_alone", (left_row(place, one) for place, one in enumerate(found.left))
    yield "decisions", (decision_row(place, one) for place, one in enumerate(found.decisions))
    yield "people", map(person_row, found.people)
    yield "speaks", iter(found.heard.speaks)
    yield "stretches", (stretch_row(place, one) for place, one in enumerate(found.heard.stretches))
    yield "gone", map(gone_row, found.gone)


def made_row(made: Made) -> Row:
    return FORMAT, made.size, made.root, made.code, made.settings


def finding_row(place: int, one: Finding) -> Row:
    times = (one.first_at, one.last_at, one.detected_at)
    return place, one.id, one.agent, one.queue, one.status, one.severity, *times, _json(one)


def transition_row(place: int, one: Transition) -> Row:
    return place, one.kind, one.index, one.at, one.finding.id, _json(one)


def left_row(place: int, one: Left) -> Row:
    return place, one.agent, one.day, _json(one)


def decision_row(place: int, one: Decision) -> Row:
    return one.finding, place, one.state, one.outcome, one.at, _json(one)


def person_row(one: Known) -> Row:
    return one.agent, one.role, one.desk, one.manager


def stretch_row(place: int, one: Stretch) -> Row:
    return place, one.source, one.start, one.end, one.why, one.index


def gone_row(one: Gone) -> Row:
    return one.id, one.first_at, one.last_at, one.transition, one.tier


_encode = msgspec.json.Encoder(order="sorted").encode


def _json(value: object) -> str:
    return _encode(value).decode()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def as_shown(finding: Finding, decision: Decision | None, heard: Heard) -> Finding:
    """The loop's finding as people left it, with what is known by now of the time it is about."""
    lost = heard.lost(finding.queue)
    if lost:
        share = complete(finding.first_at, finding.last_at, lost)
        if share < finding.coverage:
            finding = replace(finding, coverage=share)
    return with_decision(finding, decision)


def with_decision(finding: Finding, decision: Decision | None) -> Finding:
    """The loop's finding as people left it: closed where they closed it, with its owner."""
    if decision is None:
        return finding
    owned = finding.after(finding.status, finding.why, owner=decision.owner)
    closed = decision.state == "closed" and finding.status in ("open", "confirmed")
    return owned.after("closed", decision.outcome or "") if closed else owned


def read_projections(home: Path) -> Projections:
    """The projections of `home`; BadInput when there are none or they are of another format.

    Findings come as people left them (`with_decision`).
    """
    path = home / FILE
    if not path.exists():
        if not (home / "log.db").exists():
            raise BadInput("there is no log here", where=str(home), next="check --home, or import something")
        raise BadInput("there are no findings yet", where=str(home), next="run `viewtrail replay`")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("BEGIN")  # one state, while a loop goes on writing
            form, *made = db.execute("SELECT format, size, root, code, settings FROM made").fetchone()
            if form != FORMAT:
                raise BadInput(f"of format {form}", where=str(path), next="run `viewtrail rebuild`")
            decisions = read(db, "SELECT decision FROM decisions ORDER BY place", Decision)
            by_finding = {one.finding: one for one in decisions}
            findings = read(db, "SELECT finding FROM findings ORDER BY place", Finding)
            heard = read_heard(db)
            return Projections(
                Made(*made),
                [as_shown(one, by_finding.get(one.id), heard) for one in findings],
                read(db, "SELECT transition FROM transitions ORDER BY place", Transition),
                read(db, "SELECT note FROM left_alone ORDER BY place", Left),
                decisions,
                [
                    Known(*row)
                    for row in db.execute("SELECT agent, role, desk, manager FROM people ORDER BY agent")
                ],
                heard,
                [Gone(*row) for row in db.execute("SELECT * FROM gone ORDER BY rowid")],
            )
    except (sqlite3.Error, msgspec.MsgspecError, TypeError) as error:
        step = "run `viewtrail rebuild`: they are made from the log"
        raise BadInput(f"cannot be read: {error}", where=str(path), next=step) from error


def read_heard(db: sqlite3.Connection) -> Heard:
    """What is known of the sources."""
    ask = "SELECT source, start, end_, why, idx FROM stretches ORDER BY place"
    stretches = tuple(Stretch(*row) for row in db.execute(ask))
    return Heard(tuple(db.execute("SELECT source, type, idx FROM speaks ORDER BY idx")), stretches)


def read(db: sqlite3.Connection, ask: str, kind: type[T], *values: object) -> list[T]:
    """The first column of the answer, decoded."""
    decode: Any = msgspec.json.Decoder(kind).decode
    return [decode(text) for (text,) in db.execute(ask, values)]
