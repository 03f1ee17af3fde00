"""Which events are given up first when the spool is full: what supports a view before views, deeds last."""

from __future__ import annotations

from typing import Final

GAPS: Final = "gaps"
DEAREST: Final = "dearest"
VIEWS: Final = "views"
LEAST: Final = "least"

CLASSES: Final = (LEAST, VIEWS, DEAREST, GAPS)
"""From what is given up first to what is never given up: the count of what was lost."""

_LEAST: Final = frozenset(
    "visit.started visit.ended record.served record.left list.viewed search.performed clock.ticked".split()
)


def worth(type_: str) -> str:
    """The class of a type of event.

    Reveals, exports and the regulator's transactions come last; so do calls, notes and tasks, because they
    are the reasons that explain an opening: to lose one would be held against somebody.
    """
    if type_ in _LEAST:
        return LEAST
    return VIEWS if type_ == "record.viewed" else DEAREST
