"""The truth about a simulated company: its people, the thefts, and the honest days that look like one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from viewtrail.errors import BadInput
from viewtrail.measure.clocks import DAY, MINUTE, Clock, micros, night_cut

LEARNING_DAYS: Final = 28
CALIBRATION_DAYS: Final = 28
"""Rates and recall are those after both: before, agents are learned and the first line is drawn."""

AFTERWARDS: Final = 30 * MINUTE
"""A finding that begins up to this long after a theft's end is still about it: openings mature so long."""

OWN_BOOK: Final = "e"
"""Taking from the own book: every opening has a reason, so it is told of apart."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff, as the truth file describes them."""

    agent: str
    role: str
    desk: str
    language: str
    clock: Clock
    part_time: bool
    night_shift: bool
    joined: date


@dataclass(frozen=True, slots=True)
class Incident:
    """A theft or an honest episode; times are microseconds UTC."""

    number: int
    kind: str
    honest: bool
    agents: tuple[str, ...]
    start: int
    end: int
    records: frozenset[str]
    facts: Mapping[str, Any]

    def touched(self, agent: str | None, first: int, last: int) -> bool:
        """Whether something that `agent` did from `first` to `last` belongs to it."""
        return agent in self.agents and first <= self.end + AFTERWARDS and last >= self.start


@dataclass(frozen=True, slots=True)
class Truth:
    """What the truth file says; `scored_from` ends the days on which nothing can be asked of a detector."""

    name: str
    structure: str
    start: date
    days: int
    people: Mapping[str, Person]
    incidents: tuple[Incident, ...]
    openings: Mapping[str, int] = field(default_factory=dict)
    "Ordinary honest openings by their cause, as the generator gave it."

    @property
    def scored_on(self) -> date:
        return self.start + timedelta(days=LEARNING_DAYS + CALIBRATION_DAYS)

    @property
    def scored_from(self) -> int:
        midnight = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
        return micros(midnight) + (LEARNING_DAYS + CALIBRATION_DAYS) * DAY

    def thefts(self) -> list[Incident]:
        return [one for one in self.incidents if not one.honest]

    def lookalikes(self) -> list[Incident]:
        return [one for one in self.incidents if one.honest]


def read_truth(path: Path) -> Truth:
    """The truth in a file that `viewtrail simulate` wrote; `BadInput` for any other."""
    try:
        lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        return _truth(lines)
    except FileNotFoundError:
        raise BadInput("is missing", where=str(path), next="`viewtrail simulate` writes it") from None
    except (msgspec.DecodeError, KeyError, StopIteration, TypeError, ValueError) as error:
        why = f"is no truth of a simulated company ({type(error).__name__}: {error})"
        raise BadInput(why, where=str(path), next="`viewtrail simulate` writes one") from None


def _truth(lines: Iterable[Mapping[str, Any]]) -> Truth:
    lines = list(lines)
    company = next(line for line in lines if line["line"] == "company")
    people = [_person(line) for line in lines if line["line"] == "agent"]
    incidents = [line for line in lines if line["line"] == "incident"]
    return Truth(
        f"{company['structure']} {company['seed']}",
        company["structure"],
        date.fromisoformat(company["start"]),
        company["days"],
        {person.agent: person for person in people},
        tuple(_incident(number, line) for number, line in enumerate(incidents)),
        company.get("openings_by_reason", {}),
    )


def _person(line: Mapping[str, Any]) -> Person:
    return Person(
        line["agent"],
        line["role"],
        line["desk"],
        line["language"],
        Clock(line["zone"], night_cut(line["hours"])),
        line["part_time"],
        line["night_shift"],
        date.fromisoformat(line["joined"]),
    )


def _incident(number: int, line: Mapping[str, Any]) -> Incident:
    return Incident(
        number,
        line["kind"],
        line["honest"],
        tuple(line["agents"]),
        micros(datetime.fromisoformat(line["start"])),
        micros(datetime.fromisoformat(line["end"])),
        frozenset(line["records"]),
        line,
    )
