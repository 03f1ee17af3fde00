"""What a closed agent-day came to, kept for when the day is closed again and nothing about it was told since.

Late facts close days again by the hundred; most of what was done on them is not what the facts are about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import HOUR
from viewtrail.measure.counts import Mark
from viewtrail.measure.judge import Judge
from viewtrail.measure.matured import Matured, Seen, mature, own_and_valued, seen
from viewtrail.watch.facts import FOR_EVER


class Ripe(NamedTuple):
    """The matured counts, what the scorer counts of them, and the openings of own clients of known value.

    `records` are all that the agent touched, `book` and `people` how much had been told of these by then.
    """

    matured: Matured
    counts: list[float]
    valued: list[tuple[Mark, int]]
    seen: Seen
    records: frozenset[str]
    book: int
    people: int


def ripened(
    day: AgentDay,
    judge: Judge,
    following: AgentDay | None,
    bad: frozenset[str],
    counts: Callable[[Matured, AgentDay], list[float]],
) -> Ripe:
    """The day matured, or as it matured before."""
    apart = following is None or not following.began_before(day.end + HOUR)
    kept = day.ripe
    if apart and isinstance(kept, Ripe) and kept.matured.bad == bad and not _told_since(kept, day, judge):
        return kept
    matured = mature(day, judge, following, FOR_EVER, bad)
    valued = own_and_valued(day, judge, matured.unworked, FOR_EVER)
    records = frozenset(mark.key for mark in day.marks)
    told = (judge.book.told, judge.people.told)
    found = Ripe(matured, counts(matured, day), valued, seen(day, judge.book), records, *told)
    day.ripe = found if apart else None
    return found


def same(one: Ripe, other: Ripe) -> bool:
    """Whether two are alike in all that a close makes something of."""
    a, b = one.matured, other.matured
    return one is other or (
        one.counts == other.counts
        and (one.valued, one.seen) == (other.valued, other.seen)
        and (a.unexplained, a.hard, a.own, a.reasons) == (b.unexplained, b.hard, b.own, b.reasons)
        and (a.orphans, a.idle, a.served, a.resting) == (b.orphans, b.idle, b.served, b.resting)
        and (a.unworked, a.bad) == (b.unworked, b.bad)
    )


def _told_since(kept: Ripe, day: AgentDay, judge: Judge) -> bool:
    """Whether anything was told of the records touched, or of people who could have been a reason."""
    book, people = judge.book, judge.people
    if book.told_of_all > kept.book or people.told_of_all > kept.people:
        return True
    if not kept.records.isdisjoint(book.told_since(kept.book)):
        return True
    if people.told_of_desk.get(day.person.desk, 0) <= kept.people:
        return False
    if day.person.told > kept.people:
        return True
    found = [record for key in kept.records if (record := book.records.get(key)) is not None]
    owners = {owned.owner for record in found for owned in record.owners}
    known = people.by_agent
    return any(name in known and known[name].told > kept.people for name in owners if name is not None)
