"""The wall clock of the running parts, in one place: a demo may live in the days its stories are told in."""

from __future__ import annotations

import os
import time
from typing import Final

OFFSET: Final = "VIEWTRAIL_DEMO_OFFSET"
"""Microseconds that a demo's processes add to the clock; set by `viewtrail demo` for its own children alone."""


def now() -> int:
    """Now, in microseconds UTC."""
    return time.time_ns() // 1_000 + int(os.environ.get(OFFSET, "0"))
