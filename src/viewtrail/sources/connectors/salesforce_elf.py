"""Salesforce event log files: openings, lists, searches, reports and exports, by the header each file has.

One file has rows of one EVENT_TYPE, and its columns differ between releases, so only names count.
- URI and LightningPageView with a record's id are openings: the page was asked for, so `seen` is unknown.
  EFFECTIVE_PAGE_TIME is how long the page took to load; nothing here says how long it was looked at.
- Search gives the number of results and never the words. Report is a list with its rows, ReportExport an
  export, and so is a BulkApi or BulkApi2 job that reads; Salesforce does not say which rows.
- Ids are made of the request's and the page event's own ids, so the hourly file, the daily file and a row
  that Salesforce wrote twice give the same event. Times are TIMESTAMP_DERIVED, which is UTC.
CLIENT_IP (an address or words such as "Salesforce.com IP") and the user agent are not read. Ids of 15 and of
18 characters are the same record. What kind a record is shows in its first three characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, Event, derived_id, from_wire, made, rfc3339
from viewtrail.event.kinds import Fault, opaque
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.csv_rows import read_headed
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.rows import Convert
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import named, shown
from viewtrail.sources.values import Row
from viewtrail.sources.wall_clock import in_range

DEFAULT: Final = 'connector = "salesforce-elf"\nsource = "/salesforce"\n[salesforce]\n'
KEYS: Final = frozenset({"records", "unlisted"})
RECORDS: Final = {"00Q": "lead", "003": "client", "001": "client"}
"""Lead, Contact and (person) Account by the first characters of their ids; others come by the mapping."""

NEEDED: Final = ("EVENT_TYPE", "USER_ID")
IDENTITY: Final = (
    "EVENT_TYPE", "REQUEST_ID", "UI_EVENT_ID", "UI_EVENT_SEQUENCE_NUM", "QUERY_ID", "JOB_ID", "BATCH_ID",
    "URI_ID_DERIVED", "PAGE_ENTITY_ID", "REPORT_ID_DERIVED",
)  # fmt: skip
NO_USER: Final = "nobody's: an automated process or a guest"
NO_PERSON: Final = frozenset({"a", "g", "automatedprocess", "automated process", "guest"})
"""USER_TYPE of who is none: the field list has letters, files have words too."""

NO_RECORD: Final = "a page of no record"
NOT_READ: Final = "EVENT_TYPE {} is not read"
FAILED: Final = "refused or failed"
WRITES: Final = "a bulk job that reads nothing"

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)
_IN_PATH: Final = re.compile(r"(?:^|[/=])([A-Za-z0-9]{18}|[A-Za-z0-9]{15})(?=[/?&#]|$)", re.ASCII)
_OBJECT: Final = re.compile(r"/lightning/o/([A-Za-z0-9_]{1,80})/")
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?", re.ASCII)


@lru_cache(maxsize=100_000)
def long_id(told: str) -> str:
    """An id in its form of 18 characters: the last three say which of the first are capitals."""
    if len(told) == 18:
        told = told[:15]  # its check characters may have been written in small letters
    ends = ""
    for start in (0, 5, 10):
        bits = sum(1 << at for at, sign in enumerate(told[start : start + 5]) if "A" <= sign <= "Z")
        ends += _DIGITS[bits]
    return told + ends


class Rows:
    """Makes the events of the rows under one header; `convert` raises BadInput with what is wrong."""

    def __init__(self, header: list[str], mapping: Mapping, asked: Asked, place: str) -> None:
        missing = [name for name in NEEDED if name not in header]
        if missing or not {"TIMESTAMP", "TIMESTAMP_DERIVED"} & set(header):
            name = missing[0] if missing else "TIMESTAMP_DERIVED"
            raise BadInput(f"has no column {name}", where=f"{place}:1", next="download the LogFile as it is")
        told, where = mapping.own.get("salesforce", {}), f"{mapping.place} [salesforce]"
        if not isinstance(told, dict) or set(told) - KEYS:
            raise BadInput("is not a table of records and unlisted", where=where)
        self._records = {**RECORDS, **_kinds(told.get("records", {}), where)}
        self._unlisted = str(told.get("unlisted", ""))
        self._at = {name: number for number, name in enumerate(header)}
        self._own = [self._at.get(name) for name in IDENTITY]
        self._source, self._directory = mapping.source, asked.directory
        self._by_type: dict[str, Callable[[Row], dict[str, Any] | str]] = {
            "uri": self._page,
            "lightningpageview": self._lightning,
            "search": self._search,
            "report": self._report,
            "reportexport": self._export,
            "bulkapi": self._bulk,
            "bulkapi2": self._bulk,
        }

    def convert(self, row: Row) -> list[Event] | str:
        kind = self._get(row, "EVENT_TYPE")
        make = self._by_type.get(kind.lower())
        if make is None:
            return NOT_READ.format(kind[:40])
        told = make(row)
        if isinstance(told, str):
            return told
        user = self._get(row, "USER_ID_DERIVED") or self._get(row, "USER_ID")
        if not user or self._get(row, "USER_TYPE").lower() in NO_PERSON:
            return NO_USER
        at = self._time(row)
        data = {**told["data"], "agent": self._agent(user, at)}
        id_ = self._id(row, at)
        if told["type"] == "record.viewed":  # nearly all rows; nothing in it is free text
            return [made(self._source, id_, "record.viewed", at, data, told["subject"])]
        event = {"specversion": "1.0", "id": id_, "source": self._source, **told, "data": data}
        return [from_wire({**event, "time": rfc3339(at)})]

    def _page(self, row: Row) -> dict[str, Any] | str:
        """A page of the classic interface."""
        if self._get(row, "REQUEST_STATUS") in ("F", "A", "N"):
            return FAILED
        record = self._get(row, "URI_ID_DERIVED") or _in(self._get(row, "URI"))
        return self._opened(record)

    def _lightning(self, row: Row) -> dict[str, Any] | str:
        url = self._get(row, "PAGE_URL")
        listed = _OBJECT.search(url)
        if listed:
            return {"type": "list.viewed", "data": {"list": listed[1]}}
        return self._opened(self._get(row, "PAGE_ENTITY_ID") or _in(url))

    def _opened(self, record: str) -> dict[str, Any] | str:
        kind = self._records.get(record[:3])
        if kind is None or not _ID.fullmatch(record):
            return NO_RECORD
        data = {"record_kind": kind, "seen": "unknown", "surface": "ui"}
        return {"type": "record.viewed", "subject": long_id(record), "data": data}

    def _search(self, row: Row) -> dict[str, Any]:
        return {"type": "search.performed", "data": self._count(row, "NUM_RESULTS")}

    def _report(self, row: Row) -> dict[str, Any]:
        report = self._get(row, "REPORT_ID_DERIVED") or self._get(row, "REPORT_ID")
        listed = {"list": long_id(report)} if _ID.fullmatch(report) else {}
        return {"type": "list.viewed", "data": {**listed, **self._count(row, "ROW_COUNT")}}

    def _export(self, row: Row) -> dict[str, Any]:
        report = self._get(row, "URI_ID_DERIVED") or _in(self._get(row, "URI"))
        listed = {"list": long_id(report)} if _ID.fullmatch(report) else {}
        return {"type": "export.created", "data": listed}

    def _bulk(self, row: Row) -> dict[str, Any] | str:
        if not self._get(row, "OPERATION_TYPE").lower().startswith("query"):
            return WRITES
        if self._get(row, "SUCCESS").lower() in ("0", "false"):
            return FAILED
        entity = self._get(row, "ENTITY_TYPE")
        listed = {"list": entity} if entity else {}
        form = self._get(row, "CONTENT_TYPE")
        data = {**listed, **self._count(row, "ROWS_PROCESSED"), **({"format": form.lower()} if form else {})}
        return {"type": "export.created", "data": data}

    def _count(self, row: Row, name: str) -> dict[str, int]:
        told = self._get(row, name)
        if not told:
            return {}
        if not (told.isascii() and told.isdigit() and len(told) < 13):
            raise BadInput(f"{name} {shown(told)} is no whole number")
        return {"rows": int(told)}

    def _agent(self, user: str, at: int) -> str:
        """Whose account it is, in either form of its id."""
        forms = _forms(user)
        for form in forms:
            found = self._directory.agent("crm", form, at) if self._directory else None
            if found is not None:
                return found
        if not self._unlisted or (
            self._directory and any(self._directory.knows("crm", one) for one in forms)
        ):
            raise BadInput(
                f"user {named(user)} is nobody's on {rfc3339(at)[:10]}",
                next="name it as crm_user in the table of people, or say unlisted in [salesforce]",
            )
        return self._unlisted + forms[0]

    def _time(self, row: Row) -> int:
        derived = self._get(row, "TIMESTAMP_DERIVED")
        if derived:
            return _micros(derived)
        compact = self._get(row, "TIMESTAMP")
        found = _COMPACT.fullmatch(compact)
        if found is None:
            raise BadInput(f"TIMESTAMP {shown(compact)} is not like 20260302071403.120")
        year, month, day, hour, minute, second, part = found.groups()
        return _micros(f"{year}-{month}-{day}T{hour}:{minute}:{second}.{part or 0:0<6}Z")

    def _id(self, row: Row, at: int) -> str:
        """Made of Salesforce's own ids and the time; the same row in another file is the same event."""
        cells = ["" if place is None else row[place] for place in self._own]
        return derived_id(
            "salesforce-elf", self._source, [*cells, self._get(row, "USER_ID")[:15], str(at)], 0
        )

    def _get(self, row: Row, name: str) -> str:
        at = self._at.get(name)
        return row[at].strip() if at is not None else ""


