"""`viewtrail evaluate`: how well detection works on simulated companies, as a page of tables."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from viewtrail.cli.common import Tell, progress, say
from viewtrail.errors import BadInput

if TYPE_CHECKING:
    from viewtrail.evaluate import Company, Measured
    from viewtrail.evaluate.attacker import Curve

STRUCTURES: Final = "standard,pooled,no-pbx,two-zones,night-shift,part-time,small"
SMALL: Final = 15
"""People in a company of structure `small`, however many the others have: one desk is the company."""


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
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the page there, not to stdout.")
    ] = None,
) -> None:
    """Recall and false alerts on simulated companies, by kind of theft, lookalike and group of people.

    Companies are simulated in a temporary folder, one after the other, folded once for each budget, and held
    against their truth. A recall on simulated companies compares methods; it is no promise.
    """
    from viewtrail.evaluate import report

    budgets = _numbers(budget, "--budget", float)
    chosen = [name.strip() for name in structures.split(",")]
    wanted = [(name, seed) for name in chosen for seed in _numbers(seeds, "--seeds", int)]
    began = time.monotonic()
    with progress("evaluating") as tell:
        each = 2 + len(budgets) + baselines + (ABLATED if ablation else 0)
        steps = _Steps(tell, len(wanted) * each + (8 if feeds else 0))
        asked = _Asked(feeds, baselines, ablation)
        measured, without = _all(wanted, agents, days, budgets, steps, asked)
        curves = _curves(wanted[0], agents, budgets, steps) if attacker else []
    command = f"viewtrail evaluate --agents {agents} --days {days} --seeds {seeds} --structures {structures}"
    command += f" --budget {budget}" + "".join(
        option
        for option, given in (
            (" --no-feeds", not feeds),
            (" --attacker", attacker),
            (" --baselines", baselines),
            (" --ablation", ablation),
        )
        if given
    )
    page = report(measured, without, curves, command=command)
    if out is None:
        say(page)
        return
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        why = f"cannot be written ({error.strerror})"
        raise BadInput(why, where=str(out), next="choose another --out") from error
    events = sum(one.events for one in measured)
    many = f"{len(measured)} companies" if len(measured) != 1 else "1 company"
    say(f"{out}: {many}, {events:,} events, {time.monotonic() - began:.0f} seconds")


ATTACKED_DAYS: Final = 180
"""Sixty active days of taking, after learning and calibration, with some to begin on."""

ANOTHER: Final = 1_000
"""Added to the seed of the attacked company: one that no other figure comes from."""


ABLATED: Final = 13
"""About so many folds of a company without one part."""


class _Asked(NamedTuple):
    """What is measured beside the budgets."""

    feeds: bool
    baselines: bool
    ablation: bool


class _Steps:
    """Counts steps of very different length; better than nothing."""

    def __init__(self, tell: Tell, total: int) -> None:
        self.tell, self.total, self.done = tell, total, 0

    def __call__(self, more: str) -> None:
        self.tell(self.done, self.total, more)
        self.done += 1


def _all(
    wanted: Sequence[tuple[str, int]],
    agents: int,
    days: int,
    budgets: Sequence[float],
    steps: _Steps,
    asked: _Asked,
) -> tuple[list[Measured], list[tuple[str, Any]]]:
    from viewtrail.evaluate import main_budget, measure, without_feeds

    measured: list[Measured] = []
    without: list[tuple[str, Any]] = []
    for company in _companies(wanted, agents, days, steps):
        measured.append(measure(company, budgets, steps, baselines=asked.baselines, ablation=asked.ablation))
        if asked.feeds and not without:
            without = list(without_feeds(company, main_budget(budgets), steps))
        del company
    return measured, without


def _curves(
    first: tuple[str, int], agents: int, budgets: Sequence[float], steps: Callable[[str], None]
) -> list[Curve]:
    """What can be taken from a company that nothing else was measured on."""
    from random import Random

    from viewtrail.evaluate import adaptive, main_budget

    structure, seed = first
    companies = list(_companies([(structure, seed + ANOTHER)], agents, ATTACKED_DAYS, steps))
    return list(adaptive(companies, main_budget(budgets), Random(seed), steps))


def _companies(
    wanted: Sequence[tuple[str, int]], agents: int, days: int, steps: Callable[[str], None]
) -> Iterator[Company]:
    from viewtrail.evaluate import load
    from viewtrail.simulate import simulate

    for structure, seed in wanted:
        people = min(agents, SMALL) if structure == "small" else agents
        with tempfile.TemporaryDirectory(prefix="viewtrail-evaluate-") as folder:
            steps(f"{structure} {seed}, simulating")
            simulate(people, days, seed, out=Path(folder), structure=structure)
            steps(f"{structure} {seed}, reading")
            found = load(Path(folder))
        yield found
        del found


def _numbers(text: str, option: str, kind: Callable[[str], Any]) -> list[Any]:
    try:
        found = [kind(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 0 or (0.0 in found and kind is float):
        raise BadInput(f"{text!r} is no list of positive numbers", where=option, next="for example 1,5")
    return found
