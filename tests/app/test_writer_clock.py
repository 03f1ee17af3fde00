"""The server's clock: never back, and each step of the machine's clock told once."""

from dataclasses import dataclass, field

import pytest

from log.some_events import HOUR, MONDAY, SECOND
from viewtrail.app.writer_clock import ServerClock

DAY = 24 * HOUR


@dataclass
class Machine:
    """A wall clock that can be set, and the time that really passes."""

    wall: int = MONDAY
    passed: int = 0
    clock: ServerClock = field(init=False)

    def begin(self, last: int = 0) -> ServerClock:
        self.clock = ServerClock(lambda: self.wall, last=last, running=lambda: self.passed)
        return self.clock

    def later(self, micros: int, set_by: int = 0) -> None:
        self.passed += micros
        self.wall += micros + set_by


@pytest.mark.parametrize(
    ("set_by", "why"),
    [(-2 * SECOND, "back"), (-365 * DAY, "back"), (90 * SECOND, "forward"), (365 * DAY, "forward")],
)
def test_a_step_is_told_once_with_the_span_it_is_about(set_by: int, why: str) -> None:
    machine = Machine()
    clock = machine.begin()
    machine.later(HOUR, set_by)
    told = clock.stepped()
    assert told is not None
    assert (told.type, told.data["why"]) == ("clock.stepped", why)
    assert told.data["to"] - told.data["from"] == abs(set_by)
    machine.later(HOUR)
    assert clock.stepped() is None


@pytest.mark.parametrize("set_by", [0, -900_000, 900_000, 30 * SECOND])
def test_slewing_and_a_slow_machine_are_no_steps(set_by: int) -> None:
    machine = Machine()
    clock = machine.begin()
    machine.later(HOUR, set_by)
    assert clock.stepped() is None


def test_now_never_goes_back() -> None:
    machine = Machine()
    clock = machine.begin()
    before = clock.now()
    machine.later(HOUR, -DAY)
    assert clock.now() == before
    machine.later(DAY)
    assert clock.now() == before + HOUR


def test_a_clock_behind_the_logs_last_receipt_has_stepped_while_nobody_wrote() -> None:
    machine = Machine()
    clock = machine.begin(last=MONDAY + HOUR)
    assert clock.now() == MONDAY + HOUR
    told = clock.stepped()
    assert told is not None
    assert (told.data["from"], told.data["to"]) == (MONDAY, MONDAY + HOUR)


def test_summer_time_is_no_step() -> None:
    """The clock is UTC: nothing of it changes in the night of a change to summer time."""
    machine = Machine(wall=1_774_745_999_000_000)  # 2026-03-29T00:59:59Z
    clock = machine.begin()
    machine.later(2 * SECOND)
    assert clock.stepped() is None
