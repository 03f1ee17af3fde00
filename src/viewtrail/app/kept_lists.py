"""Small lists kept as one file in the home: one change after the other, each told to the log first."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from viewtrail.app.findings import user
from viewtrail.app.home import Home
from viewtrail.event import from_wire, rfc3339

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OWN: Final = "viewtrail"

One = TypeVar("One", bound="DataclassInstance")


@contextmanager
def changing(path: Path, listed: Callable[[], list[One]]) -> Iterator[list[One]]:
    """What is listed, to be changed; kept as a whole at the end, on disk on return."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = listed()
        yield found
        _keep(path, found)
    finally:
        os.close(lock)


def _keep(path: Path, found: Sequence[One]) -> None:
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(one) for one in found], file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def tell(
    home: Home, what: str, data: dict[str, Any], now: int, entropy: Callable[[int], bytes], by: str
) -> None:
    """The log first: a change that is in no entry is not made."""
    event = from_wire(
        {
            "specversion": "1.0",
            "id": f"setting-{entropy(16).hex()}",
            "source": OWN,
            "type": "setting.changed",
            "time": rfc3339(now),
            "data": {"agent": by or user(), "what": what, **data},
        }
    )
    with home.writer() as log:
        log.append([event], received=now, masked=True)
