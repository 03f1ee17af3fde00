"""The staff: role, desk, hours, tenure and each one's own pace and habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.company import LANGUAGES, SHIFTS, Company
from viewtrail.simulate.parameters import (
    HEAVY_MESSENGER_ORPHANS,
    HEAVY_MESSENGERS,
    KINDS,
    SENIOR_EVERY,
)
from viewtrail.simulate.rows import Bools, Floats, Ints

NEVER: Final = 100_000
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONVERSION, RETENTION, SENIOR, MANAGER, COMPLIANCE, BACK_OFFICE, ADMIN, SERVICE = range(len(KINDS))
ROLE_OF: Final = ("agent", "agent", "senior", "manager", "compliance", "back-office", "admin", "service")
OFFICE_DESK: Final = -1


@dataclass(slots=True)
class People:
    """One array element a person; rows are added by hiring and never removed."""

    names: list[str]
    fragments: list[str]
    kind: Ints
    desk: Ints
    zone: Ints
    start: Ints  # minutes after local midnight
    length: Ints  # minutes, lunch included
    workdays: Bools  # [person, weekday]
    joined: Ints  # day number, negative for those already there
    left: Ints  # last day at work
    notice: Ints  # day of notice, NEVER if none
    language: Ints
    pace: Floats
    burst: Floats  # how even the day is: shape of the gaps between openings
    habits: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.names)

    def employed(self, day: int) -> Bools:
        return np.asarray((self.joined <= day) & (self.left >= day))

    def role(self, agent: int) -> str:
        return ROLE_OF[int(self.kind[agent])]

    def part_time(self, agent: int) -> bool:
        return bool(self.length[agent] * self.workdays[agent].sum() < 0.8 * 480 * 5)

    def hours(self, agent: int) -> dict[str, list[str]]:
        start = int(self.start[agent])
        span = f"{_clock(start)}-{_clock(start + int(self.length[agent]))}"
        days = np.flatnonzero(self.workdays[agent]).tolist()
        return {WEEKDAYS[day]: [span] for day in days}

    def on_desk(self, desk: int, day: int) -> Ints:
        return np.flatnonzero((self.desk == desk) & self.employed(day))

    def manager_of(self, desk: int, day: int) -> int | None:
        found = self.on_desk(desk, day)
        managers = found[self.kind[found] == MANAGER]
        return int(managers[0]) if len(managers) else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def hire_all(company: Company, rng: Generator) -> People:
    """Everybody there on the first day."""
    kinds: list[int] = []
    desks: list[int] = []
    for number, desk in enumerate(company.desks):
        worker = RETENTION if desk.retention else CONVERSION
        with_manager = desk.size >= 5 or number == 0
        seniors = max(1, desk.size // SENIOR_EVERY) if desk.size >= 4 else 0
        group = [MANAGER] * with_manager + [SENIOR] * seniors
        kinds += group + [worker] * (desk.size - len(group))
        desks += [number] * desk.size
    for role, kind in (("compliance", COMPLIANCE), ("back-office", BACK_OFFICE), ("admin", ADMIN)):
        kinds += [kind] * company.office[role]
        desks += [OFFICE_DESK] * company.office[role]
    joined = np.minimum(-1, -rng.exponential(420, len(kinds)).astype(np.int64) - 1)
    people = _people(company, np.array(kinds), np.array(desks), np.maximum(joined, -2500), rng)
    return _service(people, company, rng)


def hire(people: People, company: Company, kind: int, desk: int, day: int, rng: Generator) -> People:
    """The staff with one more; a new array, old numbers unchanged."""
    new = _people(company, np.array([kind]), np.array([desk]), np.array([day]), rng, first=len(people))
    return _join(people, new)


def _service(people: People, company: Company, rng: Generator) -> People:
    account = _people(
        company, np.array([SERVICE]), np.array([OFFICE_DESK]), np.array([-900]), rng, first=len(people)
    )
    account.names[0] = "svc-sync"
    account.fragments[0] = '"agent":"svc-sync","actor_kind":"service"'
    account.workdays[:] = True
    account.start[:] = 60
    account.length[:] = 120
    account.pace[:] = 1.0
    account.left[:] = NEVER
    return _join(people, account)


def _join(one: People, two: People) -> People:
    def both(name: str) -> Any:
        a, b = getattr(one, name), getattr(two, name)
        if isinstance(a, dict):
            return {key: np.concatenate([a[key], b[key]]) for key in a}
        return a + b if isinstance(a, list) else np.concatenate([a, b])

    return People(**{name: both(name) for name in People.__slots__})


def _people(company: Company, kind: Ints, desk: Ints, joined: Ints, rng: Generator, first: int = 0) -> People:
    n = len(kind)
    names = [f"a-{100 + first + i}" for i in range(n)]
    shift = [company.desks[d].shift if d >= 0 else "day" for d in desk]
    zone = np.array([company.desks[d].zone if d >= 0 else 0 for d in desk], dtype=np.int64)
    start = np.array([SHIFTS[s][0] for s in shift]) + 30 * rng.integers(-1, 2, n)
    length = np.array([SHIFTS[s][1] for s in shift])
    workdays = np.tile(np.arange(7) < 5, (n, 1))
    _part_time(company, length, workdays, kind, rng)
    shape = company.drawn["personal_shape"]
    return People(
        names=names,
        fragments=[f'"agent":"{name}"' for name in names],
        kind=kind.astype(np.int64),
        desk=desk.astype(np.int64),
        zone=zone,
        start=start.astype(np.int64),
        length=length.astype(np.int64),
        workdays=workdays,
        joined=joined.astype(np.int64),
        left=np.full(n, NEVER, dtype=np.int64),
        notice=np.full(n, NEVER, dtype=np.int64),
        language=np.array(
            [LANGUAGES.index(company.desks[d].language) if d >= 0 else 0 for d in desk], dtype=np.int64
        ),
        pace=rng.gamma(shape, 1 / shape, n),
        burst=rng.uniform(0.35, 1.1, n),
        habits=_habits(company, n, rng),
    )


def _part_time(company: Company, length: Ints, workdays: Bools, kind: Ints, rng: Generator) -> None:
    """Half days or three days a week; a Saturday shift for a few."""
    share = 0.45 if company.structure == "part-time" else 0.06
    part = (rng.random(len(kind)) < share) & (kind != MANAGER)
    half = part & (rng.random(len(kind)) < 0.6)
    length[half] = rng.integers(8, 11, int(half.sum())) * 30
    for person in np.flatnonzero(part & ~half):
        workdays[person] = False
        workdays[person, rng.choice(5, 3, replace=False)] = True
    saturday = rng.random(len(kind)) < 0.05
    workdays[saturday, 5] = True


def _around(rng: Generator, mean: float, n: int, strength: float = 12.0) -> Floats:
    mean = min(max(mean, 0.005), 0.95)
    return rng.beta(mean * strength, (1 - mean) * strength, n)


def _habits(company: Company, n: int, rng: Generator) -> dict[str, Floats]:
    """Each person's own shares, around the company's."""
    drawn = company.drawn
    habits = {
        "note": _around(rng, drawn["note_after_contact"], n, 6),
        "task": _around(rng, drawn["task_discipline"], n, 6),
        "skim": _around(rng, drawn["skim_share"], n, 8),
        "message": _around(rng, drawn["message_share"], n),
        "reveal": _around(rng, drawn["reveal_share"], n, 25),
        "orphan": _around(rng, drawn["orphan_share"], n, 10),
        "short": _around(rng, drawn["short_answered"], n, 30),
        "remote": _around(rng, drawn["remote_share"], n, 2),
        "unreasoned": np.minimum(0.5, drawn["unreasoned"] * rng.gamma(2.5, 1 / 2.5, n)),
        "dwell": rng.lognormal(0.0, 0.3, n),
    }
    heavy = rng.random(n) < HEAVY_MESSENGERS
    habits["orphan"][heavy] = HEAVY_MESSENGER_ORPHANS
    habits["reveal"][heavy] *= 3
    return habits
