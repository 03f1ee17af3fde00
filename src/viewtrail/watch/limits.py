"""Plain limits, for whom no precedent is known yet: where one stands for an agent."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from viewtrail.patterns.base import Limit, Signal
from viewtrail.watch.facts import REVIEWING
from viewtrail.watch.table import Table

ACROSS: Final = 2
"""Plain limits are this many times higher for roles whose work it is to go through others' records."""

ACROSS_BOOKS: Final = REVIEWING | {"back-office", "admin"}
"""These roles: what they open is seldom a client of their own."""

OF_USUAL: Final = 3
"""A plain limit is at least so many times what was usual so far, by the few days known or by the role."""


def standing(limit: Limit, role: str, usual: float) -> Limit:
    """The limit as it stands for somebody of this role who has so many on a usual day."""
    at = limit.at * (ACROSS if role in ACROSS_BOOKS else 1)
    of_usual = int(OF_USUAL * usual)
    if of_usual > at:
        return replace(limit, at=of_usual, reason=f"{OF_USUAL} times the {usual:.0f} of a usual day so far")
    if at > limit.at:
        return replace(limit, at=at, reason=f"{limit.reason}; {ACROSS} times that in the role of {role}")
    return limit


def usual_so_far(table: Table, agent: str, role: str, column: int | None) -> float:
    """What the few days known of the agent, or else the role, make usual of that signal."""
    return 0.0 if column is None else float(table.usual.rate[table.row(agent, role), column])


def limit_part(limit: Limit, x: int) -> tuple[str, float, str]:
    """The one part that the score of a limit's finding has."""
    return f"plain limit of {limit.at}: no precedent known yet", round(x / limit.at, 9), "none"


def as_signal(limit: Limit) -> Signal:
    """The limit in the form in which findings name what was counted."""
    return Signal(limit.count, limit.scale, limit.at, 1.0)
