"""CSV files row by row: the header shows the separator, and a broken quote costs one row, not the rest."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice

from viewtrail.errors import BadInput
from viewtrail.event.strict_json import text_fault
from viewtrail.sources.chunks import Chunk, Lines, NotCsv, OneRow
from viewtrail.sources.intake import RAW_KEPT, Item, Tally
from viewtrail.sources.jsonl import in_pieces
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.rows import Convert, RowsReader, converter
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import listed

SEPARATORS = ",;\t|"
AT_ONCE = 64  # lines that are read together, if each of them is a row of its own
GIVEN_AT = 100  # items that are given on together: all of them are still in the processor's cache
TITLES = 20  # lines above the header in which a report may say what it is
ABOVE = "a line above the header"
LONGEST_ROW = 1 << 20  # characters of one row, its quoted line breaks included; an open quote ends here


class CsvRows:
    """The rows of a CSV text with the line each begins on; what is not CSV comes as its text and reason.

    Line breaks within quotes belong to the row. After a row that is not CSV, reading goes on with the line
    that follows its first one, so that a forgotten quote does not swallow what comes after it.
    """

    def __init__(self, lines: Iterator[str], separator: str, first: int = 1) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._separator = separator
        self.line = first  # the line on which the next row begins

    def __iter__(self) -> Iterator[tuple[int, str, list[str] | NotCsv]]:
        """Each row with its line and its text."""
        for chunk in self.chunks():
            if isinstance(chunk, NotCsv):
                yield chunk.line, chunk.text, chunk
                continue
            for line, row in enumerate(chunk.rows, chunk.lines.first):
                if row:
                    yield line, chunk.lines.of(line), row

    def chunks(self) -> Iterator[Chunk | NotCsv]:
        """All rows, as many at a time as are read together."""
        while lines := list(islice(self._lines, AT_ONCE)):
            found = self._each_a_row(lines)
            if found is None:
                self._again.extend(lines)
                yield from self._one_by_one()
                continue
            yield _chunk(found, Lines("".join(lines), self.line))
            self.line += len(lines)

    def header(self) -> list[str] | NotCsv | None:
        """The first row that is not empty, to be asked for before all others."""
        for line in self._lines:
            self._again.append(line)
            for found in list(self._one_by_one()):
                return found if isinstance(found, NotCsv) else found.rows[0]
        return None

    def _each_a_row(self, lines: list[str]) -> list[list[str]] | None:
        """The rows of these lines; None if a row has several of them, or one is not CSV."""
        if max(map(len, lines)) > LONGEST_ROW:
            return None
        try:
            found = list(csv.reader(lines, delimiter=self._separator, strict=True))
        except csv.Error:
            return None
        return found if len(found) == len(lines) else None

    def _one_by_one(self) -> Iterator[Chunk | NotCsv]:
        """The rows of the lines in hand, and of those that the last of them needs to be whole."""
        while self._again:
            try:
                for row in csv.reader(self._feed(), delimiter=self._separator, strict=True):
                    if row:
                        yield _chunk([row], OneRow("".join(self._taken), self.line))
                    self.line += len(self._taken)
                    self._taken.clear()
                    if not self._again:
                        break
            except csv.Error as error:
                first, *rest = self._taken
                self._again.extendleft(reversed(rest))
                told = first.rstrip("\r\n"), f"not CSV: {error}"
                yield NotCsv(self.line, *(first.refused() if isinstance(first, LongLine) else told))
                self.line += 1
                self._taken.clear()

    def _feed(self) -> Iterator[str]:
        size = 0
        while True:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            size = size + len(line) if self._taken else len(line)
            self._taken.append(line)
            if size > LONGEST_ROW:
                raise csv.Error("the row does not end within 1 MiB; a quote may be missing")
            yield line


def _chunk(rows: list[list[str]], lines: Lines) -> Chunk:
    text = lines.text
    return Chunk(rows, lines, (text.isascii() and "\0" not in text) or not text_fault(text))


def read_csv(source: ByteSource, tally: Tally, mapping: Mapping | None) -> Iterator[list[Item]]:
    """Events of a CSV file in batches of at most 2,000; a bad row is set aside as `name:line`."""
    return read_headed(source, tally, mapping, lambda header: converter(header, mapping, source.name))


def read_headed(
    source: ByteSource, tally: Tally, mapping: Mapping | None, made: Callable[[list[str]], Convert]
) -> Iterator[list[Item]]:
    """The same with the rows' events by the function that `made` gives for the header."""
    lines = text_lines(source, mapping.encoding if mapping else "utf-8")
    top = list(islice(lines, TITLES + 1))
    if not top:
        raise BadInput("is empty", where=source.name, next="a CSV file begins with its header")
    given = mapping.delimiter if mapping else ""
    if mapping and mapping.columns:
        rows, header = CsvRows(chain(top, lines), given or separator_of(top[0])), list(mapping.columns)
        convert = made(header)
    else:
        most = 1 if source.followed else len(top)
        above, convert = _below_titles(top, most, lambda line: given or separator_of(line), made, source.name)
        for _ in filter(str.strip, top[:above]):
            tally.read += 1
            tally.not_mapped[ABOVE] += 1
        rows = CsvRows(chain(top[above:], lines), given or separator_of(top[above]), above + 1)
        header = _header(rows, source.name)
    reader, width = RowsReader(convert, tally, str), len(header)

    def place(line: int) -> str:
        return f"{source.name}:{line + source.before}"

    items: list[Item] = []
    for chunk in rows.chunks():
        if isinstance(chunk, NotCsv):
            reader.refuse(chunk.text, chunk.why, place(chunk.line), items)
        else:
            reader.take_rows(chunk, width, place, items)
        if len(items) >= GIVEN_AT:
            yield from in_pieces(items)
            items = []
    if source.broken:
        reader.refuse("", source.broken, f"{source.name}:{rows.line}", items)
    yield from in_pieces(items)


