"""Lines of a web server's access log by their format: nginx's variables, combined lines, or JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, decode
from viewtrail.sources.cells import plain
from viewtrail.sources.times import Clock, shown, time_reader
from viewtrail.sources.url_rules import WebRules
from viewtrail.sources.wall_clock import PAST, in_range

QUOTED: Final = r'[^"\\]*(?:\\.[^"\\]*)*'
COMBINED: Final = (
    r"(?P<remote_addr>\S+) \S+ (?P<remote_user>.*?) \[(?P<time_local>[^\]]*)\] "
    rf'"(?P<request>{QUOTED})" (?P<status>\d{{3}}|-) \S+'
    rf'(?: "(?P<http_referer>{QUOTED})" "(?P<http_user_agent>{QUOTED})")?'
    # What else is logged. No bracket: a user name that is made up like a line must not pass for one
    rf'(?: (?:"{QUOTED}"|[^"\[\s]+))*'
)
"""Common and combined lines, as Apache and nginx write them, perhaps with more behind."""

MONTHS: Final = {name: number for number, name in enumerate(
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1
)}  # fmt: skip
_STAMP: Final = re.compile(
    r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.\d{1,6})? ([+-])(\d\d)(\d\d)", re.ASCII
)
LENGTH: Final = 26  # of such a time without fractions of a second
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_CONTROL: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v", b"f": b"\f"}

Get = Callable[[str], str]
"""A variable of one line by its name in nginx, without the $; "" if the line does not say it."""


class _Said(dict[str, str]):
    """What a line says, by name; "" for what it does not say."""

    def __missing__(self, name: str) -> str:
        return ""


class LineFormat:
    """Reads lines by the format that the mapping says, combined if it says none; a line with { is JSON."""

    def __init__(self, rules: WebRules, place: str) -> None:
        self._pattern = re.compile(_pattern(rules.format, place) if rules.format else COMBINED)
        self._fields = {
            name: _expression(told, f"{place} fields {name}") for name, told in rules.fields.items()
        }

    def read(self, line: str) -> Get:
        """What the line says; BadInput if it is not of this format."""
        if line.startswith("{"):
            return self._json(line)
        found = self._pattern.fullmatch(line)
        if found is None:
            raise BadInput("is not a line of this log format", next="say its log_format: format in [web]")
        told = _Said(found.groupdict(""))
        if "\\" in line:
            told.update({name: unescaped(value) for name, value in told.items() if "\\" in value})
        if "-" in told.values():
            told.update({name: "" for name, value in told.items() if value == "-"})
        return told.__getitem__

    def _json(self, line: str) -> Get:
        told = decode(line)
        if not isinstance(told, dict):
            raise BadInput("is not a JSON object")
        fields = self._fields

        def get(name: str) -> str:
            wanted = fields.get(name)
            value = told.get(name) if wanted is None else wanted(told)
            if value is None or value == "-":
                return ""
            if isinstance(value, list) and len(value) == 1:  # headers may come as lists of one
                value = value[0]
            return plain(value) if isinstance(value, (str, int, float)) else ""

        return get


def _expression(told: str, where: str) -> Callable[[Any], Any]:
    try:
        search: Callable[[Any], Any] = jmespath.compile(told).search
    except JMESPathError as error:
        raise BadInput(f"{told!r} is no JMESPath ({str(error).splitlines()[0]})", where=where) from None
    return search


def _pattern(form: str, place: str) -> str:
    """nginx's log_format as a pattern: a variable ends where what stands behind it begins."""
    found, end, seen = "", 0, set[str]()
    for part in _VARIABLE.finditer(form):
        before = form[end : part.start()]
        after = form[part.end() : part.end() + 1]
        name = part[1] or part[2]
        end = part.end()
        value = QUOTED if before.endswith('"') else r"[^\]]*" if before.endswith("[") else _until(name, after)
        found += re.escape(before) + (f"(?:{value})" if name in seen else f"(?P<{name}>{value})")
        seen.add(name)
    if not {"request", "request_uri"} & seen or not {"time_local", "time_iso8601", "msec", "time"} & seen:
        raise BadInput(
            "has no $request or no $time_local", where=f"{place} format", next="copy nginx's log_format here"
        )
    return found + re.escape(form[end:])


def _until(name: str, after: str) -> str:
    if name == "remote_user":
        return r'[^"\[]*?'  # a name may hold blanks; nginx and Apache escape quotes in it
    return r"\S*" if after in (" ", "") else f"[^{re.escape(after)}]*"


@lru_cache(maxsize=4096)
def unescaped(value: str) -> str:
    """`\\x22` and `\\"` as the characters they stand for."""
    raw = _ESCAPE.sub(_escape, value.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "backslashreplace")


def _escape(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if found[1] else _CONTROL.get(found[2], found[2])


class Stamps:
    """The time of a line, by whichever of nginx's variables it has; the zone is the line's own."""

    def __init__(self, clock: Clock) -> None:
        self._other = time_reader(clock)
        self._iso = time_reader(Clock("iso", clock.zone, clock.overrule, clock.ambiguous))
        self._hours: dict[tuple[str, str], int] = {}

    def micros(self, get: Get) -> int:
        local = get("time_local")
        if local:
            return self._local(local)
        for name, read in (("time_iso8601", self._iso), ("msec", _epoch), ("time", self._other)):
            told = get(name)
            if told:
                return in_range((read(told).astimezone(UTC) - EPOCH) // timedelta(microseconds=1))
        raise BadInput("has no time", next="log $time_local, or say its name in fields of [web]")

    def _local(self, told: str) -> int:
        """`02/Mar/2026:09:14:03 +0200`; hours are worked out once."""
        hour, past = (told[:14], told[20:]), PAST.get(told[14:20])
        start = self._hours.get(hour)
        if start is not None and past is not None:
            return start + past
        found = _STAMP.fullmatch(told)
        if found is None:
            raise BadInput(f"time {shown(told)} is not like 02/Mar/2026:09:14:03 +0200")
        minute, second = int(found[5]), int(found[6])
        start = _hour(found)
        if len(self._hours) < 100_000 and len(told) == LENGTH:
            self._hours[hour] = start
        if minute > 59 or second > 60:
            raise BadInput(f"time {shown(told)} never was")
        return start + (minute * 60 + min(second, 59)) * 1_000_000


def _hour(found: re.Match[str]) -> int:
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    try:
        zone = timezone(-offset if found[7] == "-" else offset)
        at = datetime(int(found[3]), MONTHS.get(found[2], 0), int(found[1]), int(found[4]), tzinfo=zone)
        return in_range((at - EPOCH) // timedelta(microseconds=1))
    except (ValueError, OverflowError):
        raise BadInput(f"time {shown(found[0])} never was") from None


_epoch = time_reader(Clock("epoch"))
