"""Following a log live: new lines read, events appended, and where it stands kept so that a restart goes on.

1. New whole lines are read together with the kept rows of calls that were not over.
2. Calls without a record are noted, events are appended, what could not be read is set aside: all on disk.
3. Only then is the place written down. A crash in between reads the same lines again, and adds nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from viewtrail.app import follow_state
from viewtrail.app.connect_numbers import WaitingCalls
from viewtrail.app.connect_state import DirectoryFiles
from viewtrail.app.home import AnyLog, Home
from viewtrail.app.import_files import Imported, alike
from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.sources import Mapping, SetAside
from viewtrail.sources.asked import Held
from viewtrail.sources.connectors import found
from viewtrail.sources.directory import Directory
from viewtrail.sources.files import guess_kind, open_lines
from viewtrail.sources.jsonl import in_batches
from viewtrail.sources.transports.tail import Piece, Position, Tail, first_line

FOLDER: Final = "follow"
NOT_CONNECTED: Final = "not-connected"
"""Why of a gap: the other side could not be reached, so that what it said then may be lost."""

PLAIN: Final = ("jsonl", "csv")
SETTLE: Final = 30.0
"""Seconds without a new row after which a call counts as over: rows of one call are written together."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of a call that is not over: when it was read, its line in its file, and the row."""

    read_at: int
    line: int
    raw: bytes


@dataclass
class State:
    """Where following stands: the position in the file, and the rows of open calls."""

    position: Position = field(default_factory=Position)
    kept: list[Kept] = field(default_factory=list)
    caught_up: bool = False  # the end was reached once: what comes from then on is live


class Follower:
    """Follows one file. `step` does what there is to do now; call it every second or so."""

    def __init__(
        self,
        home: Home,
        log: AnyLog,
        path: Path,
        *,
        kind: str | None,
        mapping: Mapping | None,
        settle: float = SETTLE,
    ) -> None:
        self._log = log
        self._mapping = mapping
        self._settle = round(settle * 1_000_000)
        self.kind = _kind(path, kind, mapping)
        self._has_header = self.kind == "csv" and not (mapping and mapping.columns)
        self.done = Imported(path.name)
        self._place = home.path / FOLDER / f"{_name(path, self.kind)}.json"
        self._state = _read(self._place)
        self.tail = Tail(path, self._state.position)
        self._files = DirectoryFiles(home.path)
        self._waiting = WaitingCalls(self._files)
        self._directory: Directory | None = None
        self._changed: object = None

    @property
    def resumed(self) -> bool:
        """Whether this goes on from where an earlier run stopped."""
        return self._place.exists()

    def step(self, now: int, *, last: bool = False) -> bool:
        """Read what is new and tell what is complete; whether anything was done. `last`: tell all of it."""
        piece = self.tail.poll()
        state = self._state
        quiet = sum(1 for one in state.kept if last or one.read_at + self._settle <= now)
        if piece is None and not quiet:
            if not state.caught_up and self.tail.at_end:
                state.caught_up = True
                self._save()
            return False
        kept = state.kept
        self._tell(piece, quiet, now)
        if piece is None and state.kept == kept:  # their call is still going on
            return False
        self._save()
        return True

    def not_connected(self, since: int, until: int) -> None:
        """Say in the log that nothing could be heard from `since` to `until` (µs).

        What was done then may be missing; how much nobody knows, so no number is given. Safe to repeat.
        """
        source = self._mapping.source if self._mapping is not None else ""
        if not source:
            return
        about = f"{source}\0{since}\0{until}"
        data = {"actor_kind": "system", "feed": source, "from": since, "to": until, "why": NOT_CONNECTED}
        gap = Event(source, f"gap-{sha256(about.encode()).hexdigest()[:32]}", "capture.gap", until, data)
        self._log.append([gap], received=until, backfill=False)

    def close(self) -> None:
        self.tail.close()

    def _tell(self, piece: Piece | None, quiet: int, now: int) -> None:
        state = self._state
        lines = b"".join(one.raw for one in state.kept) + (piece.lines if piece else b"")
        numbers = tuple(n for one in state.kept for n in range(one.line, one.line + _ends(one.raw)))
        held = Held(sum(_ends(one.raw) for one in state.kept[:quiet]), numbers, piece.first if piece else 1)
        before = piece.first - 1 if piece and not state.kept else 0
        if self._has_header and piece is not None and piece.first > 1:
            lines, before = first_line(self.tail.path) + lines, before - 1
        reading = open_lines(
            lines,
            self.tail.path.name,
            kind=self.kind,
            mapping=self._mapping,
            directory=self._who(),
            held=held,
            before=before,
        )
        for items in in_batches(chain.from_iterable(reading)):  # as many as one commit can take
            self._append(items, now)
        tally = reading.tally
        self.done.read += tally.read
        self.done.not_mapped.update(tally.not_mapped)
        self.done.joins.update(tally.joins)
        known = {sum(_ends(one.raw) for one in state.kept[:at]) + 1: one for at, one in enumerate(state.kept)}
        state.kept = [
            known.get(read) or Kept(now, held.line(read), _bytes(raw, self._mapping))
            for read, raw in held.open
        ]
        state.position = self.tail.position

    def _append(self, items: Sequence[Event | SetAside], now: int) -> None:
        events = [item for item in items if isinstance(item, Event)]
        self._waiting.keep(events)
        receipts = (
            self._log.append(events, received=now, backfill=not self._state.caught_up) if events else []
        )
        for event, receipt in zip(events, receipts, strict=True):
            if receipt.outcome == "added":
                self.done.added += 1
            elif receipt.outcome == "repeated":
                self.done.repeated += 1
            else:
                self.done.conflicts += receipt.outcome == "conflict"
                self.done.set_aside += receipt.outcome != "conflict"
                self.done.note(f"{event.source}#{event.id}", receipt.why, alike(receipt.why))
        aside = [item for item in items if isinstance(item, SetAside)]
        if aside:
            raw = [(one.place, one.reason, one.raw.encode("utf-8", "backslashreplace")) for one in aside]
            self._log.put_aside(now, raw)
            self.done.set_aside += len(aside)
            for one in aside:
                self.done.note(one.place, one.reason, alike(one.reason))

    def _who(self) -> Directory:
        """Who is who, read again when a table was imported meanwhile."""
        stamp = self._files.stamp()
        if self._directory is None or stamp != self._changed:
            self._directory, self._changed = self._files.directory(), stamp
        return self._directory

    def _save(self) -> None:
        state = self._state
        told = {
            "position": asdict(state.position),
            "kept": [[one.read_at, one.line, base64.b64encode(one.raw).decode()] for one in state.kept],
            "caught_up": state.caught_up,
        }
        follow_state.save(self._place, told)


