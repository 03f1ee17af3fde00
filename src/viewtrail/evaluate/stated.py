"""How many honest agent-days were said to be so rare, and how many openings had a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from viewtrail.evaluate.noted import Days, Noted
from viewtrail.evaluate.truth import Incident, Truth

LEVELS: Final = (0.5, 1.0, 5.0, 20.0)
"""Stated rarities that are counted, per 1,000."""

ORDINARY: Final = "ordinary days"
ALIKE: Final = "days inside an honest lookalike"
KINDS: Final = (ORDINARY, ALIKE)


@dataclass(frozen=True, slots=True)
class Stated:
    """One company: agent-days by kind, and those stated at a level or rarer by (kind, queue, level)."""

    days: Mapping[str, int]
    rare: Mapping[tuple[str, str, float], int]


@dataclass(frozen=True, slots=True)
class Explained:
    """Ordinary honest days: records opened (each once an agent-day), and those left without a reason.

    `hard` counts a note alone as no reason. `told` and `truly` are the generator's: ordinary openings, and
    those it gave no cause.
    """

    company: str
    opened: int
    unexplained: int
    hard: int
    told: int
    truly: int


class Kinds:
    """Sorts agent-days: a theft's, an honest lookalike's, an ordinary one."""

    def __init__(self, truth: Truth) -> None:
        self.thefts = _by_agent(truth.thefts())
        self.alike = _by_agent(truth.lookalikes())

    def of(self, day: Noted) -> str | None:
        """None on a day of theft."""
        if any(one.touched(day.agent, day.first, day.last) for one in self.thefts.get(day.agent, ())):
            return None
        inside = any(one.touched(day.agent, day.first, day.last) for one in self.alike.get(day.agent, ()))
        return ALIKE if inside else ORDINARY


def _by_agent(incidents: Iterable[Incident]) -> dict[str, list[Incident]]:
    found: dict[str, list[Incident]] = {}
    for one in incidents:
        for agent in one.agents:
            found.setdefault(agent, []).append(one)
    return found


def stated(truth: Truth, days: Sequence[Noted]) -> Stated:
    """Count the honest agent-days after learning by how rare they were said to be."""
    kinds, many, rare = Kinds(truth), Counter[str](), Counter[tuple[str, str, float]]()
    for day in days:
        kind = kinds.of(day) if day.day >= truth.scored_on else None
        if kind is not None:
            many[kind] += 1
            for queue, unlikely in day.stated.items():
                rare.update((kind, queue, level) for level in LEVELS if unlikely >= line_of(level))
    return Stated(many, rare)


def line_of(level: float) -> float:
    """-log10 of `level` in 1,000."""
    return round(3.0 - float(np.log10(level)), 9)


def explained(truth: Truth, of: Days) -> Explained | None:
    """How much was explained on ordinary honest days; None where the counts or the truth do not say."""
    names = {signal.name: place for place, signal in enumerate(of.signals)}
    asked = [names.get(f"{count}:day") for count in ("unexplained", "unexplained_hard")]
    if None in asked or not truth.openings:
        return None
    kinds = Kinds(truth)
    days = [day for day in of.days if kinds.of(day) == ORDINARY]
    opened = sum(day.opened for day in days)
    without, hard = (int(sum(day.counts[place] for day in days)) for place in asked)
    told = sum(n for cause, n in truth.openings.items() if cause != "sync")
    return Explained(truth.name, opened, without, hard, told, truth.openings.get("none", 0))
