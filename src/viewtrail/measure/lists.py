"""Bad list or bad agent: calls that are short for everybody who dials a list say something about the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scipy.special import betainc

FEWEST_CALLS: Final = 12
"""Fewer answered calls of others on a list than this say nothing about the list."""

FEWEST_OTHERS: Final = 2
"""One other agent could be as odd as this one."""

CHANCE: Final = 1e-4
"""It is the list if as many short calls as this agent's are at least this likely at the others' rate."""

SHORT_SHARE: Final = 0.25
"""Below this share of short calls nobody's list is called bad."""


@dataclass(frozen=True, slots=True)
class Call:
    """One answered call: when it ended, whether outgoing, whether short, and the list it was on."""

    t: int
    out: bool
    short: bool
    campaign: str | None


def bad_lists(
    own: Iterable[Call], others: Iterable[Iterable[Call]], until: int, *, doubtful: bool
) -> frozenset[str]:
    """The lists on which, up to `until` (µs), the others' calls were as often short as this agent's.

    With `doubtful`, also those on which the others have not called enough yet to tell.
    """
    mine = _shares(own, until)
    theirs: dict[str, tuple[int, int]] = {}
    callers: dict[str, int] = {}
    for calls in others:
        for name, (answered, short) in _shares(calls, until).items():
            seen = theirs.get(name, (0, 0))
            theirs[name] = (seen[0] + answered, seen[1] + short)
            callers[name] = callers.get(name, 0) + 1
    found = set()
    for name, (answered, short) in mine.items():
        n, s = theirs.get(name, (0, 0))
        if n < FEWEST_CALLS or callers[name] < FEWEST_OTHERS:
            alike = doubtful
        else:
            alike = s >= SHORT_SHARE * n and _at_least(short, answered, (s + 1) / (n + 2)) >= CHANCE
        if alike:
            found.add(name)
    return frozenset(found)


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
