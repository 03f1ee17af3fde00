"""Small tables of facts (people, numbers, the book): a header, dated rows, each bad row with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH
from viewtrail.event.kinds import Fault, opaque
from viewtrail.sources.chunks import NotCsv
from viewtrail.sources.csv_rows import CsvRows, separator_of, text_lines
from viewtrail.sources.intake import SetAside, aside
from viewtrail.sources.rows import check_text
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import in_range


@dataclass(frozen=True, slots=True)
class Line:
    """One row by the names of its columns; empty cells are absent."""

    place: str
    raw: str
    cells: dict[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    def id(self, name: str) -> str:
        """A cell that an event can hold as an id; BadInput if it is empty or cannot."""
        try:
            return opaque(self.get(name))
        except Fault as fault:
            raise BadInput(f"{name} {shown(self.get(name))} {fault}") from None

    def time(self, name: str, zone: str = "") -> int | None:
        """A date or time in microseconds: a date is its first moment in the zone, else in UTC."""
        told = self.get(name)
        if not told:
            return None
        try:
            value = datetime.fromisoformat(told)
            if value.tzinfo is None:
                value = value.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
            return in_range((value - EPOCH).days * 86_400_000_000 + (value - EPOCH).seconds * 1_000_000)
        except (ZoneInfoNotFoundError, OSError):
            raise BadInput(f"time_zone {shown(zone)} is unknown", next="like Europe/Nicosia") from None
        except (ValueError, OverflowError):
            raise BadInput(f"{name} {shown(told)} is no date or time", next="like 2026-03-02") from None


def read_table(path: Path, needed: Sequence[str], known: Sequence[str]) -> Iterator[Line | SetAside]:
    """The rows of a CSV file; BadInput when it cannot be read, lacks a column or has an unknown one."""
    with ByteSource(path) as source:
        lines = text_lines(source, "utf-8")
        first = next(lines, "")
        rows = CsvRows(chain((first,), lines), separator_of(first))
        header = rows.header()
        columns = [name.strip().lower() for name in header] if isinstance(header, list) else []
        _check(columns, needed, known, path.name)
        for line, text, cells in rows:
            place = f"{path.name}:{line}"
            try:
                if isinstance(cells, NotCsv):
                    raise BadInput(cells.why)
                check_text(text)
                if len(cells) != len(columns):
                    raise BadInput(f"has {len(cells)} columns, the header {len(columns)}")
            except BadInput as error:
                yield aside(text, error, place)
                continue
            told = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if cell.strip()}
            yield Line(place, text, told)
        if source.broken:
            yield aside("", BadInput(source.broken), path.name)


def _check(columns: Sequence[str], needed: Sequence[str], known: Sequence[str], name: str) -> None:
    for one in needed:
        if one not in columns:
            raise BadInput(f"has no column {one!r}", where=f"{name}:1", next=f"columns: {', '.join(known)}")
    for one in columns:
        if one not in known:
            raise BadInput(
                f"column {one!r} is unknown", where=f"{name}:1", next=f"columns: {', '.join(known)}"
            )
        if columns.count(one) > 1:
            raise BadInput(f"column {one!r} stands twice", where=f"{name}:1")
