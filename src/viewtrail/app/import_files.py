"""Files into the log: events appended, what could not be read kept with its place, and all of it counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from viewtrail.app import reading
from viewtrail.app.home import AnyLog
from viewtrail.errors import ViewtrailError
from viewtrail.event import Event
from viewtrail.log import Receipt
from viewtrail.sources import Mapping, SetAside, Tally
from viewtrail.sources.directory import Directory

SHOWN: Final = 20
"""Places that are kept for each reason to be shown; all of them are in the log."""

_VARIES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d.,:]*")


def alike(reason: str) -> str:
    """The same for reasons that differ in their values alone."""
    return _VARIES.sub("…", reason)


@dataclass
class Imported:
    """What became of one file. `read` pieces gave `events`: added, repeated, conflicts or set aside later."""

    file: str
    empty: bool = False  # no byte is in it: nothing to read is no failure
    read: int = 0
    not_mapped: Counter[str] = field(default_factory=Counter)
    joins: Counter[str] = field(default_factory=Counter)
    added: int = 0
    repeated: int = 0
    conflicts: int = 0
    set_aside: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)

    def note(self, place: str, why: str, kind: str) -> None:
        """Count a piece under its kind of reason: the same reason with other values is one kind."""
        self.reasons[kind] += 1
        shown = self.shown.setdefault(kind, [])
        if len(shown) < SHOWN:
            shown.append(f"{place}: {why}")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an import stands: `done` of `total` (bytes or rows) of `file`, `signed` entries so far."""

    file: str
    done: int
    total: int
    read: int
    signed: int


@dataclass(frozen=True, slots=True)
class Choice:
    """How files are to be read, and whether they count as history (backfill) or as arriving now."""

    kind: str | None = None
    mapping: Mapping | None = None
    live: bool = False
    directory: Directory | None = None  # who is who, for files that know numbers and extensions alone
    before: Callable[[Sequence[Event]], None] | None = None  # hears of events before they are appended


def import_file(
    log: AnyLog,
    path: Path,
    choice: Choice,
    *,
    clock: Callable[[], int],
    sign_every: int,
    tell: Callable[[Progress], None] | None = None,
    named: str = "",
) -> Imported:
    """Append the events of `path`; safe to repeat after any failure, and with files that overlap.

    What is counted is on disk. Signed at least every `sign_every` entries, and at the end
    also when this raises. BadInput when the file as a whole cannot be read: what came before it stays.
    In what is told the file is `named` so; without it, by its name alone.
    """
    done = Imported(named or path.name, empty=is_empty(path))
    if done.empty:
        return done
    signed = _signed(log)
    try:
        with closing(_steps(path, choice)) as steps:
            for step in steps:
                if choice.before is not None:
                    choice.before([item for item in step.items if isinstance(item, Event)])
                _append(log, step.items, done, received=clock(), backfill=not choice.live)
                _count(done, step.tally)
                if log.size - signed >= sign_every:
                    signed = log.checkpoint().size
                if tell is not None:
                    tell(Progress(done.file, step.done, step.total, done.read, signed))
    except BaseException:
        with suppress(ViewtrailError, OSError):  # what went wrong first is what has to be told
            _sign(log)
        raise
    _sign(log)
    return done


def is_empty(path: Path) -> bool:
    """Whether this is a file without a byte, as an export of a day without rows may leave."""
    try:
        return path.is_file() and path.stat().st_size == 0
    except OSError:
        return False


def _steps(path: Path, choice: Choice) -> reading.Steps:
    return reading.read(path, kind=choice.kind, mapping=choice.mapping, directory=choice.directory)


def _sign(log: AnyLog) -> None:
    if log.size:
        log.checkpoint()


def _signed(log: AnyLog) -> int:
    last = log.latest_checkpoint()
    return last.size if last else 0


def _append(
    log: AnyLog, items: Sequence[Event | SetAside], done: Imported, *, received: int, backfill: bool
) -> None:
    events = [item for item in items if isinstance(item, Event)]
    for event, receipt in zip(events, log.append(events, received=received, backfill=backfill), strict=True):
        if receipt.outcome == "added":
            done.added += 1
        else:
            _other(done, event, receipt)
    if len(events) < len(items):
        _keep(log, [item for item in items if isinstance(item, SetAside)], done, received)


def _other(done: Imported, event: Event, receipt: Receipt) -> None:
    if receipt.outcome == "repeated":
        done.repeated += 1
        return
    if receipt.outcome == "conflict":
        done.conflicts += 1
    else:
        done.set_aside += 1
    done.note(f"{event.source}#{event.id}", receipt.why, alike(receipt.why))


def _keep(log: AnyLog, items: Sequence[SetAside], done: Imported, received: int) -> None:
    raw = [(item.place, item.reason, item.raw.encode("utf-8", "backslashreplace")) for item in items]
    log.put_aside(received, raw)
    done.set_aside += len(items)
    for item in items:
        done.note(item.place, item.reason, alike(item.reason))


def _count(done: Imported, tally: Tally) -> None:
    done.read = tally.read
    done.not_mapped = Counter(tally.not_mapped)
    done.joins = Counter(tally.joins)
