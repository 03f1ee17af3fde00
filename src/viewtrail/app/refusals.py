"""refused.json in HOME/beacon and HOME/hooks: what was refused there, by hour and reason."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

from viewtrail.measure.clocks import HOUR

FILE: Final = "refused.json"
BEACON: Final = "beacon"
HOOKS: Final = "hooks"

NO_HOOK: Final = "no hook of that name"

KEPT: Final = 48
"""Hours kept: a day is shown, and the one before while it is looked at."""

REASONS: Final = 50
"""Reasons told apart in an hour: they come from outside, so that there could be any number of them."""

OTHER: Final = "another reason"

LEAST_BETWEEN: Final = 5_000_000
"""µs between two writings: a page that is refused again and again is no load on the disk."""


class Refusals:
    """Counts refusals and keeps them in `folder`; a crash costs those of the last seconds."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._hours: dict[int, Counter[str]] = _read(self._file)
        self._written = 0

    def note(self, why: str, now: int) -> None:
        """One refusal at `now` (µs)."""
        hour = self._hours.setdefault(now // HOUR, Counter())
        hour[why if why in hour or len(hour) < REASONS else OTHER] += 1
        if now - self._written >= LEAST_BETWEEN:
            self.keep(now)

    def keep(self, now: int) -> None:
        """Write them; a disk that takes nothing costs the count and no signal."""
        self._written = now
        self._hours = {hour: whys for hour, whys in self._hours.items() if hour > now // HOUR - KEPT}
        part = self._file.with_suffix(".part")
        with suppress(OSError):
            part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_text(json.dumps(self._hours), encoding="utf-8")
            part.replace(self._file)


def refused(home: Path, now: int, folder: str = BEACON) -> dict[str, int]:
    """How many were refused in the 24 hours before `now`, by reason."""
    found: Counter[str] = Counter()
    for hour, whys in _read(home / folder / FILE).items():
        if now // HOUR - 24 < hour <= now // HOUR:
            found.update(whys)
    return dict(found)


def _read(file: Path) -> dict[int, Counter[str]]:
    with suppress(OSError, ValueError, TypeError, AttributeError):
        told = json.loads(file.read_text(encoding="utf-8"))
        return {int(hour): Counter({str(w): int(n) for w, n in whys.items()}) for hour, whys in told.items()}
    return {}
