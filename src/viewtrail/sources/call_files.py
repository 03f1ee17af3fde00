"""Files of call rows without a header, read line by line: what every telephone system's connector shares."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import Fault, ToDetail, code, opaque
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_rows import CallRows
from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.calls import Leg, Row, Teller, legs_told
from viewtrail.sources.chunks import Chunk, NotCsv
from viewtrail.sources.csv_rows import GIVEN_AT, CsvRows, text_lines
from viewtrail.sources.intake import Item, Tally, aside
from viewtrail.sources.jsonl import in_pieces
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.row_ids import RowIds
from viewtrail.sources.rows import check_text
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import Clock, shown

__all__ = ["CallFile", "RowIds", "Told", "campaign", "cause", "first_row"]

HEADER: Final = "a header among the rows"
TELLING: Final = 3
"""Cells that are names of columns, from which on a row is a header: no cell of a call is one by chance."""

LONGEST_ID: Final = 150
"""Characters of a call's id; an event's id is made of it and may have 200."""

Told = tuple[str, tuple[Any, ...], bool]
"""What a row says: the id of its call, its legs or steps, and whether the call is over with it."""


class CallFile:
    """One file of calls being read, and what was said about its telephone system."""

    def __init__(
        self, source: ByteSource, tally: Tally, asked: Asked, default_source: str, columns: Iterable[str] = ()
    ) -> None:
        """`columns`: what the vendor calls them, in any order, to know a header that somebody put there."""
        mapping = asked.mapping
        self.place = source.name
        self.mapping = mapping
        self.source = mapping.source if mapping else default_source
        self.rules = (mapping.calls if mapping else None) or CallRules()
        self.clock = mapping.clock if mapping else Clock()
        self.directory = asked.directory
        self._columns = named([*columns, *(mapping.columns if mapping else ())])
        self._bytes, self._tally, self._asked = source, tally, asked

    def zone_needed(self) -> None:
        """Refuse a file of local times when nobody said where the clock hangs."""
        if self.clock.zone is None:
            raise BadInput(
                "writes local times, and their zone is not known",
                where=self.place,
                next='name it in a mapping: time_zone = "Europe/Nicosia" in [time]',
            )

    def read(
        self,
        convert: Callable[[list[str]], Told],
        legs: Callable[[Sequence[Row]], Sequence[Leg]] = legs_told,
    ) -> Iterator[list[Item]]:
        """The events of the file's calls, at most 2,000 at a time; a bad row is set aside as `name:line`."""
        tally, held = self._tally, self._asked.held
        gather = CallRows(Teller(self.source, self.place, self.rules, self.directory, tally, legs), held)
        rows = CsvRows(text_lines(self._bytes, _encoding(self.mapping)), _separator(self.mapping))
        items: list[Item] = []
        for chunk in rows.chunks():
            if isinstance(chunk, NotCsv):
                self._not_read(chunk.text, BadInput(chunk.why), chunk.line, items)
            else:
                self._gather(chunk, convert, gather, items)
            if len(items) >= GIVEN_AT:
                yield from in_pieces(items)
                items = []
        if self._bytes.broken:
            self._not_read("", BadInput(self._bytes.broken), rows.line, items)
        gather.end(items)
        yield from in_pieces(items)

    def _gather(
        self, chunk: Chunk, convert: Callable[[list[str]], Told], rows: CallRows, items: list[Item]
    ) -> None:
        held, lines, sound = self._asked.held, chunk.lines, chunk.sound
        for read, cells in enumerate(chunk.rows, lines.first):
            if not cells:
                continue
            try:
                if not sound:
                    check_text(lines.of(read))
                call, told, over = convert(cells)
                if len(call) > LONGEST_ID or not (call.isascii() and call.isprintable()):
                    raise BadInput(f"the call's id {shown(call)} is no id")
            except BadInput as error:
                if is_header(cells, self._columns):
                    self._tally.read += 1
                    self._tally.not_mapped[HEADER] += 1
                else:
                    self._not_read(lines.of(read), error, read, items)
                continue
            line = read if held is None else held.line(read)
            rows.add(call, _row((read, line, lines, told)), items, over=over)

    def _not_read(self, raw: str, error: BadInput, read: int, items: list[Item]) -> None:
        held = self._asked.held
        self._tally.read += 1
        self._tally.set_aside += 1
        items.append(aside(raw, error, f"{self.place}:{read if held is None else held.line(read)}"))


def _encoding(mapping: Mapping | None) -> str:
    return mapping.encoding if mapping else "utf-8"


def _separator(mapping: Mapping | None) -> str:
    return (mapping.delimiter if mapping else "") or ","


_row: Final = partial(tuple.__new__, Row)


def named(columns: Iterable[str]) -> frozenset[str]:
    """The names of columns as `is_header` compares them."""
    return frozenset(map(_column, columns))


def is_header(cells: Sequence[str], columns: frozenset[str]) -> bool:
    """Whether this row names columns: these files have no header, and people put one in by hand."""
    return len(columns.intersection([_column(cell) for cell in cells])) >= TELLING


def _column(cell: str) -> str:
    return cell.strip().lower().replace(" ", "").replace("_", "").replace("-", "")


def first_row(first: bytes, columns: Iterable[str] = ()) -> list[str]:
    """The cells of the first line that names no columns, to see what kind of file it is; none if no CSV."""
    known = named(columns)
    for line in first.split(b"\n")[:2]:
        try:
            cells = next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
        except csv.Error:
            return []
        if not is_header(cells, known):
            return cells
    return []


@lru_cache(maxsize=4096)
def campaign(told: str) -> str | None:
    """The name of a campaign; BadInput for what no field of an event may hold."""
    try:
        return opaque(told) if told else None
    except Fault as fault:
        raise BadInput(f"the campaign {shown(told)} {fault}") from None


@lru_cache(maxsize=4096)
def cause(told: str) -> str | None:
    """A reason in the system's own words if it is a code; free text is not kept."""
    try:
        return code(told) if told else None
    except (Fault, ToDetail):
        return None
