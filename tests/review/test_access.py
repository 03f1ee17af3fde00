"""Who may decide: not the person concerned, not those below them; managers are for compliance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.test_projections import finding
from viewtrail.review.access import Concerned, Decider, closing_refused, concerned, refusal
from viewtrail.review.decision import Decision, Note

AGENT = [Concerned("a-1")]
HEAD = Decider("a-head", "manager")


def test_the_head_of_the_desk_may() -> None:
    assert refusal(HEAD, AGENT) is None
    assert closing_refused(HEAD, AGENT, "ordinary-work", None) is None


def test_never_the_person_concerned() -> None:
    assert "yourself" in (refusal(Decider("a-1", "compliance"), AGENT) or "")


def test_never_somebody_who_reports_to_them() -> None:
    below = Decider("a-9", "compliance", ("a-5", "a-1"))
    assert "report to" in (refusal(below, AGENT) or "")


def test_one_of_a_ring_is_enough() -> None:
    ring = [Concerned("a-1"), Concerned("a-2")]
    assert refusal(Decider("a-2", "manager"), ring) is not None


@pytest.mark.parametrize(("role", "may"), [("manager", False), ("admin", False), ("compliance", True)])
def test_a_finding_about_a_manager_goes_to_compliance(role: str, may: bool) -> None:
    assert (refusal(Decider("a-8", role), [Concerned("a-1", "manager")]) is None) is may


def test_a_finding_about_a_list_concerns_nobody() -> None:
    about = replace(finding(1), agent=None, subject_kind="list")
    assert concerned(about, {}) == []
    assert refusal(Decider("a-1", "agent"), concerned(about, {})) is None


def test_who_it_is_about_comes_with_the_role_that_the_log_gives() -> None:
    assert concerned(finding(1), {"a-1": "manager"}) == [Concerned("a-1", "manager")]


def test_no_such_outcome_and_closed_already() -> None:
    assert "no outcome" in (closing_refused(HEAD, AGENT, "guilty", None) or "")
    assert "already" in (closing_refused(HEAD, AGENT, "ordinary-work", Decision("f", "closed")) or "")


def test_who_proposed_a_breach_is_not_the_second_person() -> None:
    proposed = Decision("f", notes=(Note(1, 1, "a-head", "proposed"),), awaits=("a second person",))
    assert "second person" in (closing_refused(HEAD, AGENT, "breach-established", proposed) or "")
    other = Decider("a-2nd", "compliance")
    assert closing_refused(other, AGENT, "breach-established", proposed) is None
