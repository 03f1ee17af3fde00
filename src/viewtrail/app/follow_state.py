"""What a follower keeps between two starts: on disk as a whole, or as it was before."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from viewtrail.errors import ViewtrailError

Made = TypeVar("Made")


def save(place: Path, told: dict[str, Any]) -> None:
    """On disk on return; whoever is killed in between leaves what was there before."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)


def load(place: Path, made: Callable[[dict[str, Any]], Made], *, again: str) -> Made:
    """What `made` makes of what was kept; ViewtrailError where it cannot."""
    try:
        return made(json.loads(place.read_text()))
    except (ValueError, KeyError, TypeError) as error:
        step = f"move it away: {again}"
        raise ViewtrailError(f"cannot be read ({error})", where=str(place), next=step) from None
