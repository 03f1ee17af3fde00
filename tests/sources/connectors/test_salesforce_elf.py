"""Salesforce's event log files: by the header, with its own ids, and nothing of what was searched for."""

from __future__ import annotations

import pytest

from sources.salesforce import CLEO, log_file, row
from sources.telephony import directory
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.connectors.salesforce_elf import long_id
from viewtrail.sources.directory import Claim, Directory
from viewtrail.sources.mapping import parse_mapping

PEOPLE = Directory([Claim("a-3", "crm", long_id(CLEO)), Claim("a-4", "crm", "0055g00000DdEeF")])


@pytest.fixture
def elf(told):
    def read(*rows: dict[str, str], more: str = "", people: Directory = PEOPLE):
        text = f'connector = "salesforce-elf"\nsource = "/salesforce"\n{more}'
        mapping = parse_mapping(text, "sf.toml") if more else None
        return told(log_file(*rows), "log.csv", mapping, directory=people)

    return read


def test_a_page_of_a_record_is_an_opening_that_nobody_is_known_to_have_looked_at(elf):
    [event] = elf(row()).events
    assert (event.type, event.subject) == ("record.viewed", "00Q5g00000ABCDEEA5")
    assert rfc3339(event.time) == "2026-03-02T07:14:03.120000Z"
    assert event.data == {"agent": "a-3", "record_kind": "lead", "seen": "unknown", "surface": "ui"}


def test_a_record_is_the_same_in_either_form_of_its_id(elf):
    short = row(URI_ID_DERIVED="", URI="/00Q5g00000ABCDE?nooverride=1")
    assert elf(short).events[0].subject == elf(row()).events[0].subject
    assert long_id("0015000000Gv7qJ") == "0015000000Gv7qJAAR"  # Salesforce's own example
    assert long_id("0015000000Gv7qJaar") == "0015000000Gv7qJAAR"


def test_how_long_a_page_loaded_is_not_how_long_it_was_looked_at(elf):
    [event] = elf(row("LightningPageView")).events
    assert (event.type, event.subject) == ("record.viewed", "0035g00000XyZwVAAV")
    assert "dwell_ms" not in event.data


def test_a_list_in_lightning(elf):
    url = "/lightning/o/Lead/list?filterName=John"
    [event] = elf(row("LightningPageView", PAGE_ENTITY_ID="", PAGE_URL=url)).events
    assert (event.type, event.data) == ("list.viewed", {"agent": "a-3", "list": "Lead"})


def test_a_search_has_its_results_counted_and_never_its_words(elf):
    [event] = elf(row("Search")).events
    assert (event.type, event.data) == ("search.performed", {"agent": "a-3", "rows": 17})
    assert not any(word in canonical(event) for word in (b"Smith", b"35799", b"Salesforce.com IP"))


def test_reports_and_what_was_taken_out(elf):
    [report] = elf(row("Report")).events
    assert (report.type, report.data["rows"]) == ("list.viewed", 2000)
    listed = long_id("00O5g000007YyZz")
    assert report.data["list"] == listed
    for one in (row("ReportExport"), row("ReportExport", URI="", URI_ID_DERIVED=listed)):
        [export] = elf(one).events
        assert (export.type, export.data) == ("export.created", {"agent": "a-3", "list": listed})
    [bulk] = elf(row("BulkApi")).events
    assert bulk.data == {"agent": "a-3", "list": "Lead", "rows": 12_500, "format": "csv"}


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (row("Login"), "EVENT_TYPE Login is not read"),
        (row(REQUEST_STATUS="A"), "refused or failed"),
        (row(URI="/home/home.jsp", URI_ID_DERIVED=""), "a page of no record"),
        (row(URI="/0065g00000ABCDE", URI_ID_DERIVED=""), "a page of no record"),
        (row("BulkApi", OPERATION_TYPE="insert"), "a bulk job that reads nothing"),
        (row("BulkApi", SUCCESS="0"), "refused or failed"),
        (row(USER_ID=""), "nobody's: an automated process or a guest"),
        (row(USER_TYPE="A"), "nobody's: an automated process or a guest"),
        (row(USER_TYPE="Guest"), "nobody's: an automated process or a guest"),
    ],
)
def test_what_is_none_of_it_is_counted(elf, one, why):
    assert elf(one).tally.not_mapped == {why: 1}


def test_own_objects_come_by_the_mapping(elf):
    account = row(URI="/a015g00000ABCDE", URI_ID_DERIVED="")
    [event] = elf(account, more='[salesforce]\nrecords = { a01 = "account" }').events
    assert event.data["record_kind"] == "account"


def test_columns_in_another_order_more_of_them_and_a_row_written_twice_are_the_same_event(elf):
    one = row()
    drifted = dict(reversed([*one.items(), ("NEW_IN_SPRING", "1")]))
    drifted = {"EVENT_TYPE": "URI", **drifted}
    assert elf(drifted, drifted).ids == elf(one).ids * 2
    assert elf(drifted).events == elf(one).events


def test_two_pages_of_one_request_are_two(elf):
    other = row(URI_ID_DERIVED="00Q5g00000ABCDFEA5")
    assert len(set(elf(row(), other).ids)) == 2


def test_without_a_derived_time_the_stamp_is_read(elf):
    [event] = elf(row(TIMESTAMP_DERIVED="")).events
    assert event == elf(row()).events[0]


def test_a_user_in_either_form_and_one_who_is_not_listed(elf):
    assert elf(row(USER_ID=long_id("0055g00000DdEeF"))).events[0].data["agent"] == "a-4"
    stranger = row(USER_ID="0055g00000ZzZzZ")
    assert "is nobody's on 2026-03-02" in elf(stranger).aside[0].reason
    [event] = elf(stranger, more='[salesforce]\nunlisted = "sf-"').events
    assert event.data["agent"] == "sf-" + long_id("0055g00000ZzZzZ")


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (row(TIMESTAMP_DERIVED="yesterday"), "is no time with a zone"),
        (row(TIMESTAMP_DERIVED="2026-03-02T07:14:03"), "is no time with a zone"),
        (row(TIMESTAMP_DERIVED="", TIMESTAMP="2026"), "is not like"),
        (row("Search", NUM_RESULTS="many"), "is no whole number"),
    ],
)
def test_a_bad_row_is_set_aside_alone(elf, one, reason):
    found = elf(one, {name: row(one["EVENT_TYPE"]).get(name, "") for name in one})
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "log.csv:2"
    assert len(found.events) == 1


@pytest.mark.parametrize("missing", ["USER_ID", "TIMESTAMP"])
def test_what_is_no_log_file_is_refused(told, tmp_path, missing):
    one = {name: cell for name, cell in row().items() if not name.startswith(missing)}
    with pytest.raises(BadInput, match=f"has no column {missing}"):
        told(log_file(one), "log.csv", None, "salesforce-elf", directory(tmp_path))
