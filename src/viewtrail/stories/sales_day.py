"""An ordinary day of a sales agent: callbacks, clients who ring, new leads, the own book, lunch."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import NamedTuple

from viewtrail.stories import deeds, working
from viewtrail.stories.calendar import HOUR, MINUTE
from viewtrail.stories.company import Person
from viewtrail.stories.deeds import Opening
from viewtrail.stories.diary import CRM
from viewtrail.stories.life import Contact, Life, Span, Task

MONDAY, FRIDAY = 0, 4


class Plan(NamedTuple):
    """Something the agent means to do at about `time`."""

    time: int
    what: str  # task, contact, fresh, book, look, odd
    record: str
    task: Task | None = None
    contact: Contact | None = None


def halves(life: Life, person: Person, day: date, rng: Random) -> list[Span]:
    """The morning and the afternoon around lunch; half-timers have the morning alone."""
    start, end = life.hours(person, day)
    start += int(rng.gauss(2, 6) * MINUTE)
    end += int(rng.gauss(-4, 8) * MINUTE) + (75 * MINUTE if rng.random() < 0.04 else 0)
    taken = life.busy.get((person.id, day), [])
    if taken:  # whoever has something planned is there in time and stays until it is done
        start = min(start, taken[0][0] - 4 * MINUTE)
        end = max(end, taken[-1][1] + 4 * MINUTE)
    lunch = start + int((4 + rng.uniform(-0.2, 0.4)) * HOUR)
    back = lunch + int(rng.uniform(40, 62) * MINUTE)
    if person.closes - person.opens < 6 or any(a < back and lunch < b for a, b in taken):
        return [(start, end)]
    return [(start, lunch), (back, end)]


def live_day(life: Life, person: Person, day: date) -> None:
    """One day from the first click to the last; spans that a told story needs are left free."""
    rng = life.random("day", person.id, day)
    spans = halves(life, person, day, rng)
    visits = [(start, end, deeds.visit(life, person, start, end, rng)) for start, end in spans]
    life.visits[(person.id, day)] = visits
    for start, _, visit in visits:
        rows = len(life.owned[person.id])
        deeds.view_list(life, person, start + deeds.pause(rng, 20, 200), visit, "v-mine", rows)
    free = [span for span in spans for span in _around(life.busy.get((person.id, day), []), span)]
    plans = _plans(life, person, day, free, rng)
    _live(life, person, day, plans, free, rng)


def _around(taken: list[Span], span: Span) -> list[Span]:
    """What is left of a span when the taken ones, and five minutes about them, are cut out."""
    left = [span]
    for start, end in taken:
        start, end = start - 5 * MINUTE, end + 5 * MINUTE
        cut = [(a, min(b, start)) for a, b in left if a < start]
        left = sorted(cut + [(max(a, end), b) for a, b in left if b > end])
    return [(a, b) for a, b in left if b - a > 10 * MINUTE]


def _plans(life: Life, person: Person, day: date, free: list[Span], rng: Random) -> list[Plan]:
    if not free:
        return []
    end_of_day = free[-1][1]
    due = [task for task in life.due[person.id] if task.due < end_of_day]
    life.due[person.id] = [task for task in life.due[person.id] if task.due >= end_of_day]
    plans = [Plan(task.due + deeds.pause(rng, -600, 900), "task", task.record, task=task) for task in due]
    plans += [
        Plan(contact.time + deeds.pause(rng, 0, contact.patience), "contact", contact.record, contact=contact)
        for contact in life.contacts[person.id]
    ]
    fresh, life.fresh[person.id] = life.fresh[person.id], []
    plans += [Plan(moment(free, rng), "fresh", record) for record in fresh]
    wanted = (
        0.86 * person.pace * (1.2 if day.weekday() == MONDAY else 0.9 if day.weekday() == FRIDAY else 1.0)
    )
    wanted *= rng.lognormvariate(0, 0.16) * sum(b - a for a, b in free) / (8 * HOUR)
    plans += _filling(life, person, max(0, round(wanted) - len(plans)), free, rng)
    return sorted(plans, key=lambda plan: plan.time)


def _filling(life: Life, person: Person, count: int, free: list[Span], rng: Random) -> list[Plan]:
    """What an agent does when nothing presses: mostly calls from the own book, in a few busy stretches."""
    book = life.alive(person.id)
    if not book:
        return []
    plans = []
    stretches = [moment(free, rng) for _ in range(3)]
    for record in rng.sample(book, min(count, len(book))):
        time = rng.choice(stretches) + deeds.pause(rng, 0, 2700) if rng.random() < 0.6 else moment(free, rng)
        plans.append(Plan(time, "book" if rng.random() < 0.8 else "look", record))
    if rng.random() < 0.3:  # the market moved: a quick look at whose positions are open
        clients = [record for record in book if life.book[record].kind == "client"]
        round_starts = moment(free, rng)
        for record in rng.sample(clients, min(len(clients), rng.randint(4, 12))):
            round_starts += deeds.pause(rng, 12, 60)
            plans.append(Plan(round_starts, "look", record))
    odd = sum(rng.random() < person.curious for _ in range(round(person.pace * 1.3)))
    strangers = rng.sample(sorted(life.book), odd)
    return plans + [Plan(moment(free, rng), "odd", record) for record in strangers]


def moment(free: list[Span], rng: Random) -> int:
    """Some time within the spans, with five minutes left to do something in."""
    start, end = rng.choices(free, [b - a for a, b in free])[0]
    return rng.randrange(start, end - 5 * MINUTE)


def _live(life: Life, person: Person, day: date, plans: list[Plan], free: list[Span], rng: Random) -> None:
    """One thing after the other. What does not fit into the day is left for tomorrow, if it is a task."""
    now = 0
    for plan in plans:
        time = _next_free(free, max(plan.time, now + deeds.pause(rng, 3, 90)))
        if time is None or not life.book[plan.record].alive:
            if plan.task and life.book[plan.record].alive:
                life.due[person.id].append(plan.task)
            continue
        opening = _opening(life, person, day, plan, time, rng)
        life.reason(person.id, day, plan.record)
        now = _do(life, person, plan, time, opening, rng)


def _next_free(free: list[Span], time: int) -> int | None:
    for start, end in free:
        if time < end - 4 * MINUTE:
            return max(time, start)
    return None


def _opening(life: Life, person: Person, day: date, plan: Plan, time: int, rng: Random) -> Opening:
    visit = life.visit_at(person.id, day, time)
    if plan.what == "task":
        return Opening("task", visit)
    if plan.what == "contact" and plan.contact:
        return Opening("call" if plan.contact.channel == "call" else "queue", visit)
    if plan.what == "fresh":
        return Opening("queue", visit, "v-new")
    if plan.what == "odd" or rng.random() < 0.15:
        deeds.search(life, person, time - deeds.pause(rng, 2, 9), visit, rng.randint(1, 9))
        return Opening("search", visit)
    return Opening("list", visit, "v-mine", rng.randint(1, max(1, len(life.owned[person.id]))))


def _do(life: Life, person: Person, plan: Plan, time: int, opening: Opening, rng: Random) -> int:
    if plan.what == "odd":  # a wrong hit, a question across the desk, curiosity: nobody wrote down why
        return working.read_quietly(life, person, plan.record, time, opening, rng, rng.lognormvariate(3, 0.9))
    if plan.what == "look":
        dwell = min(400, rng.lognormvariate(3.3, 0.7) + 3)
        end = working.read_quietly(life, person, plan.record, time, opening, rng, dwell)
        if rng.random() < 0.12:
            deeds.note(life, person, plan.record, end - deeds.pause(rng, 1, 3))
        return end
    if plan.contact:
        return _answer(life, person, plan, plan.contact, time, opening, rng)
    if rng.random() < (0.05 if person.role == "senior" else 0.03):
        end = working.write_to(life, person, plan.record, time, opening, rng)
    else:
        end = working.work_on(life, person, plan.record, time, opening, rng)
    if plan.task:
        working.tick_off(life, person, plan.task, end)
    if life.book[plan.record].kind == "lead" and life.book[plan.record].alive and rng.random() < 0.012:
        working.convert(life, person, plan.record, end, rng)
    return end


def _answer(
    life: Life, person: Person, plan: Plan, contact: Contact, time: int, opening: Opening, rng: Random
) -> int:
    """A client got in touch: take the call when it rings, or write or call back."""
    if contact.channel == "call":
        contacted(life, contact._replace(time=time - deeds.pause(rng, 1, 5)))
        how = deeds.Call(rng.uniform(3, 18), rng.lognormvariate(0, 0.6) * person.talk + 15, "client", "in")
        return working.work_on(life, person, plan.record, time, opening, rng, how)
    if rng.random() < 0.55:
        deeds.message(life, person, plan.record, time + deeds.pause(rng, 40, 160), contact.channel_back)
        return working.read_quietly(life, person, plan.record, time, opening, rng, rng.uniform(60, 260))
    return working.work_on(life, person, plan.record, time, opening, rng)


def contacted(life: Life, contact: Contact) -> None:
    """The client's own move, as the telephone system, mailbox or chat saw it."""
    life.diary.write(CRM, "client.contacted", contact.time, {"channel": contact.channel}, contact.record)
