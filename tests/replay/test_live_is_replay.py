"""Live = replay: the same entries give the same transitions, however they come in hand."""

from __future__ import annotations

import pickle
from random import Random

import pytest

from replay.told import HOUR, arriving, history, matured, replay
from viewtrail.event import Event
from viewtrail.log import Logged
from viewtrail.settings import Settings
from viewtrail.stories import only, tell
from viewtrail.watch import Loop


@pytest.fixture(scope="module")
def company() -> list[Event]:
    """Seventy days with every story: findings open, grow, are confirmed and withdrawn."""
    return list(tell(seed=1).events)


@pytest.fixture(scope="module")
def entries(company: list[Event]) -> list[Logged]:
    return history(company)


def test_one_at_a_time_in_batches_and_all_at_once(entries: list[Logged]) -> None:
    _, at_once = replay(entries)
    assert {t.kind for t in at_once} >= {"opened", "confirmed"}

    one_by_one = Loop(Settings())
    assert [t for e in entries for t in one_by_one.take(e)] + one_by_one.finish() == at_once

    batched, chance, found, start = Loop(Settings()), Random(7), [], 0
    while start < len(entries):
        size = chance.randrange(1, 5_000)
        found += list(batched.fold(entries[start : start + size]))
        start += size
    assert found + batched.finish() == at_once


def test_a_restart_in_the_middle_changes_nothing(entries: list[Logged]) -> None:
    _, without = replay(entries)
    loop, found = Loop(Settings()), []
    restarts = set(Random(3).sample(range(len(entries)), 6))
    for place, one in enumerate(entries):
        found += loop.take(one)
        if place in restarts:
            loop = pickle.loads(pickle.dumps(loop))
    assert found + loop.finish() == without


def test_any_prefix_is_a_prefix(entries: list[Logged]) -> None:
    """What was said up to an entry does not depend on what came after it."""
    whole = list(Loop(Settings()).fold(entries))
    for cut in Random(11).sample(range(len(entries)), 3):
        so_far = list(Loop(Settings()).fold(entries[:cut]))
        assert so_far == whole[: len(so_far)]
        last = entries[cut - 1].index
        assert all(t.index != last for t in whole[len(so_far) :])


@pytest.mark.slow
@pytest.mark.parametrize("hours", [6, 71])
def test_shuffled_delivery_gives_the_same_matured_findings(company: list[Event], hours: int) -> None:
    in_time = arriving(company, lambda event: 0)
    wanted = matured(replay(in_time)[0], in_time)
    assert len(wanted) >= 6
    chance = Random(hours)
    delays = {(e.source, e.id): chance.randrange(hours * HOUR) for e in company}
    late = arriving(company, lambda event: delays[event.source, event.id])
    loop, _ = replay(late)
    assert matured(loop, late) == wanted


def test_a_few_late_events_give_the_same_matured_findings() -> None:
    told = only("eighty_before_leaving", history_days=32)
    in_time = arriving(told.events, lambda event: 0)
    wanted = matured(replay(in_time)[0], in_time)
    assert wanted
    chance = Random(5)
    delays = {
        (e.source, e.id): chance.randrange(70 * HOUR) if chance.random() < 0.03 else 0 for e in told.events
    }
    late = arriving(told.events, lambda event: delays[event.source, event.id])
    loop, _ = replay(late)
    assert matured(loop, late) == wanted


def test_what_the_loop_wrote_itself_is_not_its_input(entries: list[Logged]) -> None:
    _, transitions = replay(entries)
    own = [
        Event("viewtrail", f"u{n}", "finding.updated", t.at, {"finding": t.finding.id, "by": "loop"})
        for n, t in enumerate(transitions)
    ]
    told_back = history(own)
    merged = sorted([*entries, *told_back], key=lambda one: (one.known, one.index))
    assert [t.finding for t in replay(merged)[1]] == [t.finding for t in transitions]
