"""The loop over the log: findings and their transitions, into this home's projections and a file."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from viewtrail import __version__
from viewtrail.app.home import Home
from viewtrail.app.spans import Span
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.finding import Finding, Transition, to_json
from viewtrail.log import Logged, LogReader
from viewtrail.store.projections import Made, Projections, write_projections
from viewtrail.store.snapshots import Snapshot, load, save
from viewtrail.watch import Loop

EVERY: Final = 4_096
"""Entries between two words about progress."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to, how long the fold took, and how many entries a snapshot spared it."""

    found: Projections
    seconds: float
    spared: int

    def transitions(self, span: Span) -> list[Transition]:
        return [one for one in self.found.transitions if span.holds(one.at)]

    def findings(self, span: Span) -> list[Finding]:
        return [one for one in self.found.findings if span.holds(one.detected_at)]


class _OutOfOrder(Exception):
    """An entry after the snapshot became known before it: the snapshot is of no use."""


def replay(home: Home, tell: Tell | None = None, *, fresh: bool = False) -> Replayed:
    """Fold the log and replace the projections of `home`; the log itself is only read.

    Starts from the last snapshot of this code and these settings, and leaves one, unless `fresh`; the
    outcome is the same.
    `tell` hears (entries folded, of). A day that imported history leaves open is closed at its end.
    """
    began = time.perf_counter()
    with home.reader() as reader, _few_collections():
        try:
            fold = _resumed(home, reader, tell) if not fresh else None
        except _OutOfOrder:
            fold = None
        fold = fold or _whole(home, reader, tell)
        if reader.keys is not None and not fresh:
            kept = Snapshot(fold.loop, fold.transitions, fold.size, fold.history)
            save(home.path, reader.keys.tenant, kept)
        transitions = fold.transitions + (fold.loop.finish() if fold.history else [])
        made = Made(fold.size, reader.root(fold.size).hex(), __version__, home.settings.version())
    found = Projections(made, fold.loop.findings(), transitions, fold.loop.left_alone())
    write_projections(home.path, found)
    return Replayed(found, time.perf_counter() - began, fold.spared)


@dataclass(slots=True)
class _Fold:
    """A loop that has folded `size` entries; `history` when the last of them was imported as such."""

    loop: Loop
    transitions: list[Transition]
    size: int
    history: bool
    spared: int = 0

    def take(self, entries: Iterable[Logged], total: int, tell: Tell | None) -> _Fold:
        logged, step, told = None, self.loop.take, self.transitions
        for logged in entries:
            self.size += 1
            out = step(logged)
            if out:
                told += out
            if tell is not None and self.size % EVERY == 0:
                tell(self.size, total)
        if logged is not None:
            self.history = logged.entry.backfill
        if tell is not None:
            tell(self.size, total)
        return self


def _whole(home: Home, reader: LogReader, tell: Tell | None) -> _Fold:
    return _Fold(Loop(home.settings), [], 0, False).take(reader.read_known(), reader.size, tell)


def _resumed(home: Home, reader: LogReader, tell: Tell | None) -> _Fold | None:
    """From the newest snapshot that the log still continues, or None."""
    if reader.keys is None:
        return None
    kept = load(home.path, reader.keys.tenant, Loop(home.settings), reader.size)
    if kept is None:
        return None
    fold = _Fold(kept.loop, list(kept.transitions), kept.size, kept.history, kept.size)
    return fold.take(_onwards(reader.read(kept.size), kept.loop.now), reader.size, tell)


def _onwards(entries: Iterable[Logged], known: int) -> Iterator[Logged]:
    for logged in entries:
        if logged.known < known:
            raise _OutOfOrder
        known = logged.known
        yield logged


@contextmanager
def _few_collections() -> Iterator[None]:
    """Folding makes millions of objects and no cycles: looking for some would cost a quarter of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(500_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def write_out(path: Path, replayed: Replayed, span: Span) -> None:
    """JSONL of the transitions, then of the findings, that lie in `span`."""
    lines = [
        {
            "line": "transition",
            "kind": one.kind,
            "index": one.index,
            "at": rfc3339(one.at),
            "finding": to_json(one.finding),
        }
        for one in replayed.transitions(span)
    ]
    lines += [{"line": "finding", **to_json(one)} for one in replayed.findings(span)]
    try:
        path.write_bytes(b"".join([msgspec.json.encode(line) + b"\n" for line in lines]))
    except OSError as error:
        raise BadInput(
            f"cannot be written ({error.strerror})", where=str(path), next="choose another --out"
        ) from error
