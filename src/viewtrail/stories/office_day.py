"""The day around the sales agents: new leads, clients who write, managers, compliance, the service."""

from __future__ import annotations

from datetime import date
from random import Random

from viewtrail.stories import calendar, campaigns, company, deeds, founding, sales_day, working
from viewtrail.stories.calendar import HOUR, MINUTE, midnight
from viewtrail.stories.company import BY_ID, COMPLIANCE, DESKS, MANAGER, SERVICE, Person, Record
from viewtrail.stories.declaring import declare
from viewtrail.stories.deeds import Opening
from viewtrail.stories.diary import CRM
from viewtrail.stories.going_through import go_through
from viewtrail.stories.life import Contact, Life, Span, Task


def morning(life: Life, day: date) -> None:
    """Before the phones: leavers' books are shared out, the night's leads come in, clients will write."""
    rng = life.random("morning", day)
    if day == company.NEW_HIRE.joined:
        founding.first_leads(life, midnight(day) + 8 * HOUR)
    for desk in DESKS:
        _share_out(life, desk, day)
        _new_leads(life, desk, day, rng)
        _contacts(life, desk, day, rng)


def _share_out(life: Life, desk: str, day: date) -> None:
    """The book of somebody who has left goes to the colleagues, unless a told handover takes it."""
    heirs = [person.id for person in company.desk_of(desk) if life.employed(person, day)]
    for leaver in company.desk_of(desk):
        left = life.last_day.get(leaver.id, day)
        if left < day and life.owned[leaver.id] and leaver.id not in life.handed_to:
            batch = life.number("b")
            for n, record in enumerate(list(life.owned[leaver.id])):
                time = midnight(day) + 9 * HOUR + n * 200_000
                deeds.assign(life, BY_ID[MANAGER[desk]], record, heirs[n % len(heirs)], time, batch=batch)
            life.due[heirs[0]] += life.due.pop(leaver.id, [])


def _new_leads(life: Life, desk: str, day: date, rng: Random) -> None:
    takers = life.desk_at_work(desk, day)
    number = rng.randint(1, 5) + (3 if day.weekday() == 0 else 0)  # Monday brings the week-end's
    for _ in range(number if takers else 0):
        id = f"L-{rng.randrange(70_000, 99_999)}"
        if id in life.book:
            continue
        time = midnight(day) + int(rng.uniform(5.5, 7.6) * HOUR)
        taker = rng.choice(takers)
        record = Record(id, "lead", "", desk, rng.choice(DESKS[desk]), 0)
        founding.register(life, record, time, rng.choice(("web", "web", "partner", "event")))
        deeds.assign(life, BY_ID[SERVICE], id, taker.id, time + 2 * MINUTE, time)
        life.fresh[taker.id].append(id)


def _contacts(life: Life, desk: str, day: date, rng: Random) -> None:
    """Clients call, write and open tickets; the owner answers, or whoever of the desk is there."""
    here = life.desk_at_work(desk, day)
    for owner in company.desk_of(desk):
        life.contacts[owner.id] = []
    for owner in company.desk_of(desk):
        for record in life.alive(owner.id) if here else ():
            if rng.random() < (0.05 if life.book[record].kind == "client" else 0.012):
                time = midnight(day) + int(rng.uniform(8.5, 17.7) * HOUR)
                channel = rng.choice(("call", "call", "email", "email", "chat", "ticket"))
                answers = owner if owner in here and rng.random() < 0.93 else rng.choice(here)
                contact = Contact(time, record, channel, answers.id)
                life.contacts[answers.id].append(contact)
                if channel != "call":
                    sales_day.contacted(life, contact)


def live_manager_day(life: Life, person: Person, day: date) -> None:
    """A manager looks at what the desks do, reassigns a few leads, once a week takes a masked export."""
    rng = life.random("day", person.id, day)
    spans = _visits(life, person, day, rng)
    desks = company.desks_led_by(person.id)
    records = [r.id for r in life.book.values() if r.desk in desks and r.owner and r.alive]
    for record in rng.sample(records, min(len(records), round(person.pace * rng.lognormvariate(0, 0.25)))):
        time = sales_day.moment(spans, rng)
        if not life.is_taken(person.id, day, time, time + 5 * MINUTE):
            _look(life, person, day, record, time, rng)
    _reassign(life, person, day, records, rng)
    if day.weekday() == 4:
        _export(life, person, day, rng)
    if _reviews_today(life, person, day):
        review(life, person, day, desks[0], rng)


def _look(life: Life, person: Person, day: date, record: str, time: int, rng: Random) -> None:
    opening = Opening(rng.choice(("list", "search", "link")), life.visit_at(person.id, day, time))
    end = deeds.open_record(life, person, record, time, rng.lognormvariate(3.9, 0.7), opening, rng)
    if rng.random() < 0.35:
        deeds.note(life, person, record, end - deeds.pause(rng, 1, 3))


def _reassign(life: Life, person: Person, day: date, records: list[str], rng: Random) -> None:
    start, _ = life.hours(person, day)
    for record in rng.sample(records, min(len(records), rng.choice((0, 1, 1, 2, 3)))):
        takers = life.desk_at_work(life.book[record].desk, day)
        if takers and not life.has_story_near(life.book[record].owner, day, 2):
            taker = rng.choice(takers)
            if taker.id != life.book[record].owner:
                deeds.assign(life, person, record, taker.id, start + deeds.pause(rng, 60, 900))
                life.fresh[taker.id].append(record)


