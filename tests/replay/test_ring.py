"""A list that two split is told of as one, beside the findings, the same live and after a restart."""

from __future__ import annotations

import pickle

import pytest

from patterns.told import TODAY, Desk, at, others_of, today
from patterns.told import ordinary as ordinary_desk
from viewtrail.event import Event
from viewtrail.finding import RINGS, Finding, to_json
from viewtrail.settings import Settings
from viewtrail.watch import Loop

BOTH = [record for record in others_of("a-1", 140) if not record.startswith("r-2-")]


def split(each: int = 45, n: int = TODAY, desk: Desk | None = None) -> Desk:
    """a-1 and a-2 share the clients of their colleagues out between them."""
    desk = desk if desk is not None else ordinary_desk()
    desk.opens("a-1", BOTH[:each], at(n, "15:00"), 40)
    return desk.opens("a-2", BOTH[each : 2 * each], at(n, "15:05"), 40)


def tick(desk: Desk, n: int = TODAY + 1) -> Desk:
    return desk.say("clock.ticked", at(n, "09:00"), agent="system")


def told(desk: Desk) -> list[Finding]:
    return [one for one in desk.fold().loop.beside.told.values() if one.queue == RINGS]


def test_both_halves_are_told_of_as_one() -> None:
    (found,) = told(tick(split()))
    assert (found.subject_kind, found.agent, found.agents) == ("ring", None, ("a-1", "a-2"))
    assert found.claim.startswith(
        "a-1 and a-2 opened 90 clients of the same colleagues for no reason on file"
    )
    assert "none by more than one of them: a-1 45, a-2 45" in found.claim
    assert (len(found.records), len(found.entries)) == (90, 90)
    assert "findings of their own" in found.usual or "a finding of their own" in found.usual
    assert to_json(found)["agents"] == ["a-1", "a-2"]


def test_it_takes_no_place_among_the_pushed() -> None:
    outcome = tick(split()).fold()
    assert {one.queue for one in outcome.findings} == {"access"}
    assert all(step.finding.queue != RINGS for step in outcome.transitions)


def test_one_who_takes_alone_makes_no_ring() -> None:
    desk = ordinary_desk().opens("a-1", BOTH[:60], today("15:00"), 40)
    assert told(tick(desk)) == []


def test_two_who_crossed_plain_limits_alone_make_no_ring() -> None:
    desk = split(60, 14, ordinary_desk(15))  # nobody has a precedent yet: how rare the day is, is not known
    assert {(one.agent, one.tier) for one in desk.fold().findings} == {("a-1", "limit"), ("a-2", "limit")}
    assert told(tick(desk, 15)) == []


def test_a_list_that_was_shared_out_by_the_manager_is_no_ring() -> None:
    desk = ordinary_desk()
    for agent, records in (("a-1", BOTH[:45]), ("a-2", BOTH[45:90])):
        for record in records:
            desk.assign(record, agent, today("08:00"))
    assert told(tick(split(desk=desk))) == []


def test_the_next_days_halves_join_it() -> None:
    desk = split(30)
    desk.ordinary_day(TODAY + 1)
    desk.opens("a-1", BOTH[60:90], at(TODAY + 1, "15:00"), 40)
    desk.opens("a-2", BOTH[90:], at(TODAY + 1, "15:00"), 40)
    (found,) = told(tick(desk, TODAY + 2))
    assert found.claim.count("a-1 ") == 2
    assert len(found.records) > 60


def test_a_handover_told_a_day_late_takes_it_back() -> None:
    desk = tick(split())
    known = at(TODAY + 1, "10:00")
    for agent, records in (("a-1", BOTH[:45]), ("a-2", BOTH[45:90])):
        for n, record in enumerate(records):
            data = {"agent": "m-1", "to": agent}
            assigned = Event("/crm", f"late-{agent}-{n}", "record.assigned", today("08:00"), data, record)
            desk.said.append((known + n, assigned))
    desk.say("clock.ticked", at(TODAY + 1, "14:00"), agent="system")
    (found,) = told(desk)
    assert found.status == "withdrawn"


@pytest.mark.parametrize("cut", [-1, -60, -300])
def test_it_is_the_same_one_at_a_time_and_after_a_restart(cut: int) -> None:
    entries = tick(split()).entries()
    settings = Settings(time_zone="Europe/Nicosia")
    whole = Loop(settings)
    list(whole.fold(entries))
    loop, said = Loop(settings), []
    for place, entry in enumerate(entries):
        if place == len(entries) + cut:
            loop = pickle.loads(pickle.dumps(loop))
        loop.take(entry)
        said += loop.beside.drain()
    assert said == whole.beside.drain()
    assert [step.kind for step in said] == ["opened"]
