"""What kind of brokerage this is: structure, desks, zones, holidays and its own rates, from its seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

from viewtrail.errors import SettingError
from viewtrail.simulate.parameters import OFFICE, RANGES, START, STRUCTURES
from viewtrail.simulate.rows import Bools, Ints

DAY_MS: Final = 86_400_000
ONE_ZONE: Final = ("Asia/Nicosia", "Europe/Sofia", "Europe/London", "Asia/Dubai")
LANGUAGES: Final = ("en", "ar", "de", "es", "it", "pl", "th", "tl")
SHIFTS: Final = {"day": (540, 540), "early": (420, 540), "evening": (840, 480), "night": (1320, 480)}
"""name -> start in minutes after local midnight and length in minutes, lunch included."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A group of agents with one kind of work, one language, one zone and one shift."""

    name: str
    retention: bool
    language: str
    zone: int
    shift: str
    size: int


@dataclass(frozen=True, slots=True)
class Company:
    """Drawn once; `drawn` holds this company's value for each name in RANGES."""

    structure: str
    start: date
    days: int
    zones: tuple[str, ...]
    desks: tuple[Desk, ...]
    office: Mapping[str, int]
    drawn: Mapping[str, float]
    midnight: Ints
    holiday: Bools

    @property
    def has_calls(self) -> bool:
        return self.structure != "no-pbx"

    @property
    def pooled(self) -> bool:
        return self.structure == "pooled"

    def date(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def chance(self, rng: Generator, name: str) -> bool:
        return bool(rng.random() < self.drawn[name])


def draw_company(agents: int, days: int, structure: str, rng: Generator) -> Company:
    """A company of about `agents` people; raises SettingError for what cannot be simulated."""
    _check(agents, days, structure)
    drawn = {name: float(rng.uniform(low, high)) for name, (low, high) in RANGES.items()}
    zones = _zones(structure, rng)
    office = {name: _head_count(agents, name, share) for name, share in OFFICE.items()}
    desks = _desks(agents - sum(office.values()), structure, drawn, len(zones), rng)
    midnight = np.array([[_midnight(zone, day) for day in range(days + 2)] for zone in zones])
    return Company(
        structure, START, days, zones, desks, office, drawn, midnight, _holidays(len(zones), days, rng)
    )


def _check(agents: int, days: int, structure: str) -> None:
    if structure not in STRUCTURES:
        raise SettingError(
            f"{structure!r} is no structure", where="--structure", next=f"one of {', '.join(STRUCTURES)}"
        )
    if not 8 <= agents <= 5_000:
        raise SettingError(f"{agents} agents cannot be simulated", where="--agents", next="8 to 5,000")
    if not 1 <= days <= 1_000:
        raise SettingError(f"{days} days cannot be simulated", where="--days", next="1 to 1,000")


def _zones(structure: str, rng: Generator) -> tuple[str, ...]:
    if structure == "two-zones":
        return ("Asia/Nicosia", "Asia/Manila")
    return (ONE_ZONE[int(rng.integers(len(ONE_ZONE)))],)


def _head_count(agents: int, role: str, share: float) -> int:
    least = 0 if role == "admin" and agents < 50 else 1
    return max(least, round(agents * share))


def _desks(
    staff: int, structure: str, drawn: Mapping[str, float], zones: int, rng: Generator
) -> tuple[Desk, ...]:
    wanted = max(2 if structure == "two-zones" else 1, round(staff / drawn["desk_size"]))
    sizes = np.maximum(3, np.floor(rng.dirichlet(np.full(wanted, 25.0)) * staff)).astype(int)
    sizes[int(np.argmax(sizes))] += staff - int(sizes.sum())
    retention = rng.permutation(np.arange(wanted) < round(wanted * drawn["retention_desks"]))
    return tuple(
        Desk(
            name=f"desk-{i + 1}",
            retention=bool(retention[i]),
            language=LANGUAGES[int(rng.integers(len(LANGUAGES)))],
            zone=i % zones,
            shift=_shift(structure, rng),
            size=int(size),
        )
        for i, size in enumerate(sizes)
    )


def _shift(structure: str, rng: Generator) -> str:
    shares = [0.4, 0.05, 0.2, 0.35] if structure == "night-shift" else [0.8, 0.12, 0.08, 0.0]
    return list(SHIFTS)[int(rng.choice(4, p=shares))]


def _midnight(zone: str, day: int) -> int:
    at = START + timedelta(days=day)
    return int(datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def _holidays(zones: int, days: int, rng: Generator) -> Bools:
    """About eleven working days off a year in each zone, Good Friday and Easter Monday 2026 among them."""
    off = rng.random((zones, days)) < 9 / 365
    for easter in (date(2026, 4, 3), date(2026, 4, 6)):
        day = (easter - START).days
        if day < days:
            off[:, day] = True
    return np.asarray(off, dtype=np.bool_)
