"""Thefts put into a real log: how many are found at the installed budget, from precedent and peers alone.

One theft at a time, so that none teaches what is usual or raises the line for another: the clean log is
folded once, and at the start of each drawn day the process forks; the child folds that day with the theft in
it, to its close, and says what it found. The parent never sees a theft.
"""

from __future__ import annotations

import gc
import heapq
import json
import os
import random
import traceback
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter, itemgetter
from typing import Any, Final

from real.alerts import alerts
from real.logs import AgentDay, RealLog
from real.page import table
from viewtrail.evaluate.noted import Noting, noted
from viewtrail.log import Logged
from viewtrail.log.entry import Entry, Stored
from viewtrail.measure.clocks import CLOSING, MINUTE, bounds
from viewtrail.measure.counts import Span
from viewtrail.watch import Loop
from viewtrail.watch.ledger import LIVING

RESAMPLES: Final = 2_000
ALLOWED: Final = 2
"""The line with hindsight lies at the last of so many highest honest agent-days: a theft must be above."""

BEFORE_THE_LINE: Final = 56
"""Days of learning and of first calibration, which give no honest score to compare with."""

NO_SCORE: Final = -99.0
"""Of a day with no signal at its floor: JSON has no minus infinity."""

BESIDE: Final = 1_000_000_000
"""Injected entries have indexes from here on: no entry of the log has them."""


@dataclass(frozen=True, slots=True)
class Theft:
    """So many different records, opened within so many minutes; `lately` worked on in the week before."""

    records: int
    minutes: int
    lately: bool = False

    def __str__(self) -> str:
        of = ", all worked on in the week before" if self.lately else ""
        return f"{self.records} records in {self.minutes} minutes{of}"


THEFTS: Final = (Theft(80, 40), Theft(150, 180), Theft(40, 40), Theft(25, 40), Theft(25, 40, lately=True))

LATELY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one theft: `told_after` records, or None where nothing was told before the day closed.

    `most`: different records in the busiest 40 minutes of that day, the theft's and the own.
    `score`: the best at the day's close of the signals at their floor; None for an agent without precedent.
    """

    theft: Theft
    agent: str
    known: bool
    hit: bool
    joined: bool
    told_after: int | None
    most: int
    score: float | None
    "The score of the day at its close; None where the agent has no precedent yet."


def injections(log: RealLog, number: int, seed: int) -> list[Outcome]:
    """Each theft once on each of `number` drawn agent-days."""
    chance = random.Random(seed)
    drawn: dict[date, list[str]] = defaultdict(list)
    eligible = _eligible(log)
    for agent, day in chance.sample(eligible, min(number, len(eligible))):
        drawn[day].append(agent)
    records = sorted({r for one in log.entries if (r := one.entry.event.subject) is not None})
    worked_on = _by_day(log)
    found: list[Outcome] = []
    own = openings(log)
    loop, place = Loop(log.home.settings), 0
    gc.freeze()
    for day in sorted(drawn):
        start = bounds(log.clock, log.opened[drawn[day][0], day][0])[1]
        while log.entries[place].known < start:
            loop.take(log.entries[place])
            place += 1
        for agent in drawn[day]:
            for theft in THEFTS:
                of = _lately(worked_on, day) if theft.lately else records
                entries = _theft(log, theft, agent, day, of, chance)
                told = _in_a_child(loop, log, place, entries, agent)
                most = _most([*own[agent, day], *((one.known, one.entry.event.subject) for one in entries)])
                found.append(Outcome(theft, agent, **told, most=most))
    return found


def _by_day(log: RealLog) -> dict[date, set[str]]:
    """The records that anything was said of, by day."""
    found: dict[date, set[str]] = defaultdict(set)
    for one in log.entries:
        if (record := one.entry.event.subject) is not None:
            found[log.day(one.entry.event.time)].add(record)
    return found


def _lately(worked_on: Mapping[date, set[str]], day: date) -> list[str]:
    """The records on which somebody worked in the week before that day."""
    return sorted(set().union(*(of for when, of in worked_on.items() if day - LATELY <= when < day)))


def openings(log: RealLog) -> dict[AgentDay, list[tuple[int, str | None]]]:
    """(time, record) of every opening by a person, for each agent-day."""
    found: dict[AgentDay, list[tuple[int, str | None]]] = defaultdict(list)
    for logged in log.entries:
        event = logged.entry.event
        if event.type == "record.viewed":
            key = (event.data["agent"], log.day(event.time))
            if key in log.opened:
                found[key].append((event.time, event.subject))
    return found


def _most(opened: Sequence[tuple[int, str | None]]) -> int:
    span = Span()
    for t, record in sorted(opened, key=itemgetter(0)):
        span.add(t, record)
    return span.most


def plain_limit(log: RealLog) -> tuple[int, int]:
    """The rival: one limit on records in 40 minutes for everybody, learned on the first half of the log.

    The lowest that the budget allows there; and how many honest agent-days reach it in the second half.
    """
    busiest = {key: _most(of) for key, of in openings(log).items()}
    middle = second_half(log)
    learned = sorted((most for (_, day), most in busiest.items() if day < middle), reverse=True)
    limit = learned[int(log.home.settings.budget * len(learned) / 1_000)] + 1
    return limit, sum(most >= limit for (_, day), most in busiest.items() if day >= middle)


def second_half(log: RealLog) -> date:
    """The first day of the second half of the days with openings."""
    days = sorted({day for _, day in log.opened})
    return days[len(days) // 2]


def _eligible(log: RealLog) -> list[AgentDay]:
    """Agent-days with openings in the second half of the days, where the clean run has no finding."""
    middle = second_half(log)
    spans = [(one.agent, log.day(one.first_at), log.day(one.last_at)) for one in alerts(log, "access")]
    return sorted(
        (agent, day)
        for agent, day in log.opened
        if day >= middle and not any(agent == who and first <= day <= last for who, first, last in spans)
    )


def _theft(
    log: RealLog, theft: Theft, agent: str, day: date, records: Sequence[str], chance: random.Random
) -> list[Logged]:
    """Openings at random moments of one span within the agent's own hours that day, among the own work."""
    first, last = log.opened[agent, day]
    length = theft.minutes * MINUTE
    start = first + round(chance.random() * max(last - length - first, 0))
    times = sorted(start + chance.randrange(length) for _ in range(theft.records))
    chosen = chance.sample(records, theft.records)
    return [_opening(agent, record, t, n) for n, (t, record) in enumerate(zip(times, chosen, strict=True))]


