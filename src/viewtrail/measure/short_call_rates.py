"""How often each agent's answered calls are short, set against the same kind of calls: a ranking, no verdict.

Per queue (what callers were put through for, or the list that was dialled), because short is only short among
calls of the same kind. How each number is made:
 1. A share is short / answered. A call whose answer or talk time is unknown is counted apart, in neither.
 2. Its interval is Wilson's score interval (E. B. Wilson, JASA 22, 1927), 95 %: unlike the textbook p +- 2 se
    it stays honest for shares near zero and a few dozen calls, and it is not too wide, as Clopper-Pearson's.
 3. Calls of one day are not independent: a bad line has company. The calls are therefore divided by the
    design effect, the day-to-day spread of shares over what chance alone would give (Pearson's X2 / df):
    the agent's own or the median of the queue's agents, whichever is larger, never below 1.
 4. `shrunk` is the empirical Bayes estimate: the agent's share drawn towards the queue's by a beta prior
    fitted by moments to how far agents really differ. It puts an agent with few calls where few calls belong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import median
from typing import Final, NamedTuple

NEEDS: Final = {"call.ended": {"answered", "talk_ms", "direction", "campaign"}}

Z: Final = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""

LEAST_CALLS: Final = 30
"""Answered calls from which an agent gets a line: below, an interval spans nearly every share."""

LEAST_QUEUE: Final = 200
"""Answered calls from which a queue has a level of its own to be set against."""

LEAST_DAYS: Final = 10
"""Days beyond the first from which an agent's own day-to-day spread can be told."""

WEAKEST_PRIOR: Final = 2.0
"""Calls that the prior weighs at least, however far agents differ."""


class Call(NamedTuple):
    """One call: its queue, agent and behaviour day; `short` is None where answer or talk time is unknown."""

    queue: str
    agent: str
    day: date
    short: bool | None


@dataclass(frozen=True, slots=True)
class AgentShare:
    """One agent in one queue. `above`: the whole interval lies above the queue's own share."""

    agent: str
    answered: int
    short: int
    share: float
    low: float
    high: float
    shrunk: float
    above: bool


@dataclass(frozen=True, slots=True)
class QueueShares:
    """One queue and its agents, the highest shrunk share first; `few` are the agents with too few calls.

    `design` is the queue's design effect, `prior` how many calls the queue's own share weighs in `shrunk`
    (None: agents differ by no more than chance, and everybody's estimate is the queue's share).
    """

    queue: str
    answered: int
    short: int
    unknown: int
    share: float
    design: float
    prior: float | None
    agents: tuple[AgentShare, ...]
    few: int


@dataclass(frozen=True, slots=True)
class AgainstMix:
    """All of an agent's answered calls: `expected` short ones, had each been as in its queue on average."""

    agent: str
    answered: int
    short: int
    expected: float


def wilson(short: float, answered: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) when there is nothing to tell it by."""
    if answered <= 0:
        return 0.0, 1.0
    p, z2 = short / answered, Z * Z
    middle = p + z2 / (2 * answered)
    half = Z * sqrt(p * (1 - p) / answered + z2 / (4 * answered * answered))
    scale = 1 + z2 / answered
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def short_call_rates(calls: Iterable[Call]) -> list[QueueShares]:
    """Every queue with enough answered calls, the largest first."""
    days: dict[str, dict[str, dict[date, list[bool]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    unknown: dict[str, int] = defaultdict(int)
    for call in calls:
        if call.short is None:
            unknown[call.queue] += 1
        else:
            days[call.queue][call.agent][call.day].append(call.short)
    found = [_queue(name, _counted(of), unknown[name]) for name, of in days.items()]
    chosen = [queue for queue in found if queue.answered >= LEAST_QUEUE]
    return sorted(chosen, key=lambda queue: (-queue.answered, queue.queue))


def against_mix(calls: Iterable[Call]) -> list[AgainstMix]:
    """Each agent over all queues at once, the largest ratio of short to expected first.

    Nobody looks worse here for being given the queue whose calls are short by nature.
    """
    seen: dict[tuple[str, str], list[bool]] = defaultdict(list)
    levels: dict[str, list[bool]] = defaultdict(list)
    for call in calls:
        if call.short is not None:
            seen[call.agent, call.queue].append(call.short)
            levels[call.queue].append(call.short)
    share = {queue: sum(of) / len(of) for queue, of in levels.items()}
    totals: dict[str, AgainstMix] = {}
    for (agent, queue), of in seen.items():
        was = totals.get(agent, AgainstMix(agent, 0, 0, 0.0))
        totals[agent] = AgainstMix(
            agent, was.answered + len(of), was.short + sum(of), was.expected + len(of) * share[queue]
        )
    chosen = [one for one in totals.values() if one.answered >= LEAST_CALLS]
    return sorted(chosen, key=lambda one: (-one.short / max(one.expected, 1e-9), one.agent))


Days = Sequence[tuple[int, int]]
"""(answered, short) of each day of one agent."""


def _counted(agents: Mapping[str, Mapping[date, Sequence[bool]]]) -> dict[str, Days]:
    return {agent: [(len(of), sum(of)) for of in days.values()] for agent, days in agents.items()}


def _queue(name: str, agents: Mapping[str, Days], unknown: int) -> QueueShares:
    total = {agent: (sum(n for n, _ in days), sum(s for _, s in days)) for agent, days in agents.items()}
    answered, short = sum(n for n, _ in total.values()), sum(s for _, s in total.values())
    share, design = short / answered, max(1.0, median(_own_design(days) for days in agents.values()))
    prior = _prior([(n / design, s / design) for n, s in total.values()])
    listed = [
        _agent(agent, *total[agent], max(design, _own_design(days)), share, prior)
        for agent, days in agents.items()
        if total[agent][0] >= LEAST_CALLS
    ]
    listed.sort(key=lambda one: (-one.shrunk, one.agent))
    few = len(total) - len(listed)
    return QueueShares(name, answered, short, unknown, share, design, prior, tuple(listed), few)


def _agent(
    agent: str, answered: int, short: int, design: float, level: float, prior: float | None
) -> AgentShare:
    n, s = answered / design, short / design
    low, high = wilson(s, n)
    shrunk = level if prior is None else (s + prior * level) / (n + prior)
    return AgentShare(agent, answered, short, short / answered, low, high, shrunk, low > level)


def _own_design(days: Days) -> float:
    """Pearson's X2 / df of daily shares around the agent's own; 1 where there are too few days to tell."""
    p = sum(s for _, s in days) / sum(n for n, _ in days)
    if not 0 < p < 1 or len(days) <= LEAST_DAYS:
        return 1.0
    return sum((s - n * p) ** 2 / (n * p * (1 - p)) for n, s in days) / (len(days) - 1)


def _prior(agents: Sequence[tuple[float, float]]) -> float | None:
    """The beta prior's weight in calls, by moments; None when agents differ by no more than chance."""
    total = sum(n for n, _ in agents)
    level = sum(s for _, s in agents) / total
    within = level * (1 - level)
    freedom = total - sum(n * n for n, _ in agents) / total
    if within == 0 or freedom <= 0:
        return None
    apart = sum(n * (s / n - level) ** 2 for n, s in agents)
    between = (apart - (len(agents) - 1) * within) / freedom
    return max(within / between - 1, WEAKEST_PRIOR) if between > 0 else None
