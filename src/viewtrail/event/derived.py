"""Ids for rows of sources that give none: a hash of the row itself, so the same row has the same id."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from struct import Struct
from typing import Final

_LETTERS: Final = bytes(letter for letter in b"abcdefghijklmnopqrstuvwxyz234567" for _ in range(8))
"""For bytes.translate: the letter of a byte's upper five bits, whatever the lower three are."""
_LENGTH: Final = 52  # letters of 5 bits that hold 256


def derived_id(connector: str, source: str, row: Sequence[str | None], k: int) -> str:
    """The id of a row from a source without ids: the same row gives the same id from whatever file it comes.

    `k` is the occurrence number of that identical row within its own timestamp's second. Path and line
    number are not in it, so overlapping, appended and rotated files agree.
    """
    return id_of_cells(connector, source, as_told(row), k)


def as_told(row: Sequence[str | None]) -> str:
    """The cells as the id is made of them, with a comma between each two; parts of a row can be joined so."""
    # The JSON of [connector, source, row, k], in a quarter of the time that a JSON encoder takes
    return ",".join(["null" if cell is None else encode_basestring(cell) for cell in row])


def id_of_cells(connector: str, source: str, told: str, k: int) -> str:
    """The same for a row of which `as_told` is known: where many rows say the same, it is made once."""
    return base32(hashlib.sha256(f"{_start(connector, source)}{told}],{k}]".encode()).digest())


@lru_cache(maxsize=100)
def _start(connector: str, source: str) -> str:
    return f"[{encode_basestring(connector)},{encode_basestring(source)},["


_FIVES: Final = Struct("5s5s5s5s5s5s2s").unpack
_EIGHTS: Final = Struct("8s8s8s8s8s8s8s").pack


def _fields(low: int, bits: int, width: int) -> int:
    """A mask of `bits` bits, `low` above the lower end of each field of `width` bits."""
    return sum(((1 << bits) - 1) << field + low for field in range(0, 448, width))


# In fields of 64, 32 and 16 bits: the upper half of the letters, which stays, and the lower one, which moves
_20_STAY, _20_MOVE = _fields(44, 20, 64), _fields(24, 20, 64)
_10_STAY, _10_MOVE = _fields(22, 10, 32), _fields(12, 10, 32)
_5_STAY, _5_MOVE = _fields(11, 5, 16), _fields(6, 5, 16)


def base32(digest: bytes) -> str:
    """RFC 4648 base32 of 32 bytes in small letters, without padding.

    Five bytes are eight letters: each five are put into eight, and their bits spread as one big number, for
    all letters at once, until each has the upper bits of a byte of its own.
    """
    bits = int.from_bytes(_EIGHTS(*_FIVES(digest)), "big")
    bits = bits & _20_STAY | (bits & _20_MOVE) >> 12
    bits = bits & _10_STAY | (bits & _10_MOVE) >> 6
    bits = bits & _5_STAY | (bits & _5_MOVE) >> 3
    return bits.to_bytes(56, "big").translate(_LETTERS)[:_LENGTH].decode("ascii")
