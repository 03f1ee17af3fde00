"""The measurement as a page: what was found, how late, at what price, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from viewtrail.evaluate.attacker import Attacked
from viewtrail.evaluate.honest import companies, early, groups_of_people, lookalikes, tiers
from viewtrail.evaluate.measured import Measured, main_budget
from viewtrail.evaluate.pooled import (
    QUEUES,
    any_theft,
    by_kind,
    middle,
    others_book,
    own_book,
    rate,
    recall,
    with_hindsight,
)
from viewtrail.evaluate.report_attacker import attacker
from viewtrail.evaluate.report_methods import ablation, baselines
from viewtrail.evaluate.report_power import data, power
from viewtrail.evaluate.report_stated import over_time, rarity, reasons
from viewtrail.evaluate.score import Outcome, Taken
from viewtrail.evaluate.table import TWICE, or_none, table
from viewtrail.evaluate.truth import CALIBRATION_DAYS, LEARNING_DAYS
from viewtrail.watch.version import code_version


def report(
    measured: Sequence[Measured],
    attacked: Sequence[Attacked] = (),
    *,
    command: str,
) -> str:
    """The whole page. `attacked`: companies with an adaptive attacker at the main budget, where asked for."""
    budgets = sorted(measured[0].by_budget)
    main = main_budget(budgets)
    here = [one.by_budget[main] for one in measured]
    taken_from = [outcome for one in measured for outcome in one.thefts(main)]
    title = "Detection, measured on simulated companies"
    parts = [opening(title, measured, command), _headline(measured, budgets), _thefts(taken_from, main)]
    parts += [_missed(taken_from, main), power(measured, budgets)]
    parts += [tiers(here, main), lookalikes(here, main), companies(measured, main)]
    parts += [over_time(here, main), groups_of_people(here, main), early(here, main)]
    parts += [rarity(measured), reasons(measured)]
    if measured[0].compared:
        parts.append(baselines(measured, budgets))
    if measured[0].ablated:
        parts.append(ablation(measured, main))
    bare = [one for one in measured if one.without]
    if bare:
        parts.append(_feeds(bare, main))
    if attacked:
        parts.append(attacker(attacked, main))
    parts += [data(measured), _closing(measured[0], adapts=bool(attacked))]
    return "\n".join(parts)


def parts_page(measured: Sequence[Measured], *, command: str) -> str:
    """Other methods and parts taken out, on a page of their own."""
    budgets = sorted(measured[0].by_budget)
    return "\n".join(
        (
            opening("Other methods and single parts, measured on simulated companies", measured, command),
            baselines(measured, budgets),
            ablation(measured, main_budget(budgets)),
            data(measured),
        )
    )


def opening(title: str, measured: Sequence[Measured], command: str) -> str:
    """What wrote the page, and on how much it stands."""
    days = sum(next(iter(one.by_budget.values())).days for one in measured)
    people, events = sum(one.agents for one in measured), sum(one.events for one in measured)
    return f"""# {title}

Written by `{command}`
with detector {code_version()}; the same command and code give the same page.

{len(measured)} simulated companies, {people:,} people, {events:,} events. Every figure but those of the
first days is from after {LEARNING_DAYS} days of learning and {CALIBRATION_DAYS} of first calibration:
{days:,} honest agent-days, that is behaviour days with a record opened or a call answered, and no theft.
Generator and detector are kept apart, but both were made for one list of thefts, and thefts are far more
frequent here than in life. **A recall on simulated companies says how methods and kinds compare, not what a
real brokerage will see.**
"""


# -- found ------------------------------------------------------------------------------------------


def _headline(measured: Sequence[Measured], budgets: Sequence[float]) -> str:
    widest = [one.by_budget[budgets[-1]] for one in measured]
    wide = [outcome for one in measured for outcome in one.thefts(budgets[-1])]
    rows = []
    for budget in budgets:
        found = [one.by_budget[budget] for one in measured]
        thefts = [outcome for one in measured for outcome in one.thefts(budget)]
        rows.append([f"**viewtrail, budget {budget:g}**", *_recalls(thefts), *_rates(found)])
        if budget != budgets[-1]:
            hit, reached = with_hindsight(widest, budget)
            note = "" if reached else f" (not reached at {budgets[-1]:g})"
            pair = [str(recall(wide, others_book, hit)), str(recall(wide, own_book, hit))]
            rows.append([f"line drawn with hindsight{note}", *pair, f"{budget:g}", f"{budget:g}"])
    plain = [one.limits for one in measured]
    thefts = [outcome for one in measured for outcome in one.limits_of_thefts()]
    rows.append(["the article's limits on raw counts", *_recalls(thefts), *_rates(plain)])
    return f"""## Found, and at what price

A theft is found when anything that was ever told of one of its agents overlaps it (or begins up to 30
minutes later). A false alert touches no theft of its agent; withdrawn ones count; one for each agent, queue
and 7 days. The budget is a ceiling for each of the two queues. In brackets: for simulated recall 95 % by
drawing companies again, for rates exact Poisson 95 %. The line comes from the past of the same company alone.
"With hindsight" is one line over all companies that gives exactly the budget: what it adds, better lines
could add; the rest is ranking.

