"""What files can be read, and what one file would give: nothing is imported here."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Final

from viewtrail.app import reading
from viewtrail.app.connect_judged import Judged, judged
from viewtrail.app.connect_state import DirectoryFiles
from viewtrail.app.home import Home
from viewtrail.app.import_files import SHOWN, Choice, Imported, alike, is_empty
from viewtrail.errors import BadInput
from viewtrail.event import SUBJECT, VOCABULARY, Event
from viewtrail.measure.reasons import FEEDS
from viewtrail.sources import Item, Mapping
from viewtrail.sources.connectors import Gives, found
from viewtrail.sources.files import SUFFIXES

OWN: Final = {
    "jsonl": "CloudEvents, one object or one array of them a line; anybody's objects with --map",
    "json": "CloudEvents, one object or one array of them, up to 256 MiB; anybody's objects with --map",
    "csv": "the flat columns of an event, or any columns with --map; the separator is seen from the header",
    "parquet": "the flat columns of an event, or any columns with --map",
}

BEHAVIOUR: Final = {
    "record.viewed": "which records were opened: without them there is nothing to look at",
    "record.left": "how long a record was looked at",
    "contact.revealed": "revealed telephone numbers and addresses",
    "call.ended": "calls: their length, who hung up, and the reason for many openings",
    "export.created": "exports",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name, what it reads, and the ends of file names that it is known by."""

    name: str
    reads: str
    suffixes: tuple[str, ...]
    gives: Gives | None = None  # what a system's own format tells; tables tell whatever is in them
    judged: tuple[Judged, ...] = ()


def kinds() -> list[Kind]:
    """Every kind of file that can be read, by name."""
    own = [
        Kind(name, reads, tuple(suffix for suffix, of in SUFFIXES.items() if of == name))
        for name, reads in OWN.items()
    ]
    others = [
        Kind(one.name, one.reads, one.suffixes, one.gives, judged(one.gives.types))
        for one in found().values()
    ]
    return sorted([*own, *others], key=lambda kind: kind.name)


def explain(name: str) -> tuple[Kind, str]:
    """The kind of that name, and what its connector says of itself."""
    for kind in kinds():
        if kind.name == name:
            connector = found().get(name)
            module = import_module(connector.read.__module__) if connector else None
            return kind, (inspect.getdoc(module) or "") if module else ""
    raise BadInput(f"{name!r} is no kind of file", next="see `viewtrail connect list`")


@dataclass
class Quality:
    """What a file would give."""

    read: int = 0
    events: int = 0
    not_mapped: Counter[str] = field(default_factory=Counter)
    aside: Imported = field(default_factory=lambda: Imported(""))
    joins: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    no_agent: int = 0
    no_sequence: int = 0
    more: int = 0
    first: int | None = None
    last: int | None = None

    def take(self, event: Event) -> None:
        self.events += 1
        self.types[event.type] += 1
        self.sources[event.source] += 1
        if SUBJECT.get(event.type) == "agent" and event.subject is not None:
            self.agents.add(event.subject)  # who joined or goes on leave; who entered it may be a machine
        agent = event.data.get("agent")
        if not isinstance(agent, str):
            self.no_agent += 1
        elif event.data.get("actor_kind") in (None, "human"):
            self.agents.add(agent)
        if event.subject is not None and event.type in _OF_RECORDS:
            self.records.add(event.subject)
        self.no_sequence += event.sequence is None
        self.more += bool(event.extra)
        self.first = event.time if self.first is None else min(self.first, event.time)
        self.last = event.time if self.last is None else max(self.last, event.time)

    @property
    def unknown_types(self) -> dict[str, int]:
        return {name: n for name, n in self.types.items() if name not in VOCABULARY}

    @property
    def missing(self) -> list[str]:
        """What cannot be seen with this file alone, in words."""
        lacks = [f"{name}: {what}" for name, what in BEHAVIOUR.items() if name not in self.types]
        for feed, types in FEEDS.items():
            if not any(name in self.types for name in types):
                lacks.append(f"{feed} ({', '.join(types)}): reasons and context from there stay unknown")
        return lacks


_OF_RECORDS: Final = frozenset(
    {"record.viewed", "record.left", "contact.revealed", "call.ended", "record.created"}
)


def choice_to_try(home: Home, kind: str | None, mapping: Mapping | None) -> Choice:
    """How a file would be read in this home: by its people and numbers, if it has any yet."""
    files = DirectoryFiles(home.path)
    return Choice(kind, mapping, directory=files.directory() if files.is_there() else None)


def try_file(path: Path, choice: Choice, tell: Callable[[int, int], None] | None = None) -> Quality:
    """Read `path` as an import would and count what it gives. BadInput as an import."""
    quality = Quality(aside=Imported("", empty=is_empty(path)))
    if quality.aside.empty:
        return quality
    read = reading.read(path, kind=choice.kind, mapping=choice.mapping, directory=choice.directory)
    with closing(read) as steps:
        for step in steps:
            for item in step.items:
                _take(quality, item)
            quality.read, quality.not_mapped = step.tally.read, Counter(step.tally.not_mapped)
            quality.joins = Counter(step.tally.joins)
            if tell is not None:
                tell(step.done, step.total)
    return quality


def _take(quality: Quality, item: Item) -> None:
    if isinstance(item, Event):
        quality.take(item)
    else:
        quality.aside.set_aside += 1
        quality.aside.note(item.place, item.reason, alike(item.reason))


__all__ = ["SHOWN", "Choice", "Kind", "Quality", "choice_to_try", "explain", "kinds", "try_file"]
