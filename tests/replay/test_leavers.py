"""When notice is given the whole history is looked back over: an answer, the same live and in replay."""

from __future__ import annotations

import pickle

import pytest

from patterns.told import TODAY, Desk, Outcome, at, ordinary, others_of, today
from viewtrail.event import Event
from viewtrail.finding import LEAVERS, Finding
from viewtrail.measure.clocks import HOUR
from viewtrail.settings import Settings
from viewtrail.watch import Loop

BEFORE = 22
"""The working day on which it began: eight before the notice, and too few records to be told of at once."""


def gives_notice(desk: Desk, agent: str = "a-1") -> Desk:
    t = today("19:00")
    desk.say("notice.given", t, agent, agent="system", last_day="2026-03-31", known_from=t, told_from=t)
    return desk.say("clock.ticked", at(TODAY + 1, "09:00"), agent="system")


def takes(desk: Desk, agent: str = "a-1") -> Desk:
    """Some records a day that nothing leads to, and their numbers, on five of the last eight days."""
    for n, day in enumerate(range(BEFORE, BEFORE + 8, 2)):
        mine = others_of(agent, 120)[n * 18 : n * 18 + 18]
        desk.opens(agent, mine, at(day, "18:20"), 30)
        desk.reveals(agent, mine, at(day, "18:21"), 30)
    return desk


def asked(told: Outcome) -> list[Finding]:
    return list(told.loop.beside.told.values())


def test_the_first_day_out_of_the_ordinary_with_an_interval_and_what_was_seen_since() -> None:
    (found,) = asked(gives_notice(takes(ordinary())).fold())
    assert (found.agent, found.queue, found.pattern) == ("a-1", LEAVERS, "look-back")
    assert "First day out of the ordinary: 4 February 2026" in found.claim
    assert "; the rarest of all was" in found.usual
    assert found.counts["revealed"].seen >= 72
    assert found.counts["opened"].seen >= 72
    assert found.counts["opened"].unit.startswith("records opened since then")
    assert any("no breach" in text for text in found.against)


def test_an_honest_leaver_is_answered_for_too_and_nothing_is_said() -> None:
    (found,) = asked(gives_notice(ordinary()).fold())
    assert "None of the 31 active days known was out of the ordinary" in found.claim
    assert (found.severity, found.score) == ("low", 0.0)
    assert any("does not say that nothing was taken" in text for text in found.against)


def test_a_newcomer_who_leaves_has_too_short_a_history() -> None:
    desk = ordinary().joins("a-9", today("08:00")).opens("a-9", others_of("a-9", 5), today("10:00"), 30)
    (found,) = asked(gives_notice(desk, "a-9").fold())
    assert "too few to say" in found.claim
    assert found.state == "learning"


def test_who_has_not_given_notice_is_not_looked_back_over() -> None:
    assert asked(takes(ordinary()).fold()) == []


def test_it_is_told_beside_the_findings_and_never_among_them() -> None:
    told = gives_notice(takes(ordinary())).fold()
    assert {f.queue for f in told.findings} <= {"access", "calls"}
    assert all(step.finding.queue != LEAVERS for step in told.transitions)


def test_a_notice_taken_back_takes_the_answer_back() -> None:
    desk = gives_notice(takes(ordinary()))
    t = at(TODAY + 1, "10:00")
    desk.say("notice.withdrawn", t, "a-1", agent="system", known_from=t)
    (found,) = asked(desk.fold())
    assert found.status == "withdrawn"


def test_that_notice_is_known_makes_no_day_odd() -> None:
    """The first odd day is of what was done; a known notice raises ranks and is left out here."""
    desk = gives_notice(ordinary())
    for n in range(TODAY + 1, TODAY + 6):
        desk.ordinary_day(n)
    desk.say("clock.ticked", at(TODAY + 6, "09:00"), agent="system")
    (found,) = asked(desk.fold())
    assert "None of the 36 active days" in found.claim


@pytest.mark.parametrize("cut", [-1, -40, -400])
def test_one_at_a_time_and_after_a_restart_it_is_the_same(cut: int) -> None:
    entries = gives_notice(takes(ordinary())).entries()
    settings = Settings(time_zone="Europe/Nicosia")
    whole = Loop(settings)
    list(whole.fold(entries))
    wanted = whole.beside.drain()
    loop, said = Loop(settings), []
    for place, entry in enumerate(entries):
        if place == len(entries) + cut:
            loop = pickle.loads(pickle.dumps(loop))
        loop.take(entry)
        said += loop.beside.drain()
    assert said == wanted
    assert loop.beside.told == whole.beside.told
    assert [step.kind for step in said][:1] == ["opened"]


def test_what_comes_late_changes_the_answer() -> None:
    desk = gives_notice(ordinary())
    known = at(TODAY + 1, "10:00")
    for n, record in enumerate(others_of("a-1", 80)):
        desk.said.append(
            (
                known + n,
                Event(
                    "/crm",
                    f"late-{n}",
                    "record.viewed",
                    today("15:00") + n * 20_000_000,
                    {"agent": "a-1"},
                    record,
                ),
            )
        )
    desk.say("clock.ticked", known + 3 * HOUR, agent="system")
    (found,) = asked(desk.fold())
    assert "First day out of the ordinary: 16 February 2026" in found.claim
