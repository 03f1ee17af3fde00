"""The three real logs: where they are, and each of them imported, replayed and verified in a fresh home."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from viewtrail.app import Home, open_home
from viewtrail.app.import_files import Choice, Imported, import_file
from viewtrail.app.replay import Replayed, replay
from viewtrail.app.verify import verify
from viewtrail.log import Logged
from viewtrail.measure.clocks import Clock, bounds
from viewtrail.settings import FILE
from viewtrail.sources import read_mapping
from viewtrail.store.keys import load_keys

ROOT: Final = Path(__file__).parents[2]
HOW_TO: Final = ROOT / "docs" / "how-to"
DATA: Final = Path(os.environ.get("VIEWTRAIL_REAL_DATA", ROOT.parent / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Source:
    """One real log: its file, the mapping that reads it, and the zone that its bank lives in."""

    name: str
    file: str
    mapping: str | None
    time_zone: str


SOURCES: Final = (
    Source("loan process", "bpic2012.xes.gz", None, "Europe/Amsterdam"),
    Source("work items", "bpic2012_work_items.parquet", "bpic2012_work_items.toml", "Europe/Amsterdam"),
    Source("bank calls", "bank_calls_1999_jan_feb.parquet", "bank_calls_1999.toml", "Asia/Jerusalem"),
)

AgentDay = tuple[str, date]


@dataclass(slots=True)
class RealLog:
    """An imported log. `opened`: first and last opening (µs) of each agent-day; `answered`: its calls."""

    source: Source
    home: Home
    sha256: str
    read: Imported
    added_again: int | None
    replayed: Replayed
    verdict: str
    clock: Clock
    entries: list[Logged]
    types: Counter[str] = field(default_factory=Counter)
    opened: dict[AgentDay, tuple[int, int]] = field(default_factory=dict)
    answered: Counter[AgentDay] = field(default_factory=Counter)

    def day(self, t: int) -> date:
        return bounds(self.clock, t)[0]

    def agent_days(self, queue: str) -> set[AgentDay]:
        """The agent-days on which there was something that this queue's patterns look at."""
        return set(self.answered) if queue == "calls" else set(self.opened)

    @property
    def queues(self) -> list[str]:
        return [queue for queue in ("access", "calls") if self.agent_days(queue)]

    @property
    def all_agent_days(self) -> set[AgentDay]:
        return set(self.opened) | set(self.answered)


def present(data: Path, chosen: Sequence[str]) -> list[Source]:
    """The chosen logs whose files are there."""
    return [one for one in SOURCES if one.name in chosen and (data / one.file).exists()]


def load(source: Source, data: Path, folder: Path, *, twice: bool) -> RealLog:
    """Import the log into a new home under `folder` as `viewtrail import` does, replay it and verify it.

    With `twice` the file is imported a second time, and what that added is told.
    """
    path = data / source.file
    home = _home(source, folder)
    choice = Choice(mapping=read_mapping(HOW_TO / source.mapping) if source.mapping else None)
    read = _imported(home, path, choice)
    added_again = _imported(home, path, choice).added if twice else None
    replayed = replay(home)
    report = verify(home, None)
    verdict = "both good" if report.integrity.good and report.completeness.good else "; ".join(report.lines())
    with home.reader() as reader:
        entries = list(reader.read_known())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    clock = Clock(source.time_zone)
    log = RealLog(source, home, digest, read, added_again, replayed, verdict, clock, entries)
    _counted(log)
    return log


def _home(source: Source, folder: Path) -> Home:
    """A home with the bank's own zone, and with fixed keys: these files hold codes, not people.

    With keys drawn anew, the pseudonyms, and with them the report, would be others on each run.
    """
    path = folder / source.name.replace(" ", "-")
    path.mkdir(parents=True)
    (path / FILE).write_text(f'time_zone = "{source.time_zone}"\n', encoding="utf-8")
    load_keys(path, make=True, entropy=random.Random(1999).randbytes)
    return open_home(path)


def _imported(home: Home, path: Path, choice: Choice) -> Imported:
    with home.writer() as log:
        return import_file(
            log, path, choice, clock=_now, sign_every=home.settings.checkpoint_entries, tell=None
        )


def _now() -> int:
    return time.time_ns() // 1_000


def _counted(log: RealLog) -> None:
    for t, kind, agent, answered in _acts(log.entries):
        log.types[kind] += 1
        if agent is None:
            continue
        key = (agent, log.day(t))
        if kind == "record.viewed":
            first, last = log.opened.get(key, (t, t))
            log.opened[key] = (min(first, t), max(last, t))
        elif kind == "call.ended" and answered:
            log.answered[key] += 1


def _acts(entries: Sequence[Logged]) -> Iterator[tuple[int, str, str | None, bool]]:
    """(time, type, agent if a person did it, whether a call was answered) of each entry."""
    for logged in entries:
        event = logged.entry.event
        human = event.data.get("actor_kind", "human") == "human"
        yield (
            event.time,
            event.type,
            event.data.get("agent") if human else None,
            bool(event.data.get("answered")),
        )
