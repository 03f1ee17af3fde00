"""The loop's state between two runs: kept to start faster, never trusted over the log, deleted at will."""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from viewtrail.finding import Transition
from viewtrail.review.decisions import Decisions
from viewtrail.review.sources import Sources
from viewtrail.watch import Loop

FOLDER: Final = "state"

AT_ONCE: Final = 1 << 20
"""Bytes written between two waits for the disk: behind no more than these the log's own few have to wait."""

KEPT: Final = 2
"""So many snapshots are kept; an older one has no use once a newer is on disk."""

_DIGEST: Final = 32


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A loop that has folded the entries [0, size), and the transitions they caused.

    `history`: the last of them was imported as history.
    """

    loop: Loop
    transitions: Sequence[Transition]
    size: int
    history: bool
    decisions: Decisions = field(default_factory=Decisions)
    written: dict[str, list[tuple[str, str, str, int]]] = field(default_factory=dict)
    "Of each finding what the log holds of the loop's own words: (entry's id, transition, tier, time)."
    sources: Sources | None = None


_STALE: Final = (
    pickle.UnpicklingError,
    AttributeError,
    ImportError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    EOFError,
)
"""What reading the state of other code may raise."""


def save(home: Path, key: bytes, kept: Snapshot) -> Path:
    """Write the state under a code of `key`: on return it is on disk, whole, or an exception was raised.

    The code matters because reading a pickle runs it: only one that this installation wrote is read.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    body = pickle.dumps(kept, protocol=pickle.HIGHEST_PROTOCOL)
    place = folder / f"{_stem(kept.loop)}-{kept.size:016d}.snapshot"
    partial = place.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(_code(key, body))
        for start in range(0, len(body), AT_ONCE):
            file.write(memoryview(body)[start : start + AT_ONCE])
            file.flush()
            os.fsync(file.fileno())
    partial.replace(place)
    for old in sorted(folder.glob("*.snapshot"), key=lambda one: one.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
    return place


def load(home: Path, key: bytes, fresh: Loop, size: int) -> Snapshot | None:
    """The newest snapshot of the code and settings of `fresh` that covers at most `size` entries, or None.

    A damaged or foreign file is passed over: the log says the same, only slower.
    """
    folder = home / FOLDER
    for place in sorted(folder.glob(f"{_stem(fresh)}-*.snapshot"), reverse=True):
        content = place.read_bytes()
        body = content[_DIGEST:]
        if not hmac.compare_digest(content[:_DIGEST], _code(key, body)):
            continue
        try:
            kept = pickle.loads(body)
        except _STALE:
            continue
        if isinstance(kept, Snapshot) and kept.size <= size:
            return kept
    return None


def _stem(loop: Loop) -> str:
    return f"{loop.version['code']}-{loop.version['settings']}-{_review_version()}"


@cache
def _review_version() -> str:
    """A digest of the code that folds decisions: its state is of no use to other code."""
    sources = sorted(files("viewtrail").joinpath("review").iterdir(), key=lambda one: one.name)
    read = [source.read_bytes() for source in sources if source.name.endswith(".py")]
    return hashlib.sha256(b"\x00".join(read)).hexdigest()[:8]


def _code(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, b"viewtrail loop snapshot\x00" + body, hashlib.sha256).digest()