def _below_titles(
    top: list[str],
    most: int,
    separator: Callable[[str], str],
    made: Callable[[list[str]], Convert],
    name: str,
) -> tuple[int, Convert]:
    """How many lines stand above the header, and the function for the rows below it.

    Reports begin with their title, when they were made and for whom. The header is the first line that has
    the columns that are looked for. BadInput when none has: of the first line that has more than one cell.
    """
    fault: BadInput | None = None
    wide = False
    for above, line in enumerate(top[:most]):
        if not line.strip() and above + 1 < most:
            continue
        header: list[str] = []
        try:
            header = _header(CsvRows(iter(top[above:]), separator(line)), name)
            return above, made(header)
        except BadInput as error:
            if fault is None or (not wide and len(list(filter(None, header))) > 1):
                fault, wide = _with_columns(error, header, above + 1), len(list(filter(None, header))) > 1
    assert fault is not None
    raise fault


def _with_columns(error: BadInput, header: list[str], line: int) -> BadInput:
    """The fault with the columns that are there, and where: titles may stand above them."""
    there = listed(header)
    if len(header) < 2 or there in error.next:
        return error
    step = "; ".join(filter(None, (error.next, f"line {line} has {there}")))
    return BadInput(error.what, where=error.where, next=step)


def separator_of(header: str) -> str:
    """The separator that stands most often in the header outside quotes; a comma if none does."""
    outside = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _header(rows: CsvRows, name: str) -> list[str]:
    header = rows.header()
    if not isinstance(header, list):
        why = f" ({header.why})" if header else ""
        raise BadInput(f"has no header{why}", where=f"{name}:1", next="or list its columns in the mapping")
    return [column.strip() for column in header]


class LongLine(str):
    """The beginning of a line that is too long to be a row, `size` characters in all."""

    size: int

    def __new__(cls, begins: str, size: int) -> LongLine:
        line = super().__new__(cls, begins)
        line.size = size
        return line

    def refused(self) -> tuple[str, str]:
        """What is kept of it, and why it is no row."""
        why = f"the line has {self.size:,} characters, more than the {LONGEST_ROW:,} that a row may have"
        return self[:RAW_KEPT], why


def text_lines(source: ByteSource, encoding: str) -> Iterator[str]:
    """The lines with their ends. A byte that is no text becomes a lone surrogate; no event may hold one.

    Of a line that has no end within `LONGEST_ROW` characters only its beginning is given, as a `LongLine`.
    """
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    rest = ""
    endless = 0  # characters of a line whose end is not in sight, and of which only the beginning is kept
    for block in source.blocks():
        text = decoder.decode(block)
        if endless:
            more, end, text = text.partition("\n")
            endless += len(more)
            if not end:
                continue
            yield LongLine(rest, endless)
            rest, endless = "", 0
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield line + "\n"
        if len(rest) > LONGEST_ROW:
            rest, endless = rest[: LONGEST_ROW + 1], len(rest)
    rest += decoder.decode(b"", True)
    if rest:
        yield LongLine(rest, endless) if endless else rest
