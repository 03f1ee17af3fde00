"""The small things people do all day, each told as the sources would record it: open, call, note, reveal."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from viewtrail.stories.calendar import MS, SECOND
from viewtrail.stories.company import BY_ID, Person
from viewtrail.stories.diary import CRM, PBX
from viewtrail.stories.life import Life


@dataclass(frozen=True, slots=True)
class Opening:
    """How a record was reached, and from which visit."""

    via: str
    visit: str
    list: str | None = None
    position: int | None = None
    campaign: str | None = None
    surface: str = "ui"


@dataclass(frozen=True, slots=True)
class Call:
    """How a call went. `talk` 0 = nobody answered."""

    ring: float
    talk: float
    ended_by: str | None = None
    direction: str = "out"
    campaign: str | None = None
    dialer: str = "manual"
    machine: bool | None = None


def by(person: Person) -> dict[str, Any]:
    """Who did it; only what is not a human says what it is."""
    if person.actor_kind == "human":
        return {"agent": person.id}
    return {"agent": person.id, "actor_kind": person.actor_kind}


def ms(seconds: float) -> int:
    """Whole tenths of a second: CRMs and PBXs do not measure finer."""
    return round(seconds * 10) * 100


def open_record(
    life: Life, person: Person, record: str, time: int, dwell: float, opening: Opening, rng: Random
) -> int:
    """Opens a record and leaves it `dwell` seconds later; the end in µs. Now and then the leave is lost."""
    view = life.diary.write(
        CRM,
        "record.viewed",
        time,
        {
            **by(person),
            "record_kind": life.book[record].kind,
            "via": opening.via,
            "list": opening.list,
            "position": opening.position,
            "campaign": opening.campaign,
            "surface": opening.surface,
            "visit": opening.visit if opening.surface == "ui" else None,
        },
        record,
    )
    end = time + ms(dwell) * MS
    if opening.surface == "ui":
        _leave(life, person, record, time, dwell, view, opening.visit, rng)
    return end


def _leave(
    life: Life, person: Person, record: str, time: int, dwell: float, view: str, visit: str, rng: Random
) -> None:
    complete = rng.random() < 0.97
    # A lost beacon leaves its last heartbeat: the view took at least so long.
    seen = dwell if complete else dwell * rng.uniform(0.3, 0.9)
    life.diary.write(
        CRM,
        "record.left",
        time + ms(seen) * MS,
        {
            **by(person),
            "view": f"{CRM}#{view}",
            "visit": visit,
            "dwell_ms": ms(seen),
            "active_ms": ms(seen * rng.uniform(0.55, 0.95)),
            "complete": complete,
        },
        record,
    )


def call(life: Life, person: Person, record: str, time: int, how: Call) -> int:
    """A call from the first ring to the end; the end in µs."""
    number = life.number("call")
    end = time + (ms(how.ring) + ms(how.talk)) * MS
    told = {
        "agent": person.id,
        "call": number,
        "direction": how.direction,
        "campaign": how.campaign,
        "dialer": how.dialer,
    }
    life.diary.write(PBX, "call.started", time, told, record)
    answered = how.talk > 0
    outcome = {
        "answered": answered,
        "ring_ms": ms(how.ring),
        "talk_ms": ms(how.talk),
        "ended_by": how.ended_by if answered else None,
        "cause": "normal" if answered else "no-answer",
        "machine": how.machine,
    }
    life.diary.write(PBX, "call.ended", end, told | outcome, record)
    return end


def ordinary_call(person: Person, rng: Random) -> Call:
    """Under half are answered; of those one in twelve is over at once, the rest take about a minute up."""
    ring = rng.uniform(12, 32)
    if rng.random() > 0.44:
        return Call(ring, 0)
    ended_by = "client" if rng.random() < 0.65 else "agent"
    if rng.random() < 0.08:
        return Call(rng.uniform(5, 20), rng.uniform(4, 19), "client")
    return Call(rng.uniform(5, 20), min(1800, rng.lognormvariate(0, 0.8) * person.talk + 20), ended_by)


def note(life: Life, person: Person, record: str, time: int) -> None:
    life.diary.write(CRM, "note.added", time, {**by(person), "fields": ["note"]}, record)


def reveal(life: Life, person: Person, record: str, time: int, shown: float, visit: str, field: str) -> None:
    told = {**by(person), "field": field, "surface": "ui", "shown_ms": ms(shown), "visit": visit}
    life.diary.write(CRM, "contact.revealed", time, told, record)


def message(life: Life, person: Person, record: str, time: int, channel: str) -> None:
    life.diary.write(CRM, "message.sent", time, {**by(person), "channel": channel}, record)


def change_status(life: Life, person: Person, record: str, time: int, old: str, new: str) -> None:
    told = {**by(person), "field": "status", "from": old, "to": new}
    life.diary.write(CRM, "status.changed", time, told, record)


def view_list(life: Life, person: Person, time: int, visit: str, name: str, rows: int) -> None:
    told = {
        **by(person),
        "list": name,
        "filter": "owner=? and status=?" if name.endswith("mine") else "desk=?",
        "sort": "last-contact",
        "rows": rows,
        "visit": visit,
        "fields_readable": ["name", "country", "status"],
    }
    life.diary.write(CRM, "list.viewed", time, told)


def search(life: Life, person: Person, time: int, visit: str, rows: int) -> None:
    told = {**by(person), "filter": "name=?", "rows": rows, "visit": visit}
    life.diary.write(CRM, "search.performed", time, told)


def assign(
    life: Life,
    by_whom: Person,
    record: str,
    to: str,
    time: int,
    effective: int | None = None,
    batch: str | None = None,
) -> None:
    """The record changes owner, in the CRM at `time` and in truth since `effective`."""
    told = {
        **by(by_whom),
        "to": to,
        "from": life.book[record].owner or None,
        "desk": BY_ID[to].desk,
        "batch": batch,
        "effective_from": effective,
    }
    life.diary.write(CRM, "record.assigned", time, told, record)
    life.own(to, record)


def visit(life: Life, person: Person, start: int, end: int, rng: Random, device: str | None = None) -> str:
    """A signed-in visit; `device` and network are coarse labels, remote is rare."""
    id = life.number("s")
    remote = rng.random() < 0.04
    told = {
        **by(person),
        "visit": id,
        "remote": remote,
        "network": "home" if remote else "office",
        "device": device or f"dev-{person.id[2:]}",
    }
    life.diary.write(CRM, "visit.started", start, told)
    life.diary.write(CRM, "visit.ended", end, told)
    return id


def pause(rng: Random, low: float, high: float) -> int:
    """A breath between two things, in µs."""
    return int(rng.uniform(low, high) * SECOND)
