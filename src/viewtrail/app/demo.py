"""A company to look at: the told stories in a fresh home, replayed, and held against what was told."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from viewtrail.app.findings import Answer, Asked, Names, findings
from viewtrail.app.home import Home, open_home
from viewtrail.app.replay import Replayed, replay
from viewtrail.app.serve import LOCK
from viewtrail.app.spans import local
from viewtrail.app.twins import Facts, facts
from viewtrail.app.verify import verify
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.event import Event
from viewtrail.finding import LEAVERS, Finding, Left
from viewtrail.log import Log, LogReader
from viewtrail.log.report import Report
from viewtrail.settings import FILE
from viewtrail.store.loop_lock import LoopLock
from viewtrail.stories import BEGINS, Episode, Told, tell, tell_this_morning
from viewtrail.stories.calendar import ZONE_NAME, midnight
from viewtrail.watch.ledger import LIVING

MARK: Final = "made-by-viewtrail-demo"
"""A file that says: this folder was made by a demo and may be replaced by the next one."""

GROUP: Final = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One told episode, what was found of it, and what was seen and left alone on its days."""

    episode: Episode
    found: list[Finding]
    taken_back: list[Finding]
    left: list[Left]
    facts: Facts

    @property
    def right(self) -> bool:
        """A theft was found, an honest day was left alone."""
        return bool(self.found) == self.episode.unusual


@dataclass
class Demo:
    """What the demo made and what came of it; findings and notes carry the source's own ids."""

    home: Home
    events: int = 0
    answer: Answer = field(default_factory=lambda: Answer([], 0, 0))
    outcomes: list[Outcome] = field(default_factory=list)
    untold: int = 0
    report: Report = field(default_factory=Report)
    rest: list[Event] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def demo(
    path: Path,
    *,
    now: int,
    entropy: Callable[[int], bytes],
    say: Callable[[str], None] | None = None,
    this_morning: bool = False,
) -> Demo:
    """Fill `path` with the company of the stories. BadInput when it holds anything but an earlier demo.

    With `this_morning` the telling goes on to nine o'clock of the Monday after, and `rest` has what that day
    will bring: the log is then one that can be lived on in.
    """
    _fresh(path)
    home = open_home(path)
    done = Demo(home)
    steps = _Steps(done.seconds, say or (lambda line: None))
    with steps.take("telling ten weeks of an invented company"):
        told, done.rest = tell_this_morning() if this_morning else (tell(), [])
    # The stories have fixed days; a clock before them would make them events of the future.
    received = BEGINS if this_morning else max(now, midnight(told.end))
    with steps.take("writing its events to the log"), home.own_log() as log:
        _append(log, told.events, received)
    done.events = len(told.events)
    with steps.take("folding the log into findings"):
        replayed = replay(home)
    with home.reader() as reader:
        _compare(done, told, replayed, reader)
    done.answer = findings(home, Asked(source_ids=True), now=received, entropy=entropy)
    with steps.take("verifying the log"):
        done.report = verify(home, None)
    return done


class _Steps:
    """Says what is being done, and keeps how long it took."""

    def __init__(self, seconds: dict[str, float], say: Callable[[str], None]) -> None:
        self._seconds = seconds
        self._say = say

    def take(self, what: str) -> _Steps:
        self._what, self._began = what, time.perf_counter()
        self._say(f"{what} ...")
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._seconds[self._what] = time.perf_counter() - self._began

    _what: str
    _began: float


def _fresh(path: Path) -> None:
    if path.exists():
        if not path.is_dir() or (any(path.iterdir()) and not (path / MARK).exists()):
            step = "choose a new folder with --home: a demo replaces nothing but an earlier demo"
            raise BadInput("is there already and was not made by a demo", where=str(path), next=step)
        what, step = "a demo is at work in it", "stop that one first, or choose another folder with --home"
        LoopLock(path, LOCK, what=what, next=step).close()
        shutil.rmtree(path)
    path.mkdir(parents=True, mode=0o700)
    (path / MARK).write_text("`viewtrail demo` made this folder and may replace it.\n", encoding="utf-8")
    (path / FILE).write_text(f'time_zone = "{ZONE_NAME}"\n', encoding="utf-8")


def _append(log: Log, events: Sequence[Event], received: int) -> None:
    for start in range(0, len(events), GROUP):
        receipts = log.append(events[start : start + GROUP], received=received, backfill=True)
        wrong = [receipt.why for receipt in receipts if receipt.outcome != "added"]
        if wrong:
            raise ViewtrailError(f"a told event did not enter the log: {wrong[0]}")
    log.checkpoint()


def _compare(done: Demo, told: Told, replayed: Replayed, reader: LogReader) -> None:
    """Hold what was found against what was told: by agent and day, with no list of expected results."""
    names, found = Names(reader), replayed.found
    days_of_agents = [one for one in found.findings if one.agent is not None and one.queue != LEAVERS]
    concerned: set[str] = set()
    for episode in told.episodes:
        agents = [reader.pseudonym("a", agent) for agent in (episode.agent, *episode.cast)]
        days = _days(episode)
        of = [one for one in days_of_agents if one.agent in agents and _overlaps(one, days)]
        concerned.update(one.id for one in of)
        left = [one for one in found.left if one.agent in agents and date.fromisoformat(one.day) in days]
        left.sort(key=lambda one: agents.index(one.agent))
        done.outcomes.append(
            Outcome(
                episode,
                [one for one in of if one.status in LIVING],
                [one for one in of if one.status not in LIVING],
                [_named(one, names) for one in left],
                facts(episode, told.events),
            )
        )
    done.untold = sum(one.status in LIVING and one.id not in concerned for one in days_of_agents)


def _named(one: Left, names: Names) -> Left:
    return Left(names.text(one.agent), one.day, names.text(one.what), names.text(one.why), one.reasons)


def _days(episode: Episode) -> set[date]:
    first, last = local(episode.start, ZONE_NAME).date(), local(episode.end, ZONE_NAME).date()
    return {date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)}


def _overlaps(one: Finding, days: set[date]) -> bool:
    first, last = local(one.first_at, ZONE_NAME).date(), local(one.last_at, ZONE_NAME).date()
    return first <= max(days) and last >= min(days)
