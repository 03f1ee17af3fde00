"""The page's tables about other methods on the same counts, and about the detector with parts taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from viewtrail.evaluate.ablation import meanings
from viewtrail.evaluate.baselines import BODY, OURS, OWN_LINE, Compared
from viewtrail.evaluate.baselines_pooled import Spoke, above, at, hindsight, rate, recall
from viewtrail.evaluate.measured import Measured
from viewtrail.evaluate.outliers import TREES
from viewtrail.evaluate.pooled import QUEUES, others_book, own_book
from viewtrail.evaluate.pooled import rate as rate_of
from viewtrail.evaluate.pooled import recall as recall_of
from viewtrail.evaluate.raw import COUNTS
from viewtrail.evaluate.robust import LEAST, MEMORY
from viewtrail.evaluate.score import Outcome
from viewtrail.evaluate.table import table

_HEAD = (
    "simulated recall, (a) to (k) without (e)",
    "simulated recall, (e) own book",
    *(f"false a 1,000, {queue}" for queue in QUEUES),
)


def baselines(measured: Sequence[Measured], budgets: Sequence[float]) -> str:
    """Other methods at every budget, with the line from the past and with the line of hindsight."""
    found = _by_method([one.compared for one in measured])
    bare = _by_method([one.without_floors for one in measured])
    raw = _by_method([one.on_raw for one in measured])
    rows = []
    for budget in budgets:
        ours = [one.by_budget[budget] for one in measured]
        rows.append([f"**viewtrail, live and close, budget {budget:g}**", *_outcomes(ours), ""])
        rows += _methods(found, budget)
    head = ("method", *_HEAD, "simulated recall without (e), line drawn with hindsight")
    return f"""## General methods on the same counts

All have the very counts that the detector has: reasons are judged, follow-up is waited for, night shifts and
bad lists are seen to. What differs is only how a day is called unusual. Each learns every week from the eight
weeks that ended a week before, role by role (roles with fewer than {OWN_LINE} agent-days there together), and
its line is drawn there at the same budget for each queue: so that the budget's share of these days lies above
it, and where that is less than one day, drawn out exponentially from the upper {1 - BODY:.0%} (distances on
the scale of log(1 + z)). It speaks at a day's close alone, of all that the agent did that day. The past that
it learns from has thefts in it. In the first table a count below its floor (see the patterns) is not asked
about, for all alike: that alone removes most days; in the second the floors are taken away.

- **{OURS}**: the detector's own score in the place of the others', to tell the score from the line.
- **own robust z**: (x - median)/(1.4826 MAD) of the agent's last {MEMORY} active days, from {LEAST} on; the
  spread at least 1; the largest over the counts.
- **own x peer robust z**: count by count the smaller of that and the same distance from the peers of the day
  (desk and role, five or more, else the role); the largest over the counts.
- **ECOD** (Li et al. 2022): for each day the sums over the counts of -log of the empirical left tails, of the
  right tails, and of the tail on the longer side; the largest of the three.
- **COPOD** (Li et al. 2020): count by count the larger of the longer side's tail and of the mean of both,
  summed, as its authors' code does. Both are written here from the papers.
- **isolation forest** (Liu et al. 2008): scikit-learn's, {TREES} trees.

"With hindsight" is one line a queue over all companies that gives no more than the budget: it compares how
the methods rank.

{table(head, rows)}

The same without floors; the detector does not have such a form:

{table(head, _at_each(bare, budgets))}

The same without floors on raw counts, where no reason is known and no follow-up waited for:
{"; ".join(f"{queue}: {_counted(queue)}" for queue in QUEUES)}.

{table(head, _at_each(raw, budgets))}
"""


def _counted(queue: str) -> str:
    return ", ".join(name for of, name in COUNTS if of == queue)


def _at_each(found: Mapping[str, Sequence[Compared]], budgets: Sequence[float]) -> list[list[str]]:
    return [row for budget in budgets for row in _methods(found, budget)]


def _methods(found: Mapping[str, Sequence[Compared]], budget: float) -> list[list[str]]:
    rows = []
    for name, of in found.items():
        said = above(hindsight(of, QUEUES, budget))
        rows.append([f"{name}, budget {budget:g}", *_row(of, at(budget)), _others(of, said)])
    return rows


def _by_method(found: Sequence[Mapping[str, Compared]]) -> dict[str, list[Compared]]:
    return {name: [one[name] for one in found] for name in (found[0] if found else ())}


def _row(of: Sequence[Compared], spoke: Spoke) -> list[str]:
    rates = [str(rate(of, spoke, queue)) for queue in QUEUES]
    return [_others(of, spoke), str(recall(of, spoke, own=True)), *rates]


def _others(of: Sequence[Compared], spoke: Spoke) -> str:
    return str(recall(of, spoke, own=False))


def _outcomes(of: Sequence[Outcome]) -> list[str]:
    rates = [str(rate_of(of, queue)) for queue in QUEUES]
    return [str(recall_of(of, others_book)), str(recall_of(of, own_book)), *rates]


def ablation(measured: Sequence[Measured], budget: float) -> str:
    """The detector without each of its parts, at the main budget."""
    full = [one.by_budget[budget] for one in measured]
    closes = [one.closes for one in measured if one.closes is not None]
    rows = [["nothing", "", *_outcomes(full), _ranked(closes, budget), "", ""]]
    means = meanings()
    for name in measured[0].ablated:
        less = [one.ablated[name].outcome for one in measured]
        ranked = _ranked([one.ablated[name].closes for one in measured], budget)
        lost, gained = _found(full) - _found(less), _found(less) - _found(full)
        rows.append([name, means.get(name, ""), *_outcomes(less), ranked, str(len(lost)), str(len(gained))])
    head = ("taken out", "that is", *_HEAD, _RANKED, "thefts no longer found", "thefts found only so")
    return f"""## Parts taken out one by one, budget {budget:g}

The company is folded again without the part; lines are drawn again from what is left, nothing is fitted anew.
A part may show in the false alerts instead of in the simulated recall, or only in how days are ranked at
their close, whatever the line: read all three.

{table(head, rows)}
"""


def _ranked(of: Sequence[Compared], budget: float) -> str:
    return _others(of, above(hindsight(of, QUEUES, budget)))


_RANKED = "simulated recall without (e), closes alone, line drawn with hindsight"


def _found(outcomes: Sequence[Outcome]) -> set[tuple[str, int]]:
    return {(one.company, taken.theft.number) for one in outcomes for taken in one.scored() if taken.by}
