"""What is measured of one company: each budget's loop, other methods, and what is left without a part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from viewtrail.evaluate.ablation import Without, ablated
from viewtrail.evaluate.alert import alerts
from viewtrail.evaluate.baselines import OURS, Compared, compared
from viewtrail.evaluate.company import Company, fold
from viewtrail.evaluate.limits import limit_alerts
from viewtrail.evaluate.noted import Days, fold_noted
from viewtrail.evaluate.raw import raw
from viewtrail.evaluate.score import Outcome, score
from viewtrail.evaluate.stated import Explained, Stated, explained, stated
from viewtrail.measure.reasons import FEEDS
from viewtrail.settings import Settings

LIMITS: Final = "plain limits"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Again:
    """The same company with other thefts: only what was found of these is asked of it."""

    by_budget: Mapping[float, Outcome]
    limits: Outcome
    digest: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One company's outcome for each budget and for the baselines; `events` is how many there were.

    `compared`, `without_floors` and `on_raw` by method, `ablated` by part: empty where not asked for.
    `closes` is what the whole detector's closes give, to hold each part's against.
    """

    name: str
    structure: str
    agents: int
    events: int
    by_budget: Mapping[float, Outcome]
    limits: Outcome
    stated: Stated
    explained: Explained | None
    compared: Mapping[str, Compared] = field(default_factory=dict)
    without_floors: Mapping[str, Compared] = field(default_factory=dict)
    on_raw: Mapping[str, Compared] = field(default_factory=dict)
    closes: Compared | None = None
    ablated: Mapping[str, Without] = field(default_factory=dict)
    digest: str = ""
    "SHA-256 of the events."
    again: tuple[Again, ...] = ()
    without: Mapping[str, Outcome] = field(default_factory=dict)
    "Feed -> what is found at the main budget where it was never connected."

    def thefts(self, budget: float) -> list[Outcome]:
        """The outcome and those with other thefts: for what is asked of thefts, never of honest people."""
        return [self.by_budget[budget], *(one.by_budget[budget] for one in self.again)]

    def limits_of_thefts(self) -> list[Outcome]:
        return [self.limits, *(one.limits for one in self.again)]


def main_budget(budgets: Sequence[float]) -> float:
    """The budget whose details are shown: the default of the product if asked for, else the smallest."""
    return 1.0 if 1.0 in budgets else min(budgets)


def measure(
    company: Company,
    budgets: Sequence[float],
    tell: Tell | None = None,
    *,
    baselines: bool = False,
    ablation: bool = False,
) -> Measured:
    """Fold the company once for each budget, with its line from the past only, and hold it to the truth."""
    say, main, truth = tell or (lambda _more: None), main_budget(budgets), company.truth
    found = {}
    for budget in budgets:
        say(f"{truth.name}, budget {budget:g}")
        if budget == main:
            found[budget], days = noted_at(company, budget)
        else:
            found[budget] = at_budget(company, budget)
    if baselines:
        say(f"{truth.name}, baselines")
    return Measured(
        truth.name,
        truth.structure,
        len(company.acts),
        len(company.entries),
        found,
        score(company, limit_alerts(company)),
        stated(truth, days.days),
        explained(truth, days),
        compared(truth, days, budgets) if baselines else {},
        compared(truth, days, budgets, floors=False) if baselines else {},
        compared(truth, raw(company, days), budgets, floors=False) if baselines else {},
        compared(truth, days, (main,), only=(OURS,))[OURS] if ablation else None,
        dict(ablated(company, main, tell)) if ablation else {},
        company.digest,
    )


def measure_again(company: Company, budgets: Sequence[float], tell: Tell | None = None) -> Again:
    """A company that was measured, with other thefts in it."""
    found = {}
    for budget in budgets:
        if tell is not None:
            tell(f"{company.truth.name}, other thefts, budget {budget:g}")
        found[budget] = at_budget(company, budget)
    return Again(found, score(company, limit_alerts(company)), company.digest)


def at_budget(company: Company, budget: float) -> Outcome:
    """One fold, both queues at `budget`, findings and transitions against the truth."""
    loop, told = fold(company, Settings(budget=budget, calls_budget=budget))
    return score(company, alerts(loop.findings(), told))


def noted_at(company: Company, budget: float) -> tuple[Outcome, Days]:
    """The same, with every agent-day as it was closed."""
    loop, told, days = fold_noted(company, Settings(budget=budget, calls_budget=budget))
    return score(company, alerts(loop.findings(), told)), days


def without_feeds(company: Company, budget: float, tell: Tell | None = None) -> Iterator[tuple[str, Outcome]]:
    """(feed, outcome) of the company with that feed never connected."""
    for feed in sorted(FEEDS):
        if tell is not None:
            tell(f"{company.truth.name}, without {feed}")
        yield feed, at_budget(company.without(feed), budget)
