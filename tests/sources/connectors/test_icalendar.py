"""Calendars: declared work and leave at the hour of the wall clock, and what was taken back."""

from __future__ import annotations

import time

import pytest

from sources.calendar_file import MAPPING, appointment, calendar
from sources.crms import PEOPLE
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.mapping import parse_mapping

WEEKLY = ":FREQ=WEEKLY;COUNT=4"
WEST = "W. Europe Standard Time"
ALL_DAY = {"DTSTART": ";VALUE=DATE:20260406", "DTEND": ";VALUE=DATE:20260411"}


@pytest.fixture
def told_of(told):
    def read(*parts: str, head: str = "", mapping: str = MAPPING, people=PEOPLE):
        rules = parse_mapping(mapping, "cal.toml") if mapping else None
        return told(calendar(*parts, head=head), "team.ics", rules, "icalendar", people)

    return read


def spans(found) -> list[tuple[str, str]]:
    return [(event.type, rfc3339(event.data["from"])) for event in found.events]


def test_a_review_is_declared_by_its_organizer_for_whoever_attends(told_of):
    [event] = told_of(appointment()).events
    assert (event.type, event.subject) == ("work.declared", "a-1")
    assert rfc3339(event.time) == "2026-02-12T09:30:00Z"
    assert (rfc3339(event.data["from"]), rfc3339(event.data["to"])) == (
        "2026-03-26T08:00:00Z",
        "2026-03-26T10:00:00Z",
    )
    assert (event.data["agent"], event.data["declared_by"]) == ("m-1", "m-1")
    assert event.data["scope"] == {"desk": "cyprus"}
    assert (event.data["purpose"], event.data["records_expected"]) == ("quarterly-review", 60)


def test_nine_o_clock_stays_nine_o_clock_when_clocks_change(told_of):
    found = told_of(appointment(RRULE=WEEKLY))
    assert [start for _, start in spans(found)] == [
        "2026-03-26T08:00:00Z",
        "2026-04-02T07:00:00Z",
        "2026-04-09T07:00:00Z",
        "2026-04-16T07:00:00Z",
    ]
    assert len({event.id for event in found.events}) == 4


def test_a_zone_by_its_name_on_windows_is_the_same_zone(told_of):
    windows = {
        name: f";TZID={WEST}:20260326T{hour}0000" for name, hour in (("DTSTART", "09"), ("DTEND", "11"))
    }
    quoted = {name: value.replace(WEST, f'"{WEST}"') for name, value in windows.items()}
    for times in (windows, quoted):
        assert spans(told_of(appointment(RRULE=WEEKLY, **times))) == spans(told_of(appointment(RRULE=WEEKLY)))


def test_a_zone_that_the_file_describes_is_taken_from_it_and_one_that_nobody_knows_is_not_guessed(told_of):
    own = "\r\n".join(
        [
            "BEGIN:VTIMEZONE", "TZID:Office", "BEGIN:STANDARD", "DTSTART:16010101T000000",
            "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE", "",
        ]
    )  # fmt: skip
    times = {"DTSTART": ";TZID=Office:20260326T090000", "DTEND": ";TZID=Office:20260326T110000"}
    assert spans(told_of(appointment(**times), head=own)) == [("work.declared", "2026-03-26T06:00:00Z")]
    assert "time zone 'Office' is unknown" in told_of(appointment(**times)).aside[0].reason
    other = own.replace("+0300", "+0500")  # another office's file, by the same name
    assert spans(told_of(appointment(**times), head=other)) == [("work.declared", "2026-03-26T04:00:00Z")]


