"""Rows by the names of their columns: a CSV file with a header, or JSON as an interface answers it.

JSON may be one row, a list of rows, a page that has its list under a name ({"data": [...]}), or lines of any
of these. It is read whole, so a file has at most 256 MiB.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.sources.cells import plain
from viewtrail.sources.csv_rows import read_headed
from viewtrail.sources.intake import Item, Tally, array_pieces
from viewtrail.sources.jsonl import BOM, LONGEST_JSON, in_batches
from viewtrail.sources.mapping import Mapping as Rules
from viewtrail.sources.rows import RowsReader, check_text
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import Row

Told = Mapping[str, Any]
Tell = Callable[[Told], list[Event] | str]
"""The events of one row, or why it gives none on purpose; BadInput says what is wrong with it."""

_SPACE: Final = b" \t\r\n"


def cell(row: Told, name: str) -> str:
    """What the row says under this name, as text; "" where it says nothing. `a.b` is b within a."""
    value: Any = row.get(name)
    if type(value) is str:  # nearly always, and eight times a row
        return value.strip()
    if name not in row:
        value = row
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if value is None or value is False or isinstance(value, (list, dict)):
        return ""
    return plain(value).strip()


def has(row: Told, name: str) -> bool:
    """Whether the row has this name, be it empty."""
    return name in row or name.partition(".")[0] in row


def read_named(
    source: ByteSource,
    tally: Tally,
    mapping: Rules | None,
    tell: Tell,
    *,
    needed: tuple[str, ...],
    within: tuple[str, ...] = (),
    renamed: Mapping[str, str] | None = None,
) -> Iterator[list[Item]]:
    """Events of a file's rows in batches of at most 2,000; a bad row is set aside with its place.

    `needed` has to be in every row, `within` are the names that lists stand under in a page, `renamed` is
    from a column of this file to the name that `tell` knows. BadInput when the header lacks a needed name.
    """
    names = dict(renamed or {})
    if _begins(source) in (b"{", b"["):
        return in_batches(_Json(source, tally, tell, needed, within, names).items())
    return read_headed(source, tally, mapping, lambda header: _headed(header, tell, needed, names, source))


def _begins(source: ByteSource) -> bytes:
    """The first byte that is no blank."""
    start = b""
    for block in source.blocks():
        start = (start + block).removeprefix(BOM).lstrip(_SPACE)
        if start and not BOM.startswith(start):
            break
    return start[:1]


def _headed(
    header: list[str], tell: Tell, needed: tuple[str, ...], names: Mapping[str, str], source: ByteSource
) -> Callable[[Row], list[Event] | str]:
    check_text("\n".join(header))
    columns = [names.get(name, name) for name in header]
    twice = [name for name, times in Counter(columns).items() if times > 1]
    if twice:
        raise BadInput(f"column {twice[0]!r} stands twice", where=f"{source.name}:1")
    for name in needed:
        if name not in columns:
            raise BadInput(
                f"has no column {name!r}",
                where=f"{source.name}:1",
                next="export it too, or name yours under columns in the mapping",
            )
    return lambda row: tell(dict(zip(columns, row, strict=True)))


class _Json:
    """The rows of one file of JSON, each counted once."""

    def __init__(
        self,
        source: ByteSource,
        tally: Tally,
        tell: Tell,
        needed: tuple[str, ...],
        within: tuple[str, ...],
        names: Mapping[str, str],
    ) -> None:
        self._source, self._needed, self._within, self._names = source, needed, within, names
        self._tell = tell
        self._raw = ""
        self._reader = RowsReader(self._row, tally, lambda row: self._raw or _shown(row), _shown)

    def items(self) -> Iterator[Item]:
        name = self._source.name
        body = self._body()
        for place, text in _texts(body, name):
            yield from self._one(text, place)
        if self._source.broken:
            yield from self._refused("", self._source.broken, name)

    def _body(self) -> bytes:
        body = bytearray()
        for block in self._source.blocks():
            body += block
            if len(body) > LONGEST_JSON:
                raise BadInput(
                    f"is over {LONGEST_JSON >> 20} MiB", where=self._source.name, next="write smaller files"
                )
        return bytes(body).removeprefix(BOM).strip(_SPACE)

    def _one(self, text: bytes, place: str) -> Iterator[Item]:
        """The items of one JSON text."""
        if text.startswith(b"["):
            for number, (piece, broken) in enumerate(array_pieces(text), 1):
                spot = f"{place} item {number}"
                yield from self._refused(_text(piece), broken, spot) if broken else self._piece(piece, spot)
            return
        yield from self._piece(text, place)

    def _piece(self, piece: bytes, place: str) -> Iterator[Item]:
        try:
            told = _loaded(piece)
        except BadInput as error:
            yield from self._refused(_text(piece), error.what, place)
            return
        listed = self._listed(told)
        if listed is None:
            self._raw = _text(piece)
            yield from self._taken(told, place)
            self._raw = ""
            return
        for number, one in enumerate(listed, 1):
            yield from self._taken(one, f"{place} item {number}")

    def _listed(self, told: Any) -> list[Any] | None:
        """The list of a page; None for a row."""
        for name in self._within:
            inner = told
            for part in name.split("."):
                inner = inner.get(part) if isinstance(inner, dict) else None
            if isinstance(inner, list):
                return inner
        return None

    def _row(self, row: Row) -> list[Event] | str:
        told = row[0]
        if not isinstance(told, dict):
            raise BadInput("is not a JSON object")
        if self._names:
            told = {self._names.get(name, name): value for name, value in told.items()}
        for name in self._needed:
            if not has(told, name):
                raise BadInput(f"has no {name!r}")
        return self._tell(told)

    def _taken(self, told: Any, place: str) -> list[Item]:
        items: list[Item] = []
        self._reader.take((told,), lambda: place, items)
        return items

    def _refused(self, raw: str, why: str, place: str) -> list[Item]:
        items: list[Item] = []
        self._reader.refuse(raw, why, place, items)
        return items


def _shown(row: Row) -> str:
    return json.dumps(row[0], ensure_ascii=False)


def _texts(body: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The JSON texts of a file: its lines if the first or the last is whole, else all of it."""
    if not body:
        return
    first, last = body.partition(b"\n")[0], body.rpartition(b"\n")[2]
    if b"\n" not in body or not (_is_whole(first) or _is_whole(last)):
        yield name, body
        return
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip(_SPACE):
            yield f"{name}:{number}", line.strip(_SPACE)


def _is_whole(line: bytes) -> bool:
    try:
        _loaded(line)
    except BadInput:
        return False
    return True


def _loaded(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode())
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {str(error)[:100]}") from None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
