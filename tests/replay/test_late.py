"""What comes late: within 72 hours its day is computed again; older, it enters what is usual alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.told import HOUR, arriving, entry, replay, standing
from viewtrail.event import Event
from viewtrail.log import Logged
from viewtrail.stories import only

DAY = 24 * HOUR


@pytest.fixture(scope="module")
def story() -> tuple[list[Event], str, int]:
    told = only("eighty_before_leaving", history_days=34)
    (episode,) = told.episodes
    return list(told.events), episode.agent, episode.start


def later(entries: list[Logged], days: int) -> list[Logged]:
    """The same log going on quietly: a clock that ticks each hour."""
    index, known = entries[-1].index, entries[-1].known
    tick = Event("viewtrail", "tick", "clock.ticked", known, {})
    ticks = (
        entry(
            index + n,
            replace(tick, id=f"t{n}", time=known + n * HOUR),
            received=known + n * HOUR,
            backfill=False,
        )
        for n in range(1, 24 * days)
    )
    return [*entries, *ticks]


def test_a_day_that_comes_two_days_late_is_found_then(story: tuple[list[Event], str, int]) -> None:
    events, agent, start = story
    held = {
        e.id for e in events if e.data.get("agent") == agent and start - HOUR <= e.time < start + 6 * HOUR
    }
    entries = later(arriving(events, lambda e: 2 * DAY if e.id in held else 0), days=2)
    loop, transitions = replay(entries)
    (found,) = standing(loop)
    assert found.agent == agent
    assert next(t.at for t in transitions if t.finding.id == found.id) >= start + 2 * DAY


def test_a_day_that_comes_five_days_late_raises_no_alarm(story: tuple[list[Event], str, int]) -> None:
    events, agent, start = story
    held = {
        e.id for e in events if e.data.get("agent") == agent and start - HOUR <= e.time < start + 6 * HOUR
    }
    entries = later(arriving(events, lambda e: 5 * DAY if e.id in held else 0), days=6)
    loop, transitions = replay(entries)
    assert transitions == []
    other, _ = replay(later(arriving([e for e in events if e.id not in held], lambda e: 0), days=6))
    assert loop.learned.baselines.days_known(agent) >= other.learned.baselines.days_known(agent)


def test_reasons_that_come_late_close_the_finding_and_say_why(story: tuple[list[Event], str, int]) -> None:
    """The manager's assignment of the eighty, made before and entered the next day, explains them."""
    events, agent, start = story
    episode = only("eighty_before_leaving", history_days=34).episodes[0]
    handover = [
        Event(
            "/crm",
            f"late-{record}",
            "record.assigned",
            start - 2 * HOUR,
            {"agent": "a-012", "to": agent, "effective_from": start - 2 * HOUR},
            subject=record,
        )
        for record in episode.records
    ]
    entries = later(
        arriving([*events, *handover], lambda e: 20 * HOUR if e.id.startswith("late-") else 0), days=2
    )
    loop, transitions = replay(entries)
    assert "opened" in {t.kind for t in transitions}
    assert standing(loop) == []
    (closed,) = loop.findings()
    assert closed.status == "explained"
    assert closed.reasons["assigned"] >= 40
    assert "assigned" in closed.why
