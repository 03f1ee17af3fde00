"""May this agent reveal or export that now? An answer from the own history, at once or not at all.

Today's count comes from the events that arrive here, the usual from the agent's last four weeks. Until that
is known the answer is "go on": nobody is held up by an answer that takes its time, and nobody is locked out.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from viewtrail.app.home import Home
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.event import Event
from viewtrail.measure.clocks import DAY, Clock, bounds, day_of

if TYPE_CHECKING:
    from viewtrail.store.asking import Questions
    from viewtrail.store.asking_answers import DayCounts

COUNTED: Final = {"reveal": "contact.revealed", "export": "export.created"}
"""Action -> the event that it becomes."""

PAST: Final = 28 * DAY
"""The usual is that of four weeks."""

FREE: Final = {"reveal": 10, "export": 2}
"""So many a day are anybody's: asking for a reason at the first one only teaches people to type dots."""

REASON: Final = 2.0
"""From so many times the own busiest day on, a reason is asked for."""

MANAGER: Final = 4.0
"""From so many times the own busiest day on, a manager is."""

MOST: Final = 20_000
"""Agents that are remembered; who has not asked longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the CRM is told: `word` is go-on, ask-a-reason or ask-a-manager; `why` is for the agent."""

    word: str
    why: str


@dataclass(slots=True)
class _Known:
    """One agent's day so far, and the busiest of the days before it; None until that has been read."""

    day: date
    counts: dict[str, int]
    busiest: dict[str, int] | None = None


class Allowing:
    """Counts what arrives and answers what is asked. `note` and `answer` never wait for the disk."""

    def __init__(
        self, home: Home, now: Callable[[], int], questions: Callable[[], Questions] | None = None
    ) -> None:
        self._home, self._now = home, now
        self._questions = questions or self._open
        self._clock = Clock(home.settings.time_zone)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()
        self._wanted: SimpleQueue[str | None] = SimpleQueue()
        self._reader: threading.Thread | None = None

    def note(self, events: Iterable[Event]) -> None:
        """Count reveals and exports that were taken; those of other days are history's."""
        for event in events:
            if event.type in _ACTIONS:
                agent = event.data.get("agent")
                if isinstance(agent, str):
                    self._count(agent, event.type, event.time)

    def _count(self, agent: str, type: str, time: int) -> None:
        with self._lock:
            known = self._known.get(agent)
            if known is not None and known.day == day_of(self._clock, time):
                action = _ACTIONS[type]
                known.counts[action] = known.counts.get(action, 0) + 1

    def answer(self, agent: str, action: str) -> Answer:
        """The answer for one more; BadInput for an action that there is none of."""
        if action not in COUNTED:
            raise BadInput(f"{action!r} is no action", where="action", next=f"ask for {' or '.join(COUNTED)}")
        today = day_of(self._clock, self._now())
        with self._lock:
            known = self._known.get(agent)
            if known is None or known.day != today:
                known = self._known[agent] = _Known(today, {})
                self._want(agent)
            self._known.move_to_end(agent)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
            return _judged(known, action)

    def close(self) -> None:
        if self._reader is not None:
            self._wanted.put(None)
            self._reader.join(5)

    # -- what was usual, read beside -------------------------------------------------------------------

    def _want(self, agent: str) -> None:
        if self._reader is None:
            self._reader = threading.Thread(target=self._read_all, name="allowing", daemon=True)
            self._reader.start()
        self._wanted.put(agent)

    def _read_all(self) -> None:
        asking: Questions | None = None
        while (agent := self._wanted.get()) is not None:
            try:
                asking = asking or self._questions()
                self._read(asking, agent)
            except ViewtrailError:
                continue  # without history the answer stays "go on"
        if asking is not None:
            asking.close()

    def _read(self, asking: Questions, agent: str) -> None:
        now = self._now()
        with self._home.reader() as log:
            name = log.pseudonym("a", agent)
        _, start, _ = bounds(self._clock, now)
        before = asking.agent_days(name, start - PAST, start)
        today = asking.agent_days(name, start, now + 1)
        with self._lock:
            known = self._known.get(agent)
            if known is None:
                return
            known.busiest = {
                action: max((_of(day, action) for day in before), default=0) for action in COUNTED
            }
            for action in COUNTED:
                so_far = sum(_of(day, action) for day in today if day.start >= start)
                known.counts[action] = max(known.counts.get(action, 0), so_far)

    def _open(self) -> Questions:
        from viewtrail.store.asking import Questions

        return Questions(self._home.path)


_ACTIONS: Final = {event: action for action, event in COUNTED.items()}


def _of(day: DayCounts, action: str) -> int:
    return day.reveals if action == "reveal" else day.exports


def _judged(known: _Known, action: str) -> Answer:
    if known.busiest is None:
        return Answer("go-on", "what is usual is not known yet")
    n, usual = known.counts.get(action, 0) + 1, known.busiest[action]
    told = f"the {_nth(n)} {action} today; the most on one of your days in four weeks was {usual}"
    free = FREE[action]
    if n > max(free, MANAGER * max(usual, free / 2)):
        return Answer("ask-a-manager", told)
    if n > max(free, REASON * usual):
        return Answer("ask-a-reason", told)
    return Answer("go-on", told)


def _nth(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
