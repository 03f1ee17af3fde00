"""What is measured of one company: each budget's loop, the plain limits, and feeds taken away one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.evaluate.alert import alerts
from viewtrail.evaluate.company import Company, fold
from viewtrail.evaluate.limits import limit_alerts
from viewtrail.evaluate.score import Outcome, score
from viewtrail.measure.reasons import FEEDS
from viewtrail.settings import Settings

LIMITS: Final = "plain limits"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One company's outcome for each budget and for the baseline; `events` is how many there were."""

    name: str
    structure: str
    agents: int
    events: int
    by_budget: Mapping[float, Outcome]
    limits: Outcome


def measure(company: Company, budgets: Sequence[float], tell: Tell | None = None) -> Measured:
    """Fold the company once for each budget, with its line from the past only, and hold it to the truth."""
    found = {}
    for budget in budgets:
        if tell is not None:
            tell(f"{company.truth.name}, budget {budget:g}")
        found[budget] = at_budget(company, budget)
    return Measured(
        company.truth.name,
        company.truth.structure,
        len(company.acts),
        len(company.entries),
        found,
        score(company, limit_alerts(company)),
    )


def at_budget(company: Company, budget: float) -> Outcome:
    """One fold, both queues at `budget`, findings and transitions against the truth."""
    loop, told = fold(company, Settings(budget=budget, calls_budget=budget))
    return score(company, alerts(loop.findings(), told))


def without_feeds(company: Company, budget: float, tell: Tell | None = None) -> Iterator[tuple[str, Outcome]]:
    """(feed, outcome) of the company with that feed never connected."""
    for feed in sorted(FEEDS):
        if tell is not None:
            tell(f"{company.truth.name}, without {feed}")
        yield feed, at_budget(company.without(feed), budget)
