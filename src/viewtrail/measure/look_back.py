"""Looking back over one agent's days: from when on were they out of the ordinary, and how sure is that day?

Each closed day is as unlikely as it is, among the days of that role here. Days that are ordinary and days of
which some are odd give such values differently; the sum of the logarithms of the two likelihoods, begun anew
whenever it falls below nothing, rises where oddness begins (Page, 1954; Lorden, 1971). The first day is where
the sum began that first reached what chance seldom reaches, and the interval holds every day which explains
the rise nearly as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Final, NamedTuple

ODD_SHARE: Final = 0.2
"""Of the days of somebody who prepares to leave with something, about so many are odd."""

ODD_TIMES: Final = 4.0
"""On such a day its -log p is so many times what it is on an ordinary one."""

SEEN_AT: Final = 3.7
"""The sum that tells: one honest year in ten reaches it, one honest quarter in fifty."""

NEARLY: Final = 2.0
"""Days whose sum is so near to the best belong to the interval: about 95 in 100 (Wilks, 1938)."""

RAREST_DAY: Final = 6.0
"""-log10 beyond which a day's rarity says nothing more."""

RARE: Final = 1.3
"""-log10 of one in twenty: a day that is told as rare."""

FEWEST_PAST: Final = 20
"""Active days below which there is no history to look back on."""

MOST_PAST: Final = 400
"""Active days that are kept of each agent: about a year and a half."""


class PastDay(NamedTuple):
    """One closed day of one agent: when, how unlikely (-log10), and what went past the agent's eyes.

    `bands` are the records opened by value: 0 or unknown, 1 to 6, 7 to 13, 14 to 20.
    """

    day: int
    start: int
    end: int
    unlikely: float
    opened: int
    revealed: int
    blocks: int
    served: int
    bands: tuple[int, int, int, int]
    told: bool = False
    "Whether something was found on it that stood when it closed."


class Turn(NamedTuple):
    """The first day out of the ordinary, the days it may have been, and the last; places in the history."""

    first: int
    low: int
    high: int
    last: int
    odd: int
    "Days from the first to the last that are each rarer than one in twenty."


def evidence(unlikely: float) -> float:
    """How much one day speaks for oddness: log of (likelihood with odd days / of an ordinary day)."""
    u = min(unlikely, RAREST_DAY) * log(10)
    return log(1 - ODD_SHARE + ODD_SHARE / ODD_TIMES * exp(u * (1 - 1 / ODD_TIMES)))


def turn(unlikely: Sequence[float], told_of: Sequence[bool] = ()) -> Turn | None:
    """The first turn in these days; None where no sum reaches what chance seldom reaches.

    A day that was told of when it closed is out of the ordinary by itself.
    """
    told = [evidence(one) for one in unlikely]
    for place, found in enumerate(told_of):
        told[place] = max(told[place], SEEN_AT) if found else told[place]
    running, began = 0.0, 0
    for place, one in enumerate(told):
        if running <= 0:
            running, began = 0.0, place
        running += one
        if round(running, 9) >= SEEN_AT:
            return _turn(told, unlikely, began)
    return None


def _turn(told: Sequence[float], unlikely: Sequence[float], began: int) -> Turn:
    last, best, running = began, 0.0, 0.0
    for place in range(began, len(told)):
        running += told[place]
        if running <= 0:
            break
        if running > best:
            best, last = running, place
    sums, running = {}, 0.0
    for place in range(last, -1, -1):
        running += told[place]
        sums[place] = round(running, 9)
    highest = max(sums.values())
    first = min(place for place, one in sums.items() if one == highest)
    near = [place for place, one in sums.items() if one >= highest - NEARLY]
    odd = sum(one >= RARE for one in unlikely[first : last + 1])
    return Turn(first, min(near), max(near), last, odd)
