"""A list that spoils everybody's calls is a finding about the list, and about nobody who dialled it."""

from __future__ import annotations

import pickle

from patterns.told import AGENTS, TODAY, Desk, at, book_of, ordinary, today
from viewtrail.finding import Finding
from viewtrail.settings import Settings
from viewtrail.watch import Loop


def dialled(desk: Desk, name: str, n: int, talk: float, each: int = 26) -> Desk:
    """Five of the desk dial a list on the n-th day."""
    for agent in AGENTS[:5]:
        desk.calls(agent, book_of(agent, 0, each), at(n, "10:00"), 40, talk=talk, campaign=name)
    return desk


def told() -> Desk:
    """Two honest lists in the weeks before, and the manager's bought one today."""
    desk = dialled(dialled(ordinary(), "old-1", 10, 70), "old-2", 20, 45)
    desk.joins("m-2", at(0, "00:00"), role="manager")
    desk.say("campaign.started", today("09:00"), agent="m-2", campaign="bought", desk="d-1")
    return desk


def tick(desk: Desk, n: int = TODAY + 1) -> Desk:
    return desk.say("clock.ticked", at(n, "09:00"), agent="system")


def about(desk: Desk) -> list[Finding]:
    return list(desk.fold().loop.beside.told.values())


def test_the_list_is_told_of_and_nobody_who_dialled_it() -> None:
    outcome = tick(dialled(told(), "bought", TODAY, 7)).fold()
    assert outcome.findings == []
    (found,) = outcome.loop.beside.told.values()
    assert (found.subject_kind, found.pattern, found.queue) == ("campaign", "bad-list", "calls")
    assert (found.agent, found.agents, found.owner) == (None, (), "m-2")
    assert "130 of 130 answered calls (100%) under 20 seconds, by 5 agents" in found.claim
    assert "by agent from 100% to 100%" in found.usual
    assert not any(agent in found.claim + found.usual for agent in AGENTS)
    assert len(found.entries) == 130


def test_a_list_like_others_is_no_finding() -> None:
    assert about(tick(dialled(told(), "good", TODAY, 45))) == []


def test_one_agent_alone_is_no_bad_list() -> None:
    desk = dialled(told(), "good", TODAY, 45)
    desk.calls("a-6", book_of("a-6", 0, 60), today("10:00"), 40, talk=6, campaign="good")
    outcome = tick(desk).fold()
    assert list(outcome.loop.beside.told.values()) == []
    assert [f.agent for f in outcome.standing("short-calls")] == ["a-6"]


def test_a_queue_whose_calls_are_short_by_nature_is_like_itself() -> None:
    desk = told()
    for n in (4, 6, 8, 11, 13, 15):
        dialled(desk, "call-backs", n, 8)
    desk.say("campaign.started", today("09:00"), agent="m-2", campaign="call-backs", desk="d-1")
    assert about(tick(dialled(desk, "call-backs", TODAY, 7))) == []


def test_in_the_first_month_nobody_knows_which_lists_are_bad() -> None:
    assert about(tick(dialled(dialled(ordinary(), "old-1", 2, 70), "bought", 12, 7), 14)) == []


def test_the_first_list_of_an_installation_has_no_usual() -> None:
    assert about(tick(dialled(ordinary(), "bought", TODAY, 7))) == []


def test_the_next_day_joins_and_what_comes_late_counts() -> None:
    desk = dialled(told(), "bought", TODAY, 7)
    tick(desk)
    desk.ordinary_day(TODAY + 1)
    dialled(desk, "bought", TODAY + 1, 6)
    (found,) = about(tick(desk, TODAY + 2))
    assert "260 of 260" in found.claim
    assert found.severity == "medium"


def test_it_is_the_same_one_at_a_time_and_after_a_restart() -> None:
    entries = tick(dialled(told(), "bought", TODAY, 7)).entries()
    settings = Settings(time_zone="Europe/Nicosia")
    whole = Loop(settings)
    list(whole.fold(entries))
    loop, said = Loop(settings), []
    for place, entry in enumerate(entries):
        if place == len(entries) - 50:
            loop = pickle.loads(pickle.dumps(loop))
        loop.take(entry)
        said += loop.beside.drain()
    assert said == whole.beside.drain()
    assert [step.kind for step in said] == ["opened"]
