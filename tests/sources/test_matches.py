"""Whose a number was: asked again it is the same answer, at another time its own."""

from __future__ import annotations

from sources.telephony import KEY
from viewtrail.sources.directory import (
    MATCHED,
    NO_NUMBER,
    NOT_A_NUMBER,
    SHARED,
    UNKNOWN,
    Directory,
    Link,
)
from viewtrail.sources.numbers import Numbers

NUMBERS = Numbers(KEY)


def known(*links: Link) -> tuple[Directory, str]:
    told = NUMBERS.hash("99123456", "CY") or ""
    return Directory((), {told: links}, NUMBERS), told


def test_a_number_is_the_records_in_its_time_however_often_it_is_asked_for():
    who, told = known(Link("L-1", 100, 200))
    for at, record in ((150, "L-1"), (100, "L-1"), (200, None), (99, None), (150, "L-1")):
        assert who.record("99123456", "CY", at) == (record, told, MATCHED if record else UNKNOWN)


def test_a_number_of_two_records_in_turn_is_each_ones_in_its_time():
    who, told = known(Link("L-1", 0, 200), Link("L-2", 100, 300))
    for at, match in (
        (50, ("L-1", MATCHED)),
        (150, (None, SHARED)),
        (250, ("L-2", MATCHED)),
        (9**9, (None, UNKNOWN)),
    ):
        assert who.record("99123456", "CY", at) == (match[0], told, match[1])


def test_the_same_digits_in_another_country_are_another_number():
    who, _ = known(Link("L-1"))
    assert who.record("99123456", "CY", 0)[0] == "L-1"
    assert who.record("99123456", "GB", 0)[0] is None


def test_what_is_no_number_is_said_each_time():
    who, _ = known(Link("L-1"))
    for _ in range(2):
        assert who.record("", "CY", 0) == (None, None, NO_NUMBER)
        assert who.record("anonymous", "CY", 0) == (None, None, NO_NUMBER)
        assert who.record("12", "CY", 0) == (None, None, NOT_A_NUMBER)
