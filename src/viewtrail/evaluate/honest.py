"""The page's tables about honest people: false alerts by tier, lookalike, company and group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from viewtrail.evaluate.measured import Measured
from viewtrail.evaluate.pooled import QUEUES, Rate, any_theft, by_kind, groups, rate, recall, repeated
from viewtrail.evaluate.score import False_, Outcome
from viewtrail.evaluate.table import TWICE, or_none, share_of, table
from viewtrail.evaluate.truth import CALIBRATION_DAYS, LEARNING_DAYS

SURE = 0.99
"""Level at which one company is called above twice the budget."""


def tiers(found: Sequence[Outcome], budget: float) -> str:
    """False alerts by what became of them and by pattern."""
    asked: list[tuple[str, Callable[[False_], bool]]] = [
        ("all", lambda false: True),
        ("still standing", lambda false: false.alert.stands),
        ("withdrawn, explained or superseded", lambda false: not false.alert.stands),
        ("of all: plain limits for newcomers", lambda false: false.alert.tier == "limit"),
    ]
    rows = [[name, *(str(rate(found, queue, which)) for queue in QUEUES)] for name, which in asked]
    patterns = Counter(
        (false.alert.queue, false.alert.pattern, false.alert.stands)
        for outcome in found
        for false in outcome.false
        if not false.early
    )
    by = [
        [queue, pattern, str(patterns[queue, pattern, True]), str(patterns[queue, pattern, False])]
        for queue, pattern in sorted({key[:2] for key in patterns})
    ]
    more = ", ".join(f"{people} with {times}" for times, people in sorted(repeated(found).items()))
    return f"""## False alerts, budget {budget:g}

{table(("a 1,000 honest agent-days", *QUEUES), rows)}

{table(("queue", "pattern that gave the words", "standing", "gone"), by) if by else ""}

Honest people by their number of false alerts: {more or "nobody had any"}.
"""


def lookalikes(found: Sequence[Outcome], budget: float) -> str:
    """False alerts by the honest episode that they are about."""
    episodes, flagged, about = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for outcome in found:
        episodes.update(outcome.episodes)
        flagged.update(outcome.flagged)
        about.update((false.about, false.alert.queue) for false in outcome.false if not false.early)
    kinds = {*episodes, *(kind for kind, _ in about)}
    rows = [
        [
            kind,
            f"{episodes[kind]:,}" if kind in episodes else "",
            share_of(flagged[kind], episodes[kind]),
            *(str(about[kind, queue]) for queue in QUEUES),
        ]
        for kind in sorted(kinds, key=lambda k: (-about[k, "access"] - about[k, "calls"], k))
    ]
    head = ("honest episode", "episodes", "with a false alert", *(f"false alerts, {q}" for q in QUEUES))
    return f"""## Honest days that look like thefts, budget {budget:g}

A false alert is counted with the episode of its agent and time that shares most of its records, at least a
third of them; where an episode names no records, time is enough. "ordinary day": none fits.

{table(head, rows)}
"""


def companies(measured: Sequence[Measured], budget: float) -> str:
    """Recall and realised rates company by company."""
    found = [one.by_budget[budget] for one in measured]
    ratio = ", ".join(f"{queue} {rate(found, queue).each_1000 / budget:.2f}" for queue in QUEUES)
    above = [
        f"{one.name} ({queue})"
        for one in measured
        for queue in QUEUES
        if rate([one.by_budget[budget]], queue).bounds(SURE)[0] > TWICE * budget
    ]
    rows = [_company(one, one.by_budget[budget]) for one in measured]
    head = (
        "company",
        "people",
        "agent-days",
        "simulated recall, all kinds",
        *(f"{q} a 1,000" for q in QUEUES),
    )
    return f"""## Companies, budget {budget:g}

Realised rate to budget, all together: {ratio}.
Surely (99 %, Poisson, in brackets) above twice the budget: {or_none(above)}.

{table(head, rows)}
"""


def _company(one: Measured, outcome: Outcome) -> list[str]:
    cells = [one.name, str(one.agents), f"{outcome.days:,}", str(recall([outcome], any_theft))]
    return cells + [rate([outcome], queue).told(SURE) for queue in QUEUES]


def groups_of_people(found: Sequence[Outcome], budget: float) -> str:
    """The realised rate of every group, and which are surely above twice the budget."""
    each = {queue: groups(found, queue) for queue in QUEUES}
    names = list(each[QUEUES[0]])
    desks = [name for name in names if name.startswith("desk:")]
    rows = [
        [name, f"{each[QUEUES[0]][name].days:,}", *(str(each[queue][name]) for queue in QUEUES)]
        for name in names
        if name not in desks
    ]
    above = [f"{name} ({queue})" for queue in QUEUES for name in _above(each[queue], budget)]
    hit = ", ".join(f"{sum(each[q][name].count > 0 for name in desks)} on {q}" for q in QUEUES)
    most = max((each[q][name].count for q in QUEUES for name in desks), default=0)
    return f"""## Groups of people, budget {budget:g}

Surely (95 %) above twice the budget: {or_none(above)}. Desks with a false alert: {hit}, of {len(desks)}; the
most on one desk: {most}. A group with few agent-days cannot be shown to be within twice the budget: see the
brackets.

{table(("group", "agent-days", *(f"{queue} a 1,000" for queue in QUEUES)), rows)}
"""


def _above(by: Mapping[str, Rate], budget: float) -> Iterator[str]:
    return (name for name, found in by.items() if found.bounds()[0] > TWICE * budget)


def early(found: Sequence[Outcome], budget: float) -> str:
    """What happened before there was a line."""
    taken = [one for kind in by_kind(found, early=True).values() for one in kind]
    days = sum(outcome.early_days for outcome in found)
    false = [one.alert for outcome in found for one in outcome.false if one.early]
    rows = []
    for queue in QUEUES:
        limits = [alert.tier == "limit" for alert in false if alert.queue == queue]
        rows.append([queue, str(Rate(sum(limits), days)), str(Rate(len(limits) - sum(limits), days))])
    told = sum(bool(one.by) for one in taken)
    return f"""## The first {LEARNING_DAYS + CALIBRATION_DAYS} days, budget {budget:g}

Plain limits speak until an agent is known for {LEARNING_DAYS} days; then a line that little history stands
behind. Of {len(taken)} simulated thefts that began in these days {told} were found.
{days:,} honest agent-days.

{table(("queue", "plain limits, false a 1,000", "scored, false a 1,000"), rows)}
"""
