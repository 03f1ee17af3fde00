"""Calendars (iCalendar, RFC 5545): unusual work that was announced, and leave that was booked.

What an appointment is says the mapping: words in its title or categories make it declared work (with purpose,
scope and volume, or it is context only) or leave. Nothing else of it is read, and no title enters an event.
- Each instance is told: repeated ones from a year before the calendar's newest stamp to a year after it, each
  in the time zone of its series, so 09:00 stays 09:00 when clocks change. All-day ones are dates.
- An instance that was cancelled (STATUS, or EXDATE) is `work.cancelled` or `leave.cancelled`; one that was
  moved is cancelled at its old time and declared at the new one.
- It is known since LAST-MODIFIED, else CREATED, else DTSTAMP: whoever edits an appointment afterwards makes
  it known afterwards. The organizer declares it; the attendees it is about are found by their addresses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, WORDS, Event, derived_id, from_wire
from viewtrail.sources.asked import Asked
from viewtrail.sources.calendar_zones import Zones, of_calendar
from viewtrail.sources.calendars import Block, Instance, Series, Slot, blocks, instances, parsed
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.jsonl import BOM, LONGEST_JSON, in_batches
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.rows import RowsReader
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import Row

AROUND: Final = timedelta(days=366)
KEYS: Final = frozenset({"owner", "as_of", "work", "leave"})
WORK_KEYS: Final = frozenset({"words", "purpose", "who", "scope", "records_expected"})
LEAVE_KEYS: Final = frozenset({"words", "kind", "who"})
WHO: Final = ("attendees", "organizer", "owner")
PURPOSES: Final = WORDS["work.declared:purpose"]
NO_RULE: Final = "an appointment of no rule"
NO_APPOINTMENT: Final = "no appointment: {}"
STAMPS: Final = ("LAST-MODIFIED", "CREATED", "DTSTAMP")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which appointments are what: `data` are the fields of the event that do not depend on the instance."""

    type: str
    words: tuple[str, ...]
    who: tuple[str, ...]
    data: dict[str, Any]

    def fits(self, component: Any) -> bool:
        told = component.get("CATEGORIES") or []
        named = [str(cat) for one in (told if isinstance(told, list) else [told]) for cat in one.cats]
        text = "\n".join([str(component.get("SUMMARY", "")), *named]).casefold()
        return any(word in text for word in self.words)


