"""The clock of a demo: shifted, and running faster, and only where a demo asked for it."""

from __future__ import annotations

from viewtrail.app.clock import OFFSET, RATE, shown

SECOND = 1_000_000


def test_without_a_demo_it_shows_the_time() -> None:
    assert shown(1_000 * SECOND, {}) == 1_000 * SECOND


def test_a_demo_shifts_it_and_lets_it_run_faster_from_its_start_on() -> None:
    demo = {OFFSET: str(-500 * SECOND), RATE: f"10@{1_000 * SECOND}"}
    assert shown(1_000 * SECOND, demo) == 500 * SECOND
    assert shown(1_006 * SECOND, demo) == 560 * SECOND