def _opening(agent: str, record: str, t: int, n: int) -> Logged:
    data = {
        "agent": agent,
        "record_kind": "client",
        "via": "task",
        "surface": "ui",
        "seen": "unknown",
        "dwell_ms": 20_000,
    }
    event = Stored(data=data, id=f"theft-{n}", source="/theft", subject=record, time=t, type="record.viewed")
    return Logged(BESIDE + n, t, Entry(backfill=True, event=event, received=t, tenant="default", v=1))


def _in_a_child(loop: Loop, log: RealLog, place: int, theft: Sequence[Logged], agent: str) -> dict[str, Any]:
    """What the loop says of that day with the theft in it; the loop at hand stays as it is."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(outlet, json.dumps(_told(loop, log, place, theft, agent)).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(outlet)
    with os.fdopen(inlet, "rb") as answer:
        raw = answer.read()
    os.waitpid(child, 0)
    if not raw:
        raise SystemExit("a replay with a theft in it has failed; its error stands above")
    told: dict[str, Any] = json.loads(raw)
    return told


def _told(loop: Loop, log: RealLog, place: int, theft: Sequence[Logged], agent: str) -> dict[str, Any]:
    _, start, end = bounds(log.clock, theft[0].known)
    noting = noted(loop)
    known = not loop.facts.learning(loop.facts.people.get(agent), start)
    said = [t for t in loop.fold(_until_closed(log, place, theft, end)) if t.finding.agent == agent]
    said += [t for t in loop.finish() if t.finding.agent == agent] if loop.now < end + CLOSING else []
    living = [
        one
        for one in loop.findings()
        if one.agent == agent and one.queue == "access" and one.status in LIVING
        if one.last_at >= start and one.first_at < end
    ]
    first = min((t.at for t in said if t.finding.last_at >= start and t.at < end), default=None)
    return {
        "known": known,
        "score": _score(noting, log.day(start), agent) if known else None,
        "hit": bool(living),
        "joined": any(one.first_at < start for one in living),
        "told_after": None if first is None else sum(one.known <= first for one in theft),
    }


def _score(noting: Noting, day: date, agent: str) -> float:
    """The score of that agent-day at its close."""
    return max(noting.noted[day, agent].score["access"], NO_SCORE)


def honest_scores(log: RealLog) -> list[float]:
    """The scores of the clean log's agent-days once the first line is drawn, highest first.

    From after the eight weeks of learning and first calibration on, of agents who have a precedent.
    """
    loop = Loop(log.home.settings)
    noting = noted(loop)
    for _ in loop.fold(log.entries):
        pass
    loop.finish()
    begin = min(day for _, day in log.opened) + timedelta(days=BEFORE_THE_LINE)
    found = []
    for (day, agent), one in noting.noted.items():
        start = bounds(log.clock, one.first)[1]
        if day >= begin and not loop.facts.learning(loop.facts.people.get(agent), start):
            found.append(one.score["access"])
    return sorted(found, reverse=True)


def _until_closed(log: RealLog, place: int, theft: Sequence[Logged], end: int) -> Iterator[Logged]:
    """The day's entries and the theft's in order of time, and the first entry that closes the day."""
    rest = (log.entries[n] for n in range(place, len(log.entries)))
    for logged in heapq.merge(rest, theft, key=attrgetter("known")):
        yield logged
        if logged.known >= end + CLOSING:
            return


def recall_table(log: RealLog, found: Sequence[Outcome], seed: int) -> str:
    limit, reached = plain_limit(log)
    honest = honest_scores(log)
    line = honest[ALLOWED - 1]
    rows = []
    for theft in THEFTS:
        of = [one for one in found if one.theft == theft]
        old = [one for one in of if one.known]
        live = sorted(one.told_after for one in of if one.hit and one.told_after is not None)
        rows.append(
            (
                str(theft),
                len(of),
                sum(one.hit for one in of),
                *(_recall(part, seed) for part in (of, old)),
                f"{len(live)}",
                str(live[len(live) // 2]) if live else "",
                sum(one.joined for one in of if one.hit),
                _with_hindsight(old, line, seed),
                f"{sum(one.most >= limit for one in of) / len(of):.3f}",
            )
        )
    head = (
        "theft; injected; found; recall (95 %); agents seen for 28 days or more; told before the day closed; "
        "records opened until then, median; joined an open finding; of those 28 days or more, above the "
        f"second highest of {len(honest):,} honest agent-days (95 %); found by one limit for all, {limit} in "
        f"40 minutes ({reached} honest in this half)"
    )
    return table(head.split("; "), rows)


def _recall(of: Sequence[Outcome], seed: int) -> str:
    if not of:
        return "none drawn"
    low, high = by_agent(_hits(of), seed)
    return f"{sum(one.hit for one in of) / len(of):.3f} ({low:.3f} to {high:.3f})"


def _with_hindsight(of: Sequence[Outcome], line: float, seed: int) -> str:
    """The share of thefts whose day scores higher than `line`, which nobody knows beforehand."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for one in of:
        if one.score is not None:
            hits[one.agent].append(one.score > line)
    if not hits:
        return "none drawn"
    low, high = by_agent(hits, seed)
    found = [hit for each in hits.values() for hit in each]
    return f"{sum(found) / len(found):.3f} ({low:.3f} to {high:.3f})"


