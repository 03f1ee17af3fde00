"""Where reasons cannot be seen precedent and peers speak: one agent's burst, a day that is busy for all."""

from __future__ import annotations

from patterns.told import AGENTS, MANAGER, Desk, ordinary, others_of, today

NAME = "opened-records"
BLIND = ("record.assigned", "task.due")
"""Without assignment no reason can be told from its absence."""


def example() -> Desk:
    return ordinary(silent=BLIND).opens("a-1", others_of("a-1", 80), today("10:00"), 39)


def counter_example() -> Desk:
    """Leads were given out anew: the whole desk looks through what it got."""
    desk = ordinary(silent=BLIND)
    for agent in AGENTS:
        desk.opens(agent, others_of(agent, 80), today("10:00"), 39)
    return desk


def test_eighty_are_far_more_than_anybody_here_ever_opens() -> None:
    (finding,) = example().fold().findings
    assert (finding.agent, finding.pattern, finding.status) == ("a-1", NAME, "confirmed")
    assert finding.state == "unscoreable"
    assert finding.counts["unaccounted:40m"].seen >= 80
    assert "no business reason" not in finding.claim, "what cannot be seen is not claimed"


def test_a_day_that_is_busy_for_everybody_is_left_alone() -> None:
    told = counter_example().fold()
    assert told.findings == []
    assert {left.agent for left in told.loop.left_alone()} >= set(AGENTS)


def test_where_reasons_can_be_seen_it_does_not_ask() -> None:
    desk = ordinary().opens("a-1", [f"r-1-{n}" for n in range(80)], today("10:00"), 39)
    assert desk.fold().findings == []


def test_a_script_of_the_crm_is_no_agent() -> None:
    desk = ordinary(silent=BLIND)
    desk.opens("a-1", others_of("a-1", 80), today("10:00"), 39, surface="job")
    desk.opens("a-1", others_of("a-1", 80), today("10:00"), 39, actor_kind="service")
    assert desk.fold().findings == []


def test_a_newcomer_is_asked_at_the_figure_the_trade_knows() -> None:
    desk = ordinary(silent=BLIND).joins("a-9", today("08:00"))
    (finding,) = desk.opens("a-9", others_of("a-9", 85), today("10:00"), 39).fold().findings
    assert (finding.pattern, finding.tier, finding.state) == (NAME, "limit", "learning")


def test_a_newcomer_learning_the_book_is_not() -> None:
    desk = ordinary(silent=BLIND).joins("a-9", today("08:00"))
    assert desk.opens("a-9", others_of("a-9", 75), today("10:00"), 60).fold().findings == []


def test_a_manager_where_nobody_declares_work_is_never_told_of_as_high() -> None:
    """Whether somebody asked for the review is not known: the same openings by an agent may be high."""
    severities = []
    for who in ("a-1", MANAGER):
        desk = ordinary(silent=(*BLIND, "work.declared"))
        desk.opens(who, others_of("a-1", 200), today("10:00"), 39)
        severities.append([found.severity for found in desk.fold().standing(NAME)])
    assert severities == [["high"], ["medium"]]
