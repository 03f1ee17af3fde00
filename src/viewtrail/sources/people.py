"""The table of people: who is known by what, from when to when, and what is true of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event, derived_id, from_wire, rfc3339
from viewtrail.sources.directory import ALWAYS, Claim
from viewtrail.sources.intake import SetAside, aside
from viewtrail.sources.tables import Line, read_table

SOURCE: Final = "/directory"
KNOWN_BY: Final = {
    "crm_user": "crm",
    "extension": "extension",
    "sip_account": "sip",
    "email": "email",
    "web_user": "web",
}
FACTS: Final = ("role", "desk", "manager", "entity", "time_zone", "languages", "hours")
COLUMNS: Final = ("agent", *KNOWN_BY, "pbx", *FACTS, "from", "to")


@dataclass(frozen=True, slots=True)
class Person:
    """One row: an agent's names and facts from `start` to `end` (None where the row has no date)."""

    agent: str
    claims: tuple[Claim, ...]
    facts: tuple[tuple[str, str], ...]
    start: int | None
    end: int | None
    place: str


@dataclass
class People:
    """A table of people that was read: its rows, and those that could not be read."""

    rows: list[Person] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)

    @property
    def claims(self) -> list[Claim]:
        return [claim for person in self.rows for claim in person.claims]


def read_people(path: Path) -> People:
    """The people of a CSV file; a bad row is set aside as `name:line`."""
    people = People()
    for line in read_table(path, ("agent",), COLUMNS):
        if isinstance(line, SetAside):
            people.aside.append(line)
            continue
        try:
            person = _person(line)
            for event in (*_joined(person.agent, [person], Known(), 0), *_extensions(person, Known(), 0)):
                from_wire(event)  # what no event can hold is refused here, with its place
            people.rows.append(person)
        except BadInput as error:
            people.aside.append(aside(line.raw, error, line.place))
    return people


def _person(line: Line) -> Person:
    agent = line.id("agent")
    zone = line.get("time_zone")
    start, end = line.time("from", zone), line.time("to", zone)
    if start is not None and end is not None and end <= start:
        raise BadInput(f"to {line.get('to')} is not after from {line.get('from')}")
    span = (ALWAYS[0] if start is None else start, ALWAYS[1] if end is None else end)
    claims = tuple(
        Claim(agent, kind, line.id(column), line.get("pbx") if kind == "extension" else "", *span)
        for column, kind in KNOWN_BY.items()
        if line.get(column)
    )
    facts = tuple((name, line.get(name)) for name in FACTS if line.get(name))
    return Person(agent, claims, facts, start, end, line.place)


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier imports said: the last facts of each agent, the claims, and the ids of dated events."""

    facts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    claims: frozenset[Claim] = frozenset()
    told: frozenset[str] = frozenset()


def events_of(people: Iterable[Person], known: Known, now: int) -> list[Event]:
    """What the table says that is not known yet; the same table again gives nothing.

    A row without `from` holds from the import on, and is told when it differs from what held before.
    """
    by_agent: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_agent[person.agent].append(person)
    found: list[dict[str, Any]] = []
    for agent, rows in by_agent.items():
        rows.sort(key=_start)
        found += _joined(agent, rows, known, now)
        for person in rows:
            found += _extensions(person, known, now)
    events = [from_wire(event) for event in found]
    return sorted((one for one in events if one.id not in known.told), key=lambda one: one.time)


def facts_of(people: Iterable[Person], known: Known) -> dict[str, tuple[tuple[str, str], ...]]:
    """The last facts of every agent after this table."""
    found = dict(known.facts)
    fresh: dict[str, dict[str, str]] = defaultdict(dict)
    for person in sorted(people, key=_start):
        fresh[person.agent].update(person.facts)
        found[person.agent] = tuple(sorted(fresh[person.agent].items()))
    return found


def _start(person: Person) -> int:
    return ALWAYS[0] if person.start is None else person.start


def _joined(agent: str, rows: Iterable[Person], known: Known, now: int) -> list[dict[str, Any]]:
    """The first facts of an agent, and each change of them."""
    found: list[dict[str, Any]] = []
    facts: dict[str, str] | None = dict(known.facts[agent]) if agent in known.facts else None
    after: dict[str, str] = {}
    for person in rows:
        after = after | dict(person.facts)
        at = now if person.start is None else person.start
        if person.start is not None or after != facts:
            # Whether an agent is new depends on what was imported before, so the type is not in the id
            told = [agent, str(at), *(f"{name}={value}" for name, value in sorted(after.items()))]
            type_ = "agent.joined" if facts is None else "agent.changed"
            if found and after == facts:
                continue  # another extension of the same person
            found.append(_wire("facts", type_, agent, at, after, told))
        facts = after
    return found


def _extensions(person: Person, known: Known, now: int) -> list[dict[str, Any]]:
    found = []
    for claim in person.claims:
        if claim.kind != "extension" or (person.start is None and claim in known.claims):
            continue
        span = {
            name: rfc3339(at) for name, at in (("from", person.start), ("to", person.end)) if at is not None
        }
        at = now if person.start is None else person.start
        told = [claim.agent, claim.pbx, claim.id, str(at), _text(person.end)]
        data = {"extension": claim.id, **({"pbx": claim.pbx} if claim.pbx else {}), **span}
        found.append(_wire("extension", "extension.assigned", claim.agent, at, data, told))
    return found


def _text(at: int | None) -> str | None:
    return None if at is None else str(at)


def _wire(
    what: str, type_: str, agent: str, at: int, data: dict[str, Any], told: Sequence[str | None]
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": derived_id("people", SOURCE, [what, *told], 0),
        "source": SOURCE,
        "type": type_,
        "time": rfc3339(at),
        "subject": agent,
        "data": {"agent": "system", "actor_kind": "system", **data},
    }
