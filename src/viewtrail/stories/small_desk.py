"""A small desk told entry by entry: ordinary days, and then whatever somebody lets happen on the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from viewtrail.event import Event

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE

ZONE = ZoneInfo("Europe/Nicosia")
MONDAY = date(2026, 1, 5)
DESK, MANAGER = "d-1", "m-1"
AGENTS = tuple(f"a-{n}" for n in range(1, 9))
BOOK = 80
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
HOURS = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def day(n: int) -> date:
    """The n-th working day, from 0."""
    return MONDAY + timedelta(days=n // 5 * 7 + n % 5)


def at(n: int, clock: str) -> int:
    """A time on the n-th working day, in µs."""
    told = datetime.fromisoformat(f"{day(n).isoformat()}T{clock}").replace(tzinfo=ZONE)
    return int((told.astimezone(UTC) - _EPOCH) / timedelta(microseconds=1))


def book_of(agent: str, first: int = 0, last: int = BOOK) -> list[str]:
    return [f"r-{agent[2:]}-{n}" for n in range(first, last)]


def others_of(agent: str, count: int) -> list[str]:
    """Records of the colleagues, taken in turn."""
    others = [name for name in AGENTS if name != agent]
    return [f"r-{others[n % len(others)][2:]}-{n // len(others)}" for n in range(count)]


@dataclass(slots=True)
class Desk:
    """What is said to have happened, in whatever order, each with the time (µs) since when it is known."""

    said: list[tuple[int, Event]] = field(default_factory=list)
    silent: tuple[str, ...] = ()
    "Types of events that this company's sources do not send."

    def say(
        self, type_: str, t: int, subject: str | None = None, known: int | None = None, **data: Any
    ) -> Self:
        """One event at `t` (µs), known since then unless `known` says otherwise. `from_` is `from`."""
        stored = {name.rstrip("_"): value for name, value in data.items()}
        event = Event("/crm", f"e-{len(self.said)}", type_, t, stored, subject)
        self.said.append((t if known is None else known, event))
        return self

    # -- what an agent does -------------------------------------------------------------------------

    def opens(self, agent: str, records: Sequence[str], start: int, minutes: float, **data: Any) -> Self:
        for record, t in _spread(records, start, minutes):
            self.say("record.viewed", t, record, agent=agent, **data)
        return self

    def reveals(self, agent: str, records: Sequence[str], start: int, minutes: float) -> Self:
        for record, t in _spread(records, start, minutes):
            self.say("contact.revealed", t, record, agent=agent, field="phone")
        return self

    def calls(
        self,
        agent: str,
        records: Sequence[str],
        start: int,
        minutes: float,
        *,
        answered: bool | None = True,
        ring: float | None = 15,
        talk: float | None = None,
        **data: Any,
    ) -> Self:
        """Calls that end at these times; ring and talk in seconds."""
        told = {**data, "answered": answered, "ring_ms": _ms(ring), "talk_ms": _ms(talk)}
        told = {"direction": "out", **{name: value for name, value in told.items() if value is not None}}
        for record, t in _spread(records, start, minutes):
            self.say("call.ended", t, record, agent=agent, **told)
        return self

    def notes(self, agent: str, records: Sequence[str], start: int, minutes: float) -> Self:
        for record, t in _spread(records, start, minutes):
            self.say("note.added", t, record, agent=agent, fields=["note"])
        return self

    def exports(self, agent: str, rows: int, t: int) -> Self:
        return self.say("export.created", t, agent=agent, rows=rows)

    def lists(self, agent: str, pages: int, t: int, *, each: int = 200, every: int = 4 * SECOND) -> Self:
        """So many pages of a list, one after another; their records are not named."""
        for page in range(pages):
            self.say("list.viewed", t + page * every, agent=agent, list="all", rows=each)
        return self

    # -- what is known of the desk ------------------------------------------------------------------

    def joins(self, agent: str, t: int, role: str = "agent") -> Self:
        return self.say(
            "agent.joined",
            t,
            agent,
            agent="system",
            role=role,
            desk=DESK,
            manager=MANAGER,
            time_zone="Europe/Nicosia",
            hours=HOURS,
        )

    def assign(self, record: str, to: str, t: int, by: str = "system", **data: Any) -> Self:
        return self.say("record.assigned", t, record, agent=by, to=to, desk=DESK, **data)

    def declare(
        self, agent: str, n: int, t: int, *, by: str = MANAGER, entered: str | None = None, **data: Any
    ) -> Self:
        """Work declared for the n-th working day; whole desk, a hundred records, unless said otherwise."""
        told = {"scope": {"desk": DESK}, "records_expected": 100, **data}
        return self.say(
            "work.declared",
            t,
            agent,
            agent=entered or by,
            declared_by=by,
            purpose="quarterly-review",
            from_=at(n, "04:00"),
            to=at(n, "04:00") + DAY,
            work="w-1",
            **told,
        )

    def ordinary_day(self, n: int, agents: Sequence[str] = AGENTS) -> Self:
        """Own clients from nine on, most of them called; a colleague's record or two; a task, a note."""
        for agent in agents:
            rng = Random(f"{agent} {n}")
            for place, record in enumerate(rng.sample(book_of(agent), rng.randint(14, 22))):
                t = at(n, "09:00") + place * 20 * MINUTE + rng.randrange(10 * MINUTE)
                self._works_on(agent, record, t, rng)
            for record in others_of(agent, 300)[rng.randrange(250) :][: rng.randint(0, 3)]:
                self.opens(agent, [record], at(n, "09:30") + rng.randrange(400) * MINUTE, 0)
        return self

    def _works_on(self, agent: str, record: str, t: int, rng: Random) -> None:
        self.opens(agent, [record], t, 0)
        if rng.random() < 0.2:
            self.reveals(agent, [record], t + 20 * SECOND, 0)
        luck = rng.random()
        if luck < 0.4:
            self.calls(agent, [record], t + 4 * MINUTE, 0, talk=150)
        elif luck < 0.5:
            self.calls(agent, [record], t + MINUTE, 0, talk=rng.randint(4, 18))
        elif luck < 0.8:
            self.calls(agent, [record], t + MINUTE, 0, answered=False, ring=25)
        if rng.random() < 0.3:
            self.notes(agent, [record], t + 5 * MINUTE, 0)
        if rng.random() < 0.1:
            due = t + DAY
            self.say("task.due", t, record, agent=agent, by=MANAGER, due_at=due, kind="callback")
        if rng.random() < 0.04:
            self.exports(agent, 40, t + 3 * MINUTE)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def _spread(records: Sequence[str], start: int, minutes: float) -> list[tuple[str, int]]:
    """The records at even steps, the last one `minutes` after the first."""
    step = int(minutes * MINUTE) // max(len(records) - 1, 1)
    return [(record, start + n * step) for n, record in enumerate(records)]


def found(desk: Desk) -> None:
    """The desk before its first day: who works there, and whose record is whose."""
    long_ago = at(0, "00:00") - 400 * DAY
    for agent in AGENTS:
        desk.joins(agent, long_ago)
        for record in book_of(agent):
            desk.assign(record, agent, long_ago + MINUTE)
    desk.joins(MANAGER, long_ago, role="manager")
    desk.declare("a-8", 0, at(0, "00:00") - DAY)
    begins, ends = at(0, "00:00") - DAY, at(0, "00:00")
    desk.say("campaign.started", begins, agent="system", campaign="old", agents=["a-8"], to=ends)
    desk.say("client.contacted", at(0, "09:00"), "r-8-0", channel="email")
