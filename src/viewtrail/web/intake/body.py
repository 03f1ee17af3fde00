"""The bytes of a request: unpacked, and never more of them than may be."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.web.intake.answers import Receive, Refused

PIECE: Final = 1 << 20
"""Bytes unpacked at once: a small packed body cannot fill the memory before it is measured."""


class Disconnected(Exception):
    """The sender went away before its request had ended; nobody is there to answer."""


async def blocks(receive: Receive, headers: dict[bytes, bytes], limit: int) -> AsyncIterator[bytes]:
    """The body as it comes, unpacked. Refused: 413 above `limit` bytes, 415 for an unknown packing, 400 for a
    broken one."""
    packing = headers.get(b"content-encoding", b"").strip().lower() or b"identity"
    if packing not in (b"identity", b"gzip"):
        told = BadInput("the body is packed in a way that is not read", next="send it as gzip, or as it is")
        raise Refused(415, told)
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        raise too_long(limit)
    unpack = _Gzip() if packing == b"gzip" else None
    whole = 0
    async for raw in _sent(receive):
        for block in unpack.pieces(raw) if unpack else (raw,):
            whole += len(block)
            if whole > limit:
                raise too_long(limit)
            yield block
    if unpack and not unpack.ended:
        raise Refused(400, BadInput("the gzip body ends in the middle", next="send the same again"))


async def _sent(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


class _Gzip:
    """Unpacks a stream piece by piece; several gzip members after one another are one body (RFC 1952 2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._begun = False

    @property
    def ended(self) -> bool:
        return self._begun and self._member.eof

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        self._begun = True
        while raw:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            try:
                block = self._member.decompress(raw, PIECE)
            except zlib.error as error:
                raise Refused(400, BadInput(f"the body is no gzip: {error}", next="send it again")) from None
            raw = self._member.unconsumed_tail or self._member.unused_data
            if block:
                yield block


def too_long(limit: int) -> Refused:
    """The answer to a body that is longer than may be."""
    told = f"the body has more than {limit:,} bytes unpacked"
    return Refused(413, BadInput(told, next="send it in several requests"))