def test_a_described_zone_changes_its_clock_as_it_is_described(told_of):
    head = "\r\n".join(
        [
            "BEGIN:VTIMEZONE", "TZID:(UTC+01:00) Amsterdam", "BEGIN:STANDARD", "DTSTART:16010101T030000",
            "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
            "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT",
            "END:VTIMEZONE", "",
        ]
    )  # fmt: skip
    name = '"(UTC+01:00) Amsterdam"'
    times = {"DTSTART": f";TZID={name}:20260326T090000", "DTEND": f";TZID={name}:20260326T110000"}
    found = told_of(appointment(RRULE=WEEKLY, **times), head=head)
    assert spans(found) == spans(told_of(appointment(RRULE=WEEKLY)))


def test_a_zone_with_its_vendor_before_it_and_a_folded_line_are_read(told_of):
    zone = "/freeassociation.sourceforge.net/Europe/Berlin"
    times = {"DTSTART": f";TZID={zone}:20260326T090000", "DTEND": f";TZID={zone}:20260326T110000"}
    folded = appointment(**times).replace("DTEND;TZID", "DTEND;TZ\r\n\tID").replace("/Berlin", "/Ber\r\n lin")
    assert spans(told_of(folded)) == spans(told_of(appointment(**times))) == spans(told_of(appointment()))


def test_a_time_without_a_zone_is_in_the_mappings_or_the_calendars_own(told_of):
    floating = appointment(DTSTART=":20260326T090000", DTEND=":20260326T110000")
    assert spans(told_of(floating)) == [("work.declared", "2026-03-26T07:00:00Z")]
    plain = MAPPING.replace('[time]\ntime_zone = "Europe/Nicosia"\n', "")
    own = told_of(floating, head="X-WR-TIMEZONE:Europe/London\r\n", mapping=plain)
    assert spans(own) == [("work.declared", "2026-03-26T09:00:00Z")]
    assert "has no zone" in told_of(floating, mapping=plain).aside[0].reason


def test_days_are_dates_and_the_day_after_the_last_is_not_one_of_them(told_of):
    leave = appointment(SUMMARY=":Annual Leave", ORGANIZER=":mailto:anna@example.test", **ALL_DAY)
    [event] = told_of(leave).events
    assert (event.type, event.subject) == ("leave.booked", "a-1")
    assert {name: event.data[name] for name in ("from", "to", "kind", "agent")} == {
        "from": "2026-04-06",
        "to": "2026-04-10",
        "kind": "annual",
        "agent": "a-1",
    }
    single = appointment(SUMMARY=":Annual leave", **(ALL_DAY | {"DTEND": None}))
    assert told_of(single).events[0].data["to"] == "2026-04-06"


def test_who_is_asked_to_a_leave_so_that_they_know_of_it_is_not_on_leave(told_of):
    leave = appointment(
        SUMMARY=":Annual leave",
        ORGANIZER=":mailto:anna@example.test",
        ATTENDEE=":mailto:ben@example.test",
        **ALL_DAY,
    )
    assert [event.subject for event in told_of(leave).events] == ["a-1"]


def test_an_instance_that_was_cancelled_is_cancelled_and_the_others_stand(told_of):
    gone = appointment(
        RECURRENCE_ID=";TZID=Europe/Berlin:20260402T090000",
        DTSTART=";TZID=Europe/Berlin:20260402T090000",
        DTEND=";TZID=Europe/Berlin:20260402T110000",
        STATUS=":CANCELLED",
        LAST_MODIFIED=":20260330T120000Z",
    )
    before, after = told_of(appointment(RRULE=WEEKLY)), told_of(appointment(RRULE=WEEKLY), gone)
    assert [kind for kind, _ in spans(after)].count("work.declared") == 3
    [cancelled] = [event for event in after.events if event.type == "work.cancelled"]
    assert rfc3339(cancelled.time) == "2026-03-30T12:00:00Z"
    [was] = [event for event in before.events if rfc3339(event.data["from"]) == "2026-04-02T07:00:00Z"]
    assert cancelled.data["work"] == was.data["work"]


