"""Polling an interface for its audit rows: each row once, into files of lines that a connector reads.

1. Rows are asked for in their order, after the last one that was seen: with a greater place, or the same
   place and a greater id, so that between two pages no row of one instant is lost or asked for again.
2. Every poll begins a little before the newest row, because rows become visible late and out of order. What
   was fetched already is known by its id and not written twice.
3. A page is on disk, whole and under its own name, before the cursor says so. A stop in between fetches it
   again into another file; its rows have their own ids, so nothing is added twice.
4. How to ask, and how to read an answer, is the feed's (poll_feeds.py); patience is poll_http.py's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from viewtrail.errors import ViewtrailError
from viewtrail.sources.transports.poll_http import Ask, Interface

CURSOR: Final = ".cursor.json"
"""Hidden, so that whatever reads the folder's files leaves it alone."""

Place = int | str
"""Where a row stands in its feed: a number, or a time that sorts as text."""


@dataclass
class Cursor:
    """How far a feed was fetched: the newest place and id, and the ids that the next poll will see again."""

    at: Place | None = None
    id: str = ""
    fetched: dict[str, Place] = field(default_factory=dict)
    files: int = 0
    whole: bool = False  # whether the last poll came to its end


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer, and what to ask next; None when there is no more."""

    rows: list[dict[str, Any]]
    next: Ask | None = None


class Feed(Protocol):
    """One list of rows that an interface gives."""

    @property
    def name(self) -> str: ...

    @property
    def in_order(self) -> bool:
        """Whether rows come oldest first; else nothing is done before the last page is."""

    def first(self, since: Place | None) -> Ask:
        """What to ask for everything from `since` on, which is included; None is the beginning."""

    def page(self, ask: Ask, answer: Any) -> Page:
        """The rows of an answer. ViewtrailError when it is none, Refused when it refuses the token."""

    def key(self, row: dict[str, Any]) -> tuple[Place, str]:
        """A row's place and id. KeyError, TypeError or ValueError when it has none."""

    def before(self, at: Place) -> Place:
        """The place from which rows may still become visible when `at` is the newest."""


class Poll:
    """The feeds of one interface, fetched into `folder`."""

    def __init__(self, interface: Interface, feeds: tuple[Feed, ...], folder: Path) -> None:
        self._interface, self._feeds, self._folder = interface, feeds, folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._place = folder / CURSOR
        self.cursors = _read(self._place)

    def poll(self) -> Iterator[tuple[Path, int]]:
        """Each file of new rows with their number, once it is on disk. ViewtrailError: it cannot be asked."""
        for feed in self._feeds:
            yield from self._feed(feed, self.cursors.setdefault(feed.name, Cursor()))

    def _feed(self, feed: Feed, cursor: Cursor) -> Iterator[tuple[Path, int]]:
        since = None if cursor.at is None else feed.before(cursor.at)
        ask: Ask | None = feed.first(since)
        was_whole = cursor.whole
        while ask is not None:
            page, keys = self._interface.ask(ask, partial(self._page, feed, ask))
            if page.next == ask:
                raise ViewtrailError("answers the same page again and again", where=self._interface.address)
            rows = zip(keys, page.rows, strict=True)
            fresh = [(key, row) for key, row in rows if key[1] not in cursor.fetched]
            if fresh:
                path = self._write(feed, cursor, [row for _, row in fresh])
                self._note(feed, cursor, [key for key, _ in fresh])
                yield path, len(fresh)
            ask = None if not fresh and was_whole and _newest_first(feed, keys) else page.next
        self._done(feed, cursor)

    def _page(self, feed: Feed, ask: Ask, told: Any) -> tuple[Page, list[tuple[Place, str]]]:
        """The rows of an answer with their places."""
        try:
            page = feed.page(ask, told)
            return page, [feed.key(row) for row in page.rows]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ViewtrailError(
                f"lists what is no row of {feed.name}",
                where=self._interface.address,
                next="check the address",
            ) from None

    def _write(self, feed: Feed, cursor: Cursor, rows: list[dict[str, Any]]) -> Path:
        path = self._folder / f"{feed.name}-{cursor.files + 1:08}.jsonl"
        while path.exists():  # a poll that stopped before its cursor was written left it
            cursor.files += 1
            path = self._folder / f"{feed.name}-{cursor.files + 1:08}.jsonl"
        _durable(path, "".join(json.dumps(row) + "\n" for row in rows).encode())
        return path

    def _note(self, feed: Feed, cursor: Cursor, keys: list[tuple[Place, str]]) -> None:
        cursor.fetched |= {id_: at for at, id_ in keys}
        cursor.files += 1
        cursor.whole = False
        if feed.in_order:
            self._advance(feed, cursor)
        self._save()

    def _done(self, feed: Feed, cursor: Cursor) -> None:
        """All pages are on disk: what comes next is only what is newer, and what may still become visible."""
        if not cursor.whole and cursor.fetched:
            self._advance(feed, cursor)
            cursor.whole = True
            self._save()

    def _advance(self, feed: Feed, cursor: Cursor) -> None:
        newest = max((at, id_) for id_, at in cursor.fetched.items())
        if cursor.at is None or newest > (cursor.at, cursor.id):
            cursor.at, cursor.id = newest
        floor = feed.before(cursor.at)
        cursor.fetched = {id_: at for id_, at in cursor.fetched.items() if at >= floor}  # type: ignore[operator] # of one feed, all are numbers or all are texts

    def _save(self) -> None:
        told = {name: asdict(one) for name, one in self.cursors.items()}
        _durable(self._place, json.dumps(told).encode())


def _newest_first(feed: Feed, keys: list[tuple[Place, str]]) -> bool:
    """Whether nothing new can follow a page on which all is known."""
    return not feed.in_order and bool(keys) and keys[0] >= keys[-1]


def _read(place: Path) -> dict[str, Cursor]:
    if not place.exists():
        return {}
    try:
        told = json.loads(place.read_text())
        found = {name: Cursor(**one) for name, one in told.items()}
        if not all(isinstance(one.fetched, dict) and isinstance(one.files, int) for one in found.values()):
            raise ValueError("it has no ids")
        return found
    except (ValueError, TypeError, AttributeError) as error:
        raise ViewtrailError(
            f"cannot be read ({error})", where=str(place), next="move it away: all is then fetched again"
        ) from None


def _durable(path: Path, content: bytes) -> None:
    """The content under this name on disk, whole or not at all."""
    part = path.with_name(f".{path.name.lstrip('.')}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
