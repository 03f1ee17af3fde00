"""`viewtrail evaluate`: how well detection works on simulated companies, as a page of tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from viewtrail.cli.common import Tell, progress, say
from viewtrail.cli.evaluate_jobs import Job, attacks, each, measured
from viewtrail.errors import BadInput

STRUCTURES: Final = "standard,pooled,no-pbx,two-zones,night-shift,part-time,small"


def evaluate(
    agents: Annotated[
        int, typer.Option("--agents", metavar="N", min=8, help="Agents of each company.")
    ] = 100,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=60, help="Days of each; the first 56 only teach.")
    ] = 120,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="S,S", help="A company of each structure for each seed.")
    ] = "1",
    structures: Annotated[
        str, typer.Option("--structures", metavar="A,B", help="How the companies are built.")
    ] = STRUCTURES,
    budget: Annotated[
        str, typer.Option("--budget", metavar="B,B", help="False alerts allowed in 1,000 agent-days.")
    ] = "1,5",
    feeds: Annotated[
        bool, typer.Option("--feeds/--no-feeds", help="Also the first company without each of its feeds.")
    ] = True,
    feeds_of: Annotated[
        int,
        typer.Option(
            "--feeds-of",
            metavar="N",
            min=1,
            help="In how many companies feeds are taken away, spread over the structures; 8 folds each.",
        ),
    ] = 1,
    thefts: Annotated[
        int,
        typer.Option(
            "--thefts",
            metavar="N",
            min=0,
            help="Put other thefts into each company, simulated again, until it had so many; 0: as it comes.",
        ),
    ] = 0,
    attacker: Annotated[
        bool,
        typer.Option(
            "--attacker/--no-attacker",
            help="Also how much an attacker who adapts can take, in a company of the first structure and "
            "180 days; many folds.",
        ),
    ] = False,
    baselines: Annotated[
        bool,
        typer.Option(
            "--baselines/--no-baselines",
            help="Also other methods on the same counts: robust z, ECOD, COPOD, isolation forest.",
        ),
    ] = False,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation/--no-ablation", help="Also without each part of the detector: many folds a company."
        ),
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="attacker|parts",
            help="A page of its own: the attacker in each of the companies, or other methods and parts.",
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            help="Companies at a time, each in a process of its own with about 1 GB; the page is the same.",
        ),
    ] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the page there, not to stdout.")
    ] = None,
) -> None:
    """Recall and false alerts on simulated companies, by kind of theft, lookalike and group of people.

    Companies are simulated in a temporary folder, folded once for each budget, and held against their truth.
    A recall on simulated companies compares methods; it is no promise.
    """
    budgets = _numbers(budget, "--budget", float)
    chosen = [name.strip() for name in structures.split(",")]
    if only not in (None, "attacker", "parts"):
        raise BadInput(f"{only!r} is no page", where="--only", next="choose attacker or parts")
    parts = only == "parts"
    wanted = [
        Job(name, seed, agents, days, budgets, False, baselines or parts, ablation or parts, thefts)
        for name in chosen
        for seed in _numbers(seeds, "--seeds", int)
    ]
    bare = min(feeds_of, len(wanted)) if feeds and only is None else 0
    for place in _spread(bare, len(wanted)):
        wanted[place] = wanted[place]._replace(feeds=True)
    command = f"viewtrail evaluate --agents {agents} --days {days} --seeds {seeds} --structures {structures}"
    command += f" --budget {budget}" + "".join(
        option
        for option, given in (
            (" --no-feeds", not feeds),
            (f" --feeds-of {bare}", bare > 1),
            (f" --thefts {thefts}", thefts > 0),
            (" --attacker", attacker),
            (" --baselines", baselines),
            (" --ablation", ablation),
            (f" --only {only}", only is not None),
        )
        if given
    )
    began = time.monotonic()
    with progress("evaluating") as tell:
        page, events = _page(wanted, jobs, tell, only=only, attacker=attacker, command=command)
    if out is None:
        say(page)
        return
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        why = f"cannot be written ({error.strerror})"
        raise BadInput(why, where=str(out), next="choose another --out") from error
    many = f"{len(wanted)} companies" if len(wanted) != 1 else "1 company"
    say(f"{out}: {many}, {events:,} events, {time.monotonic() - began:.0f} seconds")


def _page(
    wanted: Sequence[Job], jobs: int, tell: Tell, *, only: str | None, attacker: bool, command: str
) -> tuple[str, int]:
    """The page that was asked for, and of how many events it is."""
    from viewtrail.evaluate import attacker_page, main_budget, parts_page, report

    steps = _Steps(tell, _many_steps(wanted, jobs, attacks_alone=only == "attacker"))
    if only == "attacker":
        tried = each(attacks, wanted, jobs, steps)
        main = main_budget(wanted[0].budgets)
        return attacker_page(tried, main, command=command), sum(one.events for one in tried)
    found = each(measured, wanted, jobs, steps)
    events = sum(one.events for one in found)
    if only == "parts":
        return parts_page(found, command=command), events
    hit = [wanted[0]._replace(seed=wanted[0].seed + ANOTHER, days=ATTACKED_DAYS)] if attacker else []
    return report(found, each(attacks, hit, 1, steps), command=command), events


def _many_steps(wanted: Sequence[Job], jobs: int, *, attacks_alone: bool) -> int:
    """So many things are told of, about."""
    if jobs > 1 and len(wanted) > 1:
        return len(wanted)
    if attacks_alone:
        return len(wanted) * (2 + ATTACKS)
    more = (one.baselines + ABLATED * one.ablation + 8 * one.feeds for one in wanted)
    return len(wanted) * (2 + len(wanted[0].budgets)) + sum(more)


ATTACKED_DAYS: Final = 180
"""Sixty active days of taking, after learning and calibration, with some to begin on."""

ANOTHER: Final = 1_000
"""Added to the seed of the attacked company: one that no other figure comes from."""

ABLATED: Final = 16
"""About so many folds of a company without one part."""

ATTACKS: Final = 36
"""Lengths and ways of taking that are tried in one company."""


class _Steps:
    """Counts steps of very different length; better than nothing."""

    def __init__(self, tell: Tell, total: int) -> None:
        self.tell, self.total, self.done = tell, total, 0

    def __call__(self, more: str) -> None:
        self.tell(self.done, self.total, more)
        self.done += 1


def _spread(few: int, many: int) -> list[int]:
    """So few places of so many, evenly: of companies in order of structure, those of several."""
    return [place * many // few for place in range(few)]


def _numbers(text: str, option: str, kind: Callable[[str], Any]) -> list[Any]:
    try:
        found = [kind(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 0 or (0.0 in found and kind is float):
        raise BadInput(f"{text!r} is no list of positive numbers", where=option, next="for example 1,5")
    return found
