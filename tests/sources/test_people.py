"""The table of people: names with their times, events for what is new, conflicts that nobody guesses away."""

from __future__ import annotations

import pytest

from sources.telephony import PEOPLE
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources.directory import Claim, Directory, conflicts
from viewtrail.sources.people import Known, events_of, facts_of, read_people

NOW = 1_772_500_000_000_000


@pytest.fixture
def table(tmp_path):
    def read(text: str):
        (tmp_path / "people.csv").write_text(text)
        return read_people(tmp_path / "people.csv")

    return read


def after(people, known: Known, events) -> Known:
    return Known(
        facts_of(people.rows, known), frozenset(people.claims), known.told | {event.id for event in events}
    )


def test_a_table_gives_joinings_and_extensions_and_never_an_address(table):
    people = table(PEOPLE)
    events = events_of(people.rows, Known(), NOW)
    assert [event.type for event in events].count("agent.joined") == 5
    assert [event.type for event in events].count("extension.assigned") == 4
    desk = next(event for event in events if event.type == "extension.assigned" and event.subject == "a-2")
    assert (desk.data["extension"], desk.data["pbx"], rfc3339(desk.data["from"])) == (
        "211",
        "hq",
        "2026-03-02T10:00:00Z",
    )
    assert "example.test" not in str(events)
    assert "alice" not in str(events)


def test_the_same_table_again_gives_nothing(table):
    people = table(PEOPLE)
    known = after(people, Known(), events_of(people.rows, Known(), NOW))
    assert events_of(people.rows, known, NOW + 1) == []


def test_a_change_without_a_date_holds_from_the_import_on(table):
    people = table("agent,role,extension\na-1,agent,211\n")
    known = after(people, Known(), events_of(people.rows, Known(), NOW))
    moved = table("agent,role,extension\na-1,senior,212\n")
    events = events_of(moved.rows, known, NOW + 5)
    assert [(event.type, event.time) for event in events] == [
        ("agent.changed", NOW + 5),
        ("extension.assigned", NOW + 5),
    ]
    back = events_of(people.rows, after(moved, known, events), NOW + 9)
    assert [event.data.get("role") or event.data["extension"] for event in back] == ["agent", "211"]


def test_dated_changes_are_told_each_at_its_time(table):
    people = table("agent,desk,from\na-1,cyprus,2026-01-05\na-1,london,2026-03-01\n")
    events = events_of(people.rows, Known(), NOW)
    assert [(event.type, event.data["desk"]) for event in events] == [
        ("agent.joined", "cyprus"),
        ("agent.changed", "london"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",211,,,,", "agent '' has 0 characters"),
        ("a-1,211,,monday,,", "from 'monday' is no date or time"),
        ("a-1,211,,2026-03-01,2026-02-01,", "to 2026-02-01 is not after from 2026-03-01"),
        ("a-1,211,boss,,,", 'role "boss" is none of agent'),
        ("a-1,211,,2026-03-01,,Cyprus", "time_zone 'Cyprus' is unknown"),
        ("a-1,211", "has 2 columns, the header 6"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_place(table, row, reason):
    people = table(f"agent,extension,role,from,to,time_zone\na-9,299,,,,\n{row}\n")
    [aside] = people.aside
    assert aside.place == "people.csv:3"
    assert reason in aside.reason
    assert len(people.rows) == 1


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("name", "has no column 'agent'"),
        ("agent,phone", "column 'phone' is unknown"),
        ("agent,agent", "stands twice"),
        ("", "has no column"),
    ],
)
def test_a_wrong_header_is_said_with_the_columns_there_are(table, header, message):
    with pytest.raises(BadInput, match=message):
        table(header + "\n")


def test_two_people_with_one_extension_at_one_time_are_a_conflict_and_nobodys(table):
    people = table("agent,extension,from,to\na-1,211,2026-01-01,2026-02-10\na-2,211,2026-02-01,\na-3,212,,\n")
    [(first, second)] = conflicts(people.claims)
    assert {first.agent, second.agent} == {"a-1", "a-2"}
    who = Directory(people.claims)
    at = {day: who.agent("extension", "211", day) for day in (1768000000000000, 1770300000000000, NOW)}
    assert list(at.values()) == ["a-1", None, "a-2"]


def test_one_extension_of_two_systems_is_no_conflict():
    claims = [Claim("a-1", "extension", "211", "hq"), Claim("a-2", "extension", "211", "limassol")]
    assert conflicts(claims) == []
    assert [Directory(claims).agent("extension", "211", NOW, pbx) for pbx in ("hq", "limassol", "")] == [
        "a-1",
        "a-2",
        None,
    ]


def test_addresses_and_web_users_are_known_in_any_case():
    who = Directory([Claim("a-1", "email", "Anna@Example.Test"), Claim("a-1", "web", "Anna")])
    assert who.agent("email", "anna@example.test", NOW) == who.agent("web", "ANNA", NOW) == "a-1"
