"""How often a lesser line was crossed, against how often it was said to be: the line's long-run control.

The alert line itself is crossed too seldom to learn from, and what crosses it may be a theft. The lesser
line, a few times the budget, is crossed often enough, mostly by honest days. A company that crosses it more
often than stated gets a higher line, a quieter one a lower one: a gamma-Poisson estimate of the ratio, within
bounds (that the realised rate corrects the stated one is the idea of Gibbs and Candes, Adaptive Conformal
Inference, 2021). A finding that stands is taken out on both sides: whoever steals does not lift the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import log10
from typing import Final, NamedTuple

from viewtrail.measure.calibrate import EPISODE

LESSER: Final = 3.0
"""Times the budget at which crossings are counted: near enough to the line to speak of it."""

PRIOR: Final = 30.0
"""Episodes that the stated rate weighs: about what a company of three hundred shows in eight weeks."""

SLOWEST, FASTEST = 0.5, 2.0
"""The line never allows for fewer or more crossings than these times the stated."""


class Stated(NamedTuple):
    """An agent-day as it was scored: -log10 of how rare it was said to be, and whether a finding stands."""

    day: date
    agent: str
    unlikely: float
    stands: bool


def pace(days: Iterable[Stated], line: float) -> float:
    """-log10 of realised over stated crossings, by episode, to be added to what is stated."""
    lesser = round(line - log10(LESSER), 9)
    many, episodes = 0, dict[str, list[tuple[date, bool]]]()
    for day, agent, unlikely, stands in sorted(days):
        many += 1
        if unlikely < lesser:
            continue
        own = episodes.setdefault(agent, [])
        if own and (day - own[-1][0]).days < EPISODE:
            own[-1] = (own[-1][0], own[-1][1] or stands)
        else:
            own.append((day, stands))
    found = [stands for own in episodes.values() for _, stands in own]
    stated, standing = many * 10.0**-line, sum(found)
    expected = LESSER * stated - min(standing, stated)
    ratio = (PRIOR + len(found) - standing) / (PRIOR + expected)
    return round(-log10(min(max(ratio, SLOWEST), FASTEST)), 9)
