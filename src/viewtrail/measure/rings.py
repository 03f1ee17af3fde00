"""Did several split one list? Days beside one that was told of, with clients of the same owners.

A list split in two leaves each half less to stand out with. What tells it is that another day is rare too,
on the very day on which one was told of, among the clients of the same colleagues and hardly any of them
twice. Who goes through the same books for themselves meets some clients that the other has met: with a_o
openings of one and b_o of the other out of the N_o clients of owner o about m = sum a_o b_o / N_o, and k or
fewer of these with the probability of a Poisson variable of mean m.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log10
from typing import Final, NamedTuple

from scipy.special import pdtr

RING_RECORDS: Final = 8
"""Openings without a reason below which a day is no half of a list: the floor of a finding about them."""

RING_EPISODE: Final = 7
"""Days for which somebody told of is told of: a list is taken over several, and the later ones are known."""

RING_RARE: Final = 1.3
"""-log10 of the share of the role's days that are so rare: one in twenty, or the day is like others."""

RING_SAME_BOOKS: Final = 0.5
"""So much of the smaller part must be clients of owners whose clients are in the other part too."""

RING_TWICE: Final = 0.1
"""More of the smaller part than this in both is no split."""

RING_CHANCE: Final = 2.0
"""-log10 of the chance that any colleague at all stands so beside a told day: one finding in a hundred."""

RING_MOST: Final = 4.0
"""-log10 beyond which neither says more: baselines do not know rarer days."""


class Part(NamedTuple):
    """One agent's day: how rare for the role (-log10), whether told of lately, and what was opened for no
    reason on file: record -> owner, None where nobody is known to own it."""

    agent: str
    unlikely: float
    told: bool
    taken: Mapping[str, str | None]


class Ring(NamedTuple):
    """Agents whose days look like parts of one list, the told of first; records by agent; `twice` were
    opened by more than one, `by_chance` would be where this can be said; `pool`: some had no owner."""

    agents: tuple[str, ...]
    told: tuple[str, ...]
    records: Mapping[str, tuple[str, ...]]
    pool: bool
    twice: int
    by_chance: float


Books = Callable[[], Mapping[str, int]]
"""How many clients each owner has; asked only where two days could belong together."""


def rings(parts: Sequence[Part], active: int, books: Books) -> list[Ring]:
    """The rings of a day on which `active` agents did something, by the name of their first agent."""
    able = [p for p in parts if len(p.taken) >= RING_RECORDS and p.unlikely >= RING_RARE]
    able.sort(key=lambda one: one.agent)
    joined: list[set[str]] = []
    for core in (one for one in able if one.told):
        with_core = {core.agent}
        with_core |= {p.agent for p in able if p.agent != core.agent and _beside(core, p, active, books)}
        if len(with_core) > 1:
            apart = [one for one in joined if not one & with_core]
            joined = [*apart, with_core.union(*(one for one in joined if one & with_core))]
    by_name = {one.agent: one for one in able}
    return sorted(_ring([by_name[name] for name in sorted(names)], books()) for names in joined)


def _beside(core: Part, other: Part, active: int, books: Books) -> bool:
    smaller = min(len(core.taken), len(other.taken))
    twice = len(core.taken.keys() & other.taken.keys())
    if twice > RING_TWICE * smaller or not _same_books(core, other):
        return False
    if other.told:  # each stood out alone: nobody is told of here who was not already
        return True
    rare = min(other.unlikely, RING_MOST)
    needed = RING_CHANCE + log10(max(active - 1, 1))
    if rare + RING_MOST < needed:
        return False
    chance = pdtr(twice, _by_chance(core, other, books()))
    split = min(-log10(max(chance, 10**-RING_MOST)), RING_MOST)
    return rare + split >= needed


def _same_books(one: Part, other: Part) -> bool:
    """Whether half of either part are clients of owners who are in both; the pool is a book like others."""
    both = set(one.taken.values()) & set(other.taken.values())
    return all(
        sum(owner in both for owner in part.taken.values()) >= RING_SAME_BOOKS * len(part.taken)
        for part in (one, other)
    )


def _by_chance(one: Part, other: Part, books: Mapping[str, int]) -> float:
    """How many clients both would have opened, had each gone through the same books for themselves."""
    a, b = Counter(one.taken.values()), Counter(other.taken.values())
    shared = (owner for owner in a if owner is not None and owner in b)
    return sum(a[owner] * b[owner] / max(books.get(owner, 0), a[owner], b[owner]) for owner in shared)


def _ring(parts: Sequence[Part], books: Mapping[str, int]) -> Ring:
    ranked = sorted(parts, key=lambda one: (not one.told, one.agent))
    often = Counter(record for part in ranked for record in part.taken)
    pairs = [(one, other) for n, one in enumerate(ranked) for other in ranked[n + 1 :]]
    return Ring(
        tuple(one.agent for one in ranked),
        tuple(one.agent for one in ranked if one.told),
        {one.agent: tuple(one.taken) for one in ranked},
        any(owner is None for one in ranked for owner in one.taken.values()),
        sum(n > 1 for n in often.values()),
        round(sum(_by_chance(one, other, books) for one, other in pairs), 1),
    )
