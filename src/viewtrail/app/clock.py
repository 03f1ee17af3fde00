"""The wall clock of the running parts, in one place: a demo may live in the days its stories are told in."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Final

OFFSET: Final = "VIEWTRAIL_DEMO_OFFSET"
"""Microseconds that a demo's processes add to the clock; set by `viewtrail demo` for its children alone."""

RATE: Final = "VIEWTRAIL_DEMO_RATE"
"""RATE@SINCE: from that moment (µs UTC) on, a demo's clock runs so many times as fast."""


def now() -> int:
    """Now, in microseconds UTC."""
    return shown(time.time_ns() // 1_000, os.environ)


def shown(real: int, environment: Mapping[str, str]) -> int:
    """What the clock shows at the moment `real`."""
    rate, _, since = environment.get(RATE, "").partition("@")
    faster = (int(rate) - 1) * (real - int(since)) if rate else 0
    return real + faster + int(environment.get(OFFSET, "0"))
