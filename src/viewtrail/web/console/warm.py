"""What would make a visitor wait, done beside: the log followed, charts of standing findings drawn."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Final

from viewtrail.errors import ViewtrailError
from viewtrail.web import charts, charts_of_days, data
from viewtrail.web.findings import precedent

EVERY: Final = 3.0
"""Seconds between two looks for new findings: sooner than somebody who hears of one opens it."""

MOST: Final = 40
"""Standing findings whose charts are kept drawn; older ones are drawn when they are opened."""

LONGEST: Final = 0.5
"""Seconds of drawing between two looks: the loop needs the processor for the findings themselves."""

RUSH: Final = 1_000
"""Entries a second from which on nothing is read beforehand: the intake needs the processor more."""

LATEST: Final = 2_000
"""Entries among which there is an opening, on any working day."""


def keep_warm() -> None:
    """Start it; it ends with the process."""
    threading.Thread(target=_run, name="warm", daemon=True).start()


def _run() -> None:
    _try(charts.warm_up)
    _try(_reasons)
    _settle()
    drawn: set[tuple[str, int]] = set()
    rush = _Rush()
    while True:
        before = len(drawn)
        _try(lambda: None if rush.is_on() else _follow(drawn))
        if len(drawn) > before:
            _settle()
        time.sleep(EVERY)


def _settle() -> None:
    """What is there stays, so the collector need not look at it again: that takes a tenth of a second, each
    time in the midst of somebody's page."""
    gc.collect()
    gc.freeze()


class _Rush:
    """Whether so much is being folded that following it while nobody looks is not worth it."""

    def __init__(self) -> None:
        self._size, self._at = 0, 0.0

    def is_on(self) -> bool:
        size, now = data.board().made().size, time.monotonic()
        grown, passed = size - self._size, now - self._at
        self._size, self._at = size, now
        return grown > RUSH * passed


def _reasons() -> None:
    """Who is who and which campaigns there were is read once: not while somebody waits for reasons."""
    questions = data.questions()
    size = questions.size
    questions.reasons(questions.entries(range(max(0, size - LATEST), size)))


def _follow(drawn: set[tuple[str, int]]) -> None:
    data.questions().view()
    _draw(drawn)


def _draw(drawn: set[tuple[str, int]]) -> None:
    data.staff()
    until = time.monotonic() + LONGEST
    for finding in data.board().findings(living=True, limit=MOST):
        key = (finding.id, finding.last_at)
        if key not in drawn:
            drawn.add(key)
            told = precedent.precedent(finding)
            if told is not None and told.days:
                charts.svg(charts_of_days.spec(told.days, told.measure), "")
        if time.monotonic() > until:
            return


def _try(step: Callable[[], object]) -> None:
    """No log yet, or one that cannot be read: the page that is opened will say so, not this."""
    try:
        step()
    except (ViewtrailError, OSError):
        return
