"""EspoCRM's action history: a read is an opening, an assignment an update, and nobody looked for sure."""

from __future__ import annotations

import json

import pytest

from sources.crms import BEN, PEOPLE, espo, lines, table
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.mapping import parse_mapping

RULES = 'connector = "espocrm"\nsource = "/espocrm"\n'


@pytest.fixture
def history(told):
    def read(text: str, name: str = "history.json", more: str = "", people=PEOPLE):
        mapping = parse_mapping(RULES + more, "espo.toml") if more else None
        return told(text, name, mapping, "espocrm", people)

    return read


def test_a_read_is_an_opening_that_nobody_is_known_to_have_looked_at(history):
    [event] = history(lines(espo())).events
    assert (event.type, event.subject) == ("record.viewed", "65e9d8c7b6a594830")
    assert rfc3339(event.time) == "2026-03-02T07:14:03Z"
    assert event.data == {"agent": "a-1", "record_kind": "lead", "seen": "unknown"}


def test_a_page_of_the_interface_a_file_of_lines_and_an_export_give_the_same_events(history):
    rows = [espo(1), espo(2, action="update"), espo(3, userId=BEN)]
    page = history(json.dumps({"total": 3, "list": rows}, indent=2)).events
    assert page == history(lines(*rows)).events == history(json.dumps(rows)).events
    assert page == history(table(*rows), "history.csv").events
    assert len(page) == 3


def test_an_assignment_is_an_update_and_never_an_opening(history):
    changed = [espo(n, action=what) for n, what in enumerate(("update", "create", "delete"))]
    found = history(lines(*changed)).events
    assert [event.type for event in found] == ["record.updated", "record.created", "status.changed"]
    assert found[2].data == {"agent": "a-1", "field": "record", "to": "deleted"}


def test_no_name_address_or_session_enters_an_event(history):
    [event] = history(lines(espo())).events
    assert not any(word in canonical(event) for word in (b"Eleni", b"Anna", b"10.0.3.17", b"5aaa"))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (espo(targetType="Email"), "not about a record of ours: Email"),
        (espo(userId="system"), "nobody's: the system itself or a guest"),
        (espo(action="massRead"), "action massRead is not read"),
    ],
)
def test_what_is_none_of_it_is_counted(history, row, why):
    assert history(lines(row)).tally.not_mapped == {why: 1}


def test_own_kinds_of_records_and_other_names_of_columns_come_by_the_mapping(history):
    more = '[crm]\nrecords = { Deal = "account" }\ncolumns = { createdAt = "Date" }\n'
    row = espo(targetType="Deal")
    row = {"Date" if name == "createdAt" else name: value for name, value in row.items()}
    for text, name in ((lines(row), "a.json"), (table(row), "a.csv")):
        [event] = history(text, name, more).events
        assert event.data["record_kind"] == "account"


def test_a_user_who_is_not_listed_is_set_aside_or_told_under_a_prefix(history):
    stranger = espo(userId="99f0a1b2c3d4e5f99")
    assert "is nobody's on 2026-03-02" in history(lines(stranger)).aside[0].reason
    [event] = history(lines(stranger), more='[crm]\nunlisted = "espo-"\n').events
    assert event.data["agent"] == "espo-99f0a1b2c3d4e5f99"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (espo(createdAt=""), "createdAt is empty"),
        (espo(createdAt="yesterday"), "is not an ISO 8601 time"),
        (espo(targetId=None), "subject"),
        (espo(userId=None), "names no user"),
        (espo(id=""), "id '' has 0 characters"),
        (espo(targetId="\ud800"), "is not UTF-8"),
        ({"id": "1"}, "has no 'targetType'"),
        ({"messageTranslation": {"label": "forbidden"}}, "has no 'id'"),
    ],
)
def test_a_bad_row_is_set_aside_alone_with_its_place(history, row, reason):
    found = history(lines(row, espo()))
    assert (len(found.events), len(found.aside)) == (1, 1)
    assert found.aside[0].place == "history.json:1"
    assert reason in found.aside[0].reason
    assert found.aside[0].raw == lines(row).rstrip()


def test_a_page_cut_in_the_middle_is_one_piece_set_aside(history):
    page = json.dumps({"list": [espo(1), espo(2)]})[:-20]
    [item] = history(page).items
    assert "not JSON" in item.reason


def test_an_export_without_a_column_that_is_needed_is_refused(history):
    row = espo()
    del row["targetId"]
    with pytest.raises(BadInput, match="has no column 'targetId'"):
        history(table(row), "history.csv")
