"""The findings as they stand now, for any number of readers while the loop goes on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

from viewtrail.errors import BadInput
from viewtrail.finding import LEAVERS, Finding, Gone, Left, Transition
from viewtrail.review.decisions import ORDINARY, Decision
from viewtrail.review.sources import QUEUE
from viewtrail.store.projections import FILE, FORMAT, Heard, Known, Made, as_shown, read, read_heard

LOG: Final = "log.db"

_NONE_YET: Final = Made(0, "", "", "")
_UNHEARD: Final = Heard()

_LIVING: Final = "f.status IN ('open', 'confirmed') AND coalesce(d.state, 'open') != 'closed'"

_JOINED: Final = "FROM findings f LEFT JOIN decisions d ON d.finding = f.id"

MOST_SHOWN: Final = 5_000
"""Findings that are kept as they were shown last, 4 kB each."""

MOST_ASKED: Final = 500
"""Parameters in one question to SQLite."""


class Board:
    """Reads HOME/projections.db. Opens it anew for each question: any thread may ask, at any time.

    Before the loop has written anything, everything is empty and `made().size` is 0. BadInput when the file
    is of another release or damaged.
    """

    def __init__(self, home_path: Path) -> None:
        self.home = Path(home_path)
        self._path = self.home / FILE
        self._shown = _Shown()

    # -- what they are made from

    def made(self) -> Made:
        """The first `size` entries, folded by which code and settings."""
        with self._open() as db:
            row = db.execute("SELECT size, root, code, settings FROM made").fetchone() if db else None
            return Made(*row) if row else _NONE_YET

    def lag(self) -> int:
        """How many entries are in the log that the loop has not folded yet."""
        path = self.home / LOG
        if not path.exists():
            return 0
        with closing(_connect(path)) as db:
            (last,) = db.execute("SELECT max(idx) FROM entries").fetchone()
        return max(0, (0 if last is None else int(last) + 1) - self.made().size)

    # -- findings

    def findings(
        self,
        *,
        living: bool | None = None,
        agent: str | None = None,
        queue: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Finding]:
        """Findings as people left them, newest first.

        `living`: only those that stand and are not closed (True), or only the others (False). `since` and
        `until` (µs, half-open) are of the time of detection.
        """
        where, values = _conditions(living, agent, queue, since, until)
        ask = f"SELECT f.finding, d.decision {_JOINED} {where} ORDER BY f.detected_at DESC, f.place DESC"
        with self._open() as db:
            if db is None:
                return []
            rows = db.execute(
                f"{ask} LIMIT ? OFFSET ?", (*values, -1 if limit is None else limit, offset)
            ).fetchall()
            heard = read_heard(db) if rows else _UNHEARD
        return self._shown.all(rows, heard)

    def count(
        self,
        *,
        living: bool | None = None,
        agent: str | None = None,
        queue: str | None = None,
        since: int | None = None,
        until: int | None = None,
        behaviour: bool = False,
    ) -> int:
        """How many `findings` there are with these conditions; with `behaviour` those alone that are
        about an agent's days, which the budget is for."""
        where, values = _conditions(living, agent, queue, since, until)
        if behaviour:
            where = f"{where} {'AND' if where else 'WHERE'} f.agent IS NOT NULL AND f.queue != '{LEAVERS}'"
        with self._open() as db:
            if db is None:
                return 0
            (found,) = db.execute(f"SELECT count(*) {_JOINED} {where}", values).fetchone()
        return int(found)

    def finding(self, id: str) -> Finding | None:
        """The finding with that id as people left it; None when there is none."""
        with self._open() as db:
            if db is None:
                return None
            row = db.execute(f"SELECT f.finding, d.decision {_JOINED} WHERE f.id = ?", (id,)).fetchone()
            return _as_left(row[0], row[1], read_heard(db)) if row else None

    def gone(self, id: str) -> Gone | None:
        """What became of a finding that is none any more; None where it stands, or never was one."""
        with self._open() as db:
            row = db.execute("SELECT * FROM gone WHERE id = ?", (id,)).fetchone() if db is not None else None
        return Gone(*row) if row else None

    def heard(self) -> Heard:
        """What each source sends, and since when or from when to when less came of it than was there."""
        with self._open() as db:
            return read_heard(db) if db is not None else _UNHEARD

    def transitions(self, id: str) -> list[Transition]:
        """The life of one finding, oldest first."""
        with self._open() as db:
            if db is None:
                return []
            return read(db, "SELECT transition FROM transitions WHERE id = ? ORDER BY place", Transition, id)

    def recent(self, after: int, limit: int = 100) -> list[tuple[int, Transition]]:
        """The next transitions after that place, each with its own place; -1 is before the first.

        When history was imported, or a rebuild was run, places are given anew: compare `last_place` with the
        one held, and begin again when it has become smaller.
        """
        ask = "SELECT place, transition FROM transitions WHERE place > ? ORDER BY place LIMIT ?"
        with self._open() as db:
            rows = db.execute(ask, (after, limit)).fetchall() if db is not None else []
        return [(int(place), _transition(text)) for place, text in rows]

    def last_place(self) -> int:
        """The place of the newest transition; -1 when there is none."""
        with self._open() as db:
            row = db.execute("SELECT max(place) FROM transitions").fetchone() if db is not None else None
        return int(row[0]) if row and row[0] is not None else -1

    def left(self, limit: int = 50) -> list[Left]:
        """What looked alike and was left alone, newest first."""
        with self._open() as db:
            if db is None:
                return []
            return read(db, "SELECT note FROM left_alone ORDER BY day DESC, place DESC LIMIT ?", Left, limit)

    # -- decisions

    def decision(self, id: str) -> Decision | None:
        """What people decided about one finding; None when nobody has opened it."""
        return self.decisions([id]).get(id)

    def decisions(self, ids: Iterable[str]) -> dict[str, Decision]:
        """The same for several findings; those that nobody has opened are left out."""
        wanted, found = list(dict.fromkeys(ids)), dict[str, Decision]()
        with self._open() as db:
            if db is None:
                return found
            for start in range(0, len(wanted), MOST_ASKED):
                part = wanted[start : start + MOST_ASKED]
                ask = f"SELECT decision FROM decisions WHERE finding IN ({','.join('?' * len(part))})"
                found.update({one.finding: one for one in read(db, ask, Decision, *part)})
        return found

    def ordinary(self, last: int = 50) -> tuple[int, int]:
        """Of the last so many closed that are not about sources: (how many, how many of them ordinary)."""
        ask = (
            "SELECT d.outcome FROM decisions d LEFT JOIN findings f ON f.id = d.finding "
            f"WHERE d.state = 'closed' AND coalesce(f.queue, '') != '{QUEUE}' "
            "ORDER BY d.at DESC, d.place DESC LIMIT ?"
        )
        with self._open() as db:
            rows = db.execute(ask, (last,)).fetchall() if db is not None else []
        return len(rows), sum(outcome in ORDINARY for (outcome,) in rows)

    # -- people

    def person(self, agent: str) -> Known | None:
        """Role, desk and manager of a person as the log introduces them."""
        with self._open() as db:
            row = (
                db.execute(
                    "SELECT agent, role, desk, manager FROM people WHERE agent = ?", (agent,)
                ).fetchone()
                if db is not None
                else None
            )
        return Known(*row) if row else None

    def reports_to(self, agent: str) -> tuple[str, ...]:
        """Everybody above a person, the nearest first."""
        line: list[str] = []
        with self._open() as db:
            while db is not None:
                row = db.execute("SELECT manager FROM people WHERE agent = ?", (agent,)).fetchone()
                if row is None or row[0] is None or row[0] in line:
                    break
                agent = row[0]
                line.append(agent)
        return tuple(line)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection | None]:
        """The database for one question; None while there is none."""
        if not self._path.exists():
            yield None
            return
        try:
            with closing(_connect(self._path)) as db:
                if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'people'").fetchone():
                    if db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
                        raise BadInput(
                            "made by another release", where=str(self._path), next="run `viewtrail rebuild`"
                        )
                    yield None
                    return
                (form,) = db.execute("SELECT format FROM made").fetchone() or (FORMAT,)
                if form != FORMAT:
                    raise BadInput(f"of format {form}", where=str(self._path), next="run `viewtrail rebuild`")
                yield db
        except (sqlite3.Error, msgspec.MsgspecError) as error:
            step = "run `viewtrail rebuild`: they are made from the log"
            raise BadInput(f"cannot be read: {error}", where=str(self._path), next=step) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10)