{table(_HEADLINE, rows)}
"""


_HEADLINE = (
    "method",
    "simulated recall, (a) to (k) without (e)",
    "simulated recall, (e) own book",
    "false a 1,000, access",
    "false a 1,000, calls",
)


def _recalls(found: Sequence[Outcome]) -> list[str]:
    return [str(recall(found, others_book)), str(recall(found, own_book))]


def _rates(found: Sequence[Outcome]) -> list[str]:
    return [str(rate(found, queue)) for queue in QUEUES]


def _thefts(found: Sequence[Outcome], budget: float) -> str:
    kinds = by_kind(found)
    rows = [[f"({kind})", *_kind(taken)] for kind, taken in kinds.items()]
    rows.append(["all", *_kind([one for taken in kinds.values() for one in taken])])
    return f"""## Thefts by kind, budget {budget:g}

A theft may be found by what happens to be told of its agent in that time; "records named" counts those where
a finding names at least one of the records that were taken (of an export: is about exports). Minutes are the
median. Lost is the mean share of what was taken (records opened or revealed, short calls,
exported rows) at or before the first alert, over the found thefts alone; the last column is the same if only
the close of a day spoke.

{table(_KINDS, rows)}
"""


_KINDS = (
    "kind",
    "simulated thefts",
    "found",
    "of these, records named",
    "still standing",
    "minutes to the first alert",
    "lost, live",
    "lost, by day's close",
)


def _kind(taken: Sequence[Taken]) -> list[str]:
    hits = [one for one in taken if one.by]
    lost = [one.lost for one in hits if one.lost is not None]
    closed = [one.lost_by_close for one in hits if one.lost_by_close is not None]
    minutes = middle(one.minutes for one in hits)
    return [
        str(len(taken)),
        str(len(hits)),
        str(sum(one.named for one in hits)),
        str(sum(one.stands for one in hits)),
        "" if minutes is None else f"{minutes:,.0f}",
        f"{mean(lost):.0%}" if lost else "",
        f"{mean(closed):.0%}" if closed else "",
    ]


def _missed(found: Sequence[Outcome], budget: float) -> str:
    rows = [_miss(outcome, one) for outcome in found for one in outcome.scored() if not one.by]
    head = ("kind", "company", "records, or rows exported", "hours", "agent")
    return f"""## Missed simulated thefts, budget {budget:g}

{table(head, sorted(rows)) if rows else "None."}
"""


def _miss(outcome: Outcome, one: Taken) -> list[str]:
    theft = one.theft
    size = theft.facts.get("rows") or len(theft.records)
    leaves = "is leaving" if theft.facts.get("leaves") else "stays"
    return [
        f"({theft.kind})",
        outcome.company,
        f"{size:,}",
        f"{(theft.end - theft.start) / 3.6e9:,.1f}",
        leaves,
    ]


# -- feeds ------------------------------------------------------------------------------------------


def _feeds(bare: Sequence[Measured], budget: float) -> str:
    feeds = {feed: [one.without[feed] for one in bare] for feed in bare[0].without}
    rows = [["none", *_feed([one.by_budget[budget] for one in bare])]]
    rows += [[feed, *_feed(outcomes)] for feed, outcomes in feeds.items()]
    above = [
        feed
        for feed, outcomes in feeds.items()
        if any(rate(outcomes, queue).each_1000 > TWICE * budget for queue in QUEUES)
    ]
    surely = [
        feed
        for feed, outcomes in feeds.items()
        if any(rate(outcomes, queue).bounds()[0] > TWICE * budget for queue in QUEUES)
    ]
    names = ", ".join(one.name for one in bare)
    many = "One company" if len(bare) == 1 else f"{len(bare)} companies together"
    head = ("feed taken away", "simulated recall, all kinds", *(f"{queue} a 1,000" for queue in QUEUES))
    return f"""## Feeds taken away one by one, budget {budget:g}

Of {names}, each as if the feed had never been connected. Above twice the budget without: {or_none(above)};
surely (95 %): {or_none(surely)}. {many}: read the brackets.

{table(head, rows)}
"""


def _feed(outcomes: Sequence[Outcome]) -> list[str]:
    return [str(recall(outcomes, any_theft)), *_rates(outcomes)]


def _closing(one: Measured, *, adapts: bool) -> str:
    lines = ["Whether real thieves do what these do, or how often: the truth is the generator's."]
    if not adapts:
        lines.append("How a thief fares who has read the detector: `--only attacker` measures that.")
    if not one.compared:
        lines.append("How general methods do on the same counts: `--only parts` measures that.")
    if not one.ablated:
        lines.append("What single parts of the detector add: `--only parts` measures that.")
    told = "\n".join(f"- {line}" for line in lines)
    return f"## What this page does not say\n\n{told}\n"
