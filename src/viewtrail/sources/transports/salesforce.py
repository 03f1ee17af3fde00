"""Fetching Salesforce event log files as they come to be, each once, into a folder.

1. What is new is asked for in the order of creation, from the cursor on: created later, or at the same time
   with a greater id. `behind` seconds are asked for again, as files become visible a little out of order.
2. A file is on disk, whole and under its own name, before the cursor says that it was fetched. A stop in
   between fetches it again, to the same name.
3. The token goes to the one host that was named, and nowhere else: redirects are not followed, and the
   addresses that answers hold are taken only as paths of that host.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlencode

from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.sources.transports.salesforce_rest import CutShort, Rest, Token

API: Final = "v62.0"
TYPES: Final = ("URI", "LightningPageView", "Search", "Report", "ReportExport", "BulkApi")
BEHIND: Final = 3_600
"""Seconds before the cursor that are asked for again: a file may show up after one that was created later."""

LONGEST_ANSWER: Final = 64 << 20  # bytes of one page of a query: 2,000 rows
LONGEST_FILE: Final = 8 << 30  # bytes of one log file; Salesforce's own are far below
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_PLAIN: Final = re.compile(r"[A-Za-z0-9]{1,40}", re.ASCII)
_VERSION: Final = re.compile(r"v\d{2,3}\.\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class LogFile:
    """One EventLogFile, as Salesforce lists it."""

    id: str
    kind: str
    day: str
    created: str
    length: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.day}-{self.id}.csv"


@dataclass
class Cursor:
    """How far was fetched: creation time and id of the newest file, and the ids within `BEHIND` of it."""

    created: str = ""
    id: str = ""
    fetched: dict[str, str] = field(default_factory=dict)

    def note(self, file: LogFile, behind: int) -> None:
        if (file.created, file.id) > (self.created, self.id):
            self.created, self.id = file.created, file.id
        self.fetched[file.id] = file.created
        floor = _before(self.created, behind)
        self.fetched = {id_: at for id_, at in self.fetched.items() if at >= floor}


class EventLogs:
    """The event log files of one organisation, fetched into `folder`; `poll` gives those that are new."""

    def __init__(
        self,
        instance: str,
        token: Token,
        folder: Path,
        *,
        api: str = API,
        types: tuple[str, ...] = TYPES,
        behind: int = BEHIND,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rest = Rest(instance, token, wait)
        self._instance = self._rest.instance
        if not _VERSION.fullmatch(api):
            raise BadInput(f"{api!r} is no version of the API", next="like v62.0")
        for kind in types:
            if not _PLAIN.fullmatch(kind):
                raise BadInput(f"{kind!r} is no EVENT_TYPE", next="like LightningPageView")
        self._folder, self._api, self._types, self._behind = folder, api, types, behind
        self._place = folder / "cursor.json"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.cursor = _read_cursor(self._place)

    def poll(self) -> Iterator[Path]:
        """Each file that is new, once it is on disk. ViewtrailError when Salesforce cannot be asked."""
        for file in self._listed():
            if file.id in self.cursor.fetched:
                continue
            path = self._fetch(file)
            self.cursor.note(file, self._behind)
            _write(self._place, json.dumps(asdict(self.cursor)).encode())
            yield path

    def query(self) -> str:
        """What is asked for now."""
        kinds = ", ".join(f"'{kind}'" for kind in self._types)
        where = f"EventType IN ({kinds})"
        if self.cursor.created and self._behind:
            where += f" AND CreatedDate >= {_before(self.cursor.created, self._behind)}"
        elif self.cursor.created:
            at, id_ = self.cursor.created, self.cursor.id
            where += f" AND (CreatedDate > {at} OR (CreatedDate = {at} AND Id > '{id_}'))"
        return (
            "SELECT Id, EventType, LogDate, CreatedDate, LogFileLength FROM EventLogFile "
            f"WHERE {where} ORDER BY CreatedDate, Id"
        )

    def _listed(self) -> Iterator[LogFile]:
        path = f"/services/data/{self._api}/query?{urlencode({'q': self.query()})}"
        while path:
            told = self._json(path)
            records = told.get("records")
            if not isinstance(records, list):
                raise ViewtrailError(
                    "the answer has no records", where=self._instance, next="check the API version"
                )
            for record in records:
                yield _log_file(record, self._instance)
            path = "" if told.get("done", True) else _own_path(told.get("nextRecordsUrl"), self._instance)

    def _fetch(self, file: LogFile) -> Path:
        """The file's content under its own name; it is there whole or not at all."""
        path, part = self._folder / file.name, self._folder / f".{file.id}.part"
        source = f"/services/data/{self._api}/sobjects/EventLogFile/{file.id}/LogFile"

        def keep(answer: IO[bytes]) -> None:
            size = 0
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                while block := answer.read(1 << 20):
                    size += len(block)
                    if size > LONGEST_FILE:
                        raise ViewtrailError(f"{file.name} is longer than 8 GiB", where=self._instance)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            if file.length and size != file.length:
                raise CutShort(f"{file.name} has {size:,} of {file.length:,} bytes")

        try:
            self._rest.ask(source, keep)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sync(self._folder)
        return path

    def _json(self, path: str) -> dict[str, Any]:
        found: list[Any] = []

        def keep(answer: IO[bytes]) -> None:
            body = answer.read(LONGEST_ANSWER + 1)
            if len(body) > LONGEST_ANSWER:
                raise ViewtrailError("the answer is too long", where=self._instance)
            try:
                found[:] = [json.loads(body)]
            except (ValueError, RecursionError):
                raise ViewtrailError(
                    "the answer is not JSON", where=self._instance, next="is this the instance's own address?"
                ) from None

        self._rest.ask(path, keep)
        return found[0] if isinstance(found[0], dict) else {}


def _log_file(record: Any, where: str) -> LogFile:
    try:
        file = LogFile(
            id=record["Id"],
            kind=record["EventType"],
            day=record["LogDate"][:10],
            created=datetime.fromisoformat(record["CreatedDate"]).strftime(_TIME)[:-4] + "Z",
            length=int(record.get("LogFileLength") or 0),
        )
        day = datetime.strptime(file.day, "%Y-%m-%d")  # noqa: DTZ007  # a date alone
        if not (_PLAIN.fullmatch(file.id) and _PLAIN.fullmatch(file.kind) and f"{day:%Y-%m-%d}" == file.day):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ViewtrailError("the answer lists what is no EventLogFile", where=where) from None
    return file


def _before(created: str, seconds: int) -> str:
    at = datetime.strptime(created, _TIME) - timedelta(seconds=seconds)  # noqa: DTZ007  # UTC, as it is written
    return at.strftime(_TIME)[:-4] + "Z"


def _own_path(told: Any, where: str) -> str:
    if not isinstance(told, str) or not told.startswith("/services/data/"):
        raise ViewtrailError("the answer's next page is not of this host", where=where)
    return told


def _read_cursor(place: Path) -> Cursor:
    if not place.exists():
        return Cursor()
    try:
        told = json.loads(place.read_text())
        cursor = Cursor(**told)
        _before(cursor.created, 0)
        if not _PLAIN.fullmatch(cursor.id) or not isinstance(cursor.fetched, dict):
            raise ValueError("its id is none")
        return cursor
    except (ValueError, TypeError) as error:
        raise ViewtrailError(
            f"cannot be read ({error})",
            where=str(place),
            next="move it away: all is then fetched again",
        ) from None


def _write(place: Path, content: bytes) -> None:
    part = place.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)
    _sync(place.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
