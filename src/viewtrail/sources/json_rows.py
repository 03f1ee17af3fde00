"""JSON of somebody else's objects by a mapping: each column of the mapping is a JMESPath into the object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from viewtrail.errors import BadInput
from viewtrail.sources.cells import plain
from viewtrail.sources.intake import Item, Tally, array_pieces
from viewtrail.sources.jsonl import BOM, LONGEST_JSON, in_batches
from viewtrail.sources.mapping import Mapping, columns_named
from viewtrail.sources.rows import RowsReader, by_mapping
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import Row

WHOLE = "@"
"""JMESPath for the object itself: what it is known by if the mapping names no id."""

_NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
LONGEST_OBJECT = 16 << 20  # bytes of one line or element

Search = Callable[[Any], Any]


class Objects:
    """Makes the events of one file's objects; counts each once."""

    def __init__(self, mapping: Mapping, source: ByteSource, tally: Tally) -> None:
        if mapping.id is None and not mapping.id_from:
            mapping = replace(mapping, id_from=(WHOLE,))
        columns = columns_named(mapping)
        self._cells = [_compiled(name, mapping.place) for name in columns]
        self._rows = _compiled(mapping.rows, f"{mapping.place} rows") if mapping.rows else None
        self._raw: bytes | str = b""
        self._reader = RowsReader(by_mapping(columns, mapping), tally, lambda row: _text(self._raw))

    def take(self, raw: bytes, place: str) -> Iterator[Item]:
        """The items of one JSON text: an object, or an array of them."""
        items: list[Item] = []
        if self._rows is None and raw.lstrip(b" \t\r\n").startswith(b"["):
            for number, (piece, broken) in enumerate(array_pieces(raw), 1):
                if broken:
                    self._reader.refuse(_text(piece), broken, f"{place} item {number}", items)
                else:
                    self._one(piece, f"{place} item {number}", items)
                yield from items
                items.clear()
            return
        if self._rows is None:
            self._one(raw, place, items)
        else:
            self._inner(raw, place, self._rows, items)
        yield from items

    def refuse(self, why: str, place: str) -> Item:
        items: list[Item] = []
        self._reader.refuse("", why, place, items)
        return items[0]

    def _one(self, raw: bytes, place: str, items: list[Item]) -> None:
        try:
            told = _loaded(raw)
        except BadInput as error:
            self._reader.refuse(_text(raw), error.what, place, items)
            return
        self._object(told, raw, place, items)

    def _inner(self, raw: bytes, place: str, rows: Search, items: list[Item]) -> None:
        """The objects that stand somewhere inside, as the mapping's `rows` says."""
        try:
            found = _searched(rows, _loaded(raw))
            if not isinstance(found, list):
                raise BadInput("rows finds no list in it")
        except BadInput as error:
            self._reader.refuse(_text(raw), error.what, place, items)
            return
        for number, told in enumerate(found, 1):
            self._object(told, json.dumps(told), f"{place} item {number}", items)

    def _object(self, told: Any, raw: bytes | str, place: str, items: list[Item]) -> None:
        self._raw = raw
        try:
            if not isinstance(told, dict):
                raise BadInput("is not a JSON object")
            row: Row = tuple(_cell(_searched(search, told)) for search in self._cells)
        except BadInput as error:
            self._reader.refuse(_text(raw), error.what, place, items)
            return
        self._reader.take(row, lambda: place, items)


def _compiled(told: str, where: str) -> Search:
    if told == WHOLE:
        return lambda found: json.dumps(found, sort_keys=True)
    if _NAMES.fullmatch(told):
        return _named(told.split("."))
    try:
        search: Search = jmespath.compile(told).search
    except JMESPathError as error:
        why = str(error).splitlines()[0]
        raise BadInput(
            f"{told!r} is no JMESPath ({why})",
            where=where,
            next="write a name with other signs in quotes",
        ) from None
    return search


def _named(names: list[str]) -> Search:
    """What JMESPath finds by names with dots between, in a tenth of its time: most columns are that."""
    if len(names) == 1:
        [only] = names
        return lambda found: found.get(only) if type(found) is dict else None

    def search(found: Any) -> Any:
        for name in names:
            if type(found) is not dict:
                return None
            found = found.get(name)
        return found

    return search


def _searched(search: Search, told: Any) -> Any:
    try:
        return search(told)
    except JMESPathError as error:
        raise BadInput(f"a column cannot be read ({str(error).splitlines()[0]})") from None


def _cell(value: Any) -> Any:
    """What a table would hold: a list of plain values with commas between, anything deeper as JSON."""
    if not isinstance(value, (list, dict)):
        return value
    if isinstance(value, list):
        parts = [one if isinstance(one, str) else plain(one) for one in value if one is not None]
        if all(not isinstance(one, (list, dict)) for one in value) and not any("," in part for part in parts):
            return ",".join(parts)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _loaded(raw: bytes) -> Any:
    if len(raw) > LONGEST_JSON:
        raise BadInput(f"is over {LONGEST_JSON >> 20} MiB")
    try:  # not strictly: only what the mapping names has to be text that every reader understands alike
        return json.loads(raw.decode())
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {str(error)[:100]}") from None


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape")


def read_json_lines(source: ByteSource, tally: Tally, mapping: Mapping) -> Iterator[list[Item]]:
    """Events of lines of JSON, an object or an array each; a bad one is set aside as `name:line`."""
    objects = Objects(mapping, source, tally)
    yield from in_batches(_lines(source, objects))


def _lines(source: ByteSource, objects: Objects) -> Iterator[Item]:
    number = source.before
    rest = b""
    for at, block in enumerate(source.blocks()):
        *lines, rest = (rest + (block.removeprefix(BOM) if at == 0 else block)).split(b"\n")
        for line in lines:
            number += 1
            yield from _line(objects, line, f"{source.name}:{number}")
        if len(rest) > LONGEST_OBJECT:
            rest = rest[: LONGEST_OBJECT + 1]
    yield from _line(objects, rest, f"{source.name}:{number + 1}")
    if source.broken:
        yield objects.refuse(source.broken, f"{source.name}:{number + 1}")


def _line(objects: Objects, line: bytes, place: str) -> Iterator[Item]:
    if len(line) > LONGEST_OBJECT:
        yield objects.refuse(f"is over {LONGEST_OBJECT >> 20} MiB on one line", place)
    elif line.strip():
        yield from objects.take(line.rstrip(b"\r"), place)


def read_json_rows(source: ByteSource, tally: Tally, mapping: Mapping) -> Iterator[list[Item]]:
    """Events of one JSON text, an object or an array; the nth, if bad, is set aside as `name item n`."""
    objects = Objects(mapping, source, tally)
    body = bytearray()
    for block in source.blocks():
        body += block
        if len(body) > LONGEST_JSON:
            raise BadInput(
                f"is over {LONGEST_JSON >> 20} MiB as one JSON text",
                where=source.name,
                next="write one object a line (JSONL)",
            )
    yield from in_batches(objects.take(bytes(body).removeprefix(BOM), source.name))
    if source.broken:
        yield [objects.refuse(source.broken, source.name)]
