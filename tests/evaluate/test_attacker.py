"""The attacker who adapts: what is put into a company, and what counts as staying under a line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from evaluate.told import alert, at
from viewtrail.evaluate import load
from viewtrail.evaluate.attacker import (
    Attacked,
    Taking,
    Tried,
    _apart,
    _books,
    _most,
    _Quiet,
    _takings,
    attacked,
    curves,
)
from viewtrail.evaluate.company import Company, fold
from viewtrail.evaluate.onward import Onward
from viewtrail.evaluate.report_attacker import attacker_page
from viewtrail.evaluate.ways import WAYS, Opening, Way
from viewtrail.event import Event, from_wire, to_wire
from viewtrail.settings import Settings
from viewtrail.simulate import simulate

BY = {way.name: way for way in WAYS}
OWN = BY["over the day, from the own book"]


def taking(agent: str, level: int) -> Taking:
    return Taking(agent, level, at(60, 9), at(60, 12), value=level * 3, records=level, events=())


def tried(agent: str, level: int, *, by_us: bool, by_limits: bool, way: str = "w", **told: object) -> Tried:
    return Tried(1, way, taking(agent, level), by_us, by_limits, **told)  # type: ignore[arg-type]  # piles, if told


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    simulate(12, 90, 5, out=folder, structure="standard")
    return load(folder)


@pytest.fixture(scope="module")
def onward(small: Company) -> Onward:
    return Onward(small, Settings(), small.truth.scored_from)


def test_an_alert_that_overlaps_the_taking_sees_it_and_one_of_another_day_or_agent_does_not() -> None:
    one = taking("ann", 20)
    assert one.seen({"ann": [alert("ann", at(60, 11), at(60, 11, 30))]})
    assert one.seen({"ann": [alert("ann", at(60, 9), at(60, 9, 30), status="withdrawn")]})
    assert not one.seen({"ann": [alert("ann", at(61, 11), at(61, 12))]})
    assert not one.seen({"bob": [alert("bob", at(60, 11), at(60, 11, 30))]})


def test_what_can_be_taken_is_the_highest_level_at_which_half_stay_unseen() -> None:
    found = [
        (taking("a", 4), False),
        (taking("b", 4), False),
        (taking("c", 8), True),
        (taking("d", 8), False),
    ]
    found += [(taking("e", 12), True), (taking("f", 12), True)]
    assert _most(found).level == 8
    assert _most(found).value == 24


def test_a_level_that_only_luck_passes_does_not_count() -> None:
    found = [(taking("a", 4), True), (taking("b", 4), True), (taking("c", 8), False)]
    assert _most(found).level == 0


def test_a_curve_holds_both_lines_against_the_attackers_of_all_companies() -> None:
    found = [tried("a", 4, by_us=False, by_limits=False), tried("b", 8, by_us=True, by_limits=False)]
    found += [tried("c", 4, by_us=False, by_limits=False), tried("d", 8, by_us=True, by_limits=True)]
    [curve] = curves(found)
    assert (curve.detector.level, curve.limits.level, curve.attackers) == (4, 8, 4)


def test_nobody_takes_twice_in_one_fold() -> None:
    takings = [taking(agent, level) for level in (4, 8) for agent in ("a", "b", "a")]
    folds = list(_apart(takings, 3))
    assert sum(map(len, folds)) == 6
    for some in folds:
        assert len({one.agent for one in some}) == len(some)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_what_the_attacker_leaves_are_events_that_a_source_could_send(way: Way) -> None:
    events = list(way.events(Opening("ann", "r1", at(60, 10), "x")))
    assert [one.type for one in events][:2] == ["record.viewed", "record.left"]
    for one in events:
        event = Event(one.source, one.id, one.type, one.time, one.data, one.subject)
        assert from_wire(to_wire(event)) == event


@pytest.mark.slow
def test_from_a_state_that_was_kept_the_loop_says_what_it_says_straight_through(
    small: Company, onward: Onward
) -> None:
    straight, told = fold(small, Settings())
    loop, later = onward.fold([], None)
    assert loop.findings() == straight.findings()
    assert later == told[len(told) - len(later) :]
    again, _ = onward.fold([], None)
    assert again.findings() == loop.findings()


@pytest.mark.slow
@pytest.mark.parametrize("way", [WAYS[0], WAYS[1], OWN], ids=lambda way: way.name)
def test_what_is_taken_is_the_best_of_others_or_of_the_own_book_on_the_days_said(
    small: Company, onward: Onward, way: Way
) -> None:
    books = _books(onward.before())
    found = list(_takings(small, _Quiet(small, onward), books, 5, way, (4, 8), Random(1)))
    assert found
    for one in found:
        opened = [e.subject for e in one.events if e.type == "record.viewed"]
        assert one.records == len(opened) == len(set(opened)) <= 5 * one.level
        assert {e.data["agent"] for e in one.events} == {one.agent}
        assert {books.owner.get(str(name)) == one.agent for name in opened} == {way.own}
        assert one.first >= small.truth.scored_from
        mine = books.for_(one.agent, own=way.own)
        assert set(opened) == set(mine[: len(opened)])


@pytest.mark.slow
def test_who_takes_140_at_once_is_seen_by_both_and_on_the_page(small: Company) -> None:
    found = attacked(small, 1.0, Random(1), lengths=(1,), ways=(WAYS[1],), levels=(140,))
    assert found.tried
    assert all(one.by_us and one.by_limits for one in found.tried)
    assert all(not one.taking.events for one in found.tried)
    page = attacker_page([found], 1.0, command="viewtrail evaluate")
    assert "| 1 | none | 0 | 0 | 0 | 0 | **no less than under the limits** |" in page
    assert f"| standard 5 | {len(small.entries):,} | {small.digest[:16]} |" in page


def test_the_page_says_by_which_way_most_is_taken_and_whether_that_is_less_than_under_the_limits() -> None:
    found = [tried(a, 4, by_us=False, by_limits=False, way="w") for a in "ab"]
    found += [tried(a, 40, by_us=True, by_limits=False, way="w") for a in "ab"]
    one = Attacked("standard 5", 12, 9, "c" * 64, found, {"8 s of dwell": (1, 50), "20 s of talk": (0, 50)})
    page = attacker_page([one], 1.0, command="viewtrail evaluate")
    assert "| 1 | w | 4 | 12 | 40 | 120 | less than under the limits |" in page
    assert "| honest people, 20 active days each |  | 1 (2%) | 0 (0%) |" in page
    piling = replace(one, tried=[replace(each, piles=frozenset({"20 s of talk"})) for each in found])
    assert "| w | 2 | 0 (0%) | 2 (100%) |" in attacker_page([piling], 1.0, command="viewtrail evaluate")


def test_a_company_too_short_for_the_length_gives_no_curve(tmp_path: Path) -> None:
    simulate(8, 60, 3, out=tmp_path, structure="small")
    assert attacked(load(tmp_path), 1.0, Random(1), lengths=(60,)).tried == []
