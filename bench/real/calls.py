"""Short calls at the bank: how long calls last by type, and each agent's share within a type."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from real.alerts import alerts, shared_days
from real.logs import RealLog
from real.page import percent, table
from viewtrail.log.entry import Stored
from viewtrail.measure.reasons import is_short
from viewtrail.measure.short_call_rates import (
    LEAST_CALLS,
    AgentShare,
    Call,
    QueueShares,
    against_mix,
    short_call_rates,
)

EDGES = (0, 1, 2, 5, 10, 15, 20, 30, 40, 50, 60)
"""Seconds: the bins of the table; 0 has one of its own, because it could stand for "not known"."""


def calls_of(log: RealLog) -> Iterator[Call]:
    """The calls as the ranking takes them: not answered is left out, not known whether is kept as unknown."""
    for event in _ended(log):
        answered, talk = event.data.get("answered"), event.data.get("talk_ms")
        short = is_short(answered, talk) if answered is True and talk is not None else None
        yield Call(event.data.get("campaign", ""), event.data["agent"], log.day(event.time), short)


def _ended(log: RealLog) -> Iterator[Stored]:
    for logged in log.entries:
        event = logged.entry.event
        if event.type == "call.ended" and event.data.get("answered") is not False:
            yield event


def talk_times(log: RealLog) -> str:
    """Answered calls by type and length; the first bins are those below a minute."""
    seconds: dict[str, list[int]] = defaultdict(list)
    unknown: Counter[str] = Counter()
    for logged in log.entries:
        data = logged.entry.event.data
        if logged.entry.event.type == "call.ended" and data.get("answered"):
            if "talk_ms" in data:
                seconds[data["campaign"]].append(data["talk_ms"] // 1_000)
            else:
                unknown[data["campaign"]] += 1
    names = [f"{a}" if b == a + 1 else f"{a} to {b - 1}" for a, b in pairwise(EDGES)]
    rows = []
    for kind, of in sorted(seconds.items(), key=lambda pair: -len(pair[1])):
        inside = [sum(a <= s < b for s in of) for a, b in pairwise(EDGES)]
        cells = [len(of), unknown[kind], *inside, sum(s >= EDGES[-1] for s in of)]
        rows.append((kind, *(f"{n:,}" for n in cells)))
    return table(
        ("type", "answered", "talk time unknown", *(f"{name} s" for name in names), "60 s and more"), rows
    )


def ranking(log: RealLog) -> str:
    calls = list(calls_of(log))
    queues = short_call_rates(calls)
    tables = [_of_queue(queue) for queue in queues]
    parts = [_overview(queues), _mix(log, calls), _concentration(calls), _otherwise(log), *tables]
    return "\n\n".join(parts)


def _overview(queues: Sequence[QueueShares]) -> str:
    answered, short = sum(q.answered for q in queues), sum(q.short for q in queues)
    rows = []
    for q in queues:
        naive = sum(one.low > short / answered for one in q.agents)
        rows.append(
            (
                q.queue,
                f"{q.answered:,}",
                f"{q.short:,}",
                percent(q.share),
                len(q.agents),
                sum(one.above for one in q.agents),
                naive,
                f"{q.design:.2f}",
                "none" if q.prior is None else f"{q.prior:.0f}",
            )
        )
    head = (
        f"type; answered; under 20 s; share; agents with {LEAST_CALLS} calls or more; above their type; "
        f"would be above {percent(short / answered)}, the share of all types; design effect; prior calls"
    )
    lines, marked = sum(len(q.agents) for q in queues), sum(one.above for q in queues for one in q.agents)
    chance = f"{marked} of {lines} lines are marked; if nobody differed, about {0.025 * lines:.0f} would be."
    return f"{table(head.split('; '), rows)}\n\n{chance}"


def _otherwise(log: RealLog) -> str:
    """Who is above their type as counted, and who would be if two kinds of doubtful calls were left out."""
    shared = set(shared_days(log))
    zero = [event.data.get("talk_ms") == 0 for event in _ended(log)]
    told = list(zip(calls_of(log), zero, strict=True))
    ways = {
        "as above": [call for call, _ in told],
        "without calls of 0 s": [call for call, none in told if not none],
        "without days on which several agents have an alert": [c for c, _ in told if c.day not in shared],
    }
    above: dict[str, list[str]] = {}
    for calls in ways.values():
        for queue in short_call_rates(calls):
            names = " ".join(one.agent for one in queue.agents if one.above) or "nobody"
            above.setdefault(queue.queue, []).append(f"{percent(queue.share)}: {names}")
    rows = [(queue, *of) for queue, of in above.items()]
    return table(("the type's share, and who is above it", *ways), rows, left=4)


def _of_queue(queue: QueueShares) -> str:
    head = ("agent", "answered", "under 20 s", "share", "95 % interval", "shrunk", "against the type", "")
    rows = [_line(one, queue.share) for one in queue.agents]
    title = f"**{queue.queue}**: {percent(queue.share)} of {queue.answered:,} answered calls"
    few = f"; {queue.few} agents with fewer than {LEAST_CALLS} calls are not listed" if queue.few else ""
    return f"{title}{few}\n\n{table(head, rows)}"


def _line(one: AgentShare, level: float) -> tuple[str, ...]:
    return (
        one.agent,
        f"{one.answered:,}",
        f"{one.short:,}",
        percent(one.share),
        f"{percent(one.low)} to {percent(one.high)}",
        percent(one.shrunk),
        f"{one.share / level:.1f} times" if level else "",
        "above" if one.above else "",
    )


def _mix(log: RealLog, calls: Sequence[Call]) -> str:
    """All types together, each agent against what the own mix of types would give."""
    told = Counter(one.agent for one in alerts(log, "calls"))
    rows = [
        (
            one.agent,
            f"{one.answered:,}",
            f"{one.short:,}",
            f"{one.expected:.0f}",
            f"{ratio:.2f}",
            told[one.agent],
        )
        for one in against_mix(calls)
        if (ratio := one.short / one.expected) >= 1
    ]
    head = ("agent", "answered", "under 20 s", "expected for the own mix of types", "ratio", "alerts")
    return (
        f"All types together, the agents above what their own mix of types would give:\n\n{table(head, rows)}"
    )


def _concentration(calls: Sequence[Call]) -> str:
    first = [one.agent for one in against_mix(calls)][:4]
    rows = []
    for kind in ("PS", "all types"):
        of = [call for call in calls if kind in (call.queue, "all types")]
        mine = [call for call in of if call.agent in first]
        short, my_short = sum(bool(c.short) for c in of), sum(bool(c.short) for c in mine)
        rest = (short - my_short) / (len(of) - len(mine))
        cells = (percent(len(mine) / len(of)), percent(my_short / short), percent(my_short / len(mine)))
        rows.append((kind, *cells, percent(rest)))
    head = (
        "the first four agents of that table; their part of the calls; their part of the calls under 20 s; "
        "their share under 20 s; everybody else's"
    )
    return table(head.split("; "), rows)
