"""A team's calendar: a review every week, one taken out, leave, a dentist."""

from sources.calendar_file import MAPPING, appointment
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "team.ics",
    (
        appointment("a", RRULE=":FREQ=WEEKLY;COUNT=3", EXDATE=";TZID=Europe/Berlin:20260402T090000",
                    ATTENDEE=":mailto:cleo@example.test"),
        appointment("b", DTSTART=None),
        appointment("c", SUMMARY=":Annual leave", ORGANIZER=":mailto:dora@example.test"),
        appointment("d", SUMMARY=":Dentist"),
    ),
    ids=frozenset(
        {
            "i5kscytxkjpxnfgmlwsl6v7c44kmerc3f5onbkdzdwgyh4o3ftrq",
            "tmd6vzjx2tpjhcpj7zmi7ux5twximh6eiuhvqh4ty5gum3awpjfa",
            "jkqgbiybunf2ev5fd32y2rzitp4ghqhqyzviaqfduxnikkbu6kzq",
        }
    ),
    mapping=MAPPING,
    head="BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n",
    tail="END:VCALENDAR\r\n",
    lines=False,
)  # fmt: skip
