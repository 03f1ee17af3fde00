"""Files of call rows without a header, read line by line: what every telephone system's connector shares."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import Fault, ToDetail, code, opaque
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_rows import CallRows
from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.calls import Leg, Row, Teller, legs_told
from viewtrail.sources.csv_rows import CsvRows, text_lines
from viewtrail.sources.intake import Item, Tally, aside
from viewtrail.sources.jsonl import BATCH
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.row_ids import RowIds
from viewtrail.sources.rows import check_text
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import Clock, shown

__all__ = ["CallFile", "RowIds", "Told", "campaign", "cause", "first_row"]

LONGEST_ID: Final = 150
"""Characters of a call's id; an event's id is made of it and may have 200."""

Told = tuple[str, tuple[Any, ...], bool]
"""What a row says: the id of its call, its legs or steps, and whether the call is over with it."""


class CallFile:
    """One file of calls being read, and what was said about its telephone system."""

    def __init__(self, source: ByteSource, tally: Tally, asked: Asked, default_source: str) -> None:
        mapping = asked.mapping
        self.place = source.name
        self.mapping = mapping
        self.source = mapping.source if mapping else default_source
        self.rules = (mapping.calls if mapping else None) or CallRules()
        self.clock = mapping.clock if mapping else Clock()
        self.directory = asked.directory
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
        for cells in rows:
            read = rows.start
            line = held.line(read) if held is not None else read
            try:
                if isinstance(cells, tuple):
                    raw, why = cells
                    raise BadInput(why)
                raw = rows.lines()
                if not (rows.plain or (raw.isascii() and "\0" not in raw)):
                    check_text(raw)
                call, told, over = convert(cells)
                if not (call.isascii() and call.isprintable() and len(call) <= LONGEST_ID):
                    raise BadInput(f"the call's id {shown(call)} is no id")
            except BadInput as error:
                tally.read += 1
                tally.set_aside += 1
                items.append(aside(raw.rstrip("\r\n"), error, f"{self.place}:{line}"))
            else:
                gather.add(call, _row((read, line, raw, told)), items, over=over)
            if len(items) >= BATCH // 2:
                yield from _pieces(items)
                items = []
        if self._bytes.broken:
            tally.read += 1
            tally.set_aside += 1
            items.append(aside("", BadInput(self._bytes.broken), f"{self.place}:{rows.line}"))
        gather.end(items)
        yield from _pieces(items)


def _pieces(items: list[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _encoding(mapping: Mapping | None) -> str:
    return mapping.encoding if mapping else "utf-8"


def _separator(mapping: Mapping | None) -> str:
    return (mapping.delimiter if mapping else "") or ","


_row: Final = partial(tuple.__new__, Row)


def first_row(first: bytes) -> list[str]:
    """The cells of the first line, to see what kind of file it is; none if it is not CSV."""
    line = first.partition(b"\n")[0].decode("utf-8", "replace")
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
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