class Steps(Protocol):
    """What is done step by step."""

    def step(self, now: int) -> bool: ...


F = TypeVar("F", bound=Steps)


def follow(
    follower: F,
    *,
    clock: Callable[[], int],
    wait: Callable[[float], bool],
    tell: Callable[[F], None],
    once: bool = False,
    every: float = 1.0,
) -> None:
    """Steps until `wait` says to stop; with `once` until there is nothing more to read now."""
    while True:
        worked = follower.step(clock())
        tell(follower)
        if worked:
            if wait(0):
                return
            continue
        if once or wait(every):
            return


def _kind(path: Path, kind: str | None, mapping: Mapping | None) -> str:
    alone = mapping is not None and not mapping.events
    told = kind or (mapping.connector if mapping is not None and alone else None)
    if told is None:
        try:
            told = guess_kind(path.name, first_line(path))
        except OSError as error:
            raise BadInput(
                f"cannot be read ({error.strerror})", where=str(path), next="say --as KIND"
            ) from error
    able = [*PLAIN, *(name for name, one in found().items() if one.follows)]
    if told not in able:
        raise BadInput(
            f"{told!r} is not read line by line", where=path.name, next=f"can be followed: {', '.join(able)}"
        )
    return told


def _name(path: Path, kind: str) -> str:
    """A name for the state of this file: two kinds of one file are two."""
    return f"{path.stem[:40]}-{sha256(f'{path.absolute()} {kind}'.encode()).hexdigest()[:12]}"


def _read(place: Path) -> State:
    if not place.exists():
        return State()
    return follow_state.load(place, _state, again="the file is then read from its start")


def _state(told: dict[str, Any]) -> State:
    kept = [Kept(at, line, base64.b64decode(raw)) for at, line, raw in told["kept"]]
    return State(Position(**told["position"]), kept, told["caught_up"])


def _ends(raw: bytes) -> int:
    return raw.count(b"\n")


def _bytes(raw: str, mapping: Mapping | None) -> bytes:
    encoding = mapping.encoding if mapping else "utf-8"
    return raw.encode(encoding, "surrogateescape") + b"\n"
