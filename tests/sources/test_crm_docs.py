"""The page on CRMs: its rows and mappings give what it says they give."""

from __future__ import annotations

import re
from pathlib import Path

from sources.crms import PEOPLE
from viewtrail.sources.connectors import found, icalendar, mt5
from viewtrail.sources.crm_rows import KEYS
from viewtrail.sources.mapping import parse_mapping

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "how-to/connect-crms.md"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE)


def types(told, text: str, name: str, kind: str) -> list[str]:
    return [event.type for event in told(text, name, None, kind, PEOPLE).events]


def test_the_rows_of_espocrm(told):
    [page] = blocks(PAGE, "json")
    assert types(told, page, "history.json", "espocrm") == ["record.viewed", "record.updated"]


def test_the_rows_of_suitecrm_and_odoo(told):
    tracker, audit = blocks(PAGE, "csv")
    assert types(told, tracker, "t.csv", "suitecrm") == ["record.viewed", "record.updated", "list.viewed"]
    assert types(told, audit, "a.csv", "odoo") == ["record.viewed", "record.served", "record.served"]


def test_every_mapping_of_the_page_is_one_of_its_connectors():
    for text in blocks(PAGE, "toml"):
        mapping = parse_mapping(text, "crm.toml")
        assert mapping.connector in found()
        assert set(mapping.own["crm"]) <= KEYS


def test_every_key_is_in_the_reference():
    page = (DOCS / "reference/mapping.md").read_text().partition("## [crm]")[2]
    assert all(key in page for key in KEYS)


def test_every_crm_on_the_page_says_how_much_it_cannot_tell():
    page = (DOCS / PAGE).read_text().lower()
    for name in ("espocrm", "frappe", "suitecrm", "odoo", "hubspot"):
        assert name in page
        assert "looked at" in " ".join(found()[name].gives.unknown) or name == "hubspot"


def test_the_deals_of_metatrader(told):
    page = "how-to/connect-metatrader.md"
    [mapping], [deals], [sent] = blocks(page, "toml"), blocks(page, "csv"), blocks(page, "json")
    rules = parse_mapping(mapping, "mt5.toml")
    found = told(deals, "deals.csv", rules)
    assert [(event.type, event.subject) for event in found.events] == [
        ("deposit.processed", "L-20931"),
        ("withdrawal.decided", "L-20931"),
    ]
    assert found.tally.not_mapped == {"a trade": 1, "not the client's money: action 3": 1}
    assert told(sent, "hook.json", rules).ids == [found.events[0].id]


def test_every_key_of_deals_is_in_the_reference():
    page = (DOCS / "reference/mapping.md").read_text().partition("## [mt5]")[2]
    assert all(key in page for key in mt5.KEYS)


def test_the_calendar_on_the_page(told):
    page = "how-to/connect-calendars.md"
    [mapping], [text] = blocks(page, "toml"), blocks(page, "ics")
    found = told(text, "team.ics", parse_mapping(mapping, "team.toml"), directory=PEOPLE)
    assert [event.type for event in found.events] == ["work.declared"] * 3 + [
        "work.cancelled",
        "leave.booked",
    ]
    assert {event.subject for event in found.events} == {"a-1"}


def test_every_key_of_calendars_is_in_the_reference():
    page = (DOCS / "reference/mapping.md").read_text().partition("## [calendar]")[2]
    assert all(key in page for key in icalendar.KEYS | icalendar.WORK_KEYS | icalendar.LEAVE_KEYS)
