"""What the directory keeps beside the log: people, hashed numbers, calls without a record, the last book.

Files under HOME/directory, readable by their owner alone, written whole under another name first. Names and
hashes stay here; an event has neither an address nor a number in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any, Final

from viewtrail.errors import ViewtrailError
from viewtrail.sources.directory import Claim, Directory, Link
from viewtrail.sources.numbers import Numbers
from viewtrail.sources.people import Known
from viewtrail.store.keys import load_keys, sync_folder

FOLDER: Final = "directory"
PURPOSE: Final = b"telephone numbers of the directory"
"""The key for numbers is made from the tenant's own for this one purpose: its hashes are no pseudonyms."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that is in the log without its record: what `call.matched` needs once the number is known."""

    source: str
    event: str
    call: str
    hash: str
    agent: str
    at: int
    began: int
    inbound: bool


class DirectoryFiles:
    """The directory's files in one home; each is absent until something was imported."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / FOLDER

    def stamp(self) -> tuple[int, ...]:
        """Changes whenever a table was imported."""
        tables = (self._folder / "people.json", self._folder / "numbers.jsonl")
        return tuple(one.stat().st_mtime_ns if one.exists() else 0 for one in tables)

    def is_there(self) -> bool:
        """Whether anything was imported yet."""
        return self._folder.exists()

    def people(self) -> tuple[Known, int]:
        """What is known of people, and how many imports made it."""
        told = self._read("people.json")
        if told is None:
            return Known(), 0
        facts = {
            agent: tuple((name, value) for name, value in pairs) for agent, pairs in told["facts"].items()
        }
        claims = frozenset(Claim(**claim) for claim in told["claims"])
        return Known(facts, claims, frozenset(told["told"])), told["version"]

    def keep_people(self, known: Known, version: int, gone: Iterable[Claim]) -> None:
        """The people of this version; claims that it no longer has are kept beside with its number."""
        claims = sorted((asdict(claim) for claim in known.claims), key=_order)
        facts = {agent: list(pairs) for agent, pairs in sorted(known.facts.items())}
        with self._appended("people-history.jsonl") as history:
            for claim in gone:
                history.write(json.dumps({"until_version": version, **asdict(claim)}) + "\n")
        self._write(
            "people.json",
            {"version": version, "facts": facts, "claims": claims, "told": sorted(known.told)},
        )

    def numbers(self) -> Numbers:
        """What hashes numbers in this home, under a key made from its log's: the log has to be there."""
        key = digest(load_keys(self._home).tenant, PURPOSE, sha256)
        return Numbers(key)

    def links(self) -> dict[str, tuple[Link, ...]]:
        """Every number's records by the number's hash."""
        found: dict[str, tuple[Link, ...]] = {}
        for told in self._lines("numbers.jsonl"):
            told_hash = told.pop("hash")
            found[told_hash] = (*found.get(told_hash, ()), Link(**told))
        return found

    def keep_links(self, links: Iterable[tuple[str, Link]]) -> None:
        with self._appended("numbers.jsonl") as file:
            for told, link in links:
                file.write(json.dumps({"hash": told, **asdict(link)}) + "\n")

    def waiting(self) -> dict[str, Waiting]:
        """Calls told without a record, by the id of their event."""
        return {told["event"]: Waiting(**told) for told in self._lines("waiting.jsonl")}

    def keep_waiting(self, calls: Iterable[Waiting]) -> None:
        with self._appended("waiting.jsonl") as file:
            for call in calls:
                file.write(json.dumps(asdict(call)) + "\n")

    def matched(self) -> set[str]:
        """The calls among the waiting that were joined since, by the id of their event."""
        return {told["event"] for told in self._lines("matched.jsonl")}

    def keep_matched(self, events: Iterable[str]) -> None:
        with self._appended("matched.jsonl") as file:
            for event in events:
                file.write(json.dumps({"event": event}) + "\n")

    def book(self) -> dict[str, Any] | None:
        """The last snapshot of the book, as it was kept."""
        return self._read("book.json")

    def keep_book(self, book: dict[str, Any]) -> None:
        self._write("book.json", book)

    def directory(self) -> Directory:
        """Who is who now. The log of this home has to be there: its key hashes the numbers."""
        known, _ = self.people()
        return Directory(known.claims, self.links(), self.numbers(), frozenset(self.waiting()))

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self._folder / name
        if not path.exists():
            return None
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ViewtrailError(
                f"cannot be read ({error})", where=str(path), next="move it away and import its table again"
            ) from None
        return told

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        path = self._folder / name
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue  # the last line of a run that was cut off: it is written again by the next

    def _write(self, name: str, told: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._folder / f"{name}.part"
        with _private(part, os.O_TRUNC) as file:
            file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)
        sync_folder(self._folder)

    def _appended(self, name: str) -> _Appended:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _Appended(self._folder / name)


class _Appended:
    """A file opened at its end; on disk when it is closed."""

    def __init__(self, path: Path) -> None:
        self._file = _private(path, os.O_APPEND)
        self.write = self._file.write

    def __enter__(self) -> _Appended:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def _private(path: Path, how: int) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "w", encoding="utf-8")


def _order(claim: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in claim.values())
