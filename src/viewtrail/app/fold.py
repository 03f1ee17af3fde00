"""The fold that replay and the live loop share: entries through the loop, then through people's decisions."""

from __future__ import annotations

import gc
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from viewtrail import __version__
from viewtrail.app.home import Home
from viewtrail.app.live_telling import Written
from viewtrail.finding import Finding, Transition
from viewtrail.log import Logged, LogReader
from viewtrail.review.decisions import Decisions
from viewtrail.review.sources import Sources
from viewtrail.store.projections import Heard, Known, Made, Projections
from viewtrail.store.snapshots import Snapshot, load, save
from viewtrail.watch import Loop

EVERY: Final = 4_096
"""Entries between two words about progress."""

ABOUT_FINDINGS: Final = ("finding.", "hold.")
"""What people, and the loop itself, say of findings."""

HEEDED: Final = (*ABOUT_FINDINGS, "source.", "capture.")
"""What is said of findings and of sources: each such entry is looked at beside the loop."""

Tell = Callable[[int, int], None]


class OutOfOrder(Exception):
    """An entry became known before what was folded already: only a fold of all of it is right."""


@dataclass(slots=True)
class Fold:
    """What the first `size` entries came to; `history` when the last of them was imported as such."""

    loop: Loop
    sources: Sources
    transitions: list[Transition] = field(default_factory=list)
    size: int = 0
    history: bool = False
    spared: int = 0
    decisions: Decisions = field(default_factory=Decisions)
    written: Written = field(default_factory=Written)
    quiet: set[tuple[str, str]] = field(default_factory=set)
    "(source, type) of which only the loop makes something, once a first entry of it was taken."

    def take(self, logged: Logged) -> list[Transition]:
        """Fold the next entry; what it caused."""
        out = self.loop.take(logged)
        if self.loop.beside.out:
            out = [*out, *self.loop.beside.drain()]
        event = logged.entry.event
        kind = (event.source, event.type)
        if kind not in self.quiet:
            about = self.sources.take(logged)
            if about:
                out = [*out, *about]
            if not event.type.startswith(HEEDED):
                self.quiet.add(kind)
        if out:
            self.note(out)
        if logged.known >= self.decisions.due or (
            kind not in self.quiet and event.type.startswith(ABOUT_FINDINGS)
        ):
            self.written.take(event)
            self.decisions.take(logged)
        return out

    def note(self, out: list[Transition]) -> None:
        """Keep what the loop said."""
        self.transitions += out
        for transition in out:
            self.decisions.told(transition)

    def finish(self) -> None:
        """Close what history has left open."""
        self.note([*self.loop.finish(), *self.loop.beside.drain()])

    def take_all(self, entries: Iterable[Logged], total: int, tell: Tell | None) -> Fold:
        """Fold these entries, saying how far it is."""
        logged, take = None, self.take
        for logged in entries:
            self.size += 1
            take(logged)
            if tell is not None and self.size % EVERY == 0:
                tell(self.size, total)
        if logged is not None:
            self.history = logged.entry.backfill
        if tell is not None:
            tell(self.size, total)
        return self

    def snapshot(self) -> Snapshot:
        """This state as it is kept between two runs."""
        return Snapshot(
            *(self.loop, self.transitions, self.size, self.history, self.decisions, self.written.entries),
            sources=self.sources,
        )

    def made(self, home: Home, reader: LogReader) -> Made:
        return Made(self.size, reader.root(self.size).hex(), __version__, home.settings.version())

    @property
    def told(self) -> ChainMap[str, Finding]:
        """Every finding as it stands, about people, about lists and about sources."""
        return ChainMap(self.loop.told, self.loop.beside.told, self.sources.told)

    def heard(self) -> Heard:
        """What is known of the sources."""
        found = self.sources
        speaks = tuple((*kind, index) for kind, index in found.speaks.items())
        return Heard(speaks, tuple(found.stretches.values()))

    def people(self) -> list[Known]:
        """Everybody whom the log has introduced, by pseudonym."""
        found = self.loop.facts.people.by_agent
        return [
            Known(one.agent, one.role, one.desk, one.manager)
            for _, one in sorted(found.items())
            if one.introduced
        ]

    def projections(self, made: Made) -> Projections:
        """All that there is to show."""
        return Projections(
            made,
            [self.told[id] for id in dict.fromkeys(one.finding.id for one in self.transitions)],
            list(self.transitions),
            self.loop.left_alone(),
            self.decisions.all(),
            self.people(),
            self.heard(),
            self.written.gone(self.told),
        )


def whole(home: Home, reader: LogReader, tell: Tell | None = None) -> Fold:
    """Everything, in the order in which it became known."""
    loop = Loop(home.settings)
    return Fold(loop, Sources(loop.version)).take_all(reader.read_known(), reader.size, tell)


def loaded(home: Home, reader: LogReader) -> Fold | None:
    """The newest state kept by this code under these settings; None when there is none."""
    if reader.keys is None:
        return None
    kept = load(home.path, reader.keys.tenant, Loop(home.settings), reader.size)
    if kept is None or kept.sources is None:
        return None
    written = Written(kept.written)
    said = list(kept.transitions)
    return Fold(*(kept.loop, kept.sources, said, kept.size, kept.history, kept.size, kept.decisions, written))


def resumed(home: Home, reader: LogReader, tell: Tell | None = None) -> Fold | None:
    """From the newest snapshot and what came since; None when there is no snapshot that the log continues."""
    fold = loaded(home, reader)
    if fold is None:
        return None
    try:
        return fold.take_all(onwards(reader.read(fold.size), fold.loop.now), reader.size, tell)
    except OutOfOrder:
        return None


def keep(home: Home, reader: LogReader, fold: Fold) -> None:
    """Leave a snapshot, where there are keys to sign it with."""
    if reader.keys is not None:
        save(home.path, reader.keys.tenant, fold.snapshot())


def onwards(entries: Iterable[Logged], known: int) -> Iterator[Logged]:
    """The entries as long as each became known after the one before; OutOfOrder at the first that did not."""
    for logged in entries:
        if logged.known < known:
            raise OutOfOrder
        known = logged.known
        yield logged


@contextmanager
def few_collections() -> Iterator[None]:
    """Folding makes millions of objects and no cycles: looking for some would cost a quarter of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
