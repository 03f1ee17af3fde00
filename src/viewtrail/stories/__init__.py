"""Told days of a brokerage: a theft and the honest day that looks like it. Builds events only."""

from viewtrail.stories.feeds import FEEDS, without
from viewtrail.stories.story import Story, story
from viewtrail.stories.telling import NAMES, Episode, Told, only, tell, tell_one
from viewtrail.stories.this_morning import BEGINS, tell_this_morning

__all__ = [
    "BEGINS",
    "FEEDS",
    "NAMES",
    "Episode",
    "Story",
    "Told",
    "only",
    "story",
    "tell",
    "tell_one",
    "tell_this_morning",
    "without",
]
