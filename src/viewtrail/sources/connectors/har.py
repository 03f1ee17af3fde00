"""HAR, what a browser recorded of its own requests: the same URL rules as for an access log.

The agent is who used the browser: `const` in [web.agent], or a header or cookie by nginx's names for them
(`http_x_user` asked, `sent_http_x_user` answered, `cookie_name`). The time is when the browser began to ask.
Headers, cookies and bodies never enter an event.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.jsonl import BATCH, BOM
from viewtrail.sources.log_lines import Stamps
from viewtrail.sources.requests_told import GIVEN, NOT_GIVEN, STATIC, Request, Requests
from viewtrail.sources.rows import RowsReader
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import Row

LONGEST: Final = 256 << 20
"""Bytes of a HAR file: it is in memory as a whole, bodies included; export it without content above that."""

SHOWN: Final = 4_000  # characters of an entry that is set aside: its address, without bodies

_STATIC_TYPES: Final = frozenset({"stylesheet", "image", "script", "font", "media", "manifest"})


class Entry:
    """One entry of a HAR file, by nginx's names for what it says."""

    def __init__(self, told: Any) -> None:
        self._told = told if isinstance(told, dict) else {}
        self.request = _table(self._told, "request")
        self.response = _table(self._told, "response")
        if not isinstance(self.request.get("url"), str) or not isinstance(self.request.get("method"), str):
            raise BadInput("is no entry with request.method and request.url")

    def get(self, name: str) -> str:
        if name == "time_iso8601":
            return _text(self._told.get("startedDateTime"))
        for start, of in (
            ("sent_http_", self.response),
            ("upstream_http_", self.response),
            ("http_", self.request),
        ):
            if name.startswith(start):
                return _named(of.get("headers"), name.removeprefix(start).replace("_", "-"))
        if name.startswith("cookie_"):
            return _named(self.request.get("cookies"), name.removeprefix("cookie_"))
        return ""

    @property
    def is_static(self) -> bool:
        return self._told.get("_resourceType") in _STATIC_TYPES

    @property
    def status(self) -> int:
        told = self.response.get("status")
        return told if type(told) is int else 0

    def row(self) -> tuple[str, ...]:
        """What makes the request itself, whichever program exported it."""
        about = (self.get("time_iso8601"), self.request["method"], self.request["url"], str(self.status))
        return tuple(about)


class Entries:
    """Makes the event of one entry; `convert` raises BadInput with what is wrong."""

    def __init__(self, source: ByteSource, asked: Asked) -> None:
        self._requests = Requests("har", asked, source.name)
        self._stamps = Stamps(self._requests.mapping.clock)

    def convert(self, row: Row) -> list[Event] | str:
        entry = Entry(row[0])
        if entry.is_static and not self._requests.referers:
            return STATIC
        purpose = entry.get("http_sec_purpose") + entry.get("http_purpose") + entry.get("http_x_moz")
        request = Request(
            method=entry.request["method"],
            target=entry.request["url"],
            status=entry.status,
            who=entry.get(self._requests.rules.agent.field),
            user_agent=entry.get("http_user_agent"),
            ahead="prefetch" in purpose or "prerender" in purpose,
            referer=entry.get("http_referer"),
        )
        return self._requests.tell(request, lambda: self._stamps.micros(entry.get), entry.row())


def read_har(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of a HAR file; the nth entry, if bad, is set aside as `name entry n`.

    BadInput when the file is no HAR, is over 256 MiB, or no mapping says what addresses mean.
    """
    entries = Entries(source, asked)
    items: list[Item] = []
    number = 0
    reader = RowsReader(entries.convert, tally, _shown, _address)

    def place() -> str:
        return f"{source.name} entry {number}"

    for number, told in enumerate(_entries(source), 1):  # noqa: B007  # read by place()
        reader.take((told,), place, items)
        if len(items) >= BATCH:
            yield items
            items = []
    yield items


def _entries(source: ByteSource) -> list[Any]:
    body = bytearray()
    for block in source.blocks():
        body += block
        if len(body) > LONGEST:
            raise BadInput(
                f"is over {LONGEST >> 20} MiB", where=source.name, next="export it without content"
            )
    if source.broken:
        raise BadInput(source.broken, where=source.name)
    try:  # not strictly: bodies of other people's pages may hold any text
        told = json.loads(bytes(body).removeprefix(BOM))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"is not JSON ({str(error)[:100]})", where=source.name) from None
    log = _table(told, "log") if isinstance(told, dict) else {}
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise BadInput("has no log.entries, so it is no HAR file", where=source.name)
    return entries


def _shown(row: Row) -> str:
    """An entry as it is set aside: without bodies, cookies and headers, which may hold passwords."""
    told = row[0] if isinstance(row[0], dict) else {}
    request, response = _table(told, "request"), _table(told, "response")
    kept = {
        "startedDateTime": told.get("startedDateTime"),
        "method": request.get("method"),
        "url": request.get("url"),
        "status": response.get("status"),
    }
    return json.dumps(kept)[:SHOWN]


def _address(row: Row) -> str:
    """The text that an event is made of, to see that it is text."""
    told = row[0] if isinstance(row[0], dict) else {}
    request = _table(told, "request")
    return f"{_text(told.get('startedDateTime'))} {_text(request.get('method'))} {_text(request.get('url'))}"


def _table(told: Any, name: str) -> dict[str, Any]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _named(pairs: Any, name: str) -> str:
    """The value of a header or cookie by its name, in any case."""
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, dict) and _text(pair.get("name")).lower() == name.lower():
            return _text(pair.get("value"))
    return ""


def _looks_like(first: bytes) -> bool:
    start = b"".join(first[:400].split())
    return start.startswith(b'{"log":{')


CONNECTOR = Connector(
    name="har",
    reads="HAR files (what a browser recorded, up to 256 MiB) by the URL rules of an access log",
    suffixes=(".har",),
    looks_like=_looks_like,
    read=read_har,
    gives=Gives(types=GIVEN, unknown=(*NOT_GIVEN, "who used the browser, unless the mapping says it")),
)
