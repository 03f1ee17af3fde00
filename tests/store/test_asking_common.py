"""What records have in common, and what somebody saw, against a plain pass and against chance."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from store import asked
from store.asked import DAY, START, Plain
from viewtrail.errors import BadInput
from viewtrail.store.asking import Questions
from viewtrail.store.asking_chance import log10_at_least, wilson


def test_what_records_have_in_common_and_what_chance_would_give(
    questions: Questions, plain: Plain, filled: Path
) -> None:
    opened = plain.opened()
    thief = max(opened, key=lambda agent: len(opened[agent]))
    records = sorted(opened[thief])[:9] + asked.names(filled, "r", "odd-r", "odd-r3")
    found = questions.in_common(records)
    wanted = plain.common(records)
    everything = set().union(*opened.values()) | set(records)
    assert {one.agent for one in found} == set(wanted)
    last = 2**62
    for one in found:
        ways = wanted[one.agent]
        touched = set().union(*ways.values())
        assert set(one.records) == touched
        assert (one.opened, one.revealed) == (len(ways["opened"]), len(ways["revealed"]))
        assert (one.called, one.exported) == (len(ways["called"]), len(ways["exported"]))
        assert one.owned == sum(plain.owner(record, last) == one.agent for record in touched)
        assert (one.distinct, one.company) == (len(opened.get(one.agent, ())), len(everything))
        assert one.expected == pytest.approx(11 * one.distinct / one.company)
        assert one.probability == pytest.approx(exactly(one.opened, 11, one.distinct, one.company), rel=1e-6)
    assert [one.surprise for one in found] == sorted([one.surprise or 0 for one in found], reverse=True)
    whole = questions.in_common(records, 0, last)
    assert whole == found  # the span that holds everything is answered by other SQL, and alike


def exactly(found: int, asked: int, held: int, box: int) -> float:
    ways = sum(math.comb(held, k) * math.comb(box - held, asked - k) for k in range(found, asked + 1))
    return ways / math.comb(box, asked)


def test_of_four_records_nothing_is_said(questions: Questions, plain: Plain) -> None:
    records = sorted(max(plain.opened().values(), key=len))[:4]
    for one in questions.in_common(records):
        assert not one.enough
        assert (one.expected, one.probability, one.surprise) == (None, None, None)
    with pytest.raises(BadInput):
        questions.in_common([])


def test_exposure_is_that_of_a_plain_pass(questions: Questions, plain: Plain, filled: Path) -> None:
    first, last = plain.span()
    for agent in [*asked.names(filled, "a", "odd-a", "odd-b"), *plain.agents()[::4]]:
        for start, end in ((first, last), (START + 100 * 1_000_000, START + DAY)):
            seen: dict[str, set[str]] = {}
            before: set[str] = set()
            for one in plain.all:
                kind, t = plain.kind(one), plain.time(one)
                if plain.agent(one) != agent or one.entry.event.data.get("surface") == "job":
                    continue
                if kind in ("record.viewed", "contact.revealed", "export.created"):
                    for record in plain.touched(one):
                        if t < start:
                            before.add(record)
                        elif t < end:
                            seen.setdefault(record, set()).add(kind)
            found = questions.exposure(agent, start, end)
            assert found.records == len(seen)
            assert found.opened == sum("record.viewed" in kinds for kinds in seen.values())
            assert found.revealed == sum("contact.revealed" in kinds for kinds in seen.values())
            assert found.exported == sum("export.created" in kinds for kinds in seen.values())
            assert found.new == len(set(seen) - before)
            assert sum(band.records for band in found.bands) == found.records
    (odd_b,) = asked.names(filled, "a", "odd-b")
    told = questions.exposure(odd_b, START, START + DAY)
    assert [(band.value_band, band.records) for band in told.bands] == [(11, 1), (None, 1)]
    assert told.exported_rows == 702


def test_wilson_and_chance_are_those_of_the_textbook() -> None:
    assert wilson(0, 0) is None
    low, high = wilson(8, 10) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)  # Newcombe 1998, table of methods
    assert wilson(0, 5) == (0.0, pytest.approx(0.4345, abs=1e-4))
    for found, drawn, held, box in ((3, 10, 40, 500), (0, 5, 10, 100), (10, 10, 300, 1_000), (5, 5, 5, 5)):
        wanted = sum(
            math.comb(held, k) * math.comb(box - held, drawn - k) for k in range(found, min(drawn, held) + 1)
        ) / math.comb(box, drawn)
        assert 10 ** log10_at_least(found, drawn, held, box) == pytest.approx(wanted, rel=1e-9)
    assert log10_at_least(60, 60, 100, 1_000_000) < -200
    assert log10_at_least(6, 10, 5, 100) == -math.inf