def _conditions(
    living: bool | None, agent: str | None, queue: str | None, since: int | None, until: int | None
) -> tuple[str, Sequence[object]]:
    found: list[tuple[str, tuple[object, ...]]] = []
    if living is not None:
        found.append((_LIVING if living else f"NOT ({_LIVING})", ()))
    for what, value in (
        ("f.agent = ?", agent),
        ("f.queue = ?", queue),
        ("f.detected_at >= ?", since),
        ("f.detected_at < ?", until),
    ):
        if value is not None:
            found.append((what, (value,)))
    where = " AND ".join(what for what, _ in found)
    return (f"WHERE {where}" if where else ""), [one for _, values in found for one in values]


_finding = msgspec.json.Decoder(Finding).decode
_transition = msgspec.json.Decoder(Transition).decode
_decision = msgspec.json.Decoder(Decision).decode


def _as_left(finding: str, decision: str | None, heard: Heard) -> Finding:
    return as_shown(_finding(finding), _decision(decision) if decision is not None else None, heard)


class _Shown:
    """Findings as they were shown last: of some hundred that stand, few change between two looks.

    Known by what was read of them, so that what is kept is never older than what is there.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._heard = _UNHEARD
        self._found: dict[tuple[str, str | None], Finding] = {}

    def all(self, rows: Sequence[tuple[str, str | None]], heard: Heard) -> list[Finding]:
        with self._lock:
            if heard != self._heard or len(self._found) > MOST_SHOWN:
                self._heard, self._found = heard, {}
            found = self._found
        shown = []
        for row in rows:
            finding = found.get(row)
            if finding is None:
                finding = found[row] = _as_left(*row, heard)
            shown.append(finding)
        return shown
