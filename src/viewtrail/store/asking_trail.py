"""The regulator's transactions, latest first: which kinds there are, and where the latest are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.vocabulary import TRANSACTIONS
from viewtrail.measure.clocks import DAY
from viewtrail.store.asking_view import Asking

EVER: Final = 2**62
"""Later than any time in a log (µs)."""

LOOKED_BACK: Final = (DAY, 8 * DAY, 64 * DAY)
"""Spans before the end of the trail in which its latest rows are looked for first: mostly they are there."""

Place = tuple[int, int]
"""(time, index) of the last row shown: the next page begins behind it."""


def trail(
    ask: Asking,
    kinds: Sequence[str],
    span: tuple[int | None, int | None],
    limit: int,
    after: Place | None,
    ends: int,
    **of: str | None,
) -> list[int]:
    """The entries, at most `limit`, before the place `after`; the log ends at about the time `ends`.

    `of`: the agent and the record they are of, or None.
    """
    time, index = after or (EVER, EVER)
    first = -EVER if span[0] is None else span[0]
    last = EVER if span[1] is None else span[1]
    asked: dict[str, Any] = {"kinds": kinds, "end": last, "limit": limit, **of}
    found: list[int] = []
    for since in _back(min(last, time, ends), first):
        found = [index for index, _ in ask("trail", start=since, after_time=time, after_idx=index, **asked)]
        if len(found) == limit:
            break
    return found


def types(kinds: Sequence[str]) -> list[str]:
    """The transaction types that these types or first words name; BadInput for a word that names none."""
    found: list[str] = []
    for kind in kinds or TRANSACTIONS:
        named = [name for name in TRANSACTIONS if name == kind or name.partition(".")[0] == kind]
        if not named:
            step = f"there are {', '.join(TRANSACTIONS)}"
            raise BadInput(f"{kind[:60]!r} is no kind of transaction", where="kinds", next=step)
        found += named
    return list(dict.fromkeys(found))


def _back(last: int, first: int) -> Iterator[int]:
    """Where to begin to look for the latest: near their end, further back, at last at the beginning."""
    yield from (last - span for span in LOOKED_BACK if last - span > first)
    yield first
