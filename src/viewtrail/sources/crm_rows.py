"""What the audit rows of a CRM have in common: whose they are, which record, when, and their native ids.

A row of a view says that a page was asked for: `seen` is unknown, and so is how long it was looked at.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, Event, EventShape, from_wire, rfc3339
from viewtrail.event.kinds import Fault, opaque
from viewtrail.sources.asked import Asked
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.times import named, shown
from viewtrail.sources.wall_clock import WallClock

KEYS: Final = frozenset({"records", "unlisted", "columns"})
RECORD_KINDS: Final = ("lead", "client", "account")

NO_RECORD: Final = "not about a record of ours: {}"
NOT_READ: Final = "{} is not read"
NO_PERSON: Final = "nobody's: the system itself or a guest"


class Crm:
    """One CRM as a mapping's [crm] says it: its records, its users, its clock.

    `zone` is the zone of times without one; "" where each site has its own and the mapping has to say which.
    """

    def __init__(self, name: str, asked: Asked, records: dict[str, str], zone: str = "UTC") -> None:
        default = f'connector = "{name}"\nsource = "/{name}"\n[crm]\n'
        self.mapping: Mapping = asked.mapping or parse_mapping(default, f"the default mapping for {name}")
        told, where = self.mapping.own.get("crm", {}), f"{self.mapping.place} [crm]"
        if not isinstance(told, dict) or set(told) - KEYS:
            raise BadInput("is not a table of records, unlisted and columns", where=where)
        self._records = {**records, **_kinds(told.get("records", {}), where)}
        self._unlisted = str(told.get("unlisted", ""))
        self.renamed = {theirs: ours for ours, theirs in _texts(told.get("columns", {}), where).items()}
        clock = self.mapping.clock
        if clock.zone is None and not zone:
            raise BadInput(
                "does not say in which zone the site's times are",
                where=f"{self.mapping.place} [time]",
                next='say time_zone, like "Europe/Nicosia": it stands in the site\'s own settings',
            )
        if clock.zone is None:
            clock = replace(clock, zone=ZoneInfo(zone))
        self._clock = WallClock(clock)
        self._directory = asked.directory
        self._shapes: dict[tuple[str, ...], EventShape | None] = {}  # by type and names of fields

    def kind(self, entity: str) -> str | None:
        """What kind of record the CRM's own word for it is; None for what is no record of ours."""
        return self._records.get(entity)

    def micros(self, told: str, name: str) -> int:
        if not told:
            raise BadInput(f"{name} is empty")
        try:
            return self._clock.micros(told)
        except BadInput as error:
            raise BadInput(f"{name} {error.what}", next=error.next) from None

    def agent(self, user: str, at: int) -> str:
        """Whose account it was at that time, by the CRM's id or the address that it is known by."""
        if not user:
            raise BadInput("names no user")
        who = self._directory
        for kind in ("crm", "email"):
            found = who.agent(kind, user, at) if who else None
            if found is not None:
                return found
        known = who is not None and (who.knows("crm", user) or who.knows("email", user))
        if not self._unlisted or known or "@" in user:
            raise BadInput(
                f"user {named(user)} is nobody's on {rfc3339(at)[:10]}",
                next="name it as crm_user or email in the table of people, or say unlisted in [crm]",
            )
        return self._unlisted + _id(user, "user")

    def one_of(self, users: tuple[str, ...], at: int) -> str:
        """The first of a user's names that the directory knows, else the first that there is."""
        who = self._directory
        for user in users:
            if user and who and (who.agent("crm", user, at) or who.agent("email", user, at)):
                return user
        return next((user for user in users if user), "")

    def known(self, user: str, at: int) -> str | None:
        """The same for a user who is only mentioned: None where nobody is known by it."""
        try:
            return self.agent(user, at)
        except BadInput:
            return None

    def viewed(self, id_: str, at: int, user: str, record: str, kind: str, **more: Any) -> list[Event]:
        """An opening, as far as a server can know one."""
        data = {"record_kind": kind, "seen": "unknown", **more}
        return self.told("record.viewed", id_, at, user, data, record)

    def told(
        self, type_: str, id_: str, at: int, user: str, data: dict[str, Any], record: str | None = None
    ) -> list[Event]:
        """The event that a row is; its id is the row's own."""
        agent = self.agent(user, at)
        names = (type_, *data)
        if names not in self._shapes:
            self._shapes[names] = EventShape.of(type_, self.mapping.source, {}, [*data, "agent"])
        shape = self._shapes[names]
        event = shape.event(id_, at, [*data.values(), agent], record) if shape else None
        return [event or self._whole(type_, id_, at, {**data, "agent": agent}, record)]

    def _whole(self, type_: str, id_: str, at: int, data: dict[str, Any], record: str | None) -> Event:
        """The same with all checks and their reasons, and what goes to the encrypted detail."""
        event = {
            "specversion": "1.0",
            "id": _id(id_, "id"),
            "source": self.mapping.source,
            "type": type_,
            "time": EPOCH + timedelta(microseconds=at),
            "data": data,
        }
        return from_wire(event if record is None else {**event, "subject": record})


def number(told: str, name: str) -> int:
    """A whole number of a row."""
    if not (told.isascii() and told.isdigit() and len(told) < 13):
        raise BadInput(f"{name} {shown(told)} is no whole number")
    return int(told)


def _id(told: str, name: str) -> str:
    try:
        return opaque(told)
    except Fault as fault:
        raise BadInput(f"{name} {shown(told)} {fault}") from None


def _kinds(told: Any, where: str) -> dict[str, str]:
    kinds = _texts(told, where)
    for entity, kind in kinds.items():
        if kind not in RECORD_KINDS:
            raise BadInput(
                f"records {entity!r} is {kind!r}",
                where=where,
                next="lead, client or account, by the CRM's word",
            )
    return kinds


def _texts(told: Any, where: str) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise BadInput(
            "records and columns are tables of texts", where=where, next='like { Deal = "account" }'
        )
    return dict(told)
