"""A closed day's counts: what stayed without a reason once its openings had matured, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import CLOSING
from viewtrail.measure.counts import (
    ENDLESS,
    OPENED,
    REVEALED,
    SERVED,
    SHORT_IN,
    SHORT_OUT,
    Mark,
    Span,
    Tally,
    distinct,
    sweep,
)
from viewtrail.measure.judge import Judge
from viewtrail.measure.look_back import PastDay
from viewtrail.measure.reasons import BROUGHT_UP, CONTACT, FRESH, SELF_MADE, WORK, Book


@dataclass(frozen=True, slots=True)
class Matured:
    """The counts of a closed day: spans of what stayed without reason, and what explained the rest."""

    unexplained: list[Mark]
    hard: list[Mark]
    orphans: list[Mark]
    reasons: dict[int, int]
    spans: dict[str, Span | Tally]
    bad: frozenset[str] = frozenset()
    idle: list[Mark] = field(default_factory=list)
    "Openings outside working hours that nothing came of."
    unworked: list[Mark] = field(default_factory=list)
    "Openings that nothing came of and nothing led to."
    served: list[Mark] = field(default_factory=list)
    "What was sent and not shown, without a reason."
    resting: list[Mark] = field(default_factory=list)
    "Openings without a reason, a note being none, of records that rested."
    own: list[Mark] = field(default_factory=list)
    "Openings for which what the agent did themself is the only reason, and no long call came of it."


def mature(
    day: AgentDay, judge: Judge, following: AgentDay | None, known_by: int, bad: frozenset[str]
) -> Matured:
    """All counts of a day whose openings have matured: a function of the day's marks and the facts alone.

    Calls on the `bad` lists, short for everybody, do not count as this agent's short calls.
    """
    unexplained, hard, own, reasons = [], [], [], {}
    for mark in day.unexplained_at:
        found = judge.matured(day, mark, following, known_by)
        reasons[mark.entry] = found
        if not found & ~(FRESH | SELF_MADE):
            unexplained.append(mark)
        if not found & ~(WORK | FRESH | SELF_MADE):
            hard.append(mark)
        if found & (CONTACT | WORK) and _own_doing(mark, found, day, following):
            own.append(mark)
    for mark in day.own_made_at:
        if _own_doing(mark, judge.matured(day, mark, following, known_by), day, following):
            own.append(mark)
    if day.own_made_at:
        own.sort(key=lambda mark: (mark.t, mark.entry))
    unworked = _unworked(day, judge, following)
    idle = [mark for mark in day.off_hours_at if _idle(mark, day, judge, following)]
    resting = [mark for mark in hard if judge.rests(day, mark)]
    orphans = [mark for mark in _revealed(day) if not _followed(mark, day, following)]
    shown, served = day.opened.all, []
    for mark in day.served_at:
        found = judge.matured(day, mark, following, known_by)
        if mark.key not in shown and not found & ~(FRESH | SELF_MADE):
            served.append(mark)
    without = sweep(hard)
    spans: dict[str, Span | Tally] = {
        "served": sweep(served),
        "served_all": sweep(unshown(day)),
        "unexplained": sweep(unexplained),
        "unexplained_hard": without,
        "unaccounted": without,
        "orphan_reveals": sweep(orphans),
        "short_calls_out": day.short_out if not bad else distinct(short_calls(day, SHORT_OUT, bad)),
        "short_calls_in": day.short_in if not bad else distinct(short_calls(day, SHORT_IN, bad)),
        "exports": day.exports,
        "listed": day.listed,
        "opened": day.opened,
        "off_hours": sweep(idle),
        "resting": sweep(resting),
        "own_reason": sweep(own),
    }
    return Matured(unexplained, hard, orphans, reasons, spans, bad, idle, unworked, served, resting, own)


def _own_doing(mark: Mark, found: int, day: AgentDay, following: AgentDay | None) -> bool:
    """Whether nothing but what the agent did is a reason for the opening, and no long call came of it."""
    if found & ~(CONTACT | WORK | FRESH | SELF_MADE):
        return False
    return not any(each.talked_near(mark.key, mark.t) for each in (day, following) if each is not None)


class Seen(NamedTuple):
    """What went past an agent's eyes on a day: records opened (by value too), revealed and served, rows."""

    opened: int
    revealed: int
    exported: int
    served: int
    bands: tuple[int, int, int, int]


