"""The columns of a personnel table: what each is, by whatever a personnel system calls it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from viewtrail.errors import BadInput
from viewtrail.event import ROLES
from viewtrail.sources.asked import Asked
from viewtrail.sources.directory import Directory
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.times import shown
from viewtrail.sources.values import Row

DEFAULT: Final = 'connector = "hr-roster"\nsource = "/hr"\n[hr]\n'
KEYS: Final = frozenset({"as_of", "roles"})
DATES: Final = (
    "resigned",
    "last_day",
    "withdrawn",
    "joined",
    "effective",
    "known",
    "leave_from",
    "leave_to",
    "booked",
)
ABOUT: Final = ("role", "desk", "manager", "entity", "time_zone", "languages", "hours")
"""Columns that say something of a person beside dates; the same in the rows of many."""

_SIGNS: Final = re.compile(r"[^a-z0-9]")

NAMES: Final = {
    "email": "useremailaddress emailaddress email workemail useremail mail",
    "agent": "agent agentid",
    "resigned": "resignationdate noticedate dateofresignation noticegiven resignedon",
    "last_day": "lastworkingdate lastworkingday lastday terminationdate leavingdate lastdayofwork exitdate",
    "withdrawn": "withdrawndate noticewithdrawn resignationwithdrawn resignationwithdrawndate",
    "role": "role jobtitle",
    "desk": "desk team department",
    "manager": "manager manageremailaddress manageremail reportsto linemanager",
    "entity": "entity company legalentity",
    "time_zone": "timezone",
    "languages": "languages language",
    "hours": "hours workinghours schedule",
    "joined": "joindate joiningdate startdate hiredate dateofjoining",
    "effective": "effectivedate effectivefrom changedate validfrom",
    "known": "knownfrom enteredon recordeddate recordedon lastupdated updatedat changedon modifieddate",
    "leave_from": "leavefrom leavestart absencefrom absencestart",
    "leave_to": "leaveto leaveend absenceto absenceend",
    "leave_kind": "leavekind leavetype absencetype",
    "booked": "leavebookedon leavebooked bookeddate leaverequestedon",
    "status": "status employmentstatus",
    "as_of": "asof asofdate snapshotdate reportdate",
}
"""What a column is, by its header in small letters without blanks and signs. Other columns are not read."""

KNOWN_AS: Final = {name: column for column, names in NAMES.items() for name in names.split()}


class Day(NamedTuple):
    """A moment that a cell says, in the forms in which events need it; made once for all rows that say it."""

    at: datetime
    iso: str
    date: str
    micros: int | None  # None: no event can be of that time


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where its columns stand, how it writes dates, and who is who."""

    at: dict[str, int]
    mapping: Mapping
    directory: Directory | None
    as_of: date | None
    roles: dict[str, str]
    dates: dict[str, str]  # those of its columns that hold dates, and what the table itself calls them
    cells: Callable[[Row], tuple[Any, ...]]  # those of its columns, of a row
    about: Callable[[Row], tuple[Any, ...]]  # those of `ABOUT`
    days: dict[ZoneInfo, dict[str, Day]] = field(default_factory=dict)  # by zone and spelling, once read
    facts: dict[tuple[Any, ...], dict[str, str]] = field(default_factory=dict)  # by these cells


def table(header: list[str], asked: Asked, place: str) -> Table:
    """The table under this header; BadInput when a needed column or the mapping is wrong."""
    mapping = asked.mapping or parse_mapping(DEFAULT, "the default mapping for HR")
    told, where = mapping.own.get("hr", {}), f"{mapping.place} [hr]"
    if not isinstance(told, dict) or not isinstance(told.get("roles", {}), dict):
        raise BadInput("is not a table", where=where)
    unknown = sorted(set(told) - KEYS)
    if unknown:
        raise BadInput(f"key {unknown[0]!r} is unknown", where=where, next="known: as_of, roles")
    roles = {str(name).casefold(): role for name, role in told.get("roles", {}).items()}
    for role in roles.values():
        if role not in ROLES:
            raise BadInput(f"role {shown(role)} is unknown", where=where, next=f"one of {', '.join(ROLES)}")
    at: dict[str, int] = {}
    for number, name in enumerate(header):
        column = KNOWN_AS.get(_SIGNS.sub("", name.lower()))
        if column in at:
            raise BadInput(f"two columns say {column!r}", where=f"{place}:1", next="leave one of them out")
        if column:
            at[column] = number
    if not {"email", "agent"} & set(at):
        raise BadInput("has no column UserEmailAddress or Agent", where=f"{place}:1")
    if not set(at) & {*DATES, "as_of"} and "as_of" not in told:
        raise BadInput("has no date of joining, notice or leave", where=f"{place}:1")
    return Table(
        at=at,
        mapping=mapping,
        directory=asked.directory,
        as_of=_as_of(told["as_of"], where) if "as_of" in told else None,
        roles=roles,
        dates={name: header[at[name]] for name in DATES if name in at},
        cells=_cells([*at.values()]),
        about=_cells([at[name] for name in ABOUT if name in at]),
    )


def _cells(at: list[int]) -> Callable[[Row], tuple[Any, ...]]:
    return itemgetter(*at) if len(at) > 1 else lambda row: tuple(row[position] for position in at)


_HEADER: Final = re.compile("[,;\t|]")


def columns_of(line: str) -> set[str]:
    """The columns that this header has, to see what kind of file it is."""
    return {KNOWN_AS.get(_SIGNS.sub("", name.lower()), "") for name in _HEADER.split(line)} - {""}


def _as_of(told: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        raise BadInput(f"as_of {shown(told)} is no date", where=where, next='like "2026-03-02"') from None
