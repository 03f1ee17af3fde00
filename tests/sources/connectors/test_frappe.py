"""Frappe's three logs: a loaded form is an opening, a view noted for somebody else is none."""

from __future__ import annotations

import json

import pytest

from sources.crms import PEOPLE, accessed, active, lines, table, viewed
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.mapping import parse_mapping

RULES = 'connector = "frappe"\nsource = "/erp"\n[time]\ntime_zone = "Asia/Nicosia"\n[crm]\n'


@pytest.fixture
def logs(told):
    def read(text: str, name: str = "log.json", more: str = ""):
        return told(text, name, parse_mapping(RULES + more, "erp.toml"), "frappe", PEOPLE)

    return read


def test_a_form_that_was_loaded_is_an_opening_in_the_sites_own_time(logs):
    [event] = logs(lines(viewed())).events
    assert (event.type, event.subject) == ("record.viewed", "CRM-LEAD-2026-00417")
    assert rfc3339(event.time) == "2026-03-02T07:14:03.120456Z"
    assert event.data == {"agent": "a-1", "record_kind": "lead", "seen": "unknown", "surface": "ui"}


def test_a_view_noted_for_whoever_was_assigned_is_no_opening(logs):
    found = logs(lines(viewed(owner="maria@example.test")))
    assert found.tally.not_mapped == {"a view noted by another's session: nobody opened it": 1}
    assert logs(lines({name: cell for name, cell in viewed().items() if name != "owner"})).events


def test_an_export_says_what_and_how_and_neither_rows_nor_filters(logs):
    [event] = logs(lines(accessed())).events
    assert (event.type, event.data) == (
        "export.created",
        {"agent": "a-1", "list": "CRM Lead", "format": "excel"},
    )
    assert b"georgiou" not in canonical(event)


def test_a_report_has_no_words_of_its_own_and_a_backup_is_told(logs):
    rows = [accessed(n, export_from=None, report_name=name) for n, name in enumerate(("Georgiou", "Backup"))]
    assert [event.data["list"] for event in logs(lines(*rows)).events] == ["report", "backup"]


def test_a_printed_record_is_a_page_and_no_export(logs):
    [event] = logs(lines(accessed(reference_document="CRM-LEAD-2026-00417", file_type="PDF"))).events
    assert (event.type, event.subject) == ("page.printed", "CRM-LEAD-2026-00417")


def test_sign_ins_begin_and_end_a_visit(logs):
    found = logs(lines(active(), active(2, operation="Logout"), active(3, status="Failed")))
    assert [event.type for event in found.events] == ["visit.started", "visit.ended"]
    assert found.tally.not_mapped == {"a sign-in that failed": 1}
    assert not any(b"Christou" in canonical(event) or b"10.0.3" in canonical(event) for event in found.events)


def test_a_page_of_the_interface_and_an_export_give_the_same_events(logs):
    rows = [viewed(1), viewed(2, viewed_by="ben@example.test", owner="ben@example.test")]
    assert logs(json.dumps({"data": rows})).events == logs(table(*rows), "views.csv").events
    labels = 'columns = { name = "ID", creation = "Created On", viewed_by = "Viewed By" }\n'
    header = {"name": "ID", "creation": "Created On", "viewed_by": "Viewed By"}
    exported = [{header.get(name, name): cell for name, cell in row.items()} for row in rows]
    assert logs(table(*exported), "views.csv", labels).events == logs(lines(*rows)).events


def test_the_three_logs_number_apart(logs):
    same = {"name": "hash1"}
    assert len(set(logs(lines(viewed(**same), accessed(**same), active(**same))).ids)) == 3


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (viewed(reference_doctype="ToDo"), "not about a record of ours: ToDo"),
        (viewed(viewed_by="Guest", owner="Guest"), "nobody's: the system itself or a guest"),
        (accessed(user="Guest"), "nobody's: the system itself or a guest"),
        (accessed(export_from="ToDo", reference_document="T-1"), "not about a record of ours: ToDo"),
        (active(operation="Impersonate"), "operation Impersonate is not read"),
        (active(operation=None), "operation of none is not read"),
        ({"name": "1", "creation": "2026-03-02 09:00:00"}, "a row of none of the three logs"),
    ],
)
def test_what_is_none_of_it_is_counted(logs, row, why):
    assert logs(lines(row)).tally.not_mapped == {why: 1}


def test_an_address_that_nobody_is_known_by_never_becomes_an_agent(logs):
    row = viewed(viewed_by="eve@example.test", owner="eve@example.test")
    found = logs(lines(row), more='unlisted = "erp-"\n')
    assert not found.events
    assert "is nobody's on 2026-03-02" in found.aside[0].reason


def test_an_hour_that_came_twice_is_set_aside_and_not_guessed(logs):
    [item] = logs(lines(viewed(creation="2026-10-25 03:30:00.000000"))).items
    assert "was twice in Asia/Nicosia" in item.reason


def test_the_zone_of_the_site_has_to_be_named(told):
    with pytest.raises(BadInput, match="in which zone the site's times are"):
        told(lines(viewed()), "log.json", None, "frappe", PEOPLE)
