"""What a pattern is: a question, its signals, its blind spots and the ordinary explanations."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Final

SCALES: Final = {
    "40m": "in 40 minutes",
    "day": "in a day",
    "week": "on the rare days of one week",
    "run": "over the days of one run",
}

OF_DAYS: Final = frozenset(("week", "run"))
"""Scales that join days."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One count on one scale, with what makes it matter.

    `floor`: below this many it is never a finding, however rare (materiality, after calibration).
    `severity`: how much a surplus weighs against the same surplus of unexplained openings.
    `notice`: whether a known notice period adds to it. `live`: whether it is scored at every event.
    `seldom`: whether nearly every day has none of it: then the highest of a day is hardly ever this one.
    """

    count: str
    scale: str
    floor: int
    severity: float
    live: bool = False
    final: bool = True
    notice: bool = True
    seldom: bool = False

    @property
    def name(self) -> str:
        return f"{self.count}:{self.scale}"

    @property
    def special(self) -> bool:
        """Whether more than the day's own count is needed: other days, or what the own book is worth."""
        return self.scale in OF_DAYS or self.count == OWN_BOOK


UNACCOUNTED: Final = "unaccounted"
"""The count of openings that no connected feed gives a reason for, where not every reason can be seen."""

OWN_REASON: Final = "own_reason"
"""The count of openings for which what the agent did themself is the only reason."""

OWN_BOOK: Final = "best_own"
"""The count whose usual is a share of the own book."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A plain limit for whom no precedent is known yet: `at` so many of `count` on `scale`."""

    count: str
    scale: str
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A question asked of an agent's day; `queue` names the budget it draws on."""

    name: str
    question: str
    noun: str
    signals: tuple[Signal, ...]
    limits: tuple[Limit, ...]
    needs: tuple[str, ...]
    blind: tuple[str, ...]
    ordinary: tuple[str, ...]
    queue: str = "access"


def applies(count: str, state: str) -> bool:
    """Openings without a reason are asked about where reasons can be seen, else those unaccounted for."""
    if count.startswith(("unaccounted", "resting")):
        return state == "unscoreable"
    return state != "unscoreable" or not (count.startswith("unexplained") or count in (OWN_BOOK, OWN_REASON))


def discovered() -> tuple[Pattern, ...]:
    """Every pattern of this folder, by name: a file with a PATTERN is a pattern."""
    import viewtrail.patterns as folder

    found = []
    for entry in sorted(pkgutil.iter_modules(folder.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"viewtrail.patterns.{entry.name}")
        pattern = getattr(module, "PATTERN", None)
        if isinstance(pattern, Pattern):
            found.append(pattern)
    return tuple(found)