def _hits(of: Sequence[Outcome]) -> dict[str, list[bool]]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for one in of:
        hits[one.agent].append(one.hit)
    return hits


def by_agent(hits: Mapping[str, Sequence[bool]], seed: int) -> tuple[float, float]:
    """95 % percentile interval of the share of hits, agents drawn with replacement.

    A bootstrap cannot see past a perfect score. Where nothing was missed, or nothing found, the interval is
    the exact binomial one for as many trials as there are agents.
    """
    chance, agents = random.Random(seed), sorted(hits)
    found = [hit for of in hits.values() for hit in of]
    if all(found):
        return 0.025 ** (1 / len(agents)), 1.0
    if not any(found):
        return 0.0, 1 - 0.025 ** (1 / len(agents))
    shares = []
    for _ in range(RESAMPLES):
        again = [hits[agent] for agent in chance.choices(agents, k=len(agents))]
        shares.append(sum(map(sum, again)) / sum(map(len, again)))
    shares.sort()
    return shares[round(0.025 * RESAMPLES)], shares[round(0.975 * RESAMPLES) - 1]


def injected(log: RealLog, number: int, seed: int) -> str:
    found = injections(log, number, seed)
    drawn, agents = len(found) // len(THEFTS), len({one.agent for one in found})
    learning = sum(not one.known for one in found) // len(THEFTS)
    first = second_half(log)
    days = [key for key in log.opened if key[1] >= first]
    honest = [one for one in alerts(log, "access") if log.day(one.first_at) >= first]
    lines = [
        f"{drawn} agent-days of {agents} agents, drawn with seed {seed} from the {len(days):,} agent-days",
        f"with openings since {first:%-d %B %Y}; each theft once on each, one at a time.",
        f"On {learning} of them the agent had been seen for less than",
        f"{log.home.settings.learning_days} days.",
        f"Without any theft there are {len(alerts(log, 'access'))} findings in the {len(log.opened):,}",
        f"agent-days of the whole log, {len(honest)} of them in this half.",
    ]
    return f"{' '.join(lines)}\n\n{recall_table(log, found, seed)}"
