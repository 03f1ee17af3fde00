"""Calendar files as Outlook, Google and Nextcloud write them, from the lines that differ."""

from __future__ import annotations

from typing import Final

MAPPING: Final = """connector = "icalendar"
source = "/calendar"
[time]
time_zone = "Europe/Nicosia"
[calendar]
[[calendar.work]]
words = ["quarterly review"]
purpose = "quarterly-review"
scope = { desk = "cyprus" }
records_expected = 60
[[calendar.leave]]
words = ["annual leave"]
kind = "annual"
"""


def appointment(uid: str = "q1@example.test", **more: str | None) -> str:
    """A VEVENT; a name like DTSTART_TZID_Asia/Nicosia is not possible, so parameters stand in the value."""
    told: dict[str, str | None] = {
        "UID": ":" + uid,
        "DTSTAMP": ":20260301T080000Z",
        "CREATED": ":20260210T080000Z",
        "LAST-MODIFIED": ":20260212T093000Z",
        "SUMMARY": ":Quarterly review of the Cyprus book with Eleni Georgiou",
        "DTSTART": ";TZID=Europe/Berlin:20260326T090000",
        "DTEND": ";TZID=Europe/Berlin:20260326T110000",
        "ORGANIZER": ";CN=Maria:mailto:maria@example.test",
        "ATTENDEE": ";CN=Anna;PARTSTAT=ACCEPTED:mailto:Anna@example.test",
    }
    told |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = []
    for name, value in told.items():
        for one in (value or "").split("\n") if value is not None else []:
            lines.append(f"{name}{one}")
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]) + "\r\n"


def calendar(*parts: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n{head}{''.join(parts)}END:VCALENDAR\r\n"