@lru_cache(maxsize=100_000)
def _forms(user: str) -> tuple[str, ...]:
    """The spellings of a user's id; BadInput for what no event can hold."""
    if _ID.fullmatch(user):
        return long_id(user), user[:15]
    try:
        return (opaque(user),)
    except Fault as fault:
        raise BadInput(f"user {shown(user)} {fault}") from None


def _kinds(told: Any, where: str) -> dict[str, str]:
    if not isinstance(told, dict):
        raise BadInput("records is not a table", where=where, next='like { a01 = "account" }')
    for prefix, kind in told.items():
        if len(prefix) != 3 or kind not in ("lead", "client", "account"):
            raise BadInput(
                f"records {prefix!r} is not three characters of an id and lead, client or account",
                where=where,
            )
    return dict(told)


def _in(url: str) -> str:
    """The id of a record in the path or query of a page."""
    found = _IN_PATH.search(url)
    return found[1] if found else ""


def _micros(told: str) -> int:
    try:
        at = datetime.fromisoformat(told)
        since = at - EPOCH
    except (ValueError, TypeError):
        raise BadInput(f"TIMESTAMP_DERIVED {shown(told)} is no time with a zone") from None
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return in_range(micros)


def read_event_log(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of one EventLogFile; a bad row is set aside as `name:line`. BadInput when it is no such file."""
    mapping = asked.mapping or parse_mapping(DEFAULT, "the default mapping for Salesforce")

    def made(header: list[str]) -> Convert:
        return Rows(header, mapping, asked, source.name).convert

    return read_headed(source, tally, asked.mapping, made)


def _looks_like(first: bytes) -> bool:
    line = first.partition(b"\n")[0]
    return line.startswith(b'"EVENT_TYPE"') and b'"USER_ID"' in line and b'"TIMESTAMP' in line


CONNECTOR = Connector(
    name="salesforce-elf",
    reads="Salesforce event log files: URI, LightningPageView, Search, Report, ReportExport, BulkApi",
    suffixes=(),
    looks_like=_looks_like,
    read=read_event_log,
    gives=Gives(
        types=("record.viewed", "list.viewed", "search.performed", "export.created"),
        unknown=(
            "how long a record was looked at",
            "what was searched for, and which rows a report or an export had",
            "revealed contacts: a page shows them all",
        ),
        latency="an hour with hourly files, else a day; rows may come later still",
    ),
)
