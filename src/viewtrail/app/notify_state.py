"""HOME/notify.json: what was sent, so that a restart sends nothing again."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from viewtrail.measure.clocks import DAY

FILE: Final = "notify.json"
KEPT: Final = 30 * DAY


@dataclass(slots=True)
class State:
    """Since when notices are sent, the day of the last digest by address, and what was sent when (µs)."""

    path: Path
    since: int
    digests: dict[str, str] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)

    def keep(self, now: int) -> None:
        """On disk when it returns. What was sent between the sending and this is sent again after a crash."""
        self.sent = {key: at for key, at in self.sent.items() if at > now - KEPT}
        told = {"since": self.since, "digests": self.digests, "sent": self.sent}
        part = self.path.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)


def read(home: Path, now: int) -> State:
    """What was kept; where there is nothing, or nothing that can be read, notices begin now."""
    state = State(home / FILE, now)
    with suppress(OSError, ValueError, TypeError, KeyError):
        told: dict[str, Any] = json.loads(state.path.read_text(encoding="utf-8"))
        state.since = int(told["since"])
        state.digests = {str(name): str(day) for name, day in told["digests"].items()}
        state.sent = {str(key): int(at) for key, at in told["sent"].items()}
    return state
