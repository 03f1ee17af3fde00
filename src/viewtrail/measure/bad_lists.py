"""Is a list bad? Everybody's calls on it are over in seconds, far more than is usual on lists here.

Whoever dials it is excused already (`measure.lists`); this says of the list itself what remains, and where it
does not lie: not with one agent, not in one hour, not on one telephone system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scipy.special import betainc

from viewtrail.measure.clocks import HOUR
from viewtrail.measure.lists import SHORT_SHARE, Call

LIST_CALLS: Final = 40
"""Answered calls on a list in a day below which it is not told of: too little was spoilt."""

LIST_CALLERS: Final = 3
"""Agents who must have dialled it: two alone may have a day."""

CALLER_CALLS: Final = 5
"""Answered calls from which an agent is one of them."""

ABOVE_USUAL: Final = 0.25
"""Share of short calls above what is usual on lists here: less is a list like others."""

LIST_CHANCE: Final = 0.0001
"""As many short calls by chance, at the usual share."""

CALLS_ALIKE: Final = 4.0
"""Calls of one list and hour are alike: so many say as much as one by itself."""

LISTS_KNOWN: Final = 100.0
"""Answered calls on other days' lists from which there is a usual."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Answered and short calls of one part: an hour, an agent, a telephone system."""

    name: str
    answered: int
    short: int

    @property
    def share(self) -> float:
        return self.short / self.answered


@dataclass(frozen=True, slots=True)
class BadList:
    """One list on one day, the usual share, and its calls by agent, hour and telephone system."""

    name: str
    whole: Cut
    usual: float
    agents: tuple[Cut, ...]
    hours: tuple[Cut, ...]
    lines: tuple[Cut, ...]
    elsewhere: Cut | None
    "The same agents' answered calls that day that were on no list, or on another."


def bad_lists(
    calls: Mapping[str, Iterable[Call]],
    known: tuple[float, float],
    own: Mapping[str, tuple[int, int]],
) -> Iterator[BadList]:
    """The bad lists of a day, by name.

    `known` is (answered, short) on lists, decayed, of the days before; `own` the same of one list on days on
    which it was not told of: a queue whose calls are short by nature is like itself, and nothing is said.
    """
    if known[0] < LISTS_KNOWN:
        return
    usual = known[1] / known[0]
    made = [(agent, call) for agent, of in sorted(calls.items()) for call in of]
    for name in sorted({call.campaign for _, call in made if call.campaign is not None}):
        on = [(agent, call) for agent, call in made if call.campaign == name]
        agents = _cut((agent, call) for agent, call in on)
        callers = [one for one in agents if one.answered >= CALLER_CALLS]
        whole = _whole(name, (call for _, call in on))
        before, short = own.get(name, (0, 0))
        here = max(usual, short / before) if before >= LIST_CALLS else usual
        if len(callers) < LIST_CALLERS or not _is_bad(whole, here) or not _is_everybodys(callers, here):
            continue
        them = {one.name for one in agents}
        rest = [call for agent, call in made if agent in them and call.campaign != name]
        yield BadList(
            name,
            whole,
            usual,
            agents,
            _cut((str(call.t // HOUR * HOUR), call) for _, call in on),
            _cut((call.source, call) for _, call in on),
            _whole("", rest) if rest else None,
        )


def _is_bad(whole: Cut, usual: float) -> bool:
    if whole.answered < LIST_CALLS or whole.share < max(SHORT_SHARE, usual + ABOVE_USUAL):
        return False
    short, answered = whole.short / CALLS_ALIKE, whole.answered / CALLS_ALIKE
    return float(betainc(short, answered - short + 1, max(usual, 0.01))) <= LIST_CHANCE


def _is_everybodys(callers: Iterable[Cut], usual: float) -> bool:
    """Whether it is so without whoever had most short calls, and for nearly everybody."""
    ranked = sorted(callers, key=lambda one: (-one.short, one.name))
    rest = Cut("", sum(one.answered for one in ranked[1:]), sum(one.short for one in ranked[1:]))
    above = sum(one.share > usual for one in ranked)
    return rest.share >= usual + ABOVE_USUAL and above * 5 >= len(ranked) * 4


def _cut(parts: Iterable[tuple[str, Call]]) -> tuple[Cut, ...]:
    found: dict[str, tuple[int, int]] = {}
    for name, call in parts:
        answered, short = found.get(name, (0, 0))
        found[name] = (answered + 1, short + call.short)
    return tuple(Cut(name, *found[name]) for name in sorted(found))


def _whole(name: str, calls: Iterable[Call]) -> Cut:
    told = [call.short for call in calls]
    return Cut(name, len(told), sum(told))
