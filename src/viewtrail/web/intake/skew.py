"""How far a sender's clock is ahead of ours, from the `Sent` headers of its requests."""

from __future__ import annotations

from collections import deque
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import Fault, moment
from viewtrail.web.intake.answers import Refused

REMEMBERED: Final = 16
"""Requests of one key that an estimate rests on: the one that travelled fastest tells most."""

NOISE: Final = 1_000
"""Milliseconds; less than this is the time a request travels and waits, not a clock."""

STEP: Final = 100
"""Milliseconds to which an estimate is rounded: finer would be made up."""


class Skew:
    """Estimates by key, in milliseconds; positive where the sender's clock is ahead."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[int]] = {}

    def note(self, key: str, sent: bytes | None, received: int) -> int:
        """The estimate for this request; 0 where the sender does not say when it sent it."""
        if sent is None:
            return 0
        try:
            ahead = (moment(sent.decode("ascii")) - received) // 1_000
        except (Fault, UnicodeDecodeError) as fault:
            told = BadInput(f"the header Sent {fault}", next="write 2026-03-02T09:14:03.120Z")
            raise Refused(400, told) from None
        seen = self._seen.setdefault(key, deque(maxlen=REMEMBERED))
        seen.append(ahead)
        # A request that waited on its way looks as if its clock were behind: the largest is the nearest.
        best = max(seen)
        return 0 if abs(best) < NOISE else round(best / STEP) * STEP
