"""A story made up in a test reads like a story and happens as it reads."""

from __future__ import annotations

from datetime import date

from stories.reasons import Reasons, openings, unexplained
from viewtrail.stories import story, tell_one
from viewtrail.stories.story import on


def test_eighty_on_the_twenty_seventh_working_day() -> None:
    ivo = story("ivo").ordinary_days(20).has_review_due(on_day=20).sweep(80, minutes=40, on_day=27)
    told = tell_one(ivo)
    (episode,) = told.episodes
    assert (episode.name, episode.day, len(episode.records)) == ("ivo", date(2026, 3, 3), 80)
    assert (told.start, told.end) == (date(2026, 1, 26), date(2026, 3, 6))
    assert len(unexplained(Reasons(told.events), openings(told.events, episode))) == 80
    (review,) = [e for e in told.events if e.type == "work.declared" and e.subject == episode.agent]
    assert review.data["purpose"] == "quarterly-review"


def test_working_day_one_is_the_first_and_six_the_monday_after() -> None:
    assert on(1) == date(2026, 1, 26)
    assert on(6) == date(2026, 2, 2)
    assert on(date(2026, 3, 9)) == date(2026, 3, 9)


def test_a_verb_gives_a_new_story_and_leaves_the_old() -> None:
    begun = story("eva")
    begun.sweep(10, minutes=5, on_day=1)
    assert begun.deeds == ()


def test_somebody_else_can_play_it() -> None:
    told = tell_one(story("eva").played_by("a-163").reveals(12, minutes=30, on_day=2, clock="09:30"))
    assert told.episodes[0].agent == "a-163"
    assert sum(e.type == "contact.revealed" and e.data["agent"] == "a-163" for e in told.events) >= 12


def test_told_as_honest_or_not() -> None:
    assert not story("eva").ordinary("because").is_unusual
    assert story("eva").unusual("because").is_unusual