def test_a_day_that_was_taken_out_of_a_series_is_cancelled_too(told_of):
    found = told_of(appointment(RRULE=WEEKLY, EXDATE=";TZID=Europe/Berlin:20260409T090000"))
    assert ("work.cancelled", "2026-04-09T07:00:00Z") in spans(found)
    assert len(found.events) == 4


def test_an_instance_that_was_moved_is_cancelled_where_it_was_and_declared_where_it_is(told_of):
    moved = appointment(
        RECURRENCE_ID=":20260402T070000Z",
        DTSTART=";TZID=Europe/Berlin:20260403T140000",
        DTEND=";TZID=Europe/Berlin:20260403T160000",
    )
    found = spans(told_of(appointment(RRULE=WEEKLY), moved))
    assert ("work.cancelled", "2026-04-02T07:00:00Z") in found
    assert ("work.declared", "2026-04-03T12:00:00Z") in found
    assert ("work.declared", "2026-04-02T07:00:00Z") not in found


def test_a_meeting_that_was_called_off_is_cancelled_as_what_was_declared(told_of):
    [was], [gone] = told_of(appointment()).events, told_of(appointment(STATUS=":CANCELLED")).events
    assert gone.type == "work.cancelled"
    assert gone.data["work"] == was.data["work"]


def test_what_is_edited_afterwards_is_known_afterwards(told_of):
    late = appointment(LAST_MODIFIED=":20260401T200000Z")
    assert rfc3339(told_of(late).events[0].time) == "2026-04-01T20:00:00Z"
    never = appointment(LAST_MODIFIED=None)
    assert rfc3339(told_of(never).events[0].time) == "2026-02-10T08:00:00Z"
    none = appointment(LAST_MODIFIED=None, CREATED=None, DTSTAMP=None)
    assert "since when it is known is not said" in told_of(none).aside[0].reason


def test_rooms_clients_and_who_declined_are_not_told(told_of):
    asked = "\n".join(
        [
            ":mailto:anna@example.test",
            ";PARTSTAT=DECLINED:mailto:ben@example.test",
            ";CUTYPE=ROOM:mailto:room@example.test",
            ":mailto:client@elsewhere.test",
        ]
    )
    assert [event.subject for event in told_of(appointment(ATTENDEE=asked)).events] == ["a-1"]
    strangers = appointment(ATTENDEE=":mailto:eve@elsewhere.test", ORGANIZER=":mailto:eve@elsewhere.test")
    assert "about nobody in the table of people" in told_of(strangers).aside[0].reason
    owned = MAPPING.replace("[calendar]\n", '[calendar]\nowner = "a-5"\n')
    [event] = told_of(strangers, mapping=owned).events
    assert (event.subject, event.data["declared_by"]) == ("a-5", "a-5")


def test_work_without_a_scope_is_context_only_and_says_none(told_of):
    bare = MAPPING.replace('scope = { desk = "cyprus" }\nrecords_expected = 60\n', "")
    assert not {"scope", "records_expected"} & set(told_of(appointment(), mapping=bare).events[0].data)


def test_a_category_does_as_well_as_a_title(told_of):
    [event] = told_of(appointment(SUMMARY=":x", CATEGORIES=":Red,Quarterly Review")).events
    assert event.type == "work.declared"


def test_no_title_place_or_address_enters_an_event(told_of):
    [event] = told_of(appointment(DESCRIPTION=":ask about +35799123456", LOCATION=":Room 7")).events
    words = (b"Georgiou", b"99123456", b"Room", b"@example", b"q1")
    assert not any(word in canonical(event) for word in words)


def test_what_no_rule_fits_and_what_is_no_appointment_is_counted(told_of):
    task = "BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Quarterly review\r\nEND:VTODO\r\n"
    found = told_of(appointment(SUMMARY=":Dentist"), task)
    assert found.tally.not_mapped == {"an appointment of no rule": 1, "no appointment: VTODO": 1}
    assert found.tally.read == 2


