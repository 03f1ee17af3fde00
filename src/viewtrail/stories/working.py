"""Working one record from opening to leaving: the call, the note, the next callback, sometimes its end."""

from __future__ import annotations

from random import Random

from viewtrail.stories import calendar, deeds
from viewtrail.stories.calendar import HOUR, MINUTE, SECOND
from viewtrail.stories.company import BY_ID, SERVICE, Person
from viewtrail.stories.deeds import Call, Opening
from viewtrail.stories.diary import CRM
from viewtrail.stories.life import Life, Task


def work_on(
    life: Life, person: Person, record: str, time: int, opening: Opening, rng: Random, how: Call | None = None
) -> int:
    """Opens the record, calls, writes it down, sets the next callback; the end in µs."""
    how = how or deeds.ordinary_call(person, rng)
    dialled = time + deeds.pause(rng, 4, 40)
    hung_up = deeds.call(life, person, record, dialled, how)
    wrote = hung_up + deeds.pause(rng, 5, 60)
    spoke = how.talk >= 20
    if rng.random() < (person.diligent if spoke else 0.2):
        deeds.note(life, person, record, wrote)
    if rng.random() < (0.45 if spoke else 0.18):
        set_task(life, person, record, wrote, rng)
    elif how.direction == "out" and rng.random() < 0.05:
        bury(life, person, record, wrote)
    end = wrote + deeds.pause(rng, 2, 30)
    return deeds.open_record(life, person, record, time, (end - time) / SECOND, opening, rng)


def read_quietly(
    life: Life, person: Person, record: str, time: int, opening: Opening, rng: Random, dwell: float
) -> int:
    """Opens the record and reads; no call follows."""
    return deeds.open_record(life, person, record, time, dwell, opening, rng)


def write_to(life: Life, person: Person, record: str, time: int, opening: Opening, rng: Random) -> int:
    """Looks up the address or number and writes instead of calling: some clients live in their messengers."""
    looked = time + deeds.pause(rng, 5, 25)
    channel = rng.choice(("email", "chat", "sms"))
    field = "email" if channel == "email" else "phone"
    deeds.reveal(life, person, record, looked, rng.uniform(4, 20), opening.visit, field)
    sent = looked + deeds.pause(rng, 40, 160)
    if rng.random() < 0.75:  # the others write from a messenger that the CRM does not see
        deeds.message(life, person, record, sent, channel)
    end = sent + deeds.pause(rng, 3, 20)
    return deeds.open_record(life, person, record, time, (end - time) / SECOND, opening, rng)


def set_task(life: Life, person: Person, record: str, time: int, rng: Random) -> None:
    """A callback on one of the next working days, at an hour of the client's choice."""
    when = calendar.working_day(life.today, rng.choice((1, 1, 2, 2, 3, 4, 5)))
    due = calendar.midnight(when) + person.opens * HOUR + rng.randrange(30, 60 * 7, 15) * MINUTE
    kind = rng.choice(("callback", "callback", "follow-up"))
    life.due[person.id].append(give_task(life, person.id, record, time, due, kind))


def give_task(life: Life, agent: str, record: str, time: int, due: int, kind: str) -> Task:
    """Writes a task that the agent sets for themselves; it is up to the caller that it gets done."""
    task = Task(due, record, kind, life.number("t"))
    told = {"agent": agent, "due_at": due, "kind": kind, "by": agent, "task": task.id}
    life.diary.write(CRM, "task.due", time, told, record)
    return task


def tick_off(life: Life, person: Person, task: Task, time: int) -> None:
    told = {"agent": person.id, "fields": ["done"], "task": task.id, "kind": task.kind}
    life.diary.write(CRM, "task.completed", time, told, task.record)


def bury(life: Life, person: Person, record: str, time: int) -> None:
    """The lead says no for good."""
    if life.book[record].kind == "lead":
        deeds.change_status(life, person, record, time, "open", "lost")
        life.book[record].alive = False


def convert(life: Life, person: Person, record: str, time: int, rng: Random) -> None:
    """The lead becomes a client: an account, papers, a first deposit the same afternoon."""
    service = BY_ID[SERVICE]
    entry = life.book[record]
    entry.kind, entry.value_band = "client", max(1, min(20, round(rng.gauss(6, 2))))
    account = f"A-{record[2:]}"
    deeds.change_status(life, person, record, time, "open", "client")
    opened = {**deeds.by(service), "account": account, "platform": "MT5"}
    life.diary.write(CRM, "account.opened", time + 3 * MINUTE, opened, record)
    papers = {**deeds.by(service), "document": life.number("doc"), "kind": "passport"}
    life.diary.write(CRM, "document.uploaded", time + 25 * MINUTE, papers, record)
    deposit(life, record, time + 70 * MINUTE, account, rng)
    valued = {**deeds.by(service), "value_band": entry.value_band}
    life.diary.write(CRM, "record.valued", time + 71 * MINUTE, valued, record)


def deposit(life: Life, record: str, time: int, account: str, rng: Random) -> None:
    amount = round(20 * 1.55 ** life.book[record].value_band * rng.uniform(0.3, 1.2), -1)
    told = {
        **deeds.by(BY_ID[SERVICE]),
        "amount": f"{max(50.0, amount):.2f}",
        "currency": rng.choice(("EUR", "USD")),
        "account": account,
        "decision": "settled",
    }
    life.diary.write(CRM, "deposit.processed", time, told, record)
