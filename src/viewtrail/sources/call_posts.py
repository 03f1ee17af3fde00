"""Calls that a telephone system posts, or writes as JSON: each object a row, and rows joined to calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from viewtrail.errors import BadInput
from viewtrail.event.kinds import Fault, opaque
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import LONGEST_ID, CallFile, Told
from viewtrail.sources.call_rows import CallRows
from viewtrail.sources.calls import Leg, Row, Teller, legs_told
from viewtrail.sources.chunks import OneRow
from viewtrail.sources.intake import Item, Tally, aside
from viewtrail.sources.jsonl import BATCH, in_pieces
from viewtrail.sources.posts import LONGEST_POST, Post, posts, posts_in
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown

LONGEST_NAME: Final = 40
"""Characters of a phone's name within an event's id."""

Convert = Callable[[Post], Told | str]
"""What an object says of a call, or why it says nothing of one that is over."""


class Gathered(Protocol):
    """Where the rows of calls wait for each other: `CallRows`, or what knows better when a call is over."""

    def add(self, call: str, row: Row, into: list[Item], *, over: bool = False) -> None: ...

    def end(self, into: list[Item]) -> None: ...


@dataclass(frozen=True, slots=True)
class Joined:
    """What is needed to gather rows and to tell them."""

    teller: Teller
    tally: Tally
    asked: Asked


def plain_rows(joined: Joined) -> Gathered:
    """Rows that come when the call is over, and wait for the others of their call alone."""
    return CallRows(joined.teller, joined.asked.held)


class CallPosts(CallFile):
    """One file of posted calls being read; what is said of the telephone system is as in any call file."""

    def __init__(self, source: ByteSource, tally: Tally, asked: Asked, default_source: str) -> None:
        super().__init__(source, tally, asked, default_source)
        self._posted, self._counted, self._how = source, tally, asked

    def read_posts(
        self,
        convert: Convert,
        legs: Callable[[Sequence[Row]], Sequence[Leg]] = legs_told,
        gathered: Callable[[Joined], Gathered] = plain_rows,
    ) -> Iterator[list[Item]]:
        """The events of the file's calls, at most 2,000 at a time; a bad row is set aside as `name:line`."""
        tally, held = self._counted, self._how.held
        teller = Teller(self.source, self.place, self.rules, self.directory, tally, legs)
        rows = gathered(Joined(teller, tally, self._how))
        items: list[Item] = []
        read = 0
        for read, raw, told in self._objects():
            line = held.line(read) if held is not None else read + self._posted.before
            self._take(raw, told, read, line, convert, rows, items)
            if len(items) >= BATCH // 2:
                yield from in_pieces(items)
                items = []
        if self._posted.broken:
            self._refuse(b"", BadInput(self._posted.broken), read + 1, items)
        rows.end(items)
        yield from in_pieces(items)

    def _objects(self) -> Iterator[tuple[int, bytes, Any]]:
        """Each object with its line and text, of which each of several in one line has its own."""
        for line, raw in posts_in(self._posted):
            raw = raw.strip(b"\r\n")
            if not raw.strip():
                continue
            try:
                if len(raw) > LONGEST_POST and b"\n" not in raw:
                    raise BadInput(f"is over {LONGEST_POST >> 20} MiB on one line")
                found = posts(raw)
            except BadInput as error:
                yield line, raw, error
                continue
            alone = len(found) == 1 and b"\n" not in raw
            for one in found:
                yield line, raw if alone else json.dumps(one).encode(), one

    def _take(
        self, raw: bytes, told: Any, read: int, line: int, convert: Convert, rows: Gathered, items: list[Item]
    ) -> None:
        tally = self._counted
        try:
            if isinstance(told, BadInput):
                raise told
            if not isinstance(told, dict):
                raise BadInput("is not a JSON object")
            said = convert(told)
            if isinstance(said, str):
                tally.read += 1
                tally.not_mapped[said] += 1
                return
            call, parts, over = said
            if not (call.isascii() and call.isprintable() and 0 < len(call) <= LONGEST_ID):
                raise BadInput(f"the call's id {shown(call)} is no id")
        except BadInput as error:
            self._refuse(raw, error, line, items)
            return
        rows.add(call, Row(read, line, OneRow(raw.decode(), read), parts), items, over=over)

    def _refuse(self, raw: bytes, error: BadInput, line: int, items: list[Item]) -> None:
        self._counted.read += 1
        self._counted.set_aside += 1
        items.append(aside(raw, error, f"{self.place}:{line}"))


@lru_cache(maxsize=4096)
def phone(name: str) -> str:
    """The name of an own phone, if an event's id can have it in it."""
    try:
        if len(name) > LONGEST_NAME:
            raise Fault(f"has more than {LONGEST_NAME} characters")
        return opaque(name)
    except Fault as fault:
        raise BadInput(f"the phone {shown(name)} {fault}") from None
