"""The records: whose they are, what they are worth, how warm, and how each of that changes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.company import Company
from viewtrail.simulate.people import CONVERSION, RETENTION, SENIOR, People
from viewtrail.simulate.rows import Bools, Floats, Ints

NOBODY: Final = -1


class Groups:
    """Record numbers sorted by group (owner or desk), warmest first; picks are by group."""

    def __init__(self, group: Ints, heat: Floats, groups: int) -> None:
        self._order = np.lexsort((-heat, group))
        self._starts = np.searchsorted(group[self._order], np.arange(-1, groups + 1))

    def of(self, group: int) -> Ints:
        return self._order[self._starts[group + 1] : self._starts[group + 2]]

    def sizes(self, groups: Ints) -> Ints:
        return np.asarray(self._starts[groups + 2] - self._starts[groups + 1])

    def pick(self, groups: Ints, rng: Generator, warm: float) -> Ints:
        """One record for each group, warmer ones more often for a higher `warm`; -1 from an empty one."""
        sizes = self.sizes(groups)
        place = np.floor(sizes * rng.random(len(groups)) ** warm).astype(np.int64)
        at = np.minimum(self._starts[groups + 1] + place, len(self._order) - 1)
        return np.where(sizes > 0, self._order[at], -1)


class Book:
    """All records, as arrays that grow."""

    def __init__(self) -> None:
        empty = np.array([], dtype=np.int64)
        self.owner: Ints = empty
        self.desk: Ints = empty
        self.client: Bools = empty.astype(np.bool_)
        self.value: Ints = empty
        self.created: Ints = empty
        self.heat: Floats = empty.astype(np.float64)
        self.names: list[str] = []
        self.fragments: list[str] = []
        self._by_owner: Groups | None = None
        self._by_desk: Groups | None = None

    def __len__(self) -> int:
        return len(self.names)

    def add(self, owner: Ints, desk: Ints, client: Bools, value: Ints, created: Ints, heat: Floats) -> Ints:
        first = len(self)
        new = np.arange(first, first + len(owner))
        self.owner = np.concatenate([self.owner, owner])
        self.desk = np.concatenate([self.desk, desk])
        self.client = np.concatenate([self.client, client])
        self.value = np.concatenate([self.value, value])
        self.created = np.concatenate([self.created, created])
        self.heat = np.concatenate([self.heat, heat])
        # A stride keeps neighbours in the book from being neighbours by id, as in a CRM of some age.
        self.names += [f"R-{100_000 + i * 7919 % 900_001 + i // 900_001 * 1_000_000}" for i in new.tolist()]
        self.fragments += [f',"subject":"{name}"' for name in self.names[first:]]
        self.changed()
        return new

    def changed(self) -> None:
        self._by_owner = self._by_desk = None

    def cool(self, rng: Generator) -> None:
        """A night passes: records lose warmth at different speeds, and a few wake up."""
        self.heat *= rng.uniform(0.90, 1.0, len(self))
        woken = rng.integers(0, len(self), len(self) // 100)
        self.heat[woken] += rng.random(len(woken))
        self.changed()

    def by_owner(self, people: int) -> Groups:
        if self._by_owner is None:
            self._by_owner = Groups(self.owner, self.heat, people)
        return self._by_owner

    def by_desk(self, desks: int) -> Groups:
        if self._by_desk is None:
            self._by_desk = Groups(self.desk, self.heat, desks)
        return self._by_desk

    def of(self, agent: int) -> Ints:
        return np.flatnonzero(self.owner == agent)

    def on_desk(self, desk: int) -> Ints:
        return np.flatnonzero(self.desk == desk)

    def texts(self, records: Ints) -> list[str]:
        return [self.names[i] for i in records.tolist()]

    def subjects(self, records: Ints) -> list[str]:
        return [self.fragments[i] for i in records.tolist()]


def value_bands(rng: Generator, n: int) -> Ints:
    """Logarithmic in deposits: most clients small, a few very large."""
    return np.clip(np.round(rng.normal(7, 2.7, n)), 1, 20).astype(np.int64)


def first_book(company: Company, people: People, rng: Generator) -> Book:
    """The book on the first day: each agent's own records and each desk's pool of old ones."""
    book = Book()
    for agent in np.flatnonzero(np.isin(people.kind, (CONVERSION, RETENTION, SENIOR))):
        desk = company.desks[people.desk[agent]]
        size = company.drawn["book_retention" if desk.retention else "book_conversion"]
        n = int(rng.gamma(6, size / 6)) + 5
        owner = NOBODY if company.pooled and not desk.retention else int(agent)
        _fill(book, n, owner, int(people.desk[agent]), desk.retention, rng)
    for number, desk in enumerate(company.desks):
        n = int(company.drawn["pool_share"] * desk.size * company.drawn["book_conversion"]) + 60
        _fill(book, n, NOBODY, number, False, rng)
    return book


def _fill(book: Book, n: int, owner: int, desk: int, clients: bool, rng: Generator) -> None:
    client = np.full(n, clients)
    value = np.where(client, value_bands(rng, n), 0)
    age = rng.exponential(140, n).astype(np.int64) + 1
    book.add(np.full(n, owner), np.full(n, desk), client, value, -np.minimum(age, 900), rng.random(n))
