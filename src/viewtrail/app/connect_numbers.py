"""The table of numbers into the directory and the log, and the calls that it joins to their records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from viewtrail.app.connect_people import append
from viewtrail.app.connect_state import DirectoryFiles, Waiting
from viewtrail.app.home import Home
from viewtrail.app.import_files import Choice
from viewtrail.event import Event, derived_id
from viewtrail.sources import Mapping, SetAside
from viewtrail.sources.calls import UNMATCHED, contacted
from viewtrail.sources.directory import Directory
from viewtrail.sources.phone_book import Linked, linked, read_numbers


@dataclass
class NumbersImported:
    """What became of a table of numbers."""

    rows: int = 0
    fresh: int = 0  # links that were not known
    records: int = 0
    shared: int = 0  # numbers of several records in the whole directory
    shared_at: list[str] = field(default_factory=list)  # places in this table
    matched: int = 0
    aside: list[SetAside] = field(default_factory=list)


def import_numbers(home: Home, path: Path, *, country: str, now: int) -> NumbersImported:
    """Keep which number is whose as keyed hashes, tell the log, and join the calls that were waiting."""
    home.writer().close()  # the first use makes the log and its keys; numbers are hashed with one of them
    files = DirectoryFiles(home.path)
    done = NumbersImported()
    links = {told: set(of) for told, of in files.links().items()}
    fresh: list[Linked] = []
    records = set()
    for one in read_numbers(path, files.numbers(), country):
        if isinstance(one, SetAside):
            done.aside.append(one)
            continue
        done.rows += 1
        records.add(one.link.record)
        of = links.setdefault(one.hash, set())
        if one.link not in of:
            of.add(one.link)
            fresh.append(one)
        if len({link.record for link in of}) > 1:
            done.shared_at.append(one.place)
    append(home, [linked(one, now) for one in fresh], now)
    files.keep_links((one.hash, one.link) for one in fresh)
    done.fresh, done.records = len(fresh), len(records)
    done.shared = sum(len({link.record for link in of}) > 1 for of in links.values())
    done.matched = match_calls(home, now=now).matched
    return done


@dataclass(frozen=True, slots=True)
class Matched:
    """How many of the calls that waited for their number are joined now."""

    waiting: int
    matched: int


def match_calls(home: Home, *, now: int) -> Matched:
    """`call.matched` for every call in the log whose number has become one record's. Safe to repeat."""
    files = DirectoryFiles(home.path)
    waiting, before = files.waiting(), files.matched()
    still = [call for name, call in waiting.items() if name not in before]
    if not still:
        return Matched(0, 0)
    directory = Directory(links=files.links())
    found = []
    for call in still:
        record, _, _ = directory.of_hash(call.hash, call.began)
        if record is not None:
            found.append((call, record))
    append(home, [event for call, record in found for event in _events(call, record)], now)
    files.keep_matched(call.event for call, _ in found)
    return Matched(len(still), len(found))


def _events(call: Waiting, record: str) -> list[Event]:
    told = [call.source, call.event, record]
    data = {"agent": call.agent, "call": call.call, "record": record}
    events = [Event(call.source, derived_id("matched", call.source, told, 0), "call.matched", call.at, data)]
    if call.inbound:
        events.append(contacted(call.source, call.call, call.began, record))
    return events


class WaitingCalls:
    """The calls in the log that have no record yet, kept as they go in."""

    def __init__(self, files: DirectoryFiles) -> None:
        self._files = files
        self._known = set(files.waiting())

    def keep(self, events: Iterable[Event]) -> None:
        """Note those of these events that are such calls, before they go into the log: none is missed."""
        fresh = [
            call
            for event in events
            if (call := _waiting(event)) is not None and call.event not in self._known
        ]
        if fresh:
            self._files.keep_waiting(fresh)
            self._known.update(call.event for call in fresh)


def _waiting(event: Event) -> Waiting | None:
    told = event.extra.get("data", {}).get(UNMATCHED)
    if event.type != "call.ended" or event.subject is not None or not isinstance(told, dict):
        return None
    return Waiting(
        source=event.source,
        event=event.id,
        call=event.data["call"],
        hash=told["number"],
        agent=event.data["agent"],
        at=event.time,
        began=told["began"],
        inbound=told["outside"],
    )


def choice_of(home: Home, kind: str | None, mapping: Mapping | None, *, live: bool = False) -> Choice:
    """How files are read in a home whose log is there: by its directory, noting calls without a record."""
    files = DirectoryFiles(home.path)
    return Choice(kind, mapping, live, files.directory(), WaitingCalls(files).keep)
