"""The personnel office's table: who joined, who gave notice, who is on leave, each from its own date.

A row is one person, and says what is true of them; the connector keeps nothing between two tables. So a row
tells what its own dates date, and the first table is read like any later one:
1. JoinDate gives `agent.joined`. Role, desk and the like hold from EffectiveDate if there is one (then it is
   `agent.changed`), else from JoinDate, else from `as_of`, the day of the table.
2. ResignationDate gives `notice.given` with LastWorkingDate as `last_day`, known from KnownFrom if that is
   later. A LastWorkingDate alone is a notice since KnownFrom or `as_of`. WithdrawnDate takes it back:
   `notice.withdrawn`.
3. `agent.left` is told at the end of LastWorkingDate once Status says so, or once `as_of` is past it: until
   then the last day is a plan, and it is in the notice.
4. LeaveFrom and LeaveTo give `leave.booked`, at KnownFrom or BookedDate, else at its first day.
The same row again gives the same events. A row that was changed gives new ones, and what the earlier table
said stays in the log. That somebody is no longer in the table says nothing here: a filter may have been set.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, ROLES, Event, from_wire, made
from viewtrail.event.derived import as_told, id_of_cells
from viewtrail.event.kinds import Fault, moment, opaque
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.csv_rows import read_headed
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.roster import Day, Table, columns_of, table
from viewtrail.sources.rows import Convert
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import named, shown
from viewtrail.sources.values import Row

NOTHING: Final = "says nothing that has a date"
FACTS: Final = ("desk", "entity", "languages", "hours")
LEFT: Final = frozenset({"left", "terminated", "inactive", "former", "leaver", "exited", "dismissed"})


DAYS_KEPT: Final = 10_000
"""Spellings of days that are kept: a table of people says the same few thousand again and again."""

_strip: Final = str.strip


class Person:
    """One row. Dates are the first moment of their day in the row's zone."""

    def __init__(self, of: Table, row: Row) -> None:
        self._of = of
        self._row = row
        self._cells = cells = dict(zip(of.at, map(_strip, of.cells(row)), strict=True))
        told = cells.get("time_zone")
        self._zone = _zone(told) if told else of.mapping.clock.zone or _zone("UTC")
        form, zone = of.mapping.clock.format, self._zone
        known = of.days.get(zone) or of.days.setdefault(zone, {})
        dates: dict[str, Day] = {}
        for name, column in of.dates.items():
            told = cells[name]
            if told:
                dates[name] = known.get(told) or _learned(known, told, column, form, zone)
        self._dates = dates
        told = cells.get("as_of")
        self._as_of = known.get(told) or _learned(known, told, "as_of", form, zone) if told else None
        if self._as_of is None and of.as_of:
            self._as_of = _first_of(of.as_of, zone)
        self._found: list[Event] = []
        self._agent = self._agent_told = ""
        self._subject: str | None = None

    def events(self) -> list[Event] | str:
        self._agent = agent = self._who()
        self._agent_told, self._subject = as_told((agent,)), _subject(agent)
        self._joining()
        self._notice()
        self._leaving()
        self._leave()
        return self._found or NOTHING

    def _joining(self) -> None:
        facts = self._facts()
        joined, effective = self._dates.get("joined"), self._dates.get("effective")
        at_join = facts if effective is None else {}
        if joined is not None and not self._later(joined):
            self._tell("agent.joined", joined, at_join)
        since = effective or (None if joined else self._dates.get("known") or self._as_of)
        if facts and since is not None and not self._later(since):
            self._tell("agent.changed", since, facts)

    def _notice(self) -> None:
        resigned, last = self._dates.get("resigned"), self._dates.get("last_day")
        if resigned and last and last.at < resigned.at:
            raise BadInput("the last working day is before the notice")
        about = {"last_day": last.date} if last else {}
        if resigned is None and last is not None and not self._is_over(last):
            resigned = self._dates.get("known") or self._as_of
            if resigned is None:
                raise BadInput(
                    "has a last working day, and since when that is known is not said",
                    next="add ResignationDate or KnownFrom, or say as_of in [hr]",
                )
        if resigned is not None:
            at = self._as_of if self._as_of and self._later(resigned) else resigned
            self._tell("notice.given", at, {**about, **self._known_after(at)})
        withdrawn = self._dates.get("withdrawn")
        if withdrawn is not None and not self._later(withdrawn):
            self._tell("notice.withdrawn", withdrawn, {**about, **self._known_after(withdrawn)})

    def _leaving(self) -> None:
        last = self._dates.get("last_day")
        if last is not None and self._is_over(last) and "withdrawn" not in self._dates:
            self._tell("agent.left", self._after(last), self._known_after(last))
        elif last is None and self._has_left():
            raise BadInput("has left, and since when is not said", next="fill LastWorkingDate")

    def _leave(self) -> None:
        start, end = self._dates.get("leave_from"), self._dates.get("leave_to")
        if start is None:
            if end is not None:
                raise BadInput("has an end of the leave and no start")
            return
        known = self._dates.get("booked") or self._dates.get("known")
        at = start if known is None else min(known, start, key=_moment)
        if self._later(at):
            return
        kind = self._cells.get("leave_kind", "").lower().replace(" ", "-")
        span = {"from": start.date, "to": (end or start).date}
        self._tell("leave.booked", at, {**span, **({"kind": kind} if kind else {})})

    def _facts(self) -> dict[str, str]:
        """What the row says beside its dates: once for all rows that say the same."""
        of = self._of
        known = of.facts.get(told := of.about(self._row))
        if known is not None:
            return known
        found = self._facts_told()
        if "@" not in self._cells.get("manager", ""):  # whose address it is depends on the row's days
            if len(of.facts) >= DAYS_KEPT:
                of.facts.clear()
            of.facts[told] = found
        return found

    def _facts_told(self) -> dict[str, str]:
        found = {name: self._cells[name] for name in FACTS if self._cells.get(name)}
        if "languages" in found:
            found["languages"] = found["languages"].replace(";", ",").replace("/", ",")
        role = self._cells.get("role", "")
        word = self._of.roles.get(role.casefold(), role.lower().replace(" ", "-"))
        if role:
            # A title that is none of our roles is kept, in the encrypted detail
            found |= {"role": word} if word in ROLES else {"title": role}
        manager = self._cells.get("manager", "")
        if manager:
            found["manager"] = self._of_address(manager) if "@" in manager else manager
        if self._cells.get("time_zone"):
            found["time_zone"] = self._cells["time_zone"]
        return found

    def _who(self) -> str:
        """The table's own id, or whose address it is in the directory: an address enters no event."""
        own = self._cells.get("agent", "")
        if "@" not in own and own:
            return own
        address = own or self._cells.get("email", "")
        if not address:
            raise BadInput("names nobody", next="fill UserEmailAddress, or a column Agent")
        return self._of_address(address)

    def _of_address(self, address: str) -> str:
        """Whose address it was on any of the row's days: people join and leave on the days that it tells."""
        who = self._of.directory
        days = [*self._dates.values(), *([self._as_of] if self._as_of else [])]
        agents = {who.agent("email", address, _micros(day.at)) for day in days} if who else set()
        agents.discard(None)
        if len(agents) != 1:
            why = "is nobody's" if not agents else "was two people's"
            raise BadInput(
                f"the address {named(address)} {why} on these days",
                next="name them in the table of people (viewtrail connect people), or add a column Agent",
            )
        return str(agents.pop())

    def _after(self, last: Day) -> Day:
        try:
            return _first_of(last.at.date() + timedelta(days=1), self._zone)
        except OverflowError:  # some systems write 9999-12-31 for no date
            raise BadInput(
                f"the last working day {last.date} is the end of the calendar", next="leave it empty"
            ) from None

    def _is_over(self, last: Day) -> bool:
        """Whether the last day is a fact; until then it is a plan, and stands in the notice."""
        return self._has_left() or (self._as_of is not None and self._as_of.at.date() > last.at.date())

    def _has_left(self) -> bool:
        return self._cells.get("status", "").casefold() in LEFT

    def _later(self, day: Day) -> bool:
        return self._as_of is not None and day.at.date() > self._as_of.at.date()

    def _known_after(self, day: Day) -> dict[str, str]:
        known = self._dates.get("known")
        return {"known_from": known.iso} if known is not None and known.at > day.at else {}

    def _tell(self, type_: str, day: Day, data: dict[str, str]) -> None:
        source, pairs = self._of.mapping.source, tuple(data.items())
        begins, ends, checked = _said(type_, pairs)
        told = f'{begins}{self._agent_told},"{day.iso}"{ends}'
        id_ = id_of_cells("hr-roster", source, told, 0)
        self._found.append(
            _event(source, id_, checked, day, self._subject)
            or _whole(source, id_, type_, day.at, self._agent, pairs)
        )


