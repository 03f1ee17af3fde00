"""The time zones of one calendar file, under names that no other file can mean something else by.

icalendar keeps every VTIMEZONE it has seen for the life of the process, by its name alone: a second file's
"Customized Time Zone" would be read by the first file's rules. So what a file itself describes gets a name
with its own description in it. Names that everybody knows, Windows' too, are left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FOLDED: Final = re.compile(r"\r?\n[ \t]")
_OWN: Final = re.compile(r"^TZID[^:\r\n]*:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)
_NAMED: Final = re.compile(r';TZID=(?:"([^"\r\n]*)"|([^":;,\r\n]*))', re.IGNORECASE)
_OF_CALENDAR: Final = re.compile(r"^X-WR-TIMEZONE[^:\r\n]*:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)


class Zones:
    """What the names of zones in one file stand for; `described` are the VTIMEZONEs of it."""

    def __init__(self, timezones: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        described = []
        for told in timezones:
            text = unfolded(told).strip()
            found = _OWN.search(text)
            name = found[1].strip() if found else ""
            if not name or _is_known(name):
                continue
            described_as = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
            own = f"{name.strip('/')} {described_as[:16]}"
            self._names[name] = own
            literally = f"TZID:{own}".replace("\\", r"\\")
            described.append(_OWN.sub(literally, text, count=1) + "\r\n")
        self.described = "".join(described)

    def named(self, component: str) -> str:
        """The text of a component, on unfolded lines, with the zones that are meant."""

        def own(found: re.Match[str]) -> str:
            name = found[1] if found[1] is not None else found[2]
            return f';TZID="{self._names.get(name) or _without_vendor(name)}"'

        return _NAMED.sub(own, unfolded(component))


def unfolded(text: str) -> str:
    """Long lines as one (RFC 5545 3.1)."""
    return _FOLDED.sub("", text)


def of_calendar(text: str) -> ZoneInfo | None:
    """The zone that a calendar's owner set for it, if it is one of those that everybody knows."""
    found = _OF_CALENDAR.search(text)
    return _zone(found[1].strip()) if found else None


def _without_vendor(name: str) -> str:
    """/freeassociation.sourceforge.net/Europe/Berlin is Europe/Berlin (RFC 5545 3.2.19)."""
    parts = name.strip("/").split("/")
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((end for end in ends if _zone(end)), name) if name.startswith("/") else name


@lru_cache(maxsize=1_000)
def _is_known(name: str) -> bool:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return name in WINDOWS_TO_OLSON or _zone(_without_vendor(name)) is not None


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
