"""What left with whom: the records that an agent saw in a span, by value band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from viewtrail.store.asking_answers import BandSeen, Exposed
from viewtrail.store.asking_near import Near
from viewtrail.store.asking_view import Asking


def bands(ask: Asking, records: Sequence[str], at: int) -> dict[str, int]:
    """The value band that was told last before `at` of each of these records; those without any left out."""
    if not records:
        return {}
    return dict(ask("bands", Near("told", frozenset(records)), records=list(records), at=at))


def exposed(ask: Asking, agent: str, start: int, end: int) -> Exposed:
    """Different records, the highest band first and those without one last."""
    found = ask("exposed", agent=agent, start=start, end=end)
    seen = [row for row in found if row[0] is not None]
    rows = sum(row[5] for row in found if row[0] is None)
    told = bands(ask, [row[0] for row in seen], end)
    by_band: dict[int | None, list[Any]] = {}
    for row in seen:
        by_band.setdefault(told.get(row[0]), []).append(row)
    order = sorted(by_band, key=lambda band: -1 if band is None else band, reverse=True)
    total = _sums(seen)
    return Exposed(
        agent=agent,
        start=start,
        end=end,
        records=len(seen),
        opened=total[0],
        revealed=total[1],
        exported=total[2],
        exported_rows=rows,
        new=total[3],
        bands=tuple(BandSeen(band, len(by_band[band]), *_sums(by_band[band])) for band in order),
    )


def _sums(rows: list[Any]) -> tuple[int, int, int, int]:
    """How many of them were opened, revealed, exported and new."""
    opened, revealed, exported, new = (sum(1 for row in rows if row[at]) for at in range(1, 5))
    return opened, revealed, exported, new