def _subject(agent: str) -> str | None:
    """The agent as an event's subject; None where the whole event says what is wrong with it."""
    try:
        return opaque(agent)
    except Fault:
        return None


def _event(source: str, id_: str, checked: Event | None, day: Day, subject: str | None) -> Event | None:
    """The event; None where something is wrong with it, which the whole event says."""
    if checked is None or day.micros is None or subject is None:
        return None
    return made(source, id_, checked.type, day.micros, {**checked.data}, subject, None, checked.extra)


@lru_cache(maxsize=10_000)
def _said(type_: str, data: tuple[tuple[str, str], ...]) -> tuple[str, str, Event | None]:
    """What is said of one person, once for all of whom the same is said: as its id has it, and checked.

    In the id the agent and the day stand between the type and the other words.
    """
    words = [f"{name}={value}" for name, value in sorted(data)]
    begins, ends = f"{as_told((type_,))},", as_told(["", *words]).removeprefix('""')
    try:
        return begins, ends, _whole("/hr", "1", type_, EPOCH, "a", data)
    except BadInput:
        return begins, ends, None


def _whole(
    source: str, id_: str, type_: str, at: datetime, agent: str, data: tuple[tuple[str, str], ...]
) -> Event:
    return from_wire(
        {
            "specversion": "1.0",
            "id": id_,
            "source": source,
            "type": type_,
            "time": at,
            "subject": agent,
            "data": {"agent": "system", "actor_kind": "system", **dict(data)},
        }
    )


