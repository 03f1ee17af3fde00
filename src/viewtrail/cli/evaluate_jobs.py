"""Companies simulated and measured one after the other, or several at once in processes of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from viewtrail.evaluate import Again, Attacked, Company, Measured

SMALL: Final = 15
"""People in a company of structure `small`, however many the others have: one desk is the company."""

Say = Callable[[str], None]
Given = TypeVar("Given")
Made = TypeVar("Made")


class Job(NamedTuple):
    """One company and what is asked of it."""

    structure: str
    seed: int
    agents: int
    days: int
    budgets: Sequence[float]
    feeds: bool = False
    baselines: bool = False
    ablation: bool = False
    thefts: int = 0
    "Other thefts are put into the same company until there are so many after calibration."

    @property
    def name(self) -> str:
        return f"{self.structure} {self.seed}"

    @property
    def people(self) -> int:
        return min(self.agents, SMALL) if self.structure == "small" else self.agents


MOST_AGAIN: Final = 9
"""Other thefts are put into one company so often at most: then the same few people take again and again."""


def measured(job: Job, say: Say) -> Measured:
    """Simulate the company, hold it against its truth and forget it."""
    from viewtrail.evaluate import main_budget, measure, measure_again, without_feeds

    one = company(job, say)
    found = measure(one, job.budgets, say, baselines=job.baselines, ablation=job.ablation)
    if job.feeds:
        found = replace(found, without=dict(without_feeds(one, main_budget(job.budgets), say)))
    again: list[Again] = []
    many = len(found.limits.scored())
    while many < job.thefts and len(again) < MOST_AGAIN:
        del one  # two companies at a time are one too many
        one = company(job, say, len(again) + 1)
        again.append(measure_again(one, job.budgets, say))
        many += len(again[-1].limits.scored())
    return replace(found, again=tuple(again))


def attacks(job: Job, say: Say) -> Attacked:
    """What an attacker who adapts can take from the company."""
    from viewtrail.evaluate import attacked, main_budget

    return attacked(company(job, say), main_budget(job.budgets), Random(job.seed), say)


def company(job: Job, say: Say, theft_seed: int = 0) -> Company:
    """The job's company in memory, with its thefts or others; its files are gone by then."""
    from viewtrail.evaluate import load
    from viewtrail.simulate import simulate

    with tempfile.TemporaryDirectory(prefix="viewtrail-evaluate-") as folder:
        say(f"{job.name}, simulating")
        place = Path(folder)
        simulate(job.people, job.days, job.seed, out=place, structure=job.structure, theft_seed=theft_seed)
        say(f"{job.name}, reading")
        return load(place)


def each(of: Callable[[Given, Say], Made], given: Sequence[Given], at_once: int, say: Say) -> list[Made]:
    """`of` each, in the order given, whatever is done first.

    With `at_once` above one, each has a process of its own that ends with it: there are never more companies
    in memory than that. Such a process starts anew and takes nothing of this one along; what it gives is the
    same.
    """
    if at_once == 1 or len(given) == 1:
        return [of(one, say) for one in given]
    # One task a process: what a company leaves in memory goes with it. More than one may wait for ever
    # (Python's issue 115634); with one no process is ever taken for idle.
    with ProcessPoolExecutor(
        at_once, get_context("spawn"), initializer=_end_with_the_parent, max_tasks_per_child=1
    ) as pool:
        futures = [pool.submit(_quietly, of, one) for one in given]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                say(f"{done} of {len(given)} companies")
            return [future.result() for future in futures]
        finally:
            for future in futures:  # after an error what has not begun is left; what has is waited for
                future.cancel()


def _end_with_the_parent() -> None:
    """A process whose parent was killed would go on for minutes, for nobody."""
    Thread(target=_wait_for_the_parent, daemon=True).start()


def _wait_for_the_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _quietly(of: Callable[[Given, Say], Made], one: Given) -> Made:
    """In a process of its own nobody hears how far it is."""
    return of(one, _unheard)


def _unheard(_more: str) -> None:
    """Nobody listens."""
