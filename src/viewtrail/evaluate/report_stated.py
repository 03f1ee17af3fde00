"""The page's tables about what is stated and realised: rarity, rates over time, openings explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from viewtrail.evaluate.measured import Measured
from viewtrail.evaluate.pooled import QUEUES, Rate
from viewtrail.evaluate.score import Outcome
from viewtrail.evaluate.stated import KINDS, LEVELS, Explained
from viewtrail.evaluate.table import table


def rarity(measured: Sequence[Measured]) -> str:
    """How often honest agent-days were said to be so rare."""
    days, rare = Counter[str](), Counter[tuple[str, str, float]]()
    for one in measured:
        days.update(one.stated.days)
        rare.update(one.stated.rare)
    rows = []
    for level in LEVELS:
        cells = [str(Rate(rare[kind, queue, level], days[kind])) for queue in QUEUES for kind in KINDS]
        rows.append([f"{level:g} in 1,000", *cells])
    head = ("stated at or below", *(f"{queue}, {kind}" for queue in QUEUES for kind in KINDS))
    many = ", ".join(f"{days[kind]:,} {kind}" for kind in KINDS)
    return f"""## Whether the stated rarity holds

Of each 1,000 honest agent-days, how many were stated at that rarity or a smaller one at their close: the same
figure as at the left is right, a larger one means that findings overstate. All counts are in, below their
floors too; no alert follows from most. {many}.

{table(head, rows)}
"""


def over_time(found: Sequence[Outcome], budget: float) -> str:
    """The realised rate by four weeks: lines are drawn again and again from what lies before."""
    blocks = sorted({block for outcome in found for block in outcome.blocks})
    rows = []
    for block in blocks:
        days = sum(outcome.blocks[block] for outcome in found)
        rates = [Rate(_false(found, queue, block), days) for queue in QUEUES]
        ratio = [f"{one.each_1000 / budget:.2f}" for one in rates]
        told = [f"{one} = {times} x" for one, times in zip(rates, ratio, strict=True)]
        rows.append([f"{4 * block + 9} to {4 * block + 12}", f"{days:,}", *told])
    head = ("weeks", "agent-days", *(f"{queue} a 1,000, and to the budget" for queue in QUEUES))
    return f"""## The realised rate over time, budget {budget:g}

Every line stands on the eight weeks that ended a week before the last calibration: each row below is a line
set on the past and measured on what followed.

{table(head, rows)}
"""


def _false(found: Sequence[Outcome], queue: str, block: int) -> int:
    return sum(false.block == block for outcome in found for false in outcome.false_in(queue))


def reasons(measured: Sequence[Measured]) -> str:
    """The share of openings that have a reason, against the generator's own."""
    rows = [_explained(one.explained) for one in measured if one.explained is not None]
    head = (
        "company",
        "records opened",
        "with a reason",
        "with a reason, a note being none",
        "openings, the generator's",
        "with a cause, the generator's",
    )
    return f"""## Openings with a reason

Ordinary honest agent-days, all feeds that the company has, from the first day on: a record counts once for an
agent and day. The generator counts every opening outside its episodes, each with the cause that it was made
for, and knows nothing of luck: an opening without a cause whose client happens to call that hour has a reason
on this side. Where the share on this side is lower, the feeds do not show a reason that there was.

{table(head, rows) if rows else "The truth does not say."}
"""


def _explained(one: Explained) -> list[str]:
    return [
        one.company,
        f"{one.opened:,}",
        _share(one.opened - one.unexplained, one.opened),
        _share(one.opened - one.hard, one.opened),
        f"{one.told:,}",
        _share(one.told - one.truly, one.told),
    ]


def _share(part: int, of: int) -> str:
    return f"{part / of:.1%}" if of else ""
