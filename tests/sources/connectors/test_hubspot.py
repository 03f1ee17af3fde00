"""HubSpot's account activity: exports and sign-ins are told, and no row of it is ever an opening."""

from __future__ import annotations

import json

import pytest

from sources.crms import PEOPLE, acted, lines, secured, signed_in, table
from viewtrail.app.connect_judged import judged
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.connectors.hubspot import CONNECTOR


@pytest.fixture
def activity(told):
    def read(*rows: dict, text: str = "", name: str = "activity.json"):
        return told(text or lines(*rows), name, None, "hubspot", PEOPLE)

    return read


def test_nothing_is_ever_an_opening_a_reveal_or_a_list_and_what_cannot_be_judged_is_said(activity):
    everything = [acted(1), acted(2, action="UPDATE"), signed_in(), secured()]
    types = {event.type for event in activity(*everything).events}
    assert not types & {"record.viewed", "record.served", "contact.revealed", "list.viewed"}
    assert any("which records were opened" in what for what in CONNECTOR.gives.unknown)
    how = {one.pattern: one.how for one in judged(CONNECTOR.gives.types)}
    assert how["exports"] == "fully"
    assert {how[name] for name in how if name != "exports"} == {"not judged"}


def test_an_export_is_told_from_either_log(activity):
    [event] = activity(secured()).events
    assert (event.type, event.data) == ("export.created", {"agent": "a-1", "list": "contact-export"})
    assert rfc3339(event.time) == "2026-03-02T07:30:00.303000Z"
    row = acted(category="CRITICAL_ACTION", subCategory="CONTACT_EXPORT", action="PERFORM")
    [event] = activity(row).events
    assert (event.type, event.data) == ("export.created", {"agent": "a-1", "list": "contact-export"})


def test_one_sign_in_that_stands_in_two_logs_is_one_event(activity):
    row = acted(category="LOGIN", subCategory="LOGIN_SUCCEEDED", occurredAt="2026-03-02T06:58:01.731Z")
    first, second = activity(signed_in(), row).events
    assert canonical(first) == canonical(second)
    assert first.type == "visit.started"


def test_records_made_and_changed_are_told_with_their_kind_in_the_id(activity):
    made, changed, gone = activity(
        acted(1), acted(2, category="PROPERTY_VALUE", action="UPDATE"), acted(3, action="DELETE")
    ).events
    assert (made.type, made.subject) == ("record.created", "contact-97742230563")
    assert (changed.type, changed.data) == ("record.updated", {"agent": "a-1"})
    assert (gone.type, gone.data["to"]) == ("status.changed", "deleted")
    assert activity(acted(subCategory="COMPANY")).events[0].subject == "company-97742230563"


def test_a_user_is_known_by_id_or_by_address(activity):
    stranger = {"userId": 99, "userEmail": "ben@example.test"}
    assert activity(acted(actingUser=stranger)).events[0].data["agent"] == "a-2"
    assert activity(secured(userId=None)).events[0].data["agent"] == "a-1"
    assert "'99' is nobody's" in activity(acted(actingUser={"userId": 99})).aside[0].reason


def test_no_address_place_or_browser_enters_an_event(activity):
    for event in activity(acted(), signed_in(), secured()).events:
        assert not any(word in canonical(event) for word in (b"anna@", b"10.0.3", b"nicosia", b"Mozilla"))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (acted(category="PIPELINE", subCategory="DEAL"), "category PIPELINE is not read"),
        (acted(subCategory="TICKET"), "not about a record of ours: TICKET"),
        (acted(actingUser=None), "nobody's: the system itself or a guest"),
        (acted(category="LOGIN", subCategory="LOGIN_FAILED"), "a sign-in that failed"),
        (signed_in(loginSucceeded=False), "a sign-in that failed"),
        (secured(type="ADD_USER"), "type ADD_USER is not read"),
        ({"id": "1"}, "a row of none of the three logs"),
    ],
)
def test_what_is_none_of_it_is_counted(activity, row, why):
    assert activity(row).tally.not_mapped == {why: 1}


def test_a_page_of_the_interface_and_a_table_of_its_fields_give_the_same_events(activity):
    page = json.dumps({"results": [acted(1), acted(2)], "paging": {"next": {"after": "NTI1"}}})
    flat = [
        {**{name: cell for name, cell in row.items() if name != "actingUser"}, "actingUser.userId": 7}
        for row in (acted(1), acted(2))
    ]
    assert activity(text=page).events == activity(text=table(*flat), name="a.csv").events


def test_a_bad_row_is_set_aside_alone(activity):
    found = activity(acted(1, occurredAt="now"), acted(2, targetObjectId=None), acted(3))
    assert [item.place for item in found.aside] == ["activity.json:1", "activity.json:2"]
    assert len(found.events) == 1
