"""What a handful of files comes to: read into a log that lives as long as the look, folded, and counted."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from viewtrail.app.backtest import Past, Tried, past, tried
from viewtrail.app.connect_numbers import choice_of
from viewtrail.app.findings import Names
from viewtrail.app.first_look.given import EXTENSION, TABLES, given, read_table
from viewtrail.app.home import Home
from viewtrail.app.import_files import Choice, Imported, import_file, is_empty
from viewtrail.app.spans import zone_of
from viewtrail.event import VOCABULARY
from viewtrail.log import LogReader
from viewtrail.log.entry import Stored
from viewtrail.measure.clocks import Clock, day_of
from viewtrail.measure.reasons import FEEDS, is_short
from viewtrail.measure.short_call_rates import Call, QueueShares, short_call_rates
from viewtrail.settings import Settings
from viewtrail.sources import Mapping
from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.connectors import found
from viewtrail.sources.files import guess_kind
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import Clock as FileClock

BEHAVIOUR: Final = (
    ("record.viewed", "records opened"),
    ("record.left", "how long records stayed open"),
    ("contact.revealed", "contacts revealed"),
    ("call.ended", "calls"),
    ("list.viewed", "lists shown"),
    ("search.performed", "searches"),
    ("export.created", "exports"),
)

_BEHAVIOUR: Final = frozenset(name for name, _ in BEHAVIOUR)


@dataclass
class Seen:
    """What the files hold, counted as they were read; talk times are seconds of answered calls."""

    types: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    talk: list[float] = field(default_factory=list)
    ended_by: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None

    def take(self, event: Stored, clock: Clock) -> None:
        self.types[event.type] += 1
        if event.type in _BEHAVIOUR:  # an assignment may be years old
            self.first = event.time if self.first is None else min(self.first, event.time)
            self.last = event.time if self.last is None else max(self.last, event.time)
        agent = event.data.get("agent")
        if isinstance(agent, str) and event.data.get("actor_kind") in (None, "human"):
            self.agents.add(agent)
        if event.type == "record.viewed" and event.subject is not None:
            self.records.add(event.subject)
        if event.type == "call.ended" and isinstance(agent, str):
            self._call(event, agent, clock)

    def _call(self, event: Stored, agent: str, clock: Clock) -> None:
        data = event.data
        answered, talk = data.get("answered"), data.get("talk_ms")
        if answered is False:
            return
        known = answered is True and talk is not None
        short = is_short(answered, talk, data.get("machine")) if known else None
        way = "incoming" if data.get("direction") == "in" else "outgoing"
        queue = f"{way}, {data['campaign']}" if data.get("campaign") else f"{way}, no list named"
        self.calls.append(Call(queue, agent, day_of(clock, event.time), short))
        if talk is not None and answered is True:
            self.talk.append(talk / 1_000)
            if short:
                self.ended_by[data.get("ended_by") or "not known"] += 1

    @property
    def shown(self) -> list[tuple[str, int]]:
        """Kinds of behaviour with how often the files show them; none is 0."""
        return [(words, self.types[name]) for name, words in BEHAVIOUR]

    @property
    def feeds(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """(feed, its types, whether the files bring it): what reasons can be seen from."""
        return [(name, of, any(self.types[one] for one in of)) for name, of in FEEDS.items()]

    @property
    def unknown(self) -> dict[str, int]:
        return {name: n for name, n in self.types.items() if name not in VOCABULARY}


@dataclass
class Look:
    """All that one page says. Names are the source's own where they were asked for, else pseudonyms."""

    settings: Settings
    files: list[Imported]
    seen: Seen
    queues: list[QueueShares]
    past: Past
    limits: list[Tried]
    name: Callable[[str], str]


def look(
    files: Sequence[str],
    settings: Settings,
    use: Callable[[Look], None],
    *,
    choice: Choice,
    source_ids: bool = False,
    clock: Callable[[], int],
    tell: Callable[[str], None] | None = None,
) -> None:
    """Read `files` (each FILE, KIND=FILE or MAP.toml=FILE) and hand what they come to to `use`.

    Everything lies in a temporary folder that is gone afterwards. BadInput when a file cannot be read.
    """
    say = tell or (lambda words: None)
    with tempfile.TemporaryDirectory(prefix="viewtrail-first-look-") as folder:
        home = Home(Path(folder), settings)
        read = list(_read(home, files, choice, clock, say))
        say("folding what was read")
        with home.reader() as reader:
            use(_look(reader, settings, read, source_ids))


def _read(
    home: Home, files: Sequence[str], choice: Choice, clock: Callable[[], int], say: Callable[[str], None]
) -> Iterator[Imported]:
    found = [given(text, choice) for text in files]
    rules = [one.choice.mapping.calls for one in found if one.choice.mapping and one.choice.mapping.calls]
    country = next((one.country for one in rules if one.country), "")
    for one in sorted((one for one in found if one.table), key=lambda one: TABLES.index(one.table)):
        say(f"reading {one.path}")
        yield read_table(home, one, country, clock(), say)
    with home.writer() as log:
        for one in found:
            if one.table:
                continue
            say(f"reading {one.path}")
            kind, path = one.choice.kind, one.path
            empty = is_empty(path)
            how = choice_of(
                home, kind, one.choice.mapping or (None if empty else _phones(path, kind, home.settings))
            )
            yield import_file(log, path, how, clock=clock, sign_every=10**9)


def _phones(path: Path, kind: str | None, settings: Settings) -> Mapping | None:
    """How a telephone system's own file is read where nobody says who is who: extensions are the agents."""
    if kind is None:
        source = ByteSource(path)
        try:
            kind = guess_kind(source.name, source.first())
        finally:
            source.close()
    connector = found().get(kind)
    if connector is None or "call.ended" not in connector.gives.types or not connector.follows:
        return None
    clock = FileClock(zone=zone_of(settings.time_zone))
    rules = CallRules(unlisted=EXTENSION)
    return Mapping("first-look", kind, "/pbx", (), clock, calls=rules)


def _look(reader: LogReader, settings: Settings, read: list[Imported], source_ids: bool) -> Look:
    seen, clock = Seen(), Clock(settings.time_zone)
    for logged in reader.read():
        seen.take(logged.entry.event, clock)
    names = Names(reader)
    of = past(reader.read_known(), settings)
    return Look(
        settings,
        read,
        seen,
        short_call_rates(seen.calls),
        of,
        tried(of),
        names.text if source_ids else (lambda text: text),
    )