def seen(day: AgentDay, book: Book) -> Seen:
    """The same, values as they were when the day ended."""
    bands, end, records = [0, 0, 0, 0], day.end, book.records
    for key in day.opened.all:
        record = records.get(key)  # type: ignore[call-overload]  # what is opened is a record
        value = record.value_at(end) if record is not None and record.values else None
        bands[0 if not value else 1 + (value > 6) + (value > 13)] += 1
    revealed = len({mark.key for mark in day.marks if mark.kind == REVEALED})
    by_value = (bands[0], bands[1], bands[2], bands[3])
    return Seen(day.opened.day, revealed, day.exports.day, len(unshown(day)), by_value)


def past_day(day: AgentDay, what: Seen, unlikely: float, *, told: bool) -> PastDay:
    """The closed day as those see it who look back: how unlikely it was, and what was seen on it."""
    return PastDay(
        day.day.toordinal(),
        day.start,
        day.end,
        unlikely,
        what.opened,
        what.revealed,
        what.exported,
        what.served,
        what.bands,
        told,
    )


def unshown(day: AgentDay) -> list[Mark]:
    """What was served that day and not shown on it, in time order."""
    if not day.served_all.all:
        return []
    found = [mark for mark in day.marks if mark.kind == SERVED and mark.key not in day.opened.all]
    return sorted(found, key=lambda mark: (mark.t, mark.entry))


def _unworked(day: AgentDay, judge: Judge, following: AgentDay | None) -> list[Mark]:
    """The openings that nothing came of and nothing led to, in the order of the marks."""
    contacts, works, messages = day.contacts, day.works, day.messages
    late, idle = (day.end - CLOSING if following is not None else ENDLESS), judge.without_cause
    found = []
    for mark in day.marks:
        if mark.kind != OPENED:
            continue
        key = mark.key
        if key not in contacts and key not in works and key not in messages and mark.t <= late:
            if idle(mark):
                found.append(mark)
        elif _idle(mark, day, judge, following):
            found.append(mark)
    return found


def _idle(mark: Mark, day: AgentDay, judge: Judge, following: AgentDay | None) -> bool:
    """Whether nothing led to an opening and nothing came of it: no contact, work, inbound, fresh lead."""
    if day.followed(mark.key, mark.t):
        return False
    late = following is not None and mark.t > day.end - CLOSING
    if late and following is not None and following.followed(mark.key, mark.t):
        return False
    return judge.without_cause(mark)


def own_and_valued(
    day: AgentDay, judge: Judge, unworked: Iterable[Mark], known_by: int
) -> list[tuple[Mark, int]]:
    """The openings of own clients of known value among these, each client once, with the value band.

    What a dialler or a campaign brought up was not chosen by the agent.
    """
    found: dict[str, tuple[Mark, int]] = {}
    for mark in unworked:
        if mark.key in found or mark.campaign is not None or mark.via in BROUGHT_UP:
            continue
        record = judge.book.records.get(mark.key)
        owned = record.owner_at(mark.t, known_by) if record is not None else None
        band = record.value_at(mark.t) if record is not None else None
        if band is not None and owned is not None and owned.owner == day.person.agent:
            found[mark.key] = (mark, band)
    return list(found.values())


def short_calls(day: AgentDay, kind: str, bad: frozenset[str]) -> list[Mark]:
    """The short calls of that direction that are not on a list which is bad for everybody."""
    return [mark for mark in day.marks if mark.kind == kind and mark.campaign not in bad]


def _revealed(day: AgentDay) -> Iterator[Mark]:
    return (mark for mark in day.marks if mark.kind == REVEALED)


def _followed(mark: Mark, day: AgentDay, following: AgentDay | None) -> bool:
    late = following is not None and mark.t > day.end - CLOSING
    return day.contacted_near(mark.key, mark.t) or (
        late and following is not None and following.contacted_near(mark.key, mark.t)
    )
