"""The law every pattern is held to; patterns are found by looking in the folder, told days beside them."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import numpy as np
import pytest

import viewtrail.patterns as folder
from patterns.told import AGENTS, HISTORY, TODAY, Desk, Outcome, at, ordinary
from viewtrail.measure.baseline import LEAST_USUAL
from viewtrail.measure.reasons import FEEDS
from viewtrail.patterns.base import SCALES, Pattern, discovered
from viewtrail.settings import Settings
from viewtrail.watch import Loop

STEMS = {
    found.name
    for found in pkgutil.iter_modules(folder.__path__)
    if hasattr(importlib.import_module(f"viewtrail.patterns.{found.name}"), "PATTERN")
}
PATTERNS = discovered()
every = pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern.name for pattern in PATTERNS])


def told_of(pattern: Pattern, which: str) -> Desk:
    """`example()` or `counter_example()` of the pattern's own test file."""
    stem = pattern.name.replace("-", "_")
    found: Desk = getattr(importlib.import_module(f"patterns.test_{stem}"), which)()
    return found


@cache
def outcome(name: str, which: str) -> Outcome:
    return told_of(next(p for p in PATTERNS if p.name == name), which).fold()


def new_today(told: Outcome) -> list[str]:
    """The patterns of what was told of on the day in question."""
    return [f.pattern for f in told.findings if f.detected_at >= at(TODAY, "04:00")]


def test_every_file_with_a_pattern_is_found_and_named_after_it() -> None:
    assert {pattern.name.replace("-", "_") for pattern in PATTERNS} == STEMS
    assert len(STEMS) >= 5


@every
def test_it_states_its_question_its_blind_spots_and_the_ordinary_explanations(pattern: Pattern) -> None:
    assert pattern.question.endswith("?")
    assert len(pattern.blind) >= 2
    assert len(pattern.ordinary) >= 2
    assert all(len(text) > 10 for text in (*pattern.blind, *pattern.ordinary))
    assert pattern.noun


@every
def test_it_needs_feeds_that_there_are(pattern: Pattern) -> None:
    assert set(pattern.needs) <= set(FEEDS)


@every
def test_it_has_floors_and_limits_with_their_reasons(pattern: Pattern) -> None:
    assert pattern.signals
    assert all(signal.floor > 1 and signal.severity > 0 for signal in pattern.signals)
    assert all(signal.scale in SCALES for signal in pattern.signals)
    assert any(signal.final for signal in pattern.signals)
    assert pattern.limits, "a newcomer has plain limits, never silence"
    asked = {signal.count for signal in pattern.signals}
    for limit in pattern.limits:
        assert len(limit.reason) > 10
        assert limit.scale in SCALES
        assert limit.count in asked, "a limit speaks at every event, or where only a close can count, then"
        assert limit.at >= max(s.floor for s in pattern.signals if s.count == limit.count)


@every
def test_its_counts_are_counts_that_a_day_has(pattern: Pattern) -> None:
    # `Closing` refuses a signal that names a count no day has; an hour of one agent shows all names.
    loop = Loop(Settings(), [pattern])
    steps = list(loop.fold(ordinary(2).entries())) + loop.finish()
    assert steps == []
    assert loop.learned.baselines.days_known(AGENTS[0]) == 2


@every
def test_it_fires_on_its_example(pattern: Pattern) -> None:
    found = [f for f in outcome(pattern.name, "example").findings if f.pattern == pattern.name]
    assert [finding.status for finding in found] == ["confirmed"]
    assert found[0].queue == pattern.queue
    assert found[0].ordinary == pattern.ordinary


@every
def test_it_is_silent_on_its_counter_example(pattern: Pattern) -> None:
    assert new_today(outcome(pattern.name, "counter_example")) == []


@every
def test_nobody_else_is_told_of(pattern: Pattern) -> None:
    told = outcome(pattern.name, "example")
    assert len({finding.agent for finding in told.findings}) == 1


@every
def test_the_day_it_asks_about_is_not_in_its_own_usual(pattern: Pattern) -> None:
    """What is called usual is what an installation says that never saw the day."""
    desk = told_of(pattern, "example")
    (finding,) = outcome(pattern.name, "example").findings
    before = Desk([one for one in desk.said if one[0] < at(TODAY, "04:00")], desk.silent)
    loop = before.fold().loop
    assert loop.learned.baselines.days_known("a-1") == HISTORY
    name = next(name for name, count in finding.counts.items() if count.usual and ":" in name)
    if loop.scorer.signals[loop.scorer.place[name]].special:
        told = outcome(pattern.name, "example").loop
        assert told.days.closed[-1].learned.books == loop.learned.books
        return
    usual = loop.learned.baselines.usual(["a-1"], ["agent"])
    rate = float(usual.rate[0, loop.scorer.place[name]])
    assert f"{rate:.1f}" in finding.usual
    expected = max(rate, LEAST_USUAL)
    assert (
        finding.counts[name].usual == pytest.approx(expected, abs=0.01)
        or "times their usual" in finding.usual
        or "in the same hours" in finding.usual
    )


@every
def test_a_larger_day_has_no_other_usual(pattern: Pattern) -> None:
    """The same day with three times as much in it is measured against the same."""
    desk = told_of(pattern, "example")
    once = outcome(pattern.name, "example").loop
    for t, event in list(desk.said):
        mine = event.data.get("agent") == "a-1" and t >= at(TODAY, "04:00")
        if mine and event.type in ("record.viewed", "contact.revealed", "call.ended", "export.created"):
            for copy in (1, 2):
                subject = None if event.subject is None else f"{event.subject}-{copy}"
                desk.say(event.type, t + copy, subject, **event.data)
    thrice = desk.fold().loop
    before = [loop.days.closed[-1].learned for loop in (once, thrice)]
    assert np.array_equal(*(learned.baselines.usual(["a-1"], ["agent"]).rate for learned in before))
    assert before[0].books == before[1].books
    assert before[0].runs == before[1].runs


@every
def test_one_at_a_time_and_all_at_once_are_the_same_transitions(pattern: Pattern) -> None:
    entries = told_of(pattern, "example").entries()
    settings = Settings(time_zone="Europe/Nicosia")
    live, steps = Loop(settings), []
    for entry in entries:
        steps += live.take(entry)
        if entry.index % 50 == 0:
            live.findings()
            live.left_alone()  # looking changes nothing
    steps += live.finish()
    replayed = outcome(pattern.name, "example")
    assert steps == replayed.transitions
    assert live.findings() == replayed.findings


@every
def test_every_transition_names_the_entry_that_caused_it(pattern: Pattern) -> None:
    entries = told_of(pattern, "example").entries()
    steps = outcome(pattern.name, "example").transitions
    assert [step.index for step in steps] == sorted(step.index for step in steps)
    for step in steps:
        assert step.at >= entries[step.index].known
        assert all(index <= step.index for index in step.finding.entries), (
            "nothing is known before it is told"
        )
