"""The pages on access logs, the personnel office and Salesforce: their examples run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sources.telephony import directory
from viewtrail.event import rfc3339
from viewtrail.sources import url_rules
from viewtrail.sources.connectors.hr_roster import CONNECTOR as HR
from viewtrail.sources.directory import Claim, Directory
from viewtrail.sources.mapping import parse_mapping

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE)


def test_the_access_log_on_the_page_gives_what_the_page_says(told, tmp_path):
    [log], mapping = (
        blocks("how-to/connect-access-logs.md", "text"),
        blocks("how-to/connect-access-logs.md", "toml"),
    )
    found = told(log, "access.log", parse_mapping(mapping[0], "crm-web.toml"), directory=directory(tmp_path))
    opened, revealed, listed = found.events
    assert (opened.type, revealed.type, listed.type) == ("record.viewed", "contact.revealed", "list.viewed")
    assert listed.data["filter"] == "country=? and status=?"
    assert found.tally.not_mapped == {"a static file": 1, "refused or failed": 1, "a health check": 1}


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_every_mapping_of_the_page_is_valid(number):
    mapping = parse_mapping(blocks("how-to/connect-access-logs.md", "toml")[number], "web.toml")
    assert url_rules.web_rules(mapping.own["web"], "web.toml").urls


def test_every_key_of_web_rules_is_in_the_reference():
    page = (DOCS / "reference/mapping.md").read_text()
    for key in {*url_rules.KEYS, *url_rules.URL_KEYS, *url_rules.AGENT_KEYS, *url_rules.TYPES}:
        assert key in page.partition("## [web]")[2], key


def test_the_roster_on_the_page_gives_what_the_page_says(told):
    people = Directory([Claim("a-1", "email", "anna@example.com"), Claim("a-2", "email", "ben@example.com")])
    [roster] = blocks("how-to/connect-hr.md", "csv")
    events = told(roster, "roster.csv", directory=people).events
    assert [(event.subject, event.type, rfc3339(event.time)[:10]) for event in events] == [
        ("a-1", "agent.joined", "2024-05-05"),  # midnight in Nicosia is the evening before in UTC
        ("a-1", "notice.given", "2026-02-15"),
        ("a-2", "agent.joined", "2023-01-08"),
        ("a-2", "leave.booked", "2026-03-08"),
    ]
    assert set(HR.gives.types) >= {event.type for event in events}


def test_the_rosters_mapping_is_valid(told):
    mapping = parse_mapping(blocks("how-to/connect-hr.md", "toml")[0], "hr.toml")
    [notice] = told("Agent,Notice Date\na-7,16/02/2026\n", "r.csv", mapping).events
    assert rfc3339(notice.time) == "2026-02-16T00:00:00Z"


def test_the_event_log_file_on_the_page_gives_what_the_page_says(told):
    [log], [mapping] = (
        blocks("how-to/connect-salesforce.md", "csv"),
        blocks("how-to/connect-salesforce.md", "toml"),
    )
    found = told(log, "URI-2026-03-02.csv", parse_mapping(mapping, "salesforce.toml"))
    [event] = found.events
    assert (event.type, event.subject) == ("record.viewed", "00Q5g00000ABCDEEA5")
    assert found.tally.not_mapped == {"a page of no record": 1}