def _export(life: Life, person: Person, day: date, rng: Random) -> None:
    time = calendar.at(day, "16:20") + deeds.pause(rng, 0, 2400)
    told = {
        "agent": person.id,
        "rows": rng.randint(40, 220),
        "fields": ["status", "owner", "last-contact"],
        "masked": True,
        "format": "xlsx",
        "visit": life.visit_at(person.id, day, time),
    }
    life.diary.write(CRM, "export.created", time, told)


def _reviews_today(life: Life, person: Person, day: date) -> bool:
    """The last working day but one of each month, unless a told story is about this manager's review."""
    last = calendar.last_working_day(day.year, day.month)
    return day == calendar.working_day(last, -1) and not life.has_story_near(person.id, day)


def review(life: Life, person: Person, day: date, desk: str, rng: Random) -> None:
    """The month-end review of a desk's best accounts: 60 to 85 in most of an hour, four in five declared."""
    best = best_accounts(life, desk)[: rng.randint(60, 85)]
    if rng.random() < 0.8:
        declare(life, person.id, "quarterly-review", day, 90, desk)
    start = calendar.at(day, rng.choice(("10:05", "14:40", "15:30")))
    minutes = len(best) * rng.uniform(0.5, 0.7)
    go_through(life, person, day, best, start, minutes, rng, dwell=(6, 26), name="v-desk-review", notes=0.08)


def best_accounts(life: Life, desk: str) -> list[str]:
    """The desk's records, the most valuable first."""
    records = [r for r in life.book.values() if r.desk == desk and r.owner and r.alive]
    return [r.id for r in sorted(records, key=lambda r: (-r.value_band, r.id))]


def live_compliance_day(life: Life, person: Person, day: date) -> None:
    """Papers and withdrawals, each from a queue, each with a decision."""
    rng = life.random("day", person.id, day)
    spans = _visits(life, person, day, rng)
    clients = sorted(r.id for r in life.book.values() if r.kind == "client")
    for record in rng.sample(clients, min(len(clients), round(person.pace * rng.lognormvariate(0, 0.2)))):
        time = sales_day.moment(spans, rng)
        if not life.is_taken(person.id, day, time, time + 10 * MINUTE):
            _decide(life, person, day, record, time, rng)


def _decide(life: Life, person: Person, day: date, record: str, time: int, rng: Random) -> None:
    service = deeds.by(BY_ID[SERVICE])
    asked = max(time - int(rng.uniform(0.3, 20) * HOUR), life.opening + HOUR)
    task = Task(time, record, "kyc", life.number("t"))
    offered = {"agent": person.id, "due_at": time + 24 * HOUR, "kind": "kyc", "by": SERVICE, "task": task.id}
    life.diary.write(CRM, "queue.offered", asked + 1000, offered, record)
    opening = Opening("queue", life.visit_at(person.id, day, time), "q-compliance")
    end = deeds.open_record(life, person, record, time, rng.uniform(50, 280), opening, rng)
    decision = "approved" if rng.random() < 0.9 else "refused"
    if rng.random() < 0.3:
        money = {"amount": f"{rng.randint(2, 90) * 50}.00", "currency": "EUR", "account": f"A-{record[2:]}"}
        life.diary.write(CRM, "withdrawal.requested", asked, {**service, **money}, record)
        decided = {"agent": person.id, **money, "decision": decision}
        life.diary.write(CRM, "withdrawal.decided", end - 1000, decided, record)
        return
    paper = {"document": life.number("doc"), "kind": rng.choice(("passport", "address", "funds"))}
    life.diary.write(CRM, "document.uploaded", asked, {**service, **paper}, record)
    decided = {"agent": person.id, **paper, "decision": decision}
    life.diary.write(CRM, "document.decided", end - 1000, decided, record)


def live_service_day(life: Life, person: Person, day: date) -> None:
    """Each night the service account reads a few records by job, and books the day's deposits."""
    rng = life.random("day", person.id, day)
    time = midnight(day) + 5 * HOUR
    for record in rng.sample(sorted(life.book), min(len(life.book), 25)):
        time += deeds.pause(rng, 0.5, 2)
        deeds.open_record(life, person, record, time, 0, Opening("other", "", surface="job"), rng)
    clients = sorted(r.id for r in life.book.values() if r.kind == "client")
    for record in rng.sample(clients, min(len(clients), rng.randint(3, 9))):
        booked = midnight(day) + int(rng.uniform(8, 20) * HOUR)
        working.deposit(life, record, booked, f"A-{record[2:]}", rng)


def _visits(life: Life, person: Person, day: date, rng: Random) -> list[Span]:
    """Signs in, signs out around lunch, and again; when the person is there."""
    spans = sales_day.halves(life, person, day, rng)
    visits = [(start, end, deeds.visit(life, person, start, end, rng)) for start, end in spans]
    life.visits[(person.id, day)] = visits
    return spans


def live_company_day(life: Life, day: date) -> None:
    """Everybody's day; at weekends the service account's alone."""
    life.today = day
    for person in company.PEOPLE:
        if person.id == SERVICE:
            live_service_day(life, person, day)
    if not calendar.is_working(day):
        return
    morning(life, day)
    desk = campaigns.planned(life, day)
    if desk:
        campaigns.keep_time_free(life, desk, day)
    for person in company.PEOPLE:
        if not life.at_work(person, day):
            continue
        if person.role in company.SELLS:
            sales_day.live_day(life, person, day)
        elif person.role == "manager":
            live_manager_day(life, person, day)
        elif person.id == COMPLIANCE:
            live_compliance_day(life, person, day)
    if desk:
        campaigns.run(life, desk, day)
