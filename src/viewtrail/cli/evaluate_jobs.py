"""Companies simulated and measured one after the other, or several at once in processes of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from viewtrail.evaluate import Company, Measured

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

    @property
    def name(self) -> str:
        return f"{self.structure} {self.seed}"

    @property
    def people(self) -> int:
        return min(self.agents, SMALL) if self.structure == "small" else self.agents


class Done(NamedTuple):
    """What came of a job; `without` holds (feed, outcome) where feeds were asked for."""

    measured: Measured
    without: list[tuple[str, Any]]


def measured(job: Job, say: Say) -> Done:
    """Simulate the company, hold it against its truth and forget it."""
    from viewtrail.evaluate import main_budget, measure, without_feeds

    with company(job, say) as one:
        found = measure(one, job.budgets, say, baselines=job.baselines, ablation=job.ablation)
        without = list(without_feeds(one, main_budget(job.budgets), say)) if job.feeds else []
    return Done(found, without)


@contextmanager
def company(job: Job, say: Say) -> Iterator[Company]:
    """The job's company in memory; its files are gone by then."""
    from viewtrail.evaluate import load
    from viewtrail.simulate import simulate

    with tempfile.TemporaryDirectory(prefix="viewtrail-evaluate-") as folder:
        say(f"{job.name}, simulating")
        simulate(job.people, job.days, job.seed, out=Path(folder), structure=job.structure)
        say(f"{job.name}, reading")
        found = load(Path(folder))
    yield found


def each(of: Callable[[Given, Say], Made], given: Sequence[Given], at_once: int, say: Say) -> list[Made]:
    """`of` each, in the order given, whatever is done first.

    With `at_once` above one, each has a process of its own that ends with it: there are never more companies
    in memory than that. Such a process starts anew and takes nothing of this one along; what it gives is the
    same.
    """
    if at_once == 1 or len(given) == 1:
        return [of(one, say) for one in given]
    # One task a process: what a company leaves in memory goes with it
    with ProcessPoolExecutor(at_once, get_context("spawn"), max_tasks_per_child=1) as pool:
        futures = [pool.submit(_quietly, of, one) for one in given]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                say(f"{done} of {len(given)} companies")
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _quietly(of: Callable[[Given, Say], Made], one: Given) -> Made:
    """In a process of its own nobody hears how far it is."""
    return of(one, _unheard)


def _unheard(_more: str) -> None:
    """Nobody listens."""
