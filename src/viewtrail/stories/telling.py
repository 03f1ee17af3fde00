"""Tells the company's days in order, with the stories in their places: events, and what they are about."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.stories import calendar, founding, office_day
from viewtrail.stories.acts import Done
from viewtrail.stories.calendar import END
from viewtrail.stories.choose import Scene
from viewtrail.stories.company import BY_ID
from viewtrail.stories.life import Life
from viewtrail.stories.story import FIRST_DAY, Story
from viewtrail.stories.twins import TWINS
from viewtrail.stories.unusual import UNUSUAL

TELLERS = {teller.__name__: teller for teller in (*UNUSUAL, *TWINS)}
NAMES = tuple(TELLERS)


@dataclass(frozen=True, slots=True)
class Episode:
    """What a story did: who, when (µs UTC, half-open), with which records, and whether to ask about it."""

    name: str
    agent: str
    day: date
    start: int
    end: int
    records: tuple[str, ...]
    unusual: bool
    text: str
    cast: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A told stretch of the company's life; `start` to `end`  are the days that were lived."""

    events: list[Event]
    episodes: list[Episode]
    start: date
    end: date


def tell(seed: int = 1, history_days: int = 70, told: Sequence[str] | None = None) -> Told:
    """The company's last `history_days` before 6 April 2026, with the named stories in it (all, if not said).

    Stories have fixed dates from 4 to 30 March: a shorter history begins at the first of them.
    """
    stories = [named(name) for name in (NAMES if told is None else told)]
    start = min([END - timedelta(days=history_days), *(story.first_day for story in stories)])
    return tell_days(stories, Random(seed), start, END)


def only(name: str, history_days: int = 70, seed: int = 1) -> Told:
    """One story in an otherwise ordinary company: `history_days` before its first day, two days after."""
    story = named(name)
    start = story.first_day - timedelta(days=history_days)
    return tell_days([story], Random(seed), start, story.last_day + timedelta(days=3))


def tell_one(story: Story, seed: int = 1) -> Told:
    """A story made up on the spot, from its working day 1 to two days after its end."""
    lived = calendar.working_day(FIRST_DAY, max(story.history, 1) - 1)
    start = min(FIRST_DAY, story.first_day)
    return tell_days([story], Random(seed), start, max(lived, story.last_day) + timedelta(days=3))


def named(name: str) -> Story:
    """The told story of this name, its docstring as its text."""
    if name not in TELLERS:
        raise BadInput(f"no story is called {name!r}", next=f"the stories are {', '.join(NAMES)}")
    return replace(TELLERS[name](), name=name, text=inspect.getdoc(TELLERS[name]) or "")


def tell_days(stories: Sequence[Story], rng: Random, start: date, end: date) -> Told:
    """The days from `start` up to `end` with these stories in them."""
    life = Life(start, rng.getrandbits(32))
    _keep_time_free(life, stories)
    founding.found(life)
    for story in stories:
        for context in story.context:
            context(life, story)
    founding.plan_absences(life, end)
    done: dict[str, list[tuple[date, Done]]] = {story.name: [] for story in stories}
    for day in calendar.days(start, end):
        office_day.live_company_day(life, day)
        for story in stories:
            for n, deed in enumerate(story.deeds):
                if deed.on == day:
                    done[story.name].append((day, _play(life, story, n)))
    events = [event for event in life.diary.told() if event.time < calendar.midnight(end)]
    return Told(events, [_episode(story, done[story.name]) for story in stories], start, end)


def _keep_time_free(life: Life, stories: Sequence[Story]) -> None:
    for story in stories:
        for deed in story.deeds:
            for agent in (story.agent, *story.cast):
                life.busy[(agent, deed.on)].append(deed.span)
                life.in_story[agent].append(deed.on)


def _play(life: Life, story: Story, n: int) -> Done:
    deed = story.deeds[n]
    rng = life.random("story", story.name, n)
    scene = Scene(life, BY_ID[story.agent], deed.on, deed.span[0], deed.minutes, rng)
    return deed.act(scene, deed.of(scene, deed.count))


def _episode(story: Story, scenes: list[tuple[date, Done]]) -> Episode:
    main = max(scenes, key=lambda scene: len(scene[1].records))[0]
    spans = [span for _, scene in scenes for span in scene.spans]
    records = dict.fromkeys(record for _, scene in scenes for record in scene.records)
    return Episode(
        name=story.name,
        agent=story.agent,
        day=main,
        start=min(start for start, _ in spans),
        end=max(end for _, end in spans),
        records=tuple(records),
        unusual=story.is_unusual,
        text=story.text,
        cast=story.cast,
    )
