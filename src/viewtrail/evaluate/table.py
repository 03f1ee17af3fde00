"""Markdown tables and the few words that every part of the page uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

TWICE: Final = 2.0
"""Neither a missing feed nor a group of people may cost more than this many times the budget."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a head; bars inside cells are escaped."""
    lines = [_row(head), "|" + "---|" * len(head)]
    return "\n".join(lines + [_row(row) for row in rows])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def share_of(count: int, total: int) -> str:
    """A count with its share; only the count where there is nothing it could be a share of."""
    return f"{count} ({count / total:.0%})" if total else ""


def or_none(names: Sequence[str]) -> str:
    """The names, or that there are none."""
    return ", ".join(names) or "none"
