"""Today by desk: who works there as a number, what was opened, and how many findings wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.web import access, data
from viewtrail.web.findings import listing
from viewtrail.web.visit import Visit

FEWEST: Final = 5
"""People below which a desk's figures are not shown: they would be figures about persons."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk today; the counts are None where fewer than five people acted."""

    desk: str
    agents: int
    openings: int | None
    reveals: int | None
    calls: int | None
    waiting: int


def today(visit: Visit, start: int, now: int, look: Sequence[listing.Item]) -> list[Desk]:
    """The desks this viewer may see; `look` are the findings that they have to look at."""
    if not visit.viewer.has(access.COMPLIANCE, access.HEAD):
        return []
    waiting = Counter(item.desk for item in look)
    told = []
    for one in data.desk_counts(start, now):
        if not one.desk or not _theirs(visit, one.desk):
            continue
        enough = one.agents >= FEWEST
        told.append(
            Desk(
                one.desk,
                one.agents,
                one.openings if enough else None,
                one.reveals if enough else None,
                one.calls if enough else None,
                waiting[one.desk],
            )
        )
    return sorted(told, key=lambda one: one.desk)


def _theirs(visit: Visit, desk: str) -> bool:
    if desk == access.ALL_DESKS:
        return False
    return visit.viewer.has(access.COMPLIANCE) or bool({desk, access.ALL_DESKS} & visit.viewer.desks)
