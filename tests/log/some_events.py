"""Events, keys and entropy that are the same in every run, for the tests of the log."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from viewtrail.event import Event
from viewtrail.log import Keys

MONDAY = 1_772_442_843_120_000  # 2026-03-02T09:14:03.12Z
SECOND = 1_000_000
HOUR = 3_600 * SECOND
KEYS = Keys(tenant=bytes(range(32)), master=bytes(range(32, 64)), signing=bytes(range(64, 96)))


def counted() -> Callable[[int], bytes]:
    """Entropy that is none: the n-th call gives the n-th bytes."""
    calls = 0

    def draw(count: int) -> bytes:
        nonlocal calls
        calls += 1
        return sha256(b"draw %d" % calls).digest()[:count]

    return draw


def viewed(n: int = 0, **changes: Any) -> Event:
    """The n-th look at a record of a working day."""
    fields: dict[str, Any] = {
        "source": "/crm",
        "id": f"e-{n}",
        "type": "record.viewed",
        "time": MONDAY + n * SECOND,
        "subject": f"L-{n % 50}",
        "sequence": str(n + 1),
        "data": {"agent": f"agent-{n % 7}", "record_kind": "lead", "via": "list", "position": n % 30},
    }
    return Event(**{**fields, **changes})


def with_detail(n: int, **changes: Any) -> Event:
    return viewed(
        n, extra={"attributes": {"ip": "192.0.2.7"}, "data": {"note": f"called back {n}"}}, **changes
    )
