"""The ways of each source: when it sends by itself, how its clock goes, what it leaves unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from viewtrail.log.entry import Logged
from viewtrail.measure.clocks import DAY
from viewtrail.review.sources import NOTHING_HEARD
from viewtrail.store.asking_answers import Arrival, BrowserSeen, SourceFacts, SourcesHeard
from viewtrail.store.asking_hours import QUARTER
from viewtrail.store.asking_sources import sources

Ask = Callable[..., list[Any]]
Fetch = Callable[[Sequence[int]], list[Logged]]

BACK: Final = 70 * DAY
"""How far back arrivals are looked at: four weeks that say what is usual, before six of silence."""

LATELY: Final = 7 * DAY
"""A whole week, so that no weekday is compared with another."""


def heard(ask: Ask, logged: Fetch, now: int) -> SourcesHeard:
    """Every source, and when anybody listened."""
    arrivals: dict[str, list[Arrival]] = defaultdict(list)
    for source, quarter, n, first, last in ask("source_arrivals", start=now - BACK):
        arrivals[source].append(Arrival(quarter, n, first, last))
    clocks = {row[0]: row[1:] for row in ask("source_clocks", lately=now - DAY)}
    calls = {row[0]: row[1:] for row in ask("source_calls", lately=now - LATELY)}
    served = {row[0]: row[1:] for row in ask("source_served", lately=(now - LATELY) // QUARTER)}
    silent = _silent(ask, logged)
    browsers = _browsers(ask, logged, now - LATELY)
    facts = []
    for one in sources(ask, logged, now):
        name = one.source
        begun, last, skew = clocks.get(name, (None, None, None))
        ended, unmatched = calls.get(name, (0, 0))
        unseen, viewed = served.get(name, (0, 0))
        ways = (ended, unmatched, unseen, viewed, silent.get(name))
        facts.append(
            SourceFacts(one, begun, last, tuple(arrivals[name]), skew, *ways, browsers.get(name, ()))
        )
    listened = frozenset(quarter for (quarter,) in ask("listened", start=(now - BACK) // QUARTER))
    return SourcesHeard(tuple(facts), listened)


def _browsers(ask: Ask, logged: Fetch, lately: int) -> dict[str, tuple[BrowserSeen, ...]]:
    """By source, what became of the pages sent to each kind of browser; the most pages first."""
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for one in logged([index for (index,) in ask("counted", lately=lately)]):
        data = one.entry.event.data
        pages, unseen, browser = data.get("pages"), data.get("unseen"), data.get("browser")
        if isinstance(pages, int) and isinstance(unseen, int) and isinstance(browser, str):
            sums = found[one.entry.event.source].setdefault(browser, [0, 0])
            sums[0] += pages
            sums[1] += min(unseen, pages)
    return {
        source: tuple(sorted((BrowserSeen(name, *n) for name, n in kinds.items()), key=lambda b: -b.pages))
        for source, kinds in found.items()
    }


def _silent(ask: Ask, logged: Fetch) -> dict[str, int]:
    """By source, since when (µs) the log calls it silent."""
    told = ask("told_silent")
    entries = logged([index for index, _ in told])
    found = {}
    for one, (_, feed) in zip(entries, told, strict=True):
        event = one.entry.event
        since = event.data.get("from")
        if event.data.get("why") == NOTHING_HEARD:
            found[feed] = since if isinstance(since, int) else event.time
    return found
