"""Bad list or bad agent: calls that are short for everybody who dials a list say something about the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from scipy.special import betainc

from viewtrail.measure.clocks import HOUR

FEWEST_CALLS: Final = 12
"""Fewer answered calls of others on a list, or in an hour, say nothing about it."""

FEWEST_OTHERS: Final = 2
"""One other agent could be as odd as this one."""

CHANCE: Final = 1e-4
"""It is the list if as many short calls as this agent's are at least this likely at the others' rate."""

SHORT_SHARE: Final = 0.25
"""Below this share of short calls nobody's list is called bad."""


@dataclass(frozen=True, slots=True)
class Call:
    """One answered call: when it ended, whether outgoing, whether short, the list it was on, who told it."""

    t: int
    out: bool
    short: bool
    campaign: str | None
    source: str = ""


class Lists:
    """Answered and short calls by list and agent, up to a moment."""

    def __init__(self, calls: Mapping[str, Iterable[Call]], until: int) -> None:
        self.shares = {agent: _shares(made, until) for agent, made in calls.items()}
        self.totals: dict[str, tuple[int, int, int]] = {}
        for found in self.shares.values():
            for name, (answered, short) in found.items():
                seen = self.totals.get(name, (0, 0, 0))
                self.totals[name] = (seen[0] + answered, seen[1] + short, seen[2] + 1)

    def bad_for(self, agent: str, *, doubtful: bool) -> frozenset[str]:
        """The lists on which the others' calls were as often short as this agent's.

        With `doubtful`, also those on which the others have not called enough yet to tell.
        """
        found = set()
        for name, (answered, short) in self.shares.get(agent, {}).items():
            n, s, callers = self.totals[name]
            if self._alike(answered, short, n - answered, s - short, callers - 1, doubtful=doubtful):
                found.add(name)
        return frozenset(found)

    @staticmethod
    def _alike(answered: int, short: int, n: int, s: int, others: int, *, doubtful: bool) -> bool:
        if n < FEWEST_CALLS or others < FEWEST_OTHERS:
            return doubtful
        return s >= SHORT_SHARE * n and _at_least(short, answered, (s + 1) / (n + 2)) >= CHANCE


SHARED_HOUR: Final = 10.0
"""Calls that the others' share of the whole day weighs in their share of one hour."""


class Hours:
    """Answered and short calls by hour: what was short for whoever was on duty then was the hour's."""

    def __init__(self, calls: Mapping[str, Iterable[Call]], until: int, *, out: bool) -> None:
        self.own: dict[str, dict[int, tuple[int, int]]] = {}
        self.all: dict[int, tuple[int, int]] = {}
        for agent, made in calls.items():
            mine = self.own.setdefault(agent, {})
            for call in made:
                if call.out is out and call.t <= until:
                    for hours in (mine, self.all):
                        answered, short = hours.get(call.t // HOUR, (0, 0))
                        hours[call.t // HOUR] = (answered + 1, short + call.short)
        self.total = _summed(self.all)

    def extra(self, agent: str) -> float:
        """Short calls to be expected beyond the usual, by the others' shares in the same hours.

        Their share of the whole day is no reason: calls differ by kind. What an hour has beyond it is.
        """
        mine = self.own.get(agent, {})
        answered, short = _summed(mine)
        others = self.total[0] - answered
        if not mine or not others:
            return 0.0
        level = (self.total[1] - short) / others
        found = 0.0
        for hour, (made, cut) in sorted(mine.items()):
            n, s = self.all[hour][0] - made, self.all[hour][1] - cut
            if n < FEWEST_CALLS:
                continue
            found += made * max((s + SHARED_HOUR * level) / (n + SHARED_HOUR) - level, 0.0)
        return found


def _summed(hours: Mapping[int, tuple[int, int]]) -> tuple[int, int]:
    """(answered, short) of all hours."""
    return sum(one[0] for one in hours.values()), sum(one[1] for one in hours.values())


def _at_least(short: int, answered: int, share: float) -> float:
    """P(X >= short), X ~ Binomial(answered, share), as a regularised incomplete beta."""
    return float(betainc(short, answered - short + 1, share)) if short else 1.0


def _shares(calls: Iterable[Call], until: int) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for call in calls:
        if call.campaign is not None and call.t <= until:
            answered, short = found.get(call.campaign, (0, 0))
            found[call.campaign] = (answered + 1, short + call.short)
    return found
