"""The page's tables about how much so many thefts can show, and about the data that all of it is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from viewtrail.evaluate.measured import Measured
from viewtrail.evaluate.pooled import Share, any_theft, recall
from viewtrail.evaluate.score import Outcome
from viewtrail.evaluate.table import or_none, table

LEAST: Final[Mapping[float, float]] = {0.5: 0.80, 1.0: 0.88, 5.0: 0.94}
"""Budget -> the simulated recall, all kinds of theft, that every company is to reach."""

ENOUGH: Final = 20
"""Thefts from which a company's own share says something: one missed of eight is 0.88."""

DIGITS: Final = 16
"""Of a SHA-256, enough to tell files apart."""


def power(measured: Sequence[Measured], budgets: Sequence[float]) -> str:
    """Simulated recall company by company and structure by structure, with what chance alone could do."""
    rows = [_row(f"{kind}, together", of, budgets) for kind, of in _by_structure(measured).items()]
    rows += [_row(one.name, [one], budgets) for one in measured]
    few = [one.name for one in measured if _share([one], budgets[-1]).total < ENOUGH]
    told = "\n".join(_held(measured, budget) for budget in budgets if budget in LEAST)
    again = sum(len(one.again) for one in measured)
    more = (
        f"\nOther thefts were put into the same companies {again} times more (see the data)." if again else ""
    )
    head = ("company", "simulated thefts", *(f"simulated recall, budget {budget:g}" for budget in budgets))
    return f"""## Company by company, with what chance alone could do

All kinds, the own book too. In brackets the exact 95 % bounds of one share (Clopper and Pearson), as if
thefts were drawn one by one. Fewer than {ENOUGH} thefts cannot show much, one missed of eight being
0.88: of these read the line of the structure, where all its companies are together. Fewer have:
{or_none(few)}.{more}

{told}

{table(head, rows)}
"""


def _held(measured: Sequence[Measured], budget: float) -> str:
    least = LEAST[budget]
    shares = {one.name: _share([one], budget).exact() for one in measured}
    asked = {name: share for name, share in shares.items() if share.total and share.bounds}
    below = [name for name, share in asked.items() if share.hits < least * share.total]
    surely = [name for name, share in asked.items() if share.bounds and share.bounds[1] < least]
    shown = sum(1 for share in asked.values() if share.bounds and share.bounds[0] >= least)
    return (
        f"- budget {budget:g}, each company to reach {least:.2f}: below it {or_none(below)}; surely below it "
        f"{or_none(surely)}; surely at or above it {shown} of {len(asked)}."
    )


def _row(name: str, of: Sequence[Measured], budgets: Sequence[float]) -> list[str]:
    shares = [_share(of, budget) for budget in budgets]
    return [name, str(shares[0].total), *(str(share.exact()) for share in shares)]


def _share(of: Sequence[Measured], budget: float) -> Share:
    found: list[Outcome] = [outcome for one in of for outcome in one.thefts(budget)]
    return recall(found, any_theft)


def _by_structure(measured: Sequence[Measured]) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {}
    for one in measured:
        found.setdefault(one.structure, []).append(one)
    return {kind: of for kind, of in found.items() if len(of) > 1}


def data(measured: Sequence[Measured]) -> str:
    """What the figures are from, so that it can be told whether somebody else has the same."""
    rows = [
        [one.name, f"{one.events:,}", one.digest[:DIGITS], " ".join(a.digest[:DIGITS] for a in one.again)]
        for one in measured
    ]
    head = ("company", "events", "SHA-256 of events.jsonl", "the same with other thefts 1, 2, ...")
    return f"""## Data

The first {DIGITS} digits of the hash of each company's events, as the simulation writes them; a company's
name is its structure and its seed.

{table(head, rows)}
"""
