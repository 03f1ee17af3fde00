"""One agent opens thousands of records in a day: each opening costs about the same, the last as the first."""

import pytest

from replay.told import HOUR, history, replay
from viewtrail.event import Event
from viewtrail.measure.agent_day import AgentDay

MORNING = 1_750_000_000_000_000 // (24 * HOUR) * 24 * HOUR + 8 * HOUR
RECORDS = 1_500


def test_what_was_told_of_is_not_weighed_again_at_every_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    weigh = AgentDay.still_open

    def noted(day: AgentDay, marks, **how):  # type: ignore[no-untyped-def]  # as it is called
        asked.append(len(marks))
        return weigh(day, marks, **how)

    monkeypatch.setattr(AgentDay, "still_open", noted)
    opened = [
        Event("/crm", f"v-{n}", "record.viewed", MORNING + n * 5_000_000, {"agent": "a-1"}, f"R-{n}")
        for n in range(RECORDS)
    ]
    feeds = [
        Event("/crm", "task", "task.due", MORNING - HOUR, {"agent": "a-2", "due_at": MORNING}, "R-x"),
        Event("/crm", "mine", "record.assigned", MORNING - HOUR, {"to": "a-2", "agent": "a-3"}, "R-x"),
    ]
    _, told = replay(history([*feeds, *opened]))
    assert [one.kind for one in told][:1] == ["opened"]
    assert 0 < len(asked) < 100
