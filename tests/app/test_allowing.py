"""May this agent do one more? From the own history; go on while it is not known; never no."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from viewtrail.app.allowing import FREE, Allowing
from viewtrail.app.home import Home, open_home
from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.measure.clocks import micros

TODAY = datetime(2026, 3, 27, 12, tzinfo=UTC)


def revealed(agent: str, at: datetime, n: int) -> list[Event]:
    return [
        Event(
            "/crm",
            f"{agent}-{at:%d}-{k}",
            "contact.revealed",
            micros(at) + k * 1_000_000,
            {"agent": agent, "field": "phone"},
            f"L-{k}",
        )
        for k in range(n)
    ]


@pytest.fixture
def history(tmp_path: Path) -> Home:
    """Ann reveals 20 on each of ten days, Bob none."""
    home = open_home(tmp_path)
    with home.writer() as log:
        for day in range(1, 11):
            log.append(revealed("ann", TODAY - timedelta(days=day), 20), received=micros(TODAY))
    return home


def known(allowing: Allowing, agent: str) -> None:
    """Wait until the agent's history has been read."""
    until = time.monotonic() + 20
    while "not known" in allowing.answer(agent, "reveal").why:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_until_the_history_is_read_the_answer_is_go_on(history: Home) -> None:
    allowing = Allowing(history, lambda: micros(TODAY))
    try:
        assert allowing.answer("ann", "reveal").word == "go-on"
        known(allowing, "ann")
    finally:
        allowing.close()


def test_from_twice_the_own_busiest_day_a_reason_is_asked_for_and_from_four_times_a_manager(
    history: Home,
) -> None:
    allowing = Allowing(history, lambda: micros(TODAY))
    try:
        known(allowing, "ann")
        words = []
        for event in revealed("ann", TODAY, 90):
            words.append(allowing.answer("ann", "reveal").word)
            allowing.note([event])
    finally:
        allowing.close()
    assert words[:40] == ["go-on"] * 40
    assert words[40:80] == ["ask-a-reason"] * 40
    assert set(words[80:]) == {"ask-a-manager"}


def test_a_few_are_anybodys(history: Home) -> None:
    allowing = Allowing(history, lambda: micros(TODAY))
    try:
        known(allowing, "bob")
        allowing.note(revealed("bob", TODAY, FREE["reveal"] - 1))
        assert allowing.answer("bob", "reveal").word == "go-on"
        allowing.note(revealed("bob", TODAY, 1))
        answer = allowing.answer("bob", "reveal")
    finally:
        allowing.close()
    assert answer.word == "ask-a-reason"
    assert answer.why == "the 11th reveal today; the most on one of your days in four weeks was 0"


def test_what_was_revealed_before_a_restart_counts_too(history: Home) -> None:
    with history.writer() as log:
        log.append(revealed("ann", TODAY - timedelta(hours=2), 50), received=micros(TODAY))
    allowing = Allowing(history, lambda: micros(TODAY))
    try:
        known(allowing, "ann")
        assert allowing.answer("ann", "reveal").word == "ask-a-reason"
    finally:
        allowing.close()


def test_a_new_day_begins_at_nothing(history: Home) -> None:
    now = [micros(TODAY)]
    allowing = Allowing(history, lambda: now[0])
    try:
        known(allowing, "ann")
        allowing.note(revealed("ann", TODAY, 60))
        assert allowing.answer("ann", "reveal").word == "ask-a-reason"
        now[0] += 24 * 3_600_000_000
        known(allowing, "ann")
        assert allowing.answer("ann", "reveal").word == "go-on"
    finally:
        allowing.close()


def test_without_a_log_nobody_is_held_up(tmp_path: Path) -> None:
    allowing = Allowing(open_home(tmp_path / "nothing"), lambda: micros(TODAY))
    try:
        assert allowing.answer("ann", "export").word == "go-on"
        time.sleep(0.2)
        assert allowing.answer("ann", "export").word == "go-on"
        with pytest.raises(BadInput, match="no action"):
            allowing.answer("ann", "delete")
    finally:
        allowing.close()
