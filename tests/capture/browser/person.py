"""An agent at the screen, and the truth about what was seen, by the test's own clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from capture.browser.chromium import Chromium, Tab, until
from capture.browser.crm import Crm
from viewtrail.event import Event


class Person:
    """Signed in to the CRM in a context with cookies of its own."""

    def __init__(self, browser: Chromium, crm: Crm, name: str) -> None:
        self.browser = browser
        self.crm = crm
        self.context = browser.person()
        first = self.tab()
        first.go(f"{crm.url}/as/{name}")
        first.close()

    def tab(self, path: str = "", *, behind: bool = False) -> Tab:
        tab = self.browser.tab(context=self.context, behind=behind)
        if path:
            tab.go(self.crm.url + path)
        return tab

    def unwatched(self, path: str) -> str:
        """A tab that no developer tools are attached to (with them nothing is prerendered): its target."""
        made = self.browser.send(
            "Target.createTarget", url=self.crm.url + path, browserContextId=self.context
        )
        return str(made["targetId"])

    def viewed(self, count: int, record: str | None = None) -> list[Event]:
        """The openings told, once there are `count` of them."""
        return self._told("record.viewed", count, record)

    def left(self, count: int, record: str | None = None) -> list[Event]:
        return self._told("record.left", count, record)

    def _told(self, type_: str, count: int, record: str | None) -> list[Event]:
        kept = self.crm.kept
        until(
            lambda: len(kept.of(type_, record=record)) >= count,
            lambda: time.sleep(0.02),
            what=f"{count} {type_} of {record}",
            seconds=12,
        )
        return kept.of(type_, record=record)


class Looking:
    """Seconds that a page was in front of the person: `with looking: ...` adds them up.

    `with looking.turning(): ...` is a step in which the page comes to the front or goes away, nobody knows
    when: a machine with much to do takes its time over it, and that is in neither of the two.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.unsure = 0.0

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.monotonic() - self._since

    @contextmanager
    def turning(self) -> Iterator[None]:
        since = time.monotonic()
        yield
        self.unsure += time.monotonic() - since
