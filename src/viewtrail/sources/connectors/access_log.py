"""Access logs of nginx and Apache: which records were asked for, by whom, by the URL rules of the mapping.

A line is a request that was answered. What its address means stands in [web] of the mapping: an address is an
opening, a list, a search, an export or a reveal. The server knows that it sent a page and not that somebody
looked at it, so `seen` is unknown. What a program asked for, what is data and no page, and pages that the
browser fetched ahead are `record.served`. An address is read as the server reads it (escapes, double slashes,
dots), so that another spelling is no way around a rule. Values of a query never enter an event, except the
record's own id. Who asked is the signed-in user of the log, a field of a JSON line, or the hash of a cookie;
the directory says which agent that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from viewtrail.event import Event
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.csv_rows import LongLine, text_lines
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.jsonl import BATCH, in_pieces
from viewtrail.sources.log_lines import COMBINED, Get, LineFormat, Stamps
from viewtrail.sources.requests_told import GIVEN, NOT_GIVEN, Request, Requests
from viewtrail.sources.rows import RowsReader
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import Row

NO_REQUEST: Final = "no request of HTTP"
_REQUEST: Final = re.compile(r"([A-Z]{3,10}) (\S.*?)(?: HTTP/\d(?:\.\d)?)?", re.DOTALL)
_METHODS: Final = frozenset({"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROTOCOLS: Final = frozenset({"HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/2", "HTTP/3.0", "HTTP/3"})
"""What nearly every request line begins and ends with; for the rest the pattern is asked."""

_AHEAD: Final = ("http_sec_purpose", "http_purpose", "http_x_purpose", "http_x_moz")


class Lines:
    """Makes the event of one line; `convert` raises BadInput with what is wrong."""

    def __init__(self, source: ByteSource, asked: Asked) -> None:
        self._requests = Requests("access-log", asked, source.name)
        mapping = self._requests.mapping
        self._format = LineFormat(self._requests.rules, f"{mapping.place} [web]")
        self._stamps = Stamps(mapping.clock)
        self._who = self._requests.rules.agent.field

    def convert(self, row: Row) -> list[Event] | str:
        get = self._format.read(row[0])
        request = self._request(get, row[0])
        if request is None:
            return NO_REQUEST
        own = get("request_id")
        return self._requests.tell(request, lambda: self._stamps.micros(get), row, own)

    def _request(self, get: Get, line: str) -> Request | None:
        method, target = get("request_method"), get("request_uri")
        if not target:
            asked = _asked(get("request"))
            if asked is None:
                return None
            method, target = asked
        status = get("status")
        return Request(
            method=method or "GET",
            target=target,
            status=int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 0,
            who=get(self._who),
            host=get("host"),
            user_agent=get("http_user_agent"),
            ahead="pre" in line and any(_is_ahead(told) for told in map(get, _AHEAD)),
            referer=get("http_referer") if self._requests.referers else "",
        )


def _asked(request: str) -> tuple[str, str] | None:
    """Method and target of a request's first line; None if it is none of HTTP."""
    method, _, rest = request.partition(" ")
    target, _, protocol = rest.rpartition(" ")
    if method in _METHODS and protocol in _PROTOCOLS and target and not target[0].isspace():
        return method, target
    found = _REQUEST.fullmatch(request)
    return (found[1], found[2]) if found else None


def _is_ahead(purpose: str) -> bool:
    return "prefetch" in purpose or "prerender" in purpose


def read_access_log(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of an access log; a line that cannot be read is set aside as `name:line`.

    BadInput when no mapping says what the addresses mean.
    """
    lines = Lines(source, asked)
    number = source.before
    reader = RowsReader(lines.convert, tally, _line, _line)
    items: list[Item] = []

    def place() -> str:
        return f"{source.name}:{number}"

    encoding = asked.mapping.encoding if asked.mapping else "utf-8"
    for number, line in enumerate(text_lines(source, encoding), source.before + 1):  # noqa: B007  # read by place()
        if isinstance(line, LongLine):
            reader.refuse(*line.refused(), place(), items)
            continue
        text = line.rstrip("\r\n")
        if not text:
            continue
        reader.take((text,), place, items)
        if len(items) >= BATCH:
            yield items
            items = []
    if source.broken:
        reader.refuse("", source.broken, f"{source.name}:{number + 1}", items)
    yield from in_pieces(items)


def _line(row: Row) -> str:
    text: str = row[0]
    return text


_COMBINED: Final = re.compile(COMBINED)


def _looks_like(first: bytes) -> bool:
    line = first.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r")
    return len(line) < 4_000 and "[" in line and _COMBINED.fullmatch(line) is not None


CONNECTOR = Connector(
    name="access-log",
    reads="access logs of nginx and Apache (combined, any log_format, or JSON lines) by URL rules",
    suffixes=(),
    looks_like=_looks_like,
    read=read_access_log,
    gives=Gives(types=GIVEN, unknown=NOT_GIVEN, latency="a second when the log is followed"),
    follows=True,
)
