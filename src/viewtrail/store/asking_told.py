"""What is told of people and campaigns: the same for every question about reasons, so it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from msgspec.structs import replace

from viewtrail.log.entry import Logged
from viewtrail.measure.context import People
from viewtrail.measure.reasons import Book
from viewtrail.settings import Settings
from viewtrail.store.asking_view import Asking
from viewtrail.store.asking_work import Worked
from viewtrail.watch.acts import CAMPAIGNS
from viewtrail.watch.facts import ABOUT_PEOPLE, Facts

Fetch = Callable[[Sequence[int]], list[Logged]]

HEEDED: Final = ABOUT_PEOPLE | CAMPAIGNS

_SOMEBODY: Final = ["r-"]
"""Stands for a campaign's list: that there is one is kept here, who is on it is asked of the segments."""


@dataclass
class Told:
    """People and campaigns as told so far. Safe to use from threads: what is added only ever adds.

    One agent's facts are kept in the order in which they became known, so late ones change nothing else;
    a thousand people and as many campaigns' heads are a few megabytes.
    """

    settings: Settings
    worked: Worked = field(default_factory=Worked)
    _lock: Lock = field(default_factory=Lock)
    _read: int = 0
    _starts: dict[int, tuple[int, str, int]] = field(default_factory=dict)
    "By the index of a campaign.started: when it was known, the campaign, the event's time."
    _named_since: int | None = None
    _looked: int = -1
    _connected: bool = False

    def __post_init__(self) -> None:
        self._facts = Facts(self.settings)

    def people(self, ask: Asking, logged: Fetch) -> People:
        """Everybody of whom something was told. Shared: to be read, not to be changed."""
        with self._lock:
            self._go_on(ask, logged)
        return self._facts.people

    def connected(self, look: Callable[[], bool]) -> bool:
        """Whether reasons can be seen at all; looked up until they can: what the log has, it keeps."""
        self._connected = self._connected or look()
        return self._connected

    def facts(self, ask: Asking, logged: Fetch, listed: Iterable[tuple[str, int]], sealed: int) -> Facts:
        """Fresh facts over all people and campaigns, and which records are on which campaign.

        `listed`: (record, index of a campaign.started with it on its list). `sealed`: entries in segments;
        whether openings name campaigns is looked up again when there are more.
        """
        with self._lock:
            self._go_on(ask, logged)
            if self._named_since is None and self._looked != sealed:
                self._looked = sealed
                ((self._named_since,),) = ask("first_by_campaign")
        found = Facts(self.settings)
        found.people = self._facts.people
        found.book = self._book(listed)
        return found

    def _go_on(self, ask: Asking, logged: Fetch) -> None:
        indexes = ask.unsealed(self._read, HEEDED)
        if indexes is None:
            indexes = [index for (index,) in ask("about_people", after=self._read)]
        for one in sorted(logged(indexes), key=lambda one: (one.known, one.index)):
            self._hear(one)
        self._read = max(self._read, ask.view.size)

    def _hear(self, one: Logged) -> None:
        event, t = one.entry.event, one.entry.event.time - one.entry.skew * 1000
        self._facts.history = one.entry.backfill
        if event.type in ABOUT_PEOPLE:
            self._facts.person(event.type, event, t)
        elif event.type in CAMPAIGNS:
            if event.data.get("records"):
                event = replace(event, data={**event.data, "records": _SOMEBODY})
            self._facts.campaign(event.type, event, t)
            self._starts[one.index] = (one.known, event.data.get("campaign") or event.subject or "", t)

    def _book(self, listed: Iterable[tuple[str, int]]) -> Book:
        book = Book()
        book.campaigns = self._facts.book.campaigns
        book.named_since = self._named_since
        first: dict[tuple[str, str], tuple[int, int]] = {}
        for record, index in listed:
            known, campaign, t = self._starts[index]
            place = (record, campaign)
            first[place] = min(first.get(place, (known, t)), (known, t))
        for (record, campaign), (_, t) in first.items():
            book.get(record).campaigns += ((campaign, t),)
        return book
