"""The best of the own book: a hit, the honest evening that looks like it, a newcomer."""

from __future__ import annotations

from functools import cache

from patterns.told import AGENTS, HISTORY, Desk, at, book_of, founded, today
from viewtrail.measure.clocks import DAY

BEST = book_of("a-1", 0, 40)
"""Clients of a-1 in band 12; the other forty are in band 5."""


@cache
def _valued() -> tuple[Desk, ...]:
    desk = founded()
    for agent in AGENTS:
        for n, record in enumerate(book_of(agent)):
            band = 12 if n < 40 else 5
            desk.say("record.valued", at(0, "00:00") - DAY, record, agent="system", value_band=band)
    for n in range(HISTORY + 1):
        desk.ordinary_day(n)
    return (desk,)


def valued() -> Desk:
    (desk,) = _valued()
    return Desk(list(desk.said))


def example() -> Desk:
    """Somebody about to leave: forty of the best own clients in an hour, and nothing comes of it."""
    t = today("07:00")
    desk = valued().say("notice.given", t, "a-1", agent="system", last_day="2026-03-31")
    return desk.opens("a-1", BEST, today("16:30"), 60, via="list")


def counter_example() -> Desk:
    """The same forty, and each is called."""
    return example().calls("a-1", BEST, today("16:31"), 60, talk=90)


def test_it_says_how_much_of_it_is_the_better_part_of_the_own_book() -> None:
    (finding,) = example().fold().findings
    assert finding.pattern == "best-of-own-book"
    assert "own clients of the better half" in finding.claim
    assert set(BEST) & set(finding.records)
    assert not set(book_of("a-1", 40)) & set(finding.records)
    assert finding.tier == "final", "the close of a day tells it: live, an own client is a reason"


def test_good_and_bad_alike_is_no_selection() -> None:
    told = valued().opens("a-1", book_of("a-1", 20, 60), today("16:30"), 60, via="list")
    assert told.fold().findings == []


def test_what_the_dialler_brought_up_was_not_chosen() -> None:
    assert valued().opens("a-1", BEST, today("16:30"), 60, via="queue").fold().findings == []


def test_clients_of_unknown_value_say_nothing() -> None:
    told = valued()
    told.said = [one for one in told.said if one[1].type != "record.valued"]
    assert told.opens("a-1", BEST, today("16:30"), 60, via="list").fold().findings == []


def test_a_newcomer_is_held_to_a_plain_limit() -> None:
    """After three weeks there are openings enough for a usual and no precedent yet."""
    for count, told in ((39, 0), (40, 1)):
        desk = valued()
        desk.said = [one for one in desk.said if not at(18, "00:00") <= one[0] < at(HISTORY + 1, "00:00")]
        desk.opens("a-1", BEST[:count], at(18, "10:00"), 60, via="list")
        findings = desk.fold().findings
        assert [f.tier for f in findings] == ["limit"] * told, count
