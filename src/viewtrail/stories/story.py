"""A story reads like a story: who, what is known about them, what they did on which day, and how it ends.

    story("ivo").ordinary_days(20).has_review_due(on_day=20).sweep(80, minutes=40, on_day=27)

A day is a date, or the number of a working day of the story (1 is the first). A story is a value: each
verb gives a new one; nothing happens before it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from viewtrail.stories import acts, calendar, founding, working
from viewtrail.stories.acts import Act
from viewtrail.stories.calendar import MINUTE, at
from viewtrail.stories.choose import Chooser, nobody_gave_a_reason, own_book
from viewtrail.stories.company import BY_ID
from viewtrail.stories.declaring import declare
from viewtrail.stories.diary import HR
from viewtrail.stories.life import Life

When = date | int
FIRST_DAY = date(2026, 1, 26)  # working day 1 of a story that counts its days
Context = Callable[[Life, "Story"], None]


@dataclass(frozen=True, slots=True)
class Deed:
    """One scene: when it starts, how long it takes, which records it is about, what is done with them."""

    on: date
    clock: str
    minutes: float
    count: int
    of: Chooser
    act: Act

    @property
    def span(self) -> tuple[int, int]:
        start = at(self.on, self.clock)
        return start, start + int(self.minutes * MINUTE)


@dataclass(frozen=True, slots=True)
class Story:
    """One agent's told days. `cast` are others who do the same on those days."""

    name: str
    agent: str = "a-104"
    cast: tuple[str, ...] = ()
    context: tuple[Context, ...] = ()
    deeds: tuple[Deed, ...] = ()
    history: int = 0
    is_unusual: bool = True
    text: str = ""

    def played_by(self, agent: str, *cast: str) -> Story:
        return replace(self, agent=agent, cast=cast)

    def ordinary_days(self, days: int) -> Story:
        """At least so many working days are lived."""
        return replace(self, history=max(self.history, days))

    def unusual(self, text: str = "") -> Story:
        """Told as something somebody should ask about."""
        return replace(self, is_unusual=True, text=text)

    def ordinary(self, text: str = "") -> Story:
        """Told as an honest day, whatever it looks like row by row."""
        return replace(self, is_unusual=False, text=text)

    def knowing(self, context: Context) -> Story:
        return replace(self, context=(*self.context, context))

    # What is known about the agent

    def gives_notice(self, on_day: When, last_day: When) -> Story:
        """HR knows on the day itself; the agent leaves the company at the end of the last day."""
        given, last = on(on_day), on(last_day)
        return self.knowing(lambda life, told: leaves(life, told.agent, given, last))

    def is_away(self, first: When, last: When, kind: str, booked: When | None = None) -> Story:
        """Leave booked ahead, or (not said when) reported on the first morning."""

        def context(life: Life, told: Story) -> None:
            time = at(on(first), "08:40") if booked is None else at(on(booked), "11:15")
            founding.book_leave(life, BY_ID[told.agent], on(first), on(last), kind, time)

        return self.knowing(context)

    def colleague_is_away(self, agent: str, first: When, last: When, kind: str) -> Story:
        def context(life: Life, told: Story) -> None:
            founding.book_leave(life, BY_ID[agent], on(first), on(last), kind, at(on(first), "08:40"))

        return self.knowing(context)

    def colleague_leaves(self, agent: str, notice: When, last_day: When) -> Story:
        """Somebody else has given notice; their records will be this agent's."""

        def context(life: Life, told: Story) -> None:
            leaves(life, agent, on(notice), on(last_day))
            life.handed_to[agent] = told.agent

        return self.knowing(context)

    def has_declared(self, purpose: str, on_day: When, *, expected: int, desk: str | None = None) -> Story:
        """Somebody with authority says the afternoon before what the agent will do that day, and how much."""
        day = on(on_day)
        return self.knowing(lambda life, told: declare(life, told.agent, purpose, day, expected, desk))

    def has_review_due(self, on_day: When) -> Story:
        """A review of the own desk is declared for that day."""
        return self.has_declared("quarterly-review", on_day, expected=100)

    def has_callbacks_waiting(self, count: int, since: When, due: When) -> Story:
        """Promises made on one day that come due on another, with an absence between them."""

        def context(life: Life, told: Story) -> None:
            rng = life.random("waiting", told.agent)
            mine = life.alive(told.agent)
            for record in rng.sample(mine, min(count, len(mine))):
                made = at(on(since), "15:00") + rng.randrange(120) * MINUTE
                promised = at(on(due), "09:00") + rng.randrange(0, 420, 15) * MINUTE
                task = working.give_task(life, told.agent, record, made, promised, "callback")
                life.kept_tasks.append(task)

        return self.knowing(context)

    # What they do

    def does(
        self, act: Act, count: int, *, minutes: float, on_day: When, clock: str = "10:05", of: Chooser
    ) -> Story:
        return replace(self, deeds=(*self.deeds, Deed(on(on_day), clock, minutes, count, of, act)))

    def sweep(
        self,
        count: int,
        *,
        minutes: float,
        on_day: When,
        clock: str = "14:35",
        of: Chooser = nobody_gave_a_reason,
        dwell: tuple[float, float] = (6, 26),
        notes: float = 0.0,
        name: str = "v-desk",
    ) -> Story:
        """Opens `count` records one after another."""
        act = acts.sweep(dwell, name, notes)
        return self.does(act, count, minutes=minutes, on_day=on_day, clock=clock, of=of)

    def reveals(
        self, count: int, *, minutes: float, on_day: When, clock: str, of: Chooser = nobody_gave_a_reason
    ) -> Story:
        return self.does(acts.reveal_each, count, minutes=minutes, on_day=on_day, clock=clock, of=of)

    def hangs_up(self, count: int, *, minutes: float, on_day: When, clock: str) -> Story:
        """Calls of about six seconds to the own book, each ended by the agent."""
        return self.does(
            acts.hang_up_on_each, count, minutes=minutes, on_day=on_day, clock=clock, of=own_book
        )

    def works_through(
        self,
        count: int,
        *,
        minutes: float,
        on_day: When,
        clock: str,
        of: Chooser = own_book,
        calls: float = 0.3,
        notes: float = 0.5,
        via: str = "list",
    ) -> Story:
        act = acts.work_through(calls, notes, via)
        return self.does(act, count, minutes=minutes, on_day=on_day, clock=clock, of=of)

    # What the telling needs to know

    @property
    def first_day(self) -> date:
        return min((deed.on for deed in self.deeds), default=FIRST_DAY)

    @property
    def last_day(self) -> date:
        return max((deed.on for deed in self.deeds), default=FIRST_DAY)


def story(name: str) -> Story:
    """The beginning of a story, told of a sales agent unless `played_by` somebody else."""
    return Story(name)


def on(day: When) -> date:
    """A date, or the n-th working day of the story."""
    return day if isinstance(day, date) else calendar.working_day(FIRST_DAY, day - 1)


def leaves(life: Life, agent: str, given: date, last: date) -> None:
    """Notice and the last day, once, however many stories tell of it."""
    if agent in life.last_day:
        return
    life.last_day[agent] = last
    known = at(given, "10:30")
    notice = {"agent": "system", "last_day": last.isoformat(), "known_from": known, "told_from": known}
    life.diary.write(HR, "notice.given", known, notice, agent)
    gone = {"agent": "system", "role": BY_ID[agent].role, "desk": BY_ID[agent].desk}
    life.diary.write(HR, "agent.left", at(last, "19:00"), gone, agent)
