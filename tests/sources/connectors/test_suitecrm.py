"""SuiteCRM's tracker: an opened edit form is an opening and no edit, a save no view."""

from __future__ import annotations

import pytest

from sources.crms import PEOPLE, lines, table, tracked
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339


@pytest.fixture
def tracker(told):
    def read(*rows: dict, people=PEOPLE):
        return told(table(*rows), "tracker.csv", None, "suitecrm", people)

    return read


def test_a_detail_view_is_an_opening_that_nobody_is_known_to_have_looked_at(tracker):
    [event] = tracker(tracked()).events
    assert (event.type, event.subject) == ("record.viewed", "8d3f0c2a-5b1e-4c77-9d55-6a1f2e3b4c5d")
    assert rfc3339(event.time) == "2026-03-02T07:14:03Z"
    assert event.data == {"agent": "a-1", "record_kind": "lead", "seen": "unknown", "surface": "ui"}


def test_an_edit_form_that_was_opened_is_an_opening_and_never_an_edit(tracker):
    opened, saved = tracker(tracked(1, action="editview"), tracked(2, action="save")).events
    assert opened.type == "record.viewed"
    assert (saved.type, saved.data) == ("record.updated", {"agent": "a-1"})


def test_a_list_has_no_record_and_says_no_rows(tracker):
    [event] = tracker(tracked(action="index", item_id="", item_summary="")).events
    assert (event.type, event.subject) == ("list.viewed", None)
    assert event.data == {"agent": "a-1", "list": "Leads"}


def test_the_clients_name_and_the_session_enter_no_event(tracker):
    [event] = tracker(tracked()).events
    assert not any(word in canonical(event) for word in (b"Andreas", b"k3v9s8", b"b1f2c3"))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (tracked(module_name="Users", action="login"), "not about a record of ours: Users"),
        (tracked(action="ajaxui"), "action ajaxui is not read"),
        (tracked(item_id=""), "not about a record of ours: a page without one"),
    ],
)
def test_what_is_none_of_it_is_counted(tracker, row, why):
    assert tracker(row).tally.not_mapped == {why: 1}


def test_rows_hidden_from_the_last_viewed_and_cleared_ones_were_opened_all_the_same(tracker):
    assert len(tracker(tracked(1, visible="0"), tracked(2, deleted="1")).events) == 2


def test_the_same_table_as_json_gives_the_same_events(tracker, told):
    rows = [tracked(1), tracked(2, action="save")]
    assert told(lines(*rows), "t.json", None, "suitecrm", PEOPLE).events == tracker(*rows).events


def test_a_bad_row_is_set_aside_alone(tracker):
    found = tracker(tracked(1), tracked(2, date_modified="0000-00-00 00:00:00"), tracked(3, user_id="x"))
    assert [item.place for item in found.aside] == ["tracker.csv:3", "tracker.csv:4"]
    assert "date_modified '0000-00-00 00:00:00' is not" in found.aside[0].reason
    assert len(found.events) == 1


def test_a_table_without_users_is_refused(told):
    row = tracked()
    del row["user_id"]
    with pytest.raises(BadInput, match="has no column 'user_id'"):
        told(table(row), "tracker.csv", None, "suitecrm", PEOPLE)
