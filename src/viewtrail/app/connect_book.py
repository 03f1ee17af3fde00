"""A snapshot of the book into the log: what changed since the last one, and what it no longer has."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from viewtrail.app.connect_people import append
from viewtrail.app.connect_state import DirectoryFiles
from viewtrail.app.home import Home
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources import SetAside
from viewtrail.sources.book import Book, after, as_plain, changes, from_plain, read_book


@dataclass
class BookImported:
    """What became of one snapshot; `at` is its time."""

    at: int
    first: bool
    records: int = 0
    fresh: int = 0
    changed: int = 0
    gone: list[str] = field(default_factory=list)
    told: int = 0
    aside: list[SetAside] = field(default_factory=list)


def import_book(home: Home, path: Path, *, at: int | None, now: int) -> BookImported:
    """Tell the log what the snapshot says that the last did not. The same snapshot again adds nothing.

    `at` is when it was taken, else when the file was last written. BadInput for one older than the last.
    """
    book: Book = {}
    aside: list[SetAside] = []
    for one in read_book(path):
        if isinstance(one, SetAside):
            aside.append(one)
        else:
            book[one[0]] = one[1]
    taken = min(now, path.stat().st_mtime_ns // 1_000) if at is None else at
    home.writer().close()  # the log and its keys are there from the first use on
    files = DirectoryFiles(home.path)
    last = files.book()
    if last is not None and taken < last["at"]:
        raise BadInput(
            f"is a snapshot of {rfc3339(taken)}, older than the last one of {rfc3339(last['at'])}",
            where=path.name,
            next="import snapshots in their order, or say --at TIME",
        )
    before = None if last is None else from_plain(last["records"])
    found = changes(before, book, taken)
    receipts = append(home, found.events, now)
    files.keep_book({"at": taken, "records": as_plain(after(before, book))})
    return BookImported(
        at=taken,
        first=before is None,
        records=len(book),
        fresh=found.fresh,
        changed=found.changed,
        gone=found.gone,
        told=sum(receipt.outcome == "added" for receipt in receipts),
        aside=aside,
    )
