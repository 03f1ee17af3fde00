"""The rules of the contract for one event on the wire."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wire_events
from corpus.bad_events import BAD_EVENTS, GOOD, ODD_BUT_GOOD, BadEvent, Odd, context, event
from viewtrail.errors import BadInput
from viewtrail.event import VOCABULARY, canonical, from_wire, rfc3339, to_wire
from viewtrail.event.vocabulary import AGENTLESS, NEEDS_SUBJECT, SUBJECT

PLACE = "crm.jsonl:41"


@pytest.mark.parametrize("bad", BAD_EVENTS, ids=lambda bad: bad.name)
def test_a_bad_event_gets_its_answer(bad: BadEvent) -> None:
    with pytest.raises(BadInput, match=bad.says) as refusal:
        from_wire(bad.event, PLACE)
    assert refusal.value.where == PLACE
    assert len(str(refusal.value)) < 300, "a person has to read it"


@pytest.mark.parametrize("odd", ODD_BUT_GOOD, ids=lambda odd: odd.name)
def test_what_only_looks_wrong_is_kept(odd: Odd) -> None:
    found = from_wire(odd.event)
    assert found.data.get(odd.field) == odd.stored
    if odd.stored is None and odd.event["data"].get(odd.field) is not None:
        assert found.extra["data"][odd.field] == odd.event["data"][odd.field]
    assert from_wire(to_wire(found)) == found
    assert canonical(found)


@given(wire_events.JSON | st.dictionaries(st.sampled_from(list(GOOD)), wire_events.JSON))
@settings(max_examples=150, deadline=None)
def test_whatever_the_json_the_answer_is_an_event_or_bad_input(value: object) -> None:
    with suppress(BadInput):
        from_wire(value, PLACE)


@given(st.sampled_from(sorted(VOCABULARY)), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_field_holds_the_answer_is_an_event_or_bad_input(type_: str, data: st.DataObject) -> None:
    sent = data.draw(wire_events.events_of(type_))
    name = data.draw(st.sampled_from([*sent, *sent["data"]]))
    (sent if name in sent else sent["data"])[name] = data.draw(wire_events.JSON)
    with suppress(BadInput):
        assert canonical(from_wire(sent, PLACE))


def test_a_good_event_is_stored_as_the_contract_says() -> None:
    found = from_wire({**GOOD, "data": {**GOOD["data"], "dwell_s": 6.25}})
    assert (found.source, found.id, found.subject, found.sequence) == (
        "/crm",
        GOOD["id"],
        "L-20931",
        "4711",
    )
    assert rfc3339(found.time) == "2026-03-02T07:14:03.120000Z"
    assert found.data["dwell_ms"] == 6250
    assert "dwell_s" not in found.data
    assert found.extra == {}


def test_an_unknown_type_is_kept_with_its_agent_alone() -> None:
    sent = event({"type": "coffee.poured", "traceparent": "00-1"}, cup="large")
    found = from_wire(sent)
    assert dict(found.data) == {"agent": "a-117"}
    assert found.subject is None, "what it is the id of is not known, so it may not stand in clear"
    assert found.extra["attributes"] == {"traceparent": "00-1", "subject": "L-20931"}
    assert found.extra["data"]["cup"] == "large"


@pytest.mark.parametrize("agent", [{"id": 7}, "", True, ["a-1"]])
def test_an_unknown_type_may_call_something_else_its_agent(agent: Any) -> None:
    found = from_wire(event({"type": "coffee.poured"}, agent=agent))
    assert dict(found.data) == {}
    assert found.extra["data"]["agent"] == agent


def test_an_unknown_attribute_is_kept_however_short_the_event_is() -> None:
    short = {**context("clock.ticked"), "traceparent": "00-1"}
    del short["subject"], short["sequence"], short["data"]
    assert from_wire(short).extra == {"attributes": {"traceparent": "00-1"}}


def test_a_subject_where_there_should_be_none_is_kept_out_of_the_clear() -> None:
    found = from_wire(event({"type": "search.performed"}))
    assert found.subject is None
    assert found.extra["attributes"] == {"subject": "L-20931"}


def test_a_list_may_be_written_as_text() -> None:
    found = from_wire(event({"type": "list.viewed"}, records="L-1, L-2"))
    assert found.data["records"] == ["L-1", "L-2"]


def test_null_is_not_known() -> None:
    found = from_wire(event({"type": "call.ended"}, answered=None, ended_by=None))
    assert "answered" not in found.data
    assert "ended_by" not in found.data


@pytest.mark.parametrize("type_", sorted(set(VOCABULARY) - AGENTLESS))
def test_every_act_says_who_did_it(type_: str) -> None:
    with pytest.raises(BadInput, match=f"{type_} has no data.agent"):
        from_wire(event({"type": type_, "data": {}}))


@pytest.mark.parametrize("type_", sorted(NEEDS_SUBJECT))
def test_every_event_about_something_names_it(type_: str) -> None:
    with pytest.raises(BadInput, match=f"{type_} has no subject; name the {SUBJECT[type_]}"):
        from_wire({**GOOD, "type": type_, "subject": None, "data": {"agent": "a-117"}})


def test_hours_are_stored_by_weekday() -> None:
    found = from_wire(context("agent.joined", hours="fri-mon 9:00-17:30; wed 22:00-06:00"))
    day = ["09:00-17:30"]
    assert found.data["hours"] == {"mon": day, "wed": ["22:00-06:00"], "fri": day, "sat": day, "sun": day}


@pytest.mark.parametrize(("end", "read"), [("24:00", True), ("24:30", False), ("25:00", False)])
def test_a_day_ends_at_24(end: str, read: bool) -> None:
    assert ("hours" in from_wire(context("agent.joined", hours=f"mon 18:00-{end}")).data) is read


def test_a_date_stays_a_date_because_its_instant_depends_on_the_zone() -> None:
    found = from_wire(context("leave.booked", **{"from": "2026-03-02", "to": "2026-03-01T23:00:00Z"}))
    assert found.data["from"] == "2026-03-02"
    assert isinstance(found.data["to"], int)
