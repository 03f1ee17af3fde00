"""What people decided about a finding, as their entries tell it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.test_projections import finding
from viewtrail.event import Event, from_wire, to_wire
from viewtrail.finding import Transition
from viewtrail.log import Entry, Logged, Stored
from viewtrail.review import deciding
from viewtrail.review.decision import ANSWERED, SECOND_PERSON, TO_BE_HEARD
from viewtrail.review.decisions import OUTCOMES, Decision, Decisions

HOUR = 3_600_000_000
F = finding(1)


class Desk:
    """Entries about one finding, one a minute."""

    def __init__(self) -> None:
        self.fold, self.now, self.index = Decisions(), 1_000 * HOUR, 0

    def hears(self, event: Event) -> Desk:
        stored = Stored(
            data=dict(event.data), id=event.id, source=event.source, time=event.time, type=event.type
        )
        entry = Entry(event=stored, received=self.now, tenant="t", v=1)
        self.fold.take(Logged(self.index, self.now, entry))
        self.index, self.now = self.index + 1, self.now + 60_000_000
        return self

    def does(self, what: str, by: str = "anna", *args: Any, **more: Any) -> Desk:
        made = getattr(deciding, what)(F.id, by, *args, at=self.now, id=f"e{self.index}", **more)
        assert from_wire(to_wire(made)) == made, "what is built is what the vocabulary allows"
        return self.hears(made)

    def takes_back(self, type: str, by: str = "anna") -> Desk:
        return self.hears(deciding.undone(type, F.id, by, at=self.now, id=f"e{self.index}"))

    def escalates(self) -> Desk:
        self.fold.told(Transition("escalated", self.index, self.now, replace(F, severity="high")))
        return self

    @property
    def decision(self) -> Decision:
        found = self.fold.of(F.id)
        assert found is not None
        return found

    @property
    def said(self) -> list[str]:
        return [note.said for note in self.decision.notes]


def test_nobody_has_looked() -> None:
    assert Decisions().of(F.id) is None


def test_opening_it_is_noted_once_a_person_and_decides_nothing() -> None:
    desk = Desk().does("viewed").does("viewed").does("viewed", "ben")
    assert desk.said == ["viewed", "viewed"]
    assert (desk.decision.state, desk.decision.owner) == ("open", None)
    assert desk.decision.seen == 1_000 * HOUR


@pytest.mark.parametrize("outcome", [one for one in OUTCOMES if one != "breach-established"])
def test_closing_with_a_reason(outcome: str) -> None:
    desk = Desk().does("viewed").does("closed", "anna", outcome, reason="list-was-shared")
    decision = desk.decision
    assert (decision.state, decision.outcome, decision.reason) == ("closed", outcome, "list-was-shared")
    assert (decision.by, decision.owner) == ("anna", "anna")


def test_taking_back_is_another_entry_and_both_stay_on_record() -> None:
    desk = Desk().does("asked", "anna", "a-7").does("closed", "anna", "ordinary-work")
    desk.takes_back("finding.closed", "ben")
    assert desk.decision.state == "asked"
    assert desk.decision.outcome is None
    assert desk.said == ["asked", "taken back", "undone"]


def test_taking_back_twice_takes_back_two() -> None:
    desk = Desk().does("snoozed").does("snoozed", hours=3)
    assert desk.decision.until is not None
    desk.takes_back("finding.snoozed")
    assert (desk.decision.state, desk.decision.until) == ("snoozed", None)
    desk.takes_back("finding.snoozed")
    assert desk.decision.state == "open"


def test_put_off_until_it_escalates() -> None:
    desk = Desk().does("snoozed")
    assert desk.decision.state == "snoozed"
    assert desk.escalates().decision.state == "open"
    assert desk.said == ["snoozed", "escalated"]


def test_put_off_for_hours_comes_back_with_the_first_entry_after_them() -> None:
    desk = Desk().does("snoozed", hours=2)
    due = desk.decision.until
    assert due == 1_002 * HOUR
    desk.now = due - 1
    tick = Event("viewtrail", "tick", "clock.ticked", desk.now, {})
    assert desk.hears(tick).decision.state == "snoozed"
    desk.now = due
    assert desk.hears(tick).decision.state == "open"
    assert (desk.decision.at, desk.said) == (due, ["snoozed", "woken"])


def test_closed_and_then_graver_is_open_again() -> None:
    desk = Desk().does("closed", "anna", "ordinary-work").escalates()
    assert (desk.decision.state, desk.decision.outcome) == ("open", None)


def test_a_breach_needs_a_second_person_and_the_agent_heard() -> None:
    desk = Desk().does("asked", "anna", "a-7").does("closed", "anna", "breach-established")
    assert desk.decision.state == "asked"
    assert desk.decision.awaits == (SECOND_PERSON, TO_BE_HEARD)
    desk.does("closed", "anna", "breach-established")
    assert desk.decision.awaits == (SECOND_PERSON, TO_BE_HEARD), "twice is not two persons"
    desk.does("closed", "ben", "breach-established")
    assert desk.decision.awaits == (TO_BE_HEARD,)
    desk.does("answered", "a-7")
    assert (desk.decision.state, desk.decision.outcome) == ("closed", "breach-established")
    assert desk.decision.awaits == ()


def test_heard_first_and_agreed_later() -> None:
    desk = Desk().does("answered", "a-7", told=ANSWERED).does("closed", "anna", "breach-established")
    assert desk.decision.state == "open"
    assert desk.does("closed", "ben", "breach-established").decision.state == "closed"


def test_a_proposal_can_be_taken_back() -> None:
    desk = Desk().does("answered", "a-7").does("closed", "anna", "breach-established")
    desk.takes_back("finding.closed").does("closed", "ben", "breach-established")
    assert desk.decision.state == "open"
    assert desk.decision.awaits == (SECOND_PERSON,)


def test_somebody_takes_it_over() -> None:
    desk = Desk().does("asked", "anna", "a-7").does("taken", "ben", "carl")
    assert desk.decision.owner == "carl"


def test_words_are_not_in_the_decision() -> None:
    made = deciding.closed(F.id, "anna", "ordinary-work", at=HOUR, id="x", words="she was ill")
    assert "ill" not in str(dict(made.data))
    assert made.extra["data"]["words"] == "she was ill"


def test_what_names_no_finding_and_strange_words_change_nothing() -> None:
    desk = Desk().does("viewed")
    for data in ({}, {"finding": 7}, {"agent": "anna"}):
        desk.hears(Event("/console", f"x{desk.index}", "finding.closed", desk.now, data))
    assert desk.said == ["viewed"]
    desk.hears(
        Event("/console", "y", "finding.snoozed", desk.now, {"finding": F.id, "agent": "b", "to": "soon"})
    )
    assert desk.decision.until is None