def test_a_series_without_an_end_is_told_for_a_year_around_the_calendars_newest_stamp(told_of):
    found = told_of(
        appointment(RRULE=":FREQ=WEEKLY", DTSTART=";TZID=Europe/Berlin:20200102T090000", DTEND=None)
    )
    starts = [start for _, start in spans(found)]
    assert (starts[0][:7], starts[-1][:7]) == ("2025-02", "2027-02")
    narrow = MAPPING.replace("[calendar]\n", '[calendar]\nas_of = "2024-01-01"\n')
    assert spans(told_of(appointment(RRULE=":FREQ=WEEKLY"), mapping=narrow)) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"UID": None}, "has no UID"),
        ({"DTSTART": None}, "has no DTSTART"),
        ({"DTSTART": ":soon"}, ""),
        ({"DTEND": ";TZID=Europe/Berlin:20260326T080000"}, "ends before it starts"),
        ({"RRULE": ":FREQ=SECONDLY"}, "repeats within a day"),
        ({"RRULE": ":FREQ=DAILY;BYMINUTE=1,2,3"}, "repeats within a day"),
        ({"RRULE": ":FREQ=DAILY;INTERVAL=0"}, "repeats after no time at all"),
        ({"RRULE": ":FREQ=DAILY", "DTSTART": ":00010101T000000Z", "DTEND": None}, "since before 1990"),
        ({"SUMMARY": ":quarterly review \x00"}, "NUL"),
    ],
)
def test_a_broken_appointment_is_set_aside_alone_with_its_line(told_of, more, reason):
    found = told_of(appointment("broken", **more), appointment())
    assert [event.subject for event in found.events] == ["a-1"]
    assert (found.aside[0].place, len(found.aside)) == ("team.ics:4", 1)
    assert reason in found.aside[0].reason


def test_what_is_no_text_is_said_with_its_line_and_kept(told):
    bad = appointment("b", DTSTART=":soon").encode().replace(b"Eleni", b"\xcc\xe1\xf1")
    text = calendar("HERE", appointment()).encode().replace(b"HERE", bad)
    found = told(text, "team.ics", parse_mapping(MAPPING, "cal.toml"), "icalendar", PEOPLE)
    assert "is not UTF-8" in found.aside[0].reason
    assert "\\xcc" in found.aside[0].raw
    assert len(found.events) == 1


def test_one_that_never_ends_does_not_swallow_the_next(told_of):
    open_ = appointment("open").replace("END:VEVENT\r\n", "")
    found = told_of(open_, appointment())
    assert "VEVENT has no END" in found.aside[0].reason
    assert len(found.events) == 1


def test_no_rule_can_keep_the_reader_busy(told_of):
    """February never has 30 days, and a rule may look for one until the year 9999."""
    began = time.process_time()
    rules = [":FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ":FREQ=DAILY", ":FREQ=MONTHLY;BYDAY=5MO"]
    told_of(*(appointment(str(n), RRULE=rule) for n, rule in enumerate(rules)))
    assert time.process_time() - began < 10


def test_the_same_calendar_again_and_a_longer_one_give_the_same_events(told_of):
    other = appointment("q2@example.test", RRULE=WEEKLY)
    assert set(told_of(appointment(RRULE=WEEKLY)).ids) < set(told_of(appointment(RRULE=WEEKLY), other).ids)


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        ("", "says nothing of what its appointments are"),
        (MAPPING.partition("[[")[0], "has no rule"),
        (MAPPING.replace('"quarterly-review"', '"party"'), "has no purpose"),
        (MAPPING.replace('words = ["annual leave"]', "words = []"), "has no words"),
        (MAPPING.replace('kind = "annual"', 'who = "me"'), "who 'me' is unknown"),
        (MAPPING.replace('{ desk = "cyprus" }', '{ room = "7" }'), "scope"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(told_of, mapping, what):
    with pytest.raises(BadInput, match=what):
        told_of(appointment(), mapping=mapping)
