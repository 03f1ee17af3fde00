"""The same company one day further: all stories behind it, and a Monday morning that is being lived."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from viewtrail.event import Event
from viewtrail.stories.calendar import END, at, midnight
from viewtrail.stories.story import Story, story
from viewtrail.stories.telling import NAMES, Told, named, tell_days

BEGINS = at(END, "09:00")
"""Where the telling stops and the living begins (µs)."""


def eighty_this_morning() -> Story:
    """a-109 opens eighty clients of colleagues within forty minutes of a Monday morning."""
    return (
        story("eighty_this_morning")
        .played_by("a-109")
        .sweep(80, minutes=40, on_day=END, clock="09:06")
        .unusual("a-109 opens eighty clients of colleagues within forty minutes of a Monday morning.")
    )


def tell_this_morning(seed: int = 1, history_days: int = 70) -> tuple[Told, list[Event]]:
    """What happened until 09:00 of Monday, 6 April 2026, and what that day will bring, in order of time."""
    stories = [named(name) for name in NAMES]
    start = min([END - timedelta(days=history_days), *(one.first_day for one in stories)])
    told = tell_days([*stories, eighty_this_morning()], Random(seed), start, END + timedelta(days=1))
    before = [event for event in told.events if event.time < BEGINS]
    rest = [event for event in told.events if event.time >= BEGINS]
    episodes = [one for one in told.episodes if one.end <= midnight(END)]
    return replace(told, events=before, episodes=episodes, end=END), rest
