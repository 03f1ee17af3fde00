"""Plain limits, for whom no precedent is known: where they stand for whom, and what they say."""

from __future__ import annotations

import pytest

from patterns.told import HISTORY, Desk, at, ordinary, others_of, today
from viewtrail.finding import Finding
from viewtrail.patterns.base import Limit
from viewtrail.watch.limits import OF_USUAL, standing

SINCE = 14
"""Working days that the newcomer is here: too few for a precedent, enough for a first usual."""


def newcomer(role: str, each: int = 0) -> Desk:
    """Somebody here for three weeks, who opens so many records a day that nothing explains."""
    desk = ordinary().joins("a-9", at(HISTORY - SINCE, "08:00"), role=role)
    for n in range(HISTORY - SINCE, HISTORY):
        desk.opens("a-9", others_of("a-9", 400)[n * each % 350 :][:each], at(n, "10:00"), 300)
    return desk


def limits(desk: Desk) -> list[Finding]:
    return [one for one in desk.fold().findings if one.agent == "a-9" and one.tier == "limit"]


def test_who_has_always_opened_thirty_five_a_day_is_not_held_to_forty_five() -> None:
    sixty = others_of("a-9", 60)
    assert limits(newcomer("agent", each=35).opens("a-9", sixty, today("10:00"), 400)) == []
    (told,) = limits(newcomer("agent").opens("a-9", sixty, today("10:00"), 400))
    assert "Limit, no precedent known yet: 45 in a day" in told.usual


def test_what_is_far_above_the_usual_so_far_is_told_of_all_the_same() -> None:
    desk = newcomer("agent", each=20).opens("a-9", others_of("a-9", 150), today("10:00"), 400)
    (told,) = limits(desk)
    assert "times the" in told.usual
    assert "of a usual day so far" in told.usual


@pytest.mark.parametrize("role", ["back-office", "admin"])
def test_who_works_across_all_books_has_twice_as_much(role: str) -> None:
    seventy, hundred = others_of("a-9", 70), others_of("a-9", 100)
    assert limits(newcomer(role).opens("a-9", seventy, today("10:00"), 400)) == []
    (told,) = limits(newcomer(role).opens("a-9", hundred, today("10:00"), 400))
    assert f"2 times that in the role of {role}" in told.usual


def test_the_close_says_how_many_there_were_in_the_end() -> None:
    (told,) = limits(newcomer("agent").opens("a-9", others_of("a-9", 71), today("10:00"), 400))
    assert told.status == "confirmed"
    assert "; 71 in a day" in told.claim


def test_a_limit_never_falls_below_its_figure() -> None:
    plain = Limit("unexplained_so_far", "day", 45, "a question")
    assert standing(plain, "agent", 0.0) is plain
    assert standing(plain, "agent", 14.9) is plain
    assert standing(plain, "agent", 20.0).at == 20 * OF_USUAL
    assert standing(plain, "manager", 20.0).at == 90
