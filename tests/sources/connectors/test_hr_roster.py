"""The personnel office's table: each fact from its own date, plans apart from facts, corrections kept."""

from __future__ import annotations

import pytest

from sources.telephony import directory
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.mapping import parse_mapping

HEADER = (
    "UserEmailAddress,ResignationDate,LastWorkingDate,Role,Desk,Manager,Entity,TimeZone,Languages,Hours,"
    "JoinDate,LeaveFrom,LeaveTo,LeaveKind\n"
)
CLEO = (
    "cleo@example.test,2026-02-16,2026-03-31,senior,cyprus,a-9,EU Ltd,Asia/Nicosia,en;el,mon-fri 09:00-18:00,"
    "2025-06-02,,,\n"
)


@pytest.fixture
def roster(told, tmp_path):
    def read(rows: str, header: str = HEADER, *, more: str = ""):
        mapping = (
            parse_mapping(f'connector = "hr-roster"\nsource = "/hr"\n{more}', "hr.toml") if more else None
        )
        return told(header + rows, "roster.csv", mapping, "hr-roster", directory(tmp_path))

    return read


def say(event):
    return (
        event.type,
        rfc3339(event.time),
        {k: v for k, v in event.data.items() if k not in ("agent", "actor_kind")},
    )


def test_a_row_tells_who_joined_with_what_and_who_gave_notice(roster):
    joined, notice = roster(CLEO).events
    assert say(joined) == (
        "agent.joined",
        "2025-06-01T21:00:00Z",
        {
            "desk": "cyprus", "entity": "EU Ltd", "role": "senior", "manager": "a-9",
            "languages": ["en", "el"], "time_zone": "Asia/Nicosia",
            "hours": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        },
    )  # fmt: skip
    assert say(notice) == ("notice.given", "2026-02-15T22:00:00Z", {"last_day": "2026-03-31"})
    assert {joined.subject, notice.subject} == {"a-3"}
    assert joined.data["agent"] == "system"


def test_no_address_enters_an_event(roster):
    assert not any(b"example.test" in canonical(event) for event in roster(CLEO).events)


def test_the_last_day_is_a_plan_until_the_table_says_that_it_is_over(roster):
    header = "UserEmailAddress,ResignationDate,LastWorkingDate,Status\n"
    row = "cleo@example.test,2026-02-16,2026-03-31,{}\n"
    assert [event.type for event in roster(row.format("active"), header).events] == ["notice.given"]
    told = roster(row.format("Left"), header).events
    assert [event.type for event in told] == ["notice.given", "agent.left"]
    assert rfc3339(told[1].time) == "2026-04-01T00:00:00Z", "the last day is worked"
    later = roster(row.format(""), header, more='[hr]\nas_of = "2026-04-01"').events
    assert [event.type for event in later] == ["notice.given", "agent.left"]
    on_the_day = roster(row.format(""), header, more='[hr]\nas_of = "2026-03-31"').events
    assert [event.type for event in on_the_day] == ["notice.given"]


def test_the_end_of_the_calendar_is_no_last_day(roster):
    """Some systems write 9999-12-31 where there is no date."""
    row = "cleo@example.test,2026-02-16,9999-12-31,Left\n"
    found = roster(row, "UserEmailAddress,ResignationDate,LastWorkingDate,Status\n")
    assert not found.events
    assert "9999-12-31" in found.aside[0].reason


def test_a_last_day_alone_is_a_notice_since_it_was_known(roster):
    header = "UserEmailAddress,LastWorkingDate,KnownFrom\n"
    [notice] = roster("cleo@example.test,2026-03-31,2026-03-02T09:00:00+02:00\n", header).events
    assert say(notice) == ("notice.given", "2026-03-02T07:00:00Z", {"last_day": "2026-03-31"})
    found = roster("cleo@example.test,2026-03-31,\n", header)
    assert "since when that is known is not said" in found.aside[0].reason
    [notice] = roster("cleo@example.test,2026-03-31,\n", header, more='[hr]\nas_of = "2026-03-02"').events
    assert rfc3339(notice.time) == "2026-03-02T00:00:00Z"


def test_a_notice_that_was_entered_later_says_since_when_it_was_known(roster):
    header = "UserEmailAddress,ResignationDate,LastWorkingDate,KnownFrom\n"
    [notice] = roster("cleo@example.test,2026-02-16,2026-03-31,2026-03-30\n", header).events
    assert rfc3339(notice.data["known_from"]) == "2026-03-30T00:00:00Z"


def test_a_notice_for_the_future_is_known_on_the_day_of_the_table(roster):
    told = roster(CLEO, more='[hr]\nas_of = "2026-02-02"').events
    assert say(told[1]) == ("notice.given", "2026-02-01T22:00:00Z", {"last_day": "2026-03-31"})


def test_a_withdrawn_notice_is_told_and_nobody_has_left(roster):
    header = "UserEmailAddress,ResignationDate,LastWorkingDate,WithdrawnDate,AsOf\n"
    told = roster("cleo@example.test,2026-02-16,2026-03-31,2026-03-01,2026-05-01\n", header).events
    assert [event.type for event in told] == ["notice.given", "notice.withdrawn"]


