"""How many pages with a record went to each kind of browser, and how many gave no sign of being seen.

Counted by browser and hour and never by person: a blocked beacon is a matter of the source's health.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

HOUR: Final = 3_600_000_000

WAIT: Final = 120_000_000
"""µs after the end of an hour in which its last pages may still become seen or unseen."""

MOST: Final = 30
"""Kinds told apart in an hour: who asks says what it is, so that there could be any number of them."""

OTHER: Final = "other"

_KINDS: Final = (
    ("Edge", re.compile(r"\bEdgA?(?:iOS)?/(\d{1,4})(?!\d)")),
    ("Opera", re.compile(r"\bOPR/(\d{1,4})(?!\d)")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/(\d{1,4})(?!\d)")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d{1,4})(?!\d)")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS)/(\d{1,4})(?!\d)")),
    ("Safari", re.compile(r"\bVersion/(\d{1,4})(?!\d)[\d.]* (?:Mobile/\w+ )?Safari/")),
)
"""Most others say that they are Chrome or Safari too, so the order decides."""


def browser_of(user_agent: str) -> str:
    """Family and major version, such as "Firefox 145"; "other" for what is none of the usual browsers."""
    for name, kind in _KINDS:
        found = kind.search(user_agent[:1_000])
        if found is not None:
            return f"{name} {int(found[1])}"
    return OTHER


class Counted(NamedTuple):
    """In the hour that begins at `hour` (µs), `unseen` of `pages` sent to this browser gave no sign."""

    hour: int
    browser: str
    pages: int
    unseen: int


class BrowserCounts:
    """Counts of pages by the hour in which they went out, given once each hour is over.

    Pages from before `since` (µs) were another process's to count.
    """

    def __init__(self) -> None:
        self.since = 0
        self._hours: dict[int, dict[str, list[int]]] = {}

    def count(self, issued: int, browser: str, *, seen: bool) -> None:
        """What became of one page that was sent at `issued` (µs)."""
        if issued < self.since:
            return
        hour = self._hours.setdefault(issued // HOUR, {})
        kind = browser if browser in hour or len(hour) < MOST else OTHER
        pages = hour.setdefault(kind, [0, 0])
        pages[0] += 1
        pages[1] += not seen

    def due(self, now: int | None) -> Iterator[Counted]:
        """The hours that are over at `now` (µs), all for None; each is gone once the next is asked for."""
        for hour in sorted(self._hours):
            if now is not None and (hour + 1) * HOUR + WAIT > now:
                return
            for browser, (pages, unseen) in sorted(self._hours[hour].items()):
                yield Counted(hour * HOUR, browser, pages, unseen)
                del self._hours[hour][browser]
            del self._hours[hour]
