"""Who was seen at work on a day, and since when: what was seen once stays true, so it is looked up once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

from viewtrail.store.asking_view import Asking

MOST: Final = 60
"""Spans of which it is kept, some thousand people each: reasons are asked of the days of a few weeks."""

Span = tuple[int, int]
"""Quarters of an hour from and up to: a day."""


class Worked:
    """In which quarter each person was first seen in a span, as far as was looked. Safe to use from threads.

    An entry never goes: what comes later can only make the first quarter an earlier one. So a yes that is
    kept stays a yes, and only a no is looked up again, once for each state of the log.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[Span, tuple[int, dict[str, int]]] = OrderedDict()

    def was_there(self, ask: Asking, agent: str, span: Span, before: int) -> bool:
        """Whether the agent did something in a quarter of the span that is over before quarter `before`."""
        with self._lock:
            size, first = self._found.get(span, (-1, {}))
        if size <= ask.view.size and _earlier(first, agent, before):
            return True
        if size == ask.view.size:
            return False
        first = dict(ask("first_work", start=span[0], end=span[1]))
        with self._lock:
            self._found[span] = ask.view.size, first
            self._found.move_to_end(span)
            while len(self._found) > MOST:
                self._found.popitem(last=False)
        return _earlier(first, agent, before)


def _earlier(first: dict[str, int], agent: str, before: int) -> bool:
    return agent in first and first[agent] < before