def _learned(known: dict[str, Day], told: str, name: str, form: str, zone: ZoneInfo) -> Day:
    """A day that a cell says, kept for the other rows that say it."""
    if len(known) >= DAYS_KEPT:
        known.clear()
    day = known[told] = _day(told, name, form, zone)
    return day


def _day(told: str, name: str, form: str, zone: ZoneInfo) -> Day:
    """The time that a cell says, a date as its first moment in the row's zone."""
    value = _day_or_time(told, name, form)
    if not isinstance(value, datetime):
        return _first_of(value, zone)
    return _made(value.replace(tzinfo=zone) if value.tzinfo is None else value)


@lru_cache(maxsize=10_000)
def _first_of(day: date, zone: ZoneInfo) -> Day:
    return _made(datetime(day.year, day.month, day.day, tzinfo=zone))


def _made(at: datetime) -> Day:
    try:
        micros = moment(at)
    except Fault:
        return Day(at, at.isoformat(), at.date().isoformat(), None)
    return Day(at, at.isoformat(), at.date().isoformat(), micros)


def _moment(day: Day) -> datetime:
    return day.at


def _day_or_time(told: str, name: str, form: str) -> date:
    """A date, or a datetime where the cell has a time of day."""
    try:
        if form != "iso":
            value = datetime.strptime(told, form)  # noqa: DTZ007  # its zone is the row's
            return value if "%H" in form else value.date()
        return date.fromisoformat(told) if len(told) == 10 else datetime.fromisoformat(told)
    except ValueError:
        raise BadInput(
            f"{name} {shown(told)} is no date" + ("" if form == "iso" else f" as {form}"),
            next='write it like 2026-03-02, or say format = "%d/%m/%Y" in [time]',
        ) from None


@lru_cache(maxsize=1_000)
def _zone(told: str) -> ZoneInfo:
    try:
        return ZoneInfo(told)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"time zone {shown(told)} is unknown", next="like Europe/Nicosia") from None


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def read_roster(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of a personnel table; a bad row is set aside as `name:line`, whole.

    BadInput when it names nobody or has no dates.
    """

    def made(header: list[str]) -> Convert:
        of = table(header, asked, source.name)
        return lambda row: Person(of, row).events()

    return read_headed(source, tally, asked.mapping, made)


def _looks_like(first: bytes) -> bool:
    names = columns_of(first.partition(b"\n")[0].decode("utf-8", "replace"))
    return "email" in names and bool(names & {"resigned", "last_day", "leave_from"})


CONNECTOR = Connector(
    name="hr-roster",
    reads="the personnel office's table: joining, notice with the last working day, leave",
    suffixes=(),
    looks_like=_looks_like,
    read=read_roster,
    gives=Gives(
        types=(
            "agent.joined", "agent.changed", "agent.left", "notice.given", "notice.withdrawn", "leave.booked",
        ),
        unknown=(
            "when the person knew of a dismissal",
            "what is no longer in the table: a leave that was cancelled, somebody who was deleted",
        ),
        latency="when the table is exported: once a day is soon enough for a notice",
    ),
)  # fmt: skip