class Appointments:
    """Makes the events of one series."""

    def __init__(self, asked: Asked, text: str, place: str) -> None:
        if asked.mapping is None or "calendar" not in asked.mapping.own:
            raise BadInput(
                "says nothing of what its appointments are",
                where=place,
                next="give a mapping with [calendar]: docs/how-to/connect-calendars.md",
            )
        self._mapping: Mapping = asked.mapping
        told, where = asked.mapping.own["calendar"], f"{asked.mapping.place} [calendar]"
        self._rules = _rules(told, where)
        self._owner, self._directory = str(told.get("owner", "")), asked.directory
        self._clock = asked.mapping.clock
        if self._clock.zone is None:
            self._clock = replace(self._clock, zone=of_calendar(text))
        self._as_of = _as_of(told.get("as_of"), where)

    def window(self, found: list[Series]) -> tuple[datetime, datetime]:
        """From a year before to a year after the newest stamp of the file, or what the mapping says."""
        stamps = [_stamp(one) for series in found for one in series.components]
        newest = self._as_of or max(filter(None, stamps), default=EPOCH)
        return newest - AROUND, newest + AROUND

    def events(self, series: Series, window: tuple[datetime, datetime]) -> list[Event] | str:
        told: list[Event] = []
        try:
            if not any(rule.fits(one) for one in series.components for rule in self._rules):
                return NO_RULE
            for instance in instances(series, self._clock, window):
                rule = next((rule for rule in self._rules if rule.fits(instance.component)), None)
                told += self._told(series.uid, instance, rule) if rule else []
        except BadInput:
            raise
        except Exception as error:  # the libraries raise what their parts raise
            raise BadInput(f"cannot be expanded ({str(error)[:100]})") from None
        return told

    def _told(self, uid: str, instance: Instance, rule: Rule) -> Iterator[Event]:
        component, slot = instance.component, instance.slot
        known = _stamp(component)
        if known is None:
            raise BadInput(
                "has none of LAST-MODIFIED, CREATED and DTSTAMP: since when it is known is not said"
            )
        by = self._agent(component.get("ORGANIZER"), slot) or self._owner
        about = self._about(component, rule, slot)
        if not about:
            raise BadInput(
                "is about nobody in the table of people",
                next="name its attendees there by email, or say owner in [calendar]",
            )
        when = {"from": _told(slot.start), "to": _told(slot.end)}
        for agent in about:
            yield self._event(uid, instance, rule, known, by, agent, when)

    def _event(
        self,
        uid: str,
        instance: Instance,
        rule: Rule,
        known: datetime,
        by: str,
        agent: str,
        when: dict[str, str],
    ) -> Event:
        family = rule.type.partition(".")[0]
        type_ = rule.type if instance.stands else f"{family}.cancelled"
        source = self._mapping.source
        data: dict[str, Any] = {**when, **rule.data}
        if family == "work":
            data["work"] = derived_id("icalendar", source, [uid, *when.values()], 0)[:26]
            data |= {"declared_by": by} if by else {}
            if not instance.stands:
                data.pop("records_expected", None)
        who = {"agent": by} if by else {"agent": "system", "actor_kind": "system"}
        told = [type_, uid, agent, by, known.isoformat(), *(f"{key}={data[key]}" for key in sorted(data))]
        return from_wire(
            {
                "specversion": "1.0",
                "id": derived_id("icalendar", source, told, 0),
                "source": source,
                "type": type_,
                "time": known,
                "subject": agent,
                "data": {**who, **data},
            }
        )

    def _about(self, component: Any, rule: Rule, slot: Slot) -> list[str]:
        for who in rule.who:
            if who == "attendees":
                told = component.get("ATTENDEE") or []
                listed = [one for one in (told if isinstance(told, list) else [told]) if _comes(one)]
                found = [self._agent(one, slot) for one in listed]
            elif who == "organizer":
                found = [self._agent(component.get("ORGANIZER"), slot)]
            else:
                found = [self._owner]
            known = sorted({agent for agent in found if agent})
            if known:
                return known
        return []

    def _agent(self, told: Any, slot: Slot) -> str:
        """Whose address it is on the day of the appointment; "" for clients, rooms and strangers."""
        if told is None or isinstance(told, list) or self._directory is None:
            return ""
        address = str(told).strip()
        if address[:7].lower() == "mailto:":
            address = address[7:]
        start = slot.start
        here = (
            start if isinstance(start, datetime) else datetime(start.year, start.month, start.day, tzinfo=UTC)
        )
        return self._directory.agent("email", address, (here - EPOCH) // timedelta(microseconds=1)) or ""


def _comes(attendee: Any) -> bool:
    params = attendee.params
    room = str(params.get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE")
    return not room and str(params.get("PARTSTAT", "")).upper() != "DECLINED"


def _stamp(component: Any) -> datetime | None:
    """Since when a component is as it is."""
    for name in STAMPS:
        told = component.get(name)
        value = getattr(told, "dt", None)
        if isinstance(value, datetime) and 1970 <= value.year < 2200:
            return value if value.tzinfo else value.replace(tzinfo=UTC)  # RFC 5545 3.8.7: always UTC
    return None


def _told(moment: date | datetime) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _rules(told: Any, where: str) -> list[Rule]:
    if not isinstance(told, dict) or set(told) - KEYS:
        raise BadInput("is not a table of owner, as_of, work and leave", where=where)
    found = []
    for key, known, type_ in (("leave", LEAVE_KEYS, "leave.booked"), ("work", WORK_KEYS, "work.declared")):
        listed = told.get(key, [])
        if not isinstance(listed, list):
            raise BadInput(f"{key} is not a list of tables", where=where, next=f"write [[calendar.{key}]]")
        found += [_rule(one, known, type_, f"{where} {key} {n}") for n, one in enumerate(listed, 1)]
    if not found:
        raise BadInput("has no rule", where=where, next="write [[calendar.work]] or [[calendar.leave]]")
    return found


def _rule(told: Any, known: frozenset[str], type_: str, where: str) -> Rule:
    if not isinstance(told, dict) or set(told) - known:
        raise BadInput("is not a rule", where=where, next=f"keys: {', '.join(sorted(known))}")
    words = told.get("words")
    if not isinstance(words, list) or not words or not all(isinstance(one, str) and one for one in words):
        raise BadInput("has no words", where=where, next='like words = ["quarterly review"]')
    who = told.get("who")
    if who is not None and who not in WHO:
        raise BadInput(f"who {who!r} is unknown", where=where, next=f"one of {', '.join(WHO)}")
    if type_ == "work.declared" and told.get("purpose") not in PURPOSES:
        raise BadInput("has no purpose", where=where, next=f"one of {', '.join(PURPOSES)}")
    data = {name: value for name, value in told.items() if name not in ("words", "who")}
    usual = (
        WHO if type_ == "work.declared" else WHO[1:]
    )  # others are asked to a leave so that they know of it
    made = Rule(type_, tuple(word.casefold() for word in words), (who,) if who else usual, data)
    try:  # what no event can hold is refused here, with its place
        example = {
            "specversion": "1.0",
            "id": "x",
            "source": "/x",
            "type": type_,
            "time": EPOCH,
            "subject": "x",
        }
        from_wire({**example, "data": {"agent": "x", **data}})
    except BadInput as error:
        raise BadInput(error.what, where=where, next=error.next) from None
    return made


def _as_of(told: Any, where: str) -> datetime | None:
    if told is None:
        return None
    try:
        day = date.fromisoformat(str(told))
    except ValueError:
        raise BadInput("as_of is no date", where=where, next='like "2026-03-02"') from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def read_calendar(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of a calendar; a series that cannot be read is set aside with the line it begins on.

    BadInput when no mapping says what its appointments are.
    """
    body = bytearray()
    for block in source.blocks():
        body += block
        if len(body) > LONGEST_JSON:
            raise BadInput(f"is over {LONGEST_JSON >> 20} MiB", where=source.name)
    text = bytes(body).removeprefix(BOM).decode("utf-8", "surrogateescape")
    return in_batches(_items(source, tally, text, Appointments(asked, text, source.name)))


def _items(source: ByteSource, tally: Tally, text: str, made: Appointments) -> Iterator[Item]:
    listed = list(blocks(text))
    zones = Zones(one.text for one in listed if one.kind == "VTIMEZONE" and one.whole)
    by_uid: dict[str, Series] = defaultdict(lambda: Series("", 0))
    window = (EPOCH, EPOCH)

    def convert(row: Row) -> list[Event] | str:
        return made.events(row[0], window)

    reader = RowsReader(convert, tally, _text, _text)
    items: list[Item] = []
    for block in listed:
        if block.kind == "VEVENT":
            _collect(block, zones, by_uid, reader, items, f"{source.name}:{block.line}")
        elif block.kind != "VTIMEZONE":
            tally.read += 1
            tally.not_mapped[NO_APPOINTMENT.format(block.kind)] += 1
    window = made.window(list(by_uid.values()))
    for series in by_uid.values():
        reader.take((series,), partial("{}:{}".format, source.name, series.line), items)
        yield from items
        items.clear()
    if source.broken:
        reader.refuse("", source.broken, source.name, items)
    yield from items


def _collect(
    block: Block, zones: Zones, by_uid: dict[str, Series], reader: RowsReader, items: list[Item], place: str
) -> None:
    """The component into its series, or what is wrong with it."""
    try:
        component = parsed(block, zones)
    except BadInput as error:
        reader.refuse(block.text, error.what, place, items)
        return
    uid = str(component["UID"])
    series = by_uid[uid]
    if not series.components:
        series.uid, series.line = uid, block.line
    series.text += block.text
    series.components.append(component)


def _text(row: Row) -> str:
    text: str = row[0].text
    return text


CONNECTOR = Connector(
    name="icalendar",
    reads="calendars (.ics): declared work and leave, by the words that the mapping names",
    suffixes=(".ics",),
    looks_like=lambda first: first[:15].upper() == b"BEGIN:VCALENDAR",
    read=read_calendar,
    gives=Gives(
        types=("work.declared", "work.cancelled", "leave.booked", "leave.cancelled"),
        unknown=(
            "what an appointment is that no word of the mapping fits",
            "which records declared work is about, unless the mapping gives its scope",
            "an appointment that was deleted, or moved without being part of a series: the old one stays",
            "who came",
        ),
        latency="when the calendar is exported or fetched; once a day is soon enough",
    ),
)
