"""Why was this record opened: the same reasons that the loop weighs, asked afterwards for a few openings.

They are judged by what is told of these records, their people and campaigns. What takes an agent's whole day
to know is judged by the openings given: whether one of many messages was a mailing, how much of a declared
piece of work was used up, how many reasons somebody made for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from viewtrail.log.entry import Logged, Stored
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import CLOSING, DAY, HOUR, LATE, bounds
from viewtrail.measure.counts import OPENED, Mark
from viewtrail.measure.judge import Judge
from viewtrail.measure.reasons import FEEDS, NAMES, SELF_MADE, UNKNOWN, is_contact
from viewtrail.store.asking_deeds import of_part, of_types
from viewtrail.store.asking_hours import QUARTER
from viewtrail.store.asking_near import Near
from viewtrail.store.asking_rows import Row
from viewtrail.store.asking_told import Told
from viewtrail.store.asking_view import Asking
from viewtrail.watch.acts import ABOUT_RECORDS, WORKING
from viewtrail.watch.facts import Facts

Fetch = Callable[[Sequence[int]], list[Logged]]
Key = tuple[str, int]
"""An agent and the beginning of a day of theirs (µs)."""

NONE: Final = "none on file"
OWN: Final = "own making"
UNTOLD: Final = "unknown"
"""The feeds that would tell reasons are not connected, or the event names a campaign nobody told of."""

DONE: Final = WORKING | {"call.ended", "message.sent"}
"""What is done with a record that may be a reason to open it, near the time when it is done."""

HEARD: Final = ABOUT_RECORDS | DONE
"""What is told of a record or done with it that may be a reason to open it."""

LONGEST_DAY: Final = 26 * HOUR
"""A day on which the clocks are put back, and a little more."""

LONGEST_CALL: Final = 14 * DAY
"""A talk and a ringing are heard of seven days each at most."""


def reasons(
    ask: Asking,
    logged: Fetch,
    told: Told,
    views: Sequence[Row],
    sealed: int,
    about: Sequence[tuple[int, str]] | None = None,
) -> dict[int, tuple[str, ...]]:
    """By index, the reasons of each opening among these rows.

    `told`: people and campaigns, kept between questions. `sealed`: entries in segments. `about`: index and
    type of all entries that touch their records, where the caller has them already.
    """
    openings = sorted((row for row in views if _is_opening(row)), key=lambda row: row.place)
    if not openings:
        return {}
    if not told.connected(lambda: _told(ask)):
        return {row.index: (UNTOLD,) for row in openings}
    records = sorted({row.record for row in openings if row.record})
    if about is None:
        heard, listed = _told_of(ask, records)
    else:
        heard = {index for index, kind in about if kind in HEARD}
        listed = ask("on_campaigns", records=records)
    desk = _Desk(ask, told, told.facts(ask, logged, listed, sealed), openings)
    if about is None:
        heard |= _done(ask, records, desk.days_asked)
    for one in sorted(logged(sorted(heard)), key=lambda one: (one.known, one.index)):
        desk.hear(one)
    return {row.index: desk.why(row) for row in openings}


def _done(ask: Asking, records: Sequence[str], days: set[Key]) -> set[int]:
    """What was done with these records on these days, and which of their clients called about then.

    One record is looked up by itself, whoever opened it; of many, what the agents did is looked up.
    """
    agents = sorted({agent for agent, _ in days})
    first = min(start for _, start in days)
    last = max(start for _, start in days) + LONGEST_DAY
    until = last + LONGEST_CALL
    if len(records) == 1:
        found = ask(
            "done_with_record",
            Near("touches", frozenset(records)),
            record=records[0],
            start=first - HOUR,
            end=until,
            types=sorted(DONE),
        )
        return {index for (index,) in found}
    wanted = set(records)
    taken = ask.near(Near("calls", frozenset(("in",)), first - HOUR, until))
    return _of(taken, wanted) | (
        _of(_done_by(ask, agents[0], first, last), wanted)
        if len(agents) == 1
        else {index for index, record in _done_by_all(ask, agents, first, last) if record in wanted}
    )


def _told_of(ask: Asking, records: Sequence[str]) -> tuple[set[int], list[tuple[str, int]]]:
    """The entries that tell something of these records that may be a reason to open them, and (record, entry)
    of each campaign whose list they are on."""
    told = ask.near(Near("told", frozenset(records)))
    cells = zip(*(told.column(name).to_pylist() for name in ("idx", "record", "listed")), strict=True)
    heard, listed = set[int](), list[tuple[str, int]]()
    for index, record, on_list in cells:
        if on_list:
            listed.append((record, index))
        else:
            heard.add(index)
    return heard, listed


def _done_by(ask: Asking, agent: str, first: int, last: int) -> pa.Table:
    """What one agent did that may be a reason."""
    return of_types(of_part(ask.near(Near("acts", frozenset((agent,)), first, last)), "did"), sorted(DONE))


def _done_by_all(ask: Asking, agents: Sequence[str], first: int, last: int) -> list[tuple[int, str]]:
    """(entry, record) of what several agents did that may be a reason."""
    return ask(
        "done_by_agents",
        agents=agents,
        low=agents[0],  # what one agent did lies together in a segment: so few of its rows are read
        high=agents[-1],
        start=first,
        end=last,
        types=sorted(DONE),
    )


def _of(rows: pa.Table, records: Collection[str]) -> set[int]:
    """The entries among these rows that are about one of these records."""
    mine: Any = pc.is_in(rows.column("record"), value_set=pa.array(sorted(records), pa.string()))
    found: list[Any] = rows.filter(mine).column("idx").to_pylist()
    return set(found)


def _is_opening(row: Row) -> bool:
    human = row.data.get("actor_kind", "human") == "human"
    return (
        row.type == "record.viewed" and human and row.data.get("surface") != "job" and row.agent is not None
    )


def _told(ask: Asking) -> bool:
    """Whether reasons can be seen at all: assignment, and calls or tasks, are connected."""
    kinds = {kind for (kind,) in ask("kinds")}
    connected = {feed for feed, types in FEEDS.items() if kinds & set(types)}
    assigned = "assignment" in connected or "record.created" in kinds
    return assigned and bool(connected & {"calls", "tasks"})


class _Desk:
    """What is known of some records and of everybody, and the days on which they were opened."""

    def __init__(self, ask: Asking, told: Told, facts: Facts, openings: Sequence[Row]) -> None:
        self.facts = facts
        self.days_asked = {key for row in openings for key in self._keys(row)}
        "Days on which something was opened, and those after them: on no others does it matter what was done."
        self.days: dict[tuple[str, int], AgentDay] = {}
        self.later: list[tuple[Stored, int]] = []

        @cache
        def seen_before(agent: str, day: date, t: int) -> bool:
            _, start, end = bounds(self.facts.people.get(agent).clock_at(t), t)
            # Whole quarters of an hour are summed up already; the rest of the span costs ten times as much.
            if told.worked.was_there(ask, agent, (-(-start // QUARTER), end // QUARTER), t // QUARTER):
                return True
            return bool(ask("seen_before", agent=agent, start=start, end=t)[0][0])

        self.judge = Judge(self.facts.people, self.facts.book, seen_before)

    def hear(self, one: Logged) -> None:
        """Take in one entry about a record, or about what was done with it."""
        event, t = one.entry.event, one.entry.event.time - one.entry.skew * 1000
        self.facts.history = one.entry.backfill
        if event.type in ABOUT_RECORDS:
            self.facts.record(event.type, event, t)
        else:
            self.later.append((event, t))

    def _keys(self, row: Row) -> tuple[Key, Key]:
        agent = row.agent or ""
        _, start, end = bounds(self.facts.people.get(agent).clock_at(row.time), row.time)
        return (agent, start), (agent, end)

    def day(self, agent: str, t: int) -> AgentDay:
        person = self.facts.people.get(agent)
        day, start, end = bounds(person.clock_at(t), t)
        found = self.days.get((agent, start))
        if found is None:
            found = self.days[agent, start] = AgentDay(person, day, start, end)
        return found

    def why(self, row: Row) -> tuple[str, ...]:
        """The reasons of one opening; openings are asked for in order of time."""
        self._do()
        agent, record, data = row.agent or "", row.record or "", row.data
        identity = (row.source, row.id)
        named = (data.get("campaign"), data.get("list"), data.get("visit"), data.get("via"))
        mark = Mark(row.time, OPENED, record, 1, row.index, identity, *named)
        day = self.day(agent, row.time)
        bits = self.judge.at_opening(day, mark)
        if not any(bits & bit for bit in NAMES):
            following = self.days.get((agent, day.end))
            bits |= self.judge.matured(day, mark, following, day.end + CLOSING + LATE)
        named_bits = tuple(name for bit, name in NAMES.items() if bits & bit)
        return named_bits or ((OWN,) if bits & SELF_MADE else (UNTOLD,) if bits & UNKNOWN else (NONE,))

    def _do(self) -> None:
        for event, t in self.later:
            agent, record = event.data.get("agent"), event.subject
            if not isinstance(agent, str) or record is None:
                continue
            if event.type == "call.ended":
                self._call(event, agent, record, t)
            elif (day := self._asked(agent, t)) is None:
                continue
            elif event.type == "message.sent":
                day.wrote(record, t)
            else:
                day.worked(record, t)
        self.later.clear()

    def _asked(self, agent: str, t: int) -> AgentDay | None:
        """The agent's day of that moment, where it matters what was done on it."""
        _, start, _ = bounds(self.facts.people.get(agent).clock_at(t), t)
        return self.day(agent, t) if (agent, start) in self.days_asked else None

    def _call(self, event: Stored, agent: str, record: str, t: int) -> None:
        data = event.data
        start = t - 1000 * ((data.get("talk_ms") or 0) + (data.get("ring_ms") or 0))
        if data.get("direction") == "in":
            self.facts.book.get(record).inbound += ((start, t),)
        elif is_contact(data.get("answered"), data.get("ring_ms"), data.get("talk_ms")):
            day = self._asked(agent, t)
            if day is not None:
                day.contact(record, start, t)
