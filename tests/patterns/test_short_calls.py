"""Answered calls over in seconds: one agent's, everybody's on a bad list, and a newcomer's."""

from __future__ import annotations

from patterns.told import AGENTS, Desk, book_of, ordinary, today

NAME = "short-calls"
FORTY = book_of("a-1", 0, 40)


def example() -> Desk:
    return ordinary().calls("a-1", FORTY, today("10:00"), 35, talk=6)


def counter_example() -> Desk:
    """A bought list: for the agent and for three colleagues most calls on it are over at once."""
    desk = ordinary().calls("a-1", FORTY, today("10:00"), 35, talk=6, campaign="bought")
    for agent in AGENTS[1:4]:
        desk.calls(agent, book_of(agent, 0, 30), today("10:00"), 35, talk=7, campaign="bought")
    return desk


def test_forty_calls_of_six_seconds() -> None:
    (finding,) = example().fold().findings
    assert (finding.agent, finding.pattern, finding.queue) == ("a-1", NAME, "calls")
    assert finding.status == "confirmed"
    assert "one after another" in finding.claim


def test_a_list_on_which_everybodys_calls_are_short_is_the_lists_affair() -> None:
    told = counter_example().fold()
    assert told.findings == []
    assert any("short for everybody on bought" in left.why for left in told.loop.left_alone())


def test_an_agent_who_alone_hangs_up_on_the_same_list_is_not_excused() -> None:
    desk = ordinary().calls("a-1", FORTY, today("10:00"), 35, talk=6, campaign="good")
    for agent in AGENTS[1:4]:
        desk.calls(agent, book_of(agent, 0, 30), today("10:00"), 35, talk=90, campaign="good")
    (finding,) = desk.fold().standing()
    assert (finding.agent, finding.pattern) == ("a-1", NAME)


def test_an_hour_in_which_everybodys_calls_break_off_is_nobodys_doing() -> None:
    desk = ordinary()
    for agent in AGENTS:
        desk.calls(agent, book_of(agent, 0, 40), today("09:00"), 480, talk=200, direction="in")
        desk.calls(agent, book_of(agent, 40, 64), today("19:00"), 50, talk=6, direction="in")
    assert desk.fold().findings == []


def test_whether_a_call_was_answered_stays_unknown_where_the_source_does_not_know() -> None:
    unknown = ordinary().calls("a-1", FORTY, today("10:00"), 35, answered=None, talk=6)
    assert unknown.fold().findings == []
    silent = ordinary().calls("a-1", FORTY, today("10:00"), 35, answered=True, talk=None)
    assert silent.fold().findings == []
    unanswered = ordinary().calls("a-1", FORTY, today("10:00"), 35, answered=False)
    assert unanswered.fold().findings == []


def test_twenty_seconds_is_a_conversation() -> None:
    assert ordinary().calls("a-1", FORTY, today("10:00"), 35, talk=20).fold().findings == []


def test_incoming_calls_are_counted_apart() -> None:
    desk = ordinary().calls("a-1", FORTY, today("10:00"), 35, talk=6, direction="in")
    (finding,) = desk.fold().findings
    assert "incoming" in finding.claim
    assert "short_calls_in:40m" in finding.counts or "short_calls_in:day" in finding.counts


def test_a_notice_period_says_nothing_about_calls() -> None:
    plain, leaving = example(), example()
    t = today("08:00")
    leaving.say("notice.given", t, "a-1", agent="system", last_day="2026-03-31", known_from=t, told_from=t)
    (one,), (other,) = plain.fold().findings, leaving.fold().findings
    assert one.score == other.score
    assert [c.factor for c in one.contributions] == [c.factor for c in other.contributions]


def test_a_newcomer_has_a_plain_limit() -> None:
    desk = ordinary().joins("a-9", today("08:00"))
    (finding,) = desk.calls("a-9", FORTY, today("10:00"), 35, talk=6).fold().findings
    assert (finding.agent, finding.pattern, finding.tier) == ("a-9", NAME, "limit")


def test_a_newcomers_bad_start_is_below_it() -> None:
    desk = ordinary().joins("a-9", today("08:00"))
    assert desk.calls("a-9", FORTY[:15], today("10:00"), 35, talk=6).fold().findings == []
