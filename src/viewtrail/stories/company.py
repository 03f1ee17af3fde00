"""Meridian Markets, an invented forex brokerage: its people, its desks and the book they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

DIRECTOR, SERVICE, COMPLIANCE = "a-003", "a-900", "a-031"
ALL_DAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, and how they usually work."""

    id: str
    role: str
    desk: str
    manager: str
    joined: date
    pace: float  # records opened on an ordinary day
    curious: float = 0.03  # share of openings for which nobody ever wrote down a reason
    diligent: float = 0.6  # share of answered calls that get a note
    talk: float = 100.0  # median seconds of an answered call
    opens: int = 9
    closes: int = 18
    weekdays: tuple[int, ...] = ALL_DAYS
    actor_kind: str = "human"


@dataclass(slots=True)
class Record:
    """A lead or client; the one mutable thing of the book."""

    id: str
    kind: str  # lead, client
    owner: str  # "" = the desk's pool
    desk: str
    language: str
    value_band: int
    alive: bool = True


DESKS = {"d-1": ("en", "el"), "d-2": ("de", "it"), "d-3": ("pl", "ar")}
ENTITY = {"d-1": "mm-nic", "d-2": "mm-nic", "d-3": "mm-lim"}  # two offices, one time zone
MANAGER = {"d-1": "a-012", "d-2": "a-012", "d-3": "a-019"}


def _agent(id: str, desk: str, joined: str, pace: float, curious: float, talk: float) -> Person:
    return Person(id, "agent", desk, MANAGER[desk], date.fromisoformat(joined), pace, curious, talk=talk)


PEOPLE: tuple[Person, ...] = (
    Person(DIRECTOR, "admin", "all", "", date(2019, 4, 1), 0),
    Person(SERVICE, "service", "all", DIRECTOR, date(2019, 4, 1), 0, actor_kind="service"),
    Person(COMPLIANCE, "compliance", "all", DIRECTOR, date(2021, 9, 6), 26),
    Person("a-012", "manager", "d-1", DIRECTOR, date(2020, 2, 3), 15),
    Person("a-019", "manager", "d-3", DIRECTOR, date(2022, 6, 13), 12),
    _agent("a-104", "d-1", "2023-03-06", 30, 0.04, 105),
    _agent("a-109", "d-1", "2022-10-03", 34, 0.03, 120),
    _agent("a-117", "d-1", "2023-09-18", 27, 0.05, 95),
    _agent("a-121", "d-1", "2024-05-13", 38, 0.03, 80),
    Person("a-126", "agent", "d-1", "a-012", date(2024, 1, 8), 22, 0.03, closes=14),  # mornings only
    Person("a-131", "senior", "d-2", "a-012", date(2021, 5, 10), 28, 0.04, talk=160),
    _agent("a-138", "d-2", "2024-09-02", 33, 0.05, 90),
    _agent("a-142", "d-2", "2023-11-06", 25, 0.03, 130),
    _agent("a-147", "d-2", "2022-03-14", 31, 0.03, 110),
    _agent("a-153", "d-2", "2025-02-10", 36, 0.06, 85),
    _agent("a-158", "d-3", "2024-03-04", 29, 0.04, 100),
    _agent("a-163", "d-3", "2023-06-19", 32, 0.03, 95),
    Person("a-169", "agent", "d-3", "a-019", date(2021, 11, 1), 46, 0.02, 0.75, 75, 8, 17),  # busy, early
    Person("a-174", "senior", "d-3", "a-019", date(2020, 8, 24), 14, 0.03, 0.8, 220),  # slow and thorough
    _agent("a-187", "d-3", "2026-03-16", 18, 0.05, 70),
)
NEW_HIRE = PEOPLE[-1]
BY_ID = {person.id: person for person in PEOPLE}
SELLS = ("agent", "senior")
SALES = tuple(person for person in PEOPLE if person.role in SELLS)
MANAGERS = tuple(person for person in PEOPLE if person.role == "manager")


def desk_of(desk: str) -> tuple[Person, ...]:
    """The desk's sales agents."""
    return tuple(person for person in SALES if person.desk == desk)


def desks_led_by(manager: str) -> tuple[str, ...]:
    return tuple(desk for desk in DESKS if MANAGER[desk] == manager)


def hours(person: Person) -> dict[str, list[str]]:
    """Weekly working hours as the directory gives them."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {names[d]: [f"{person.opens:02}:00-{person.closes:02}:00"] for d in person.weekdays}


def value_band(rng: Random, kind: str) -> int:
    """Deposits are about log-normal: most clients are small, a few are worth all the others."""
    return 0 if kind == "lead" else max(1, min(20, round(rng.gauss(8, 3))))


def founding_book(rng: Random) -> list[Record]:
    """The book on the first morning: 70 to 130 records an agent, a quarter of them clients, and a pool."""
    numbers = rng.sample(range(20_000, 70_000), 2_600)
    book: list[Record] = []
    for person in SALES:
        if person is NEW_HIRE:
            continue  # starts with an empty book
        size = round(person.pace * rng.uniform(2.6, 3.2)) + 20
        book += [_record(rng, f"L-{numbers.pop()}", person.id, person.desk) for _ in range(size)]
    for desk in DESKS:
        book += [_record(rng, f"L-{numbers.pop()}", "", desk) for _ in range(90)]
    return book


def _record(rng: Random, id: str, owner: str, desk: str) -> Record:
    kind = "client" if owner and rng.random() < 0.27 else "lead"
    return Record(id, kind, owner, desk, rng.choice(DESKS[desk]), value_band(rng, kind))
