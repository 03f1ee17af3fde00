"""What telephone systems post when a call is over, read as objects: JSON, a form, or base64 within a form."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes

from viewtrail.errors import BadInput
from viewtrail.event.strict_json import text_fault
from viewtrail.sources.jsonl import BOM, LONGEST_JSON
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown

LONGEST_POST: Final = 16 << 20
"""Bytes of one line of a file: a call with all its variables has some 60 KiB."""

LISTS: Final = ("calls", "Calls", "data")
"""Under these names the vendors' own lists of calls hold them, when they are asked for many."""

Post = dict[str, Any]


def posts(raw: bytes) -> list[Any]:
    """The objects of one body or one line of a file; BadInput when it is neither JSON nor a form."""
    text = raw.strip(b" \t\r\n")
    if text.startswith(b"cdr="):  # mod_json_cdr: the JSON in a form, escaped or as base64
        text = _unescaped(text[4:])
    if text[:1] in (b"{", b"["):
        return _within(_json(text))
    if b"=" in text and text.isascii():
        return [_form(text)]
    raise BadInput("is neither JSON nor a form", next="send it as the vendor does")


def _unescaped(value: bytes) -> bytes:
    text = unquote_to_bytes(value)
    if text[:1] == b"{":
        return text
    try:
        return base64.b64decode(text.replace(b" ", b"+"), validate=True)
    except binascii.Error:
        raise BadInput("cdr= holds neither JSON nor base64") from None


def _json(text: bytes) -> Any:
    try:
        return json.loads(text.decode())
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {str(error)[:100]}") from None


def _within(told: Any) -> list[Any]:
    """The calls of a list, wherever the vendor puts it."""
    if isinstance(told, dict):
        for name in LISTS:
            if isinstance(told.get(name), list):
                return list(told[name])
        inner = told.get("Call", told.get("call"))
        return [inner if isinstance(inner, dict) and "event" not in told else told]
    return list(told)


def _form(text: bytes) -> Post:
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=1_000)
    except ValueError as error:  # not UTF-8, or more fields than any callback has
        raise BadInput(f"is no form: {str(error)[:100]}") from None
    return dict(pairs)


def posts_in(source: ByteSource) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, or all of it when it is one JSON text over many lines."""
    number, rest, begun = 0, b"", False
    blocks = _blocks(source)
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for place, line in enumerate(lines):
            if not begun and _opens(line):
                yield number + 1, _all(source.name, [b"\n".join([*lines[place:], rest])], blocks)
                return
            begun = begun or bool(line.strip())
            number += 1
            yield number, line
        if len(rest) > LONGEST_POST:
            rest = rest[: LONGEST_POST + 1]
    yield number + 1, rest


def _all(name: str, parts: list[bytes], blocks: Iterator[bytes]) -> bytes:
    size = len(parts[0])
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size > LONGEST_JSON:
            raise BadInput(f"is over {LONGEST_JSON >> 20} MiB as one JSON text", where=name)
    return b"".join(parts)


def _blocks(source: ByteSource) -> Iterator[bytes]:
    """The blocks without the mark that editors put at the start of a file."""
    head: bytes | None = b""
    for block in source.blocks():
        if head is None:
            yield block
            continue
        head += block
        if len(head) >= len(BOM):
            yield head.removeprefix(BOM)
            head = None
    if head:
        yield head


def _opens(line: bytes) -> bool:
    """Whether a first line only begins a JSON text that goes on below it."""
    text = line.strip(b" \t\r")
    return text[:1] in (b"{", b"[") and text[-1:] in (b"{", b"[", b",")


def text_of(post: Post, *names: str) -> str:
    """The first of these fields that says something, as text; BadInput for what no text can hold."""
    for name in names:
        told = post.get(name)
        if told is None or told == "":
            continue
        value = str(told) if type(told) in (int, float) else told
        if not isinstance(value, str) or text_fault(value) or len(value) > 1_000:
            raise BadInput(f"{name} {shown(told)} is no text")
        if value.strip():
            return value.strip()
    return ""
