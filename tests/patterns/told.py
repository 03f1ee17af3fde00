"""The small desk of the stories, as log entries: thirty ordinary days, and then what a test lets happen."""

from __future__ import annotations

from dataclasses import dataclass

from viewtrail.event import Event
from viewtrail.finding import Finding, Transition
from viewtrail.log.entry import Entry, Logged, Stored
from viewtrail.settings import Settings
from viewtrail.stories import small_desk
from viewtrail.stories.small_desk import AGENTS, BOOK, DESK, MANAGER, at, book_of, day, found, others_of
from viewtrail.watch import Loop

HISTORY = 30
"""Ordinary working days, six weeks: more than the 28 days that make a precedent."""


@dataclass(slots=True)
class Outcome:
    """What the loop said of a told desk."""

    loop: Loop
    transitions: list[Transition]

    @property
    def findings(self) -> list[Finding]:
        return self.loop.findings()

    def standing(self, pattern: str | None = None) -> list[Finding]:
        """The findings that nothing has withdrawn or explained."""
        return [
            f
            for f in self.findings
            if f.status in ("open", "confirmed") and (pattern is None or f.pattern == pattern)
        ]

    def tiers(self) -> list[tuple[str, str]]:
        return [(step.kind, step.finding.tier) for step in self.transitions]


@dataclass(slots=True)
class Desk(small_desk.Desk):
    """The desk with the loop behind it; `entries` puts what was said in order of knowledge."""

    def entries(self) -> list[Logged]:
        heard = [one for one in self.said if one[1].type not in self.silent]
        heard.sort(key=lambda one: one[0])
        return [
            Logged(n, known, Entry(event=_stored(event), received=known, tenant="t", v=1))
            for n, (known, event) in enumerate(heard)
        ]

    def fold(self, settings: Settings | None = None) -> Outcome:
        loop = Loop(settings or Settings(time_zone="Europe/Nicosia"))
        steps = list(loop.fold(self.entries()))
        return Outcome(loop, steps + loop.finish())


def _stored(event: Event) -> Stored:
    return Stored(
        data=dict(event.data),
        id=event.id,
        source=event.source,
        subject=event.subject,
        time=event.time,
        type=event.type,
    )


def founded(silent: tuple[str, ...] = ()) -> Desk:
    """The desk before its first day."""
    desk = Desk(silent=silent)
    found(desk)
    return desk


def ordinary(days: int = HISTORY + 1, silent: tuple[str, ...] = ()) -> Desk:
    """The desk with so many ordinary days; the last is the day on which a test lets something happen."""
    desk = founded(silent)
    for n in range(days):
        desk.ordinary_day(n)
    return desk


TODAY = HISTORY
"""The number of the day on which something happens."""


def today(clock: str) -> int:
    return at(TODAY, clock)


__all__ = [
    "AGENTS",
    "BOOK",
    "DESK",
    "HISTORY",
    "MANAGER",
    "TODAY",
    "Desk",
    "Outcome",
    "at",
    "book_of",
    "day",
    "founded",
    "ordinary",
    "others_of",
    "today",
]
