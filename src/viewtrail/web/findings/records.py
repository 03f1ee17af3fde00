"""The records of a finding by what they are worth, and the entries that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.finding import Finding
from viewtrail.measure.clocks import DAY
from viewtrail.store.asking_rows import Row
from viewtrail.web import data

LONGEST: Final = 8 * DAY
"""An episode lasts a week; over a longer span an entry is read alone, without how long it lasted."""


BANDS: Final = (
    ("16 to 20, the most valuable", 16, 20),
    ("11 to 15", 11, 15),
    ("6 to 10", 6, 10),
    ("1 to 5", 1, 5),
    ("0, no deposits", 0, 0),
)
"""Value bands are logarithmic in deposits, 0 to 20; five rows say where the weight is."""


@dataclass(frozen=True, slots=True)
class Worth:
    """So many of the finding's records lie in these value bands."""

    bands: str
    records: int


def worth(finding: Finding) -> list[Worth]:
    """The finding's records by what they are worth, the most valuable first; rows without any left out."""
    told = list(data.bands(finding.records).values())
    found = [
        Worth(name, sum(band is not None and low <= band <= high for band in told))
        for name, low, high in BANDS
    ]
    found.append(Worth("not told", sum(band is None for band in told)))
    return [one for one in found if one.records]


def entries(finding: Finding, wanted: Sequence[int]) -> list[Row]:
    """These entries in their order, each view with how long it lasted, which a later entry may tell."""
    if finding.agent is None or finding.last_at - finding.first_at > LONGEST:
        return data.questions().entries(wanted)
    span = data.questions().agent_entries(finding.agent, finding.first_at, finding.last_at + 1, about=False)
    found = {row.index: row for row in span}
    missing = [index for index in wanted if index not in found]
    found.update((row.index, row) for row in data.questions().entries(missing))
    return [found[index] for index in wanted]
