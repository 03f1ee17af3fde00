"""What each part of the detector adds: the same company folded again with that part taken out.

A part is taken out where everybody asks for it: a function of the detector answers plainly, a constant stands
at "no effect", or a pattern is left out. That holds for the span of one fold and is put back after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from viewtrail.evaluate.alert import alerts
from viewtrail.evaluate.baselines import OURS, Compared, compared
from viewtrail.evaluate.company import Company
from viewtrail.evaluate.noted import fold_noted
from viewtrail.evaluate.score import Outcome, score
from viewtrail.measure import peers
from viewtrail.measure.baseline import Baselines
from viewtrail.measure.judge import Judge
from viewtrail.patterns import scorer
from viewtrail.patterns.base import Pattern, discovered
from viewtrail.patterns.scorer import PLAIN, Context
from viewtrail.settings import Settings
from viewtrail.watch import live
from viewtrail.watch.facts import Facts

Swap = tuple[object, str, Any]
"""(owner, name, what stands there for the span of a fold)."""

NO_LIMIT: Final = 1e9
"""Where saturation would begin if there were none."""


def _no_reason(*_args: Any) -> int:
    return 0


def _plain(*_args: Any) -> Context:
    return PLAIN


_USUAL: Final = Baselines.usual


def _of_the_role(
    self: Baselines, agents: Sequence[str], roles: Sequence[str], *, own_spread: bool = True
) -> Any:
    """What is usual for somebody new in the role, whoever asks."""
    return _USUAL(self, ["" for _ in agents], roles, own_spread=own_spread)


@dataclass(frozen=True, slots=True)
class Without:
    """A company without one part: all that was told, and the scores of its days' closes alone."""

    outcome: Outcome
    closes: Compared


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, what it means to be without it, and how it is taken out."""

    name: str
    without: str
    swaps: tuple[Swap, ...] = ()
    patterns: Callable[[Sequence[Pattern]], Sequence[Pattern]] | None = None


def _not_live(patterns: Sequence[Pattern]) -> Sequence[Pattern]:
    return [
        replace(one, signals=tuple(replace(signal, live=False) for signal in one.signals)) for one in patterns
    ]


PARTS: Final = (
    Part(
        "reasons",
        "no opening has a reason: every record opened counts",
        ((Judge, "at_opening", _no_reason), (Judge, "matured", _no_reason)),
    ),
    Part("follow-up", "only reasons known when a record was opened", ((Judge, "matured", _no_reason),)),
    Part(
        "own history",
        "what is usual is the role's, alike for everybody",
        ((Baselines, "usual", _of_the_role),),
    ),
    Part(
        "peers of the day",
        "no factor by what peers did that day",
        ((peers, "MOST", 1.0), (live, "MOST", 1.0)),
    ),
    Part("context", "no notice, leave, quarter end, new hire", ((Facts, "context", _plain),)),
    Part("saturation", "a model's tail is believed beyond one in 10,000", ((scorer, "STEEP", NO_LIMIT),)),
    Part("live tier", "only the close of a day speaks; no plain limits for newcomers", patterns=_not_live),
)


def parts() -> list[Part]:
    """The parts, and each pattern as one."""
    return [*PARTS, *(_pattern(one.name) for one in discovered())]


def _pattern(name: str) -> Part:
    return Part(
        f"pattern {name}",
        "this pattern is left out",
        patterns=lambda found: [one for one in found if one.name != name],
    )


def ablated(
    company: Company, budget: float, tell: Callable[[str], None] | None = None, only: Sequence[str] = ()
) -> Iterator[tuple[str, Without]]:
    """(part, what is told of the company without it); all parts, or those named in `only`."""
    for part in parts():
        if only and part.name not in only:
            continue
        if tell is not None:
            tell(f"{company.truth.name}, without {part.name}")
        chosen = None if part.patterns is None else part.patterns(discovered())
        with swapped(part.swaps):
            loop, told, days = fold_noted(company, Settings(budget=budget, calls_budget=budget), chosen)
        closes = compared(company.truth, days, (budget,), only=(OURS,))[OURS]
        yield part.name, Without(score(company, alerts(loop.findings(), told)), closes)


def meanings() -> Mapping[str, str]:
    """Part -> what it means to be without it."""
    return {part.name: part.without for part in parts()}


@contextmanager
def swapped(swaps: Sequence[Swap]) -> Iterator[None]:
    """With these in place; what stood there before is put back, whatever happens."""
    with ExitStack() as back:
        for owner, name, value in swaps:
            back.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)
        yield
