"""What pages read: the findings as the loop left them, and questions to the log, opened once a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar, cast

from viewtrail.app.clock import now
from viewtrail.app.findings import PSEUDONYM
from viewtrail.event.kinds import EPOCH
from viewtrail.measure.clocks import DAY

if TYPE_CHECKING:
    from viewtrail.app.home import Home
    from viewtrail.app.source_health import Health
    from viewtrail.store.asking import Questions
    from viewtrail.store.asking_answers import (
        AgentSeen,
        CallGroup,
        DeskCount,
        HourCount,
        SourceSeen,
        TalkBin,
    )
    from viewtrail.store.board import Board

FRESH: Final = 20.0
"""Seconds for which the list of agents is taken as it was: people change desks more rarely than that."""

AT_ONCE, QUICK, SLOW = 0.2, 5.0, 600.0
"""Seconds for which what people wait for, figures that move with every event, and those of a month, are
taken as they were."""

A_MINUTE: Final = 60.0

T = TypeVar("T")


def home() -> Home:
    """The data directory of this console."""
    from django.conf import settings

    found: Home = settings.VIEWTRAIL
    return found


def board() -> Board:
    """The findings and what people decided about them."""
    return _board(home().path)


def questions() -> Questions:
    """Questions to the log."""
    return _questions(home().path)


def one_moment() -> AbstractContextManager[None]:
    """All questions of a page are about one state of the log, which is looked up once."""
    from viewtrail.store.asking_follow import one_moment

    return one_moment()


_lock = Lock()
_answers: dict[tuple[Path, str], tuple[float, object]] = {}


@cache
def _board(path: Path) -> Board:
    from viewtrail.store.board import Board

    return Board(path)


@cache
def _questions(path: Path) -> Questions:
    from viewtrail.store.asking import Questions

    return Questions(path)


def bands(records: Sequence[str]) -> dict[str, int | None]:
    """The value band of each record as it was last told; None where nobody told."""
    found = questions().bands(records)
    return {record: found.get(record) for record in records}


def sources() -> list[SourceSeen]:
    """Each source with its last day, at most `QUICK` old: every open page of Today asks for it."""
    return _kept("sources", lambda: questions().sources(now()), QUICK)


def health() -> list[Health]:
    """How each source does, at most `A_MINUTE` old: it looks at ten weeks of arrivals."""
    from viewtrail.app.source_watch import health

    return _kept("health", lambda: health(home(), questions(), now()), A_MINUTE)


def activity(start: int, end: int, zone: str) -> list[HourCount]:
    """Openings, reveals and calls by hour, at most `QUICK` old."""
    return _kept(f"activity {start} {end} {zone}", lambda: questions().activity(start, end, zone), QUICK)


def last_place() -> int:
    """The place of the newest transition, looked up once for all who listen."""
    return _kept("last place", lambda: board().last_place(), AT_ONCE)


def desk_counts(start: int, end: int) -> list[DeskCount]:
    """What was done on each desk in the span that ends now, at most `QUICK` old."""
    return _kept(f"desks {start}", lambda: questions().desk_counts(start, end), QUICK)


def calls(days: int, end: int, zone: str) -> tuple[dict[str, list[CallGroup]], list[TalkBin]]:
    """The calls of so many days up to `end`, put together and by their length, at most `A_MINUTE` old."""

    def ask() -> tuple[dict[str, list[CallGroup]], list[TalkBin]]:
        span = (end - days * DAY, end)
        return questions().calls_together(*span, zone), questions().talk_times(*span)

    return _kept(f"calls {days} {zone}", ask, A_MINUTE)


def active_days(start: int, end: int) -> int:
    """On how many days, summed over people, somebody did something; at most `SLOW` old."""
    return _kept("active days", lambda: questions().active_days(start, end), SLOW)


def _kept(name: str, ask: Callable[[], T], seconds: float) -> T:
    """An answer that several pages ask for again and again, as it was a moment ago."""
    key = (home().path, name)
    with _lock:
        at, found = _answers.get(key, (0.0, None))
    if at and time.monotonic() - at < seconds:
        return cast(T, found)
    found = ask()
    with _lock:
        if len(_answers) > 200:
            _answers.clear()
        _answers[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Ask anew for everything that is kept for a while."""
    with _lock:
        _answers.clear()


def pseudonym(name: str) -> str:
    """The pseudonym under which the log has this agent or person."""
    return name if PSEUDONYM.fullmatch(name) else _pseudonym(home().path, name)


@lru_cache(maxsize=4096)
def _pseudonym(path: Path, name: str) -> str:
    with home().reader() as log:
        return log.pseudonym("a", name)


def deciders() -> dict[str, str]:
    """Names of the console's people by the pseudonym under which they act: they decide in their own name."""
    from viewtrail.web.accounts.models import Person
    from viewtrail.web.logbook import name_of

    return {pseudonym(name_of(person)): str(person) for person in Person.objects.all()}


def instant() -> datetime:
    """Now by the console's clock, which a demo sets back to the days of its stories."""
    return EPOCH + timedelta(microseconds=now())


def staff() -> Mapping[str, AgentSeen]:
    """What the log says about each agent: role, desk, manager, time zone; by pseudonym."""
    return _kept("staff", lambda: {one.agent: one for one in questions().agents()}, FRESH)
