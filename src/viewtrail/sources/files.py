"""A file of events opened by its kind: read in batches, with its progress and its tally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.sources.asked import Asked, Held
from viewtrail.sources.connectors import found
from viewtrail.sources.csv_rows import TITLES, read_csv
from viewtrail.sources.directory import Directory
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.json_rows import read_json_lines, read_json_rows
from viewtrail.sources.jsonl import BOM, read_json, read_jsonl
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.parquet import ParquetRows
from viewtrail.sources.streams import BytesInHand, ByteSource

SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
}


class Reading(Iterator[list[Item]]):
    """The batches of one open file. `done` of `total` `unit` ("bytes" on disk or "rows") are behind us.

    `tally` counts pieces as they are given out; at the end of the reading
    `read == kept + set_aside + sum(not_mapped)`. The file is closed then; close it when stopping earlier.
    """

    def __init__(self, source: ByteSource, kind: str | None, asked: Asked) -> None:
        self.tally = Tally()
        self._source = source
        try:
            self._rows: ParquetRows | None = None
            self.kind = kind or _said(asked.mapping) or guess_kind(source.name, source.first())
            self._batches = self._open(asked)
        except BaseException:
            self._source.close()
            raise

    def _open(self, asked: Asked) -> Iterator[list[Item]]:
        connectors, mapping = found(), asked.mapping
        if mapping is not None and not mapping.events and self.kind not in connectors:
            raise BadInput(
                f"has no [[event]], and what else it says does not apply to {self.kind}",
                where=mapping.place,
                next=f"say --as {', '.join(name for name in connectors if name != 'xes')}",
            )
        if self.kind in ("jsonl", "json") and mapping is not None:
            read = read_json_lines if self.kind == "jsonl" else read_json_rows
            return read(self._source, self.tally, mapping)
        if self.kind in ("jsonl", "json"):
            return (read_jsonl if self.kind == "jsonl" else read_json)(self._source, self.tally)
        if self.kind == "csv":
            return read_csv(self._source, self.tally, mapping)
        if self.kind == "parquet":
            self._rows = ParquetRows(self._source)
            return self._rows.read(self.tally, mapping)
        if self.kind in connectors:
            return connectors[self.kind].read(self._source, self.tally, asked)
        raise BadInput(
            f"{self.kind!r} is no kind of file", where=self._source.name, next=f"kinds: {_kinds()}"
        )

    @property
    def unit(self) -> str:
        return "bytes" if self._rows is None else "rows"

    @property
    def done(self) -> int:
        return self._source.done if self._rows is None else self.tally.read

    @property
    def total(self) -> int:
        return self._source.total if self._rows is None else self._rows.total

    def __next__(self) -> list[Item]:
        try:
            while not (batch := next(self._batches)):
                pass
            return batch
        except BaseException:  # StopIteration too: whatever ends the reading closes the file
            self.close()
            raise

    def close(self) -> None:
        self._source.close()
        if self._rows is not None:
            self._rows.close()


def open_source(
    path: Path,
    *,
    kind: str | None = None,
    mapping: Mapping | None = None,
    directory: Directory | None = None,
) -> Reading:
    """Read `path` as batches of at most 2,000 events and set-aside pieces, in the order of the file.

    The kind is guessed from the name and the first bytes if not given; each kind may be gzip. Safe to
    repeat: the same bytes give the same items. A piece that cannot be read is an item, never an exception.
    BadInput, here or at the first batch, when the file as a whole cannot be read: it is not there or of no
    known kind, columns are missing, a mapping does not fit, it is a gzip bomb.
    """
    return Reading(ByteSource(path), kind, Asked(mapping, directory))


def open_lines(
    lines: bytes,
    name: str,
    *,
    kind: str,
    mapping: Mapping | None = None,
    directory: Directory | None = None,
    held: Held | None = None,
    before: int = 0,
) -> Reading:
    """Read some whole lines of a followed file `name`; `held` says what is not complete yet.

    `before`: how many lines of the file came before these, for the places of what is set aside.
    """
    return Reading(BytesInHand(lines, name, before), kind, Asked(mapping, directory, held))


_CELLS: Final = re.compile(rb"[,;\t|]")

PACKED: Final = (
    # (how such a file begins, what it is, what to do); APPNOTE.TXT 4.3.7, [MS-CFB] 2.2, ISO 32000 7.5.2
    (
        b"PK\x03\x04",
        "is a zip file or a spreadsheet",
        "unpack it, or save it as CSV (UTF-8)",
    ),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet", "save it as CSV (UTF-8)"),
    (b"%PDF-", "is a PDF", "export it as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z file", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd", "unpack it, or pack it with gzip"),
    (b"BZh", "is packed with bzip2", "unpack it, or pack it with gzip"),
    (b"\xfd7zXZ\x00", "is packed with xz", "unpack it, or pack it with gzip"),
    (b"SQLite format 3\x00", "is a database", "export the table as CSV"),
)
"""What people give by mistake, and what of it can be read after one step of theirs."""


def guess_kind(name: str, first: bytes) -> str:
    """The kind of a file by its first bytes and, where these could be several kinds, its name."""
    start = first.removeprefix(BOM).lstrip()
    if first.startswith(b"PAR1"):
        return "parquet"
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInput("is UTF-16", where=name, next="save it as UTF-8")
    for begins, what, step in PACKED:
        if first.startswith(begins):
            raise BadInput(what, where=name, next=step)
    for begins in (start, _below_titles(start)):
        for connector in found().values():
            if begins and connector.looks_like(begins):
                return connector.name
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    for connector in found().values():
        if suffix in connector.suffixes:
            return connector.name
    if start[:1] in (b"{", b"["):
        return "jsonl"  # a line may be a batch, so a one-line array is at home here too
    line = start.partition(b"\n")[0]
    if any(mark in line for mark in (b",", b";", b"\t", b"|")) and b"\0" not in first:
        return "csv"
    raise BadInput("what kind of file this is cannot be seen", where=name, next=f"say --as {_kinds()}")


def _below_titles(start: bytes) -> bytes:
    """What stands below the lines of a report's title, which have one cell; nothing where there is none."""
    lines = start.split(b"\n")
    for above, line in enumerate(lines[: TITLES + 1]):
        if len([cell for cell in _CELLS.split(line) if cell.strip(b'" \r')]) > 1:
            return b"\n".join(lines[above:]) if above and start[:1] not in b"{[" else b""
    return b""


def _said(mapping: Mapping | None) -> str | None:
    """The kind that a mapping without [[event]] is for: its connector."""
    alone = mapping is not None and not mapping.events and mapping.connector in found()
    return mapping.connector if mapping is not None and alone else None


def _kinds() -> str:
    return ", ".join(sorted({*SUFFIXES.values(), *found()}))
