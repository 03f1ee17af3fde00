"""Work that is declared beforehand by somebody with authority: what, by whom, when, how much."""

from __future__ import annotations

from datetime import date, timedelta

from viewtrail.stories import calendar
from viewtrail.stories.calendar import HOUR, at, midnight
from viewtrail.stories.company import BY_ID, DIRECTOR, MANAGER, SELLS
from viewtrail.stories.diary import CRM
from viewtrail.stories.life import Life


def declare(life: Life, agent: str, purpose: str, day: date, expected: int, desk: str | None = None) -> None:
    """Entered the afternoon before: by the desk's manager for sales agents, by the director for others."""
    whom = BY_ID[agent]
    who = MANAGER[whom.desk] if whom.role in SELLS else DIRECTOR
    said = {
        "agent": who,
        "declared_by": who,
        "purpose": purpose,
        "from": midnight(day) + 4 * HOUR,
        "to": midnight(day + timedelta(days=1)) + 4 * HOUR,
        "scope": {"desk": desk or whom.desk},
        "records_expected": expected,
        "work": life.number("w"),
    }
    time = at(calendar.working_day(day, -1), "16:30")
    life.diary.write(CRM, "work.declared", time, said, agent)
