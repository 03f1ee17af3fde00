"""Rows of a table into events: by the contract's flat columns, or by a mapping; each counted once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.event import from_flat
from viewtrail.event.strict_json import text_fault
from viewtrail.sources.cells import plain
from viewtrail.sources.chunks import Chunk
from viewtrail.sources.intake import Item, Tally, aside
from viewtrail.sources.mapped_rows import Convert, by_mapping
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.values import Row

__all__ = ["Convert", "RowsReader", "by_mapping", "check_text", "converter"]

FLAT_NEEDED = ("id", "source", "type", "time")
Raw = Callable[[Row], str]


class RowsReader:
    """Takes the rows of one file, counts each once, and gives a row's events or the row set aside, whole."""

    def __init__(self, convert: Convert, tally: Tally, raw: Raw, text: Raw | None = None) -> None:
        self._convert = convert
        self._tally = tally
        self._raw = raw  # how a row that is set aside is shown
        self._text = text or _text_of  # all text of a row, to see that it is text

    def take(self, row: Row, place: Callable[[], str], into: list[Item], *, checked: bool = False) -> None:
        """The row's events, or the row set aside. `checked`: its text is known to be plain ASCII."""
        tally = self._tally
        tally.read += 1
        try:
            if not checked:
                text = self._text(row)
                if not text.isascii() or "\0" in text:
                    check_text(text)
            told = self._convert(row)
        except BadInput as error:
            tally.set_aside += 1
            into.append(aside(self._raw(row), error, place()))
            return
        if isinstance(told, str):
            tally.not_mapped[told] += 1
            return
        tally.kept += 1
        tally.events += len(told)
        into += told

    def take_rows(self, chunk: Chunk, width: int, place: Callable[[int], str], into: list[Item]) -> None:
        """The same for rows that were read together; one that has not `width` cells is set aside."""
        convert, lines, sound, tally = self._convert, chunk.lines, chunk.sound, self._tally
        kept = bad = empty = 0
        before = len(into)
        for line, row in enumerate(chunk.rows, lines.first):
            if not row:
                empty += 1
                continue
            try:
                if len(row) != width:
                    raise BadInput(f"has {len(row)} columns, the header {width}")
                if not sound:
                    check_text(lines.of(line))
                told = convert(row)
            except BadInput as error:
                bad += 1
                into.append(aside(lines.of(line), error, place(line)))
                continue
            if type(told) is list:
                kept += 1
                into += told
            else:
                tally.not_mapped[str(told)] += 1
        tally.read += len(chunk.rows) - empty
        tally.kept += kept
        tally.set_aside += bad
        tally.events += len(into) - before - bad

    def refuse(self, raw: str, why: str, place: str, into: list[Item]) -> None:
        """A piece that is not even a row."""
        self._tally.read += 1
        self._tally.set_aside += 1
        into.append(aside(raw, BadInput(why), place))


def _text_of(row: Row) -> str:
    return "\n".join([cell for cell in row if type(cell) is str])


def check_text(text: str) -> None:
    """Refuses a row whose text other readers could take for something else; it is never changed."""
    fault = text_fault(text)
    if fault == "holds a lone surrogate":  # what bytes that are no text were read as
        raise BadInput(
            "is not UTF-8", next='if all is in another encoding, say so in the mapping: encoding = "cp1252"'
        )
    if fault:
        raise BadInput(fault)


def converter(header: Sequence[str], mapping: Mapping | None, where: str) -> Convert:
    """The function for the rows under this header; BadInput when header and mapping do not fit."""
    try:
        check_text("\n".join(header))
    except BadInput as error:
        raise BadInput(f"the header {error.what}", where=where, next=error.next) from None
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise BadInput(f"column {twice[0]!r} stands twice", where=where, next="name each column once")
    return by_mapping(header, mapping) if mapping is not None else _flat(header, where)


def _flat(header: Sequence[str], where: str) -> Convert:
    missing = [name for name in FLAT_NEEDED if name not in header]
    if missing:
        raise BadInput(
            f"has no column {missing[0]!r}, so it is not in the flat form",
            where=where,
            next="give a mapping with --map (docs/how-to/import-files.md)",
        )
    names = tuple(header)
    return lambda row: [
        from_flat({name: _flat_cell(name, cell) for name, cell in zip(names, row, strict=True)})
    ]


def _flat_cell(name: str, cell: Any) -> Any:
    """A cell that JSON can hold, because a field we do not know is kept as it is."""
    kind = type(cell)
    if cell is None or kind is str or kind is bool:
        return cell
    if kind is float:
        if math.isinf(cell):
            raise BadInput(f"{name} is infinite")
        return cell
    if kind is int:
        if abs(cell) >= 2**53:
            raise BadInput(f"{name} {cell} is beyond 2^53 and would not survive other readers")
        return cell
    return cell if name == "time" else plain(cell)
