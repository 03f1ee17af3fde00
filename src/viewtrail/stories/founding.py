"""The first morning: the directory, the book as it was imported, and who will be away when."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from viewtrail.stories import calendar, company, deeds
from viewtrail.stories.calendar import HOUR, MINUTE, SECOND, midnight
from viewtrail.stories.company import BY_ID, DESKS, ENTITY, NEW_HIRE, PEOPLE, SALES, SERVICE, Person, Record
from viewtrail.stories.diary import CRM, HR
from viewtrail.stories.life import Life


def found(life: Life) -> None:
    """People join at their true dates, long ago; the book is read in on the first morning, before five."""
    for person in PEOPLE:
        if person.joined < calendar.END:
            _join(life, person)
    rng = life.random("founding")
    for n, record in enumerate(company.founding_book(rng)):
        _read_in(life, record, life.opening + n * SECOND // 2, rng)
    if NEW_HIRE.joined < life.start:
        first_leads(life, midnight(life.start) + 8 * HOUR)


def _join(life: Life, person: Person) -> None:
    languages = DESKS.get(person.desk, ("en",))
    told = {
        "agent": "system",
        "role": person.role,
        "desk": person.desk,
        "manager": person.manager or None,
        "entity": ENTITY.get(person.desk, "mm-nic"),
        "time_zone": calendar.ZONE_NAME,
        "languages": list(languages),
        "hours": company.hours(person) if person.actor_kind == "human" else None,
        "actor_kind": None if person.actor_kind == "human" else person.actor_kind,
    }
    life.diary.write(HR, "agent.joined", calendar.at(person.joined, "08:30"), told, person.id)


def _read_in(life: Life, record: Record, time: int, rng: Random) -> None:
    """A record of the old book: its owner has had it for weeks or years."""
    owner, record.owner = record.owner, ""
    register(life, record, time, "imported")
    if owner:
        since = time - rng.randint(20, 700) * 24 * HOUR
        deeds.assign(life, BY_ID[SERVICE], record.id, owner, time + SECOND // 10, since, "b-import")
    if record.value_band:
        told = {**deeds.by(BY_ID[SERVICE]), "value_band": record.value_band}
        life.diary.write(CRM, "record.valued", time + SECOND // 5, told, record.id)


def first_leads(life: Life, time: int) -> None:
    """The new hire starts with thirty leads from the desk's pool."""
    pool = [r.id for r in life.book.values() if r.desk == NEW_HIRE.desk and not r.owner][:30]
    for n, record in enumerate(pool):
        deeds.assign(life, BY_ID[NEW_HIRE.manager], record, NEW_HIRE.id, time + n * SECOND, batch="b-start")


def register(life: Life, record: Record, time: int, origin: str) -> None:
    """A record appears in the CRM, nobody's yet."""
    told = {
        **deeds.by(BY_ID[SERVICE]),
        "record_kind": record.kind,
        "desk": record.desk,
        "language": record.language,
        "origin": origin,
        "value_band": record.value_band,
    }
    life.diary.write(CRM, "record.created", time, told, record.id)
    life.add(record)


def plan_absences(life: Life, end: date) -> None:
    """A week of leave for about half of the sales agents, and sick days; never close to a told story."""
    for person in SALES:
        rng = life.random("absence", person.id)
        weeks = [day for day in calendar.days(life.start, end) if day.weekday() == 0]
        monday = rng.choice(weeks) if weeks and rng.random() < 0.55 else None
        if monday and not life.has_story_near(person.id, monday, 16):
            asked = midnight(monday) - rng.randint(12, 30) * 24 * HOUR + 11 * HOUR
            book_leave(life, person, monday, monday + timedelta(days=4), "holiday", asked)
        for day in calendar.days(life.start, end):
            if rng.random() < 0.015 and life.at_work(person, day) and not life.has_story_near(person.id, day):
                book_leave(life, person, day, day, "sick", midnight(day) + 8 * HOUR + 40 * MINUTE)


def book_leave(life: Life, person: Person, first: date, last: date, kind: str, time: int) -> None:
    """Away from the first to the last day, both included; HR knows it at `time`."""
    told = {"agent": "system", "from": first.isoformat(), "to": last.isoformat(), "kind": kind}
    life.diary.write(HR, "leave.booked", time, told, person.id)
    for day in calendar.days(first, last + timedelta(days=1)):
        life.away[person.id][day] = kind
