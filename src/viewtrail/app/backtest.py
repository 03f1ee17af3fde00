"""What plain limits and the lines would have said in the own past, before they are switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from viewtrail.app.home import Home
from viewtrail.finding import Finding
from viewtrail.log import Logged
from viewtrail.patterns.base import Limit, Pattern, discovered
from viewtrail.settings import Settings
from viewtrail.watch import Loop
from viewtrail.watch.closing import Closing
from viewtrail.watch.learned import Learned
from viewtrail.watch.zone_day import ZoneDay

EXAMPLES: Final = 3
"""Agent-days that are shown of each limit: the ones with most."""

EVERY: Final = 4_096
"""Entries between two words about progress."""


WORDS: Final = {
    "opened": "records opened",
    "unaccounted": "records opened that nothing connected accounts for",
    "unaccounted_so_far": "records opened that nothing connected accounted for when opened",
    "unexplained": "records opened without a reason",
    "unexplained_hard": "records opened without a reason but a note",
    "unexplained_so_far": "records opened with no reason known when opened",
    "orphan_reveals": "contacts revealed and not called",
    "reveals_so_far": "contacts revealed and not called before",
    "short_calls_out": "short outgoing calls",
    "short_calls_in": "short incoming calls",
    "exports": "blocks of 50 exported rows",
    "listed": "pages of 50 records shown and not opened",
    "served": "records served without being shown, for no reason",
    "served_all": "records served without being shown",
    "resting": "records opened on which nobody had done anything for a fortnight",
    "resting_so_far": "records opened on which nobody had done anything for a fortnight",
    "own_reason": "records opened for the agent's own calls, changes or callbacks alone",
    "off_hours": "records opened off hours and not worked on",
    "off_hours_so_far": "records opened off hours",
    "best_own": "of the best own clients opened and not worked on",
}
"""Counts in the words of those who read about them."""


def words(count: str) -> str:
    """A count's name as a person would say it."""
    return WORDS.get(count, count.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Counted:
    """One closed agent-day with the count of every signal, by the signal's name."""

    agent: str
    role: str
    day: date
    counts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Tried:
    """A limit held against the past: on how many agent-days, of how many people, with the highest of them."""

    pattern: str
    limit: Limit
    agent_days: int
    agents: int
    examples: tuple[tuple[str, date, int], ...]


@dataclass
class Past:
    """The own past as the loop saw it."""

    days: list[Counted] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def agents(self) -> int:
        return len({one.agent for one in self.days})

    def per_1000(self, agent_days: int) -> float:
        """So many agent-days of all, in 1,000."""
        return 1000 * agent_days / len(self.days) if self.days else 0.0


class _Noting(Closing):
    """Closes days as ever and notes each agent-day's counts; a day closed again replaces what was noted."""

    def __init__(self, of: Closing) -> None:
        super().__init__(of.judge, of.scorer, of.facts, of.version)
        self.noted: dict[tuple[date, str], Counted] = {}

    def close(self, zone_day: ZoneDay, following: ZoneDay | None, learned: Learned) -> None:
        super().close(zone_day, following, learned)
        present = {day.person.agent for day in self.active(zone_day)}
        names = [signal.name for signal in self.scorer.signals]
        for row in learned.rows.get(zone_day.day, ()):
            if row.agent in present:
                counts = dict(zip(names, map(float, row.counts), strict=True))
                self.noted[zone_day.day, row.agent] = Counted(row.agent, row.role, zone_day.day, counts)


def past(
    entries: Iterable[Logged],
    settings: Settings,
    patterns: Iterable[Pattern] | None = None,
    *,
    tell: Callable[[int], None] | None = None,
) -> Past:
    """Fold `entries` (in the order in which they became known) and keep what every agent-day came to."""
    loop = Loop(settings, patterns)
    loop.closing = noting = _Noting(loop.closing)
    for done, logged in enumerate(entries):
        loop.take(logged)
        if tell is not None and done % EVERY == 0:
            tell(done)
    loop.finish()
    return Past([noting.noted[key] for key in sorted(noting.noted)], loop.findings())


def of_home(home: Home, *, tell: Callable[[int, int], None] | None = None) -> Past:
    """The past of the log in `home`. BadInput where there is none."""
    with home.reader() as reader:
        total = reader.size
        heard = None if tell is None else lambda done: tell(done, total)
        return past(reader.read_known(), home.settings, tell=heard)


def tried(of: Past, limits: Iterable[tuple[str, Limit]] | None = None) -> list[Tried]:
    """Each (pattern, limit) held against the past; those of the patterns themselves, if not said."""
    if limits is None:
        limits = [(pattern.name, limit) for pattern in discovered() for limit in pattern.limits]
    return [_tried(of.days, pattern, limit) for pattern, limit in limits]


def _tried(days: Iterable[Counted], pattern: str, limit: Limit) -> Tried:
    name = f"{limit.count}:{limit.scale}"
    over = [one for one in days if one.counts.get(name, 0) >= limit.at]
    over.sort(key=lambda one: (-one.counts[name], one.day, one.agent))
    examples = tuple((one.agent, one.day, int(one.counts[name])) for one in over[:EXAMPLES])
    return Tried(pattern, limit, len(over), len({one.agent for one in over}), examples)