def test_a_change_holds_from_its_own_date_and_is_not_said_of_the_joining(roster):
    header = "Email,JoinDate,Effective Date,Desk\n"
    joined, changed = roster("cleo@example.test,2025-06-02,2026-02-01,london\n", header, more="[hr]").events
    assert say(joined) == ("agent.joined", "2025-06-02T00:00:00Z", {})
    assert say(changed) == ("agent.changed", "2026-02-01T00:00:00Z", {"desk": "london"})


def test_leave_is_known_from_its_booking_else_from_its_start(roster):
    header = "UserEmailAddress,LeaveFrom,LeaveTo,LeaveKind,LeaveBookedOn\n"
    rows = "cleo@example.test,2026-07-06,2026-07-17,Annual Leave,2026-02-10\n"
    rows += "dora@example.test,2026-03-02,,sick,\n"
    booked, sick = roster(rows, header).events
    assert say(booked) == (
        "leave.booked", "2026-02-10T00:00:00Z",
        {"from": "2026-07-06", "to": "2026-07-17", "kind": "annual-leave"},
    )  # fmt: skip
    assert say(sick)[1:] == (
        "2026-03-02T00:00:00Z",
        {"from": "2026-03-02", "to": "2026-03-02", "kind": "sick"},
    )


def test_who_joins_or_goes_on_leave_after_the_table_is_told_by_a_later_one(roster):
    header = "UserEmailAddress,JoinDate,LeaveFrom,Desk\n"
    rows = "cleo@example.test,2026-06-01,,cyprus\ndora@example.test,,2026-06-01,\n"
    found = roster(rows, header, more='[hr]\nas_of = "2026-03-02"')
    assert not found.items
    assert found.tally.not_mapped == {"says nothing that has a date": 2}


def test_the_same_row_again_is_the_same_and_a_changed_one_is_new(roster):
    first = roster(CLEO).events
    assert roster(CLEO + CLEO).events == [*first, *first]
    corrected = roster(CLEO.replace("2026-03-31", "2026-03-15")).events
    assert corrected[0] == first[0]
    assert corrected[1].id != first[1].id
    assert corrected[1].time == first[1].time


def test_an_extract_with_other_headers_and_dates_of_another_kind(roster):
    header = "Work Email;Resignation Date;Last Working Day;Job Title;Salary\n"
    more = (
        '[hr]\nroles = { "Team Lead" = "senior" }\n[time]\nformat = "%d/%m/%Y"\ntime_zone = "Europe/London"'
    )
    [notice] = roster("DORA@example.test;16/02/2026;31/03/2026;Team Lead;99000\n", header, more=more).events
    assert say(notice) == ("notice.given", "2026-02-16T00:00:00Z", {"last_day": "2026-03-31"})
    assert b"99000" not in canonical(notice)


def test_a_title_that_is_no_role_is_kept_in_the_detail(roster):
    header = "UserEmailAddress,JoinDate,Job Title,LastWorkingDate\n"
    [joined] = roster("cleo@example.test,2025-06-02,Wealth Wizard,\n", header).events
    assert "role" not in joined.data
    assert joined.extra == {"data": {"title": "Wealth Wizard"}}


def test_an_agents_own_id_needs_no_directory(told):
    [notice] = told("Agent,ResignationDate\na-77,2026-02-16\n", "r.csv", None, "hr-roster").events
    assert notice.subject == "a-77"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (CLEO.replace("cleo@", "nobody@"), "is nobody's on these days"),
        (CLEO.replace("cleo@example.test", ""), "names nobody"),
        (CLEO.replace("2026-02-16", "16/02/2026"), "ResignationDate '16/02/2026' is no date"),
        (CLEO.replace("2026-03-31", "2026-01-31"), "before the notice"),
        (CLEO.replace("Asia/Nicosia", "Cyprus time"), "is unknown"),
        ("cleo@example.test,,,,,,,,,,,,2026-03-01,\n", "no start"),
        ("cleo@example.test,2026-02-16\n", "has 2 columns"),
    ],
)
def test_a_bad_row_is_set_aside_alone(roster, row, reason):
    found = roster(CLEO + row + CLEO.replace("cleo", "dora"))
    assert len(found.events) == 4
    assert reason in found.aside[0].reason
    assert found.aside[0].place == "roster.csv:3"


@pytest.mark.parametrize(
    ("header", "more", "why"),
    [
        ("Name,ResignationDate\n", "", "no column UserEmailAddress"),
        ("UserEmailAddress,Desk\n", "", "no date of joining"),
        ("Email,UserEmailAddress,ResignationDate\n", "", "two columns say 'email'"),
        (HEADER, "[hr]\nx = 1", "key 'x' is unknown"),
        (HEADER, '[hr]\nroles = { A = "boss" }', "role 'boss' is unknown"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(roster, header, more, why):
    with pytest.raises(BadInput, match=why):
        roster(CLEO, header, more=more)
