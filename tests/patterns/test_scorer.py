"""One score for all signals: its parts sum to it, more is never less, and the budget draws the line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.baseline import Matrix, Usual
from viewtrail.patterns.base import SCALES, Limit, Pattern, Signal, applies, discovered
from viewtrail.patterns.scorer import (
    BACK_FROM_LEAVE,
    BACK_FROM_LONG,
    NEW_HIRE,
    NOTICE,
    PLAIN,
    QUARTER_END,
    STEEP,
    WORKED_ON,
    Calibration,
    Context,
    Row,
    Scorer,
)

BUDGETS = {"access": 1.0, "calls": 1.0}
SCORER = Scorer(discovered(), BUDGETS)
SIGNALS = len(SCORER.signals)

contexts = st.builds(Context, st.booleans(), st.booleans(), st.booleans(), st.booleans())
rarities = st.floats(0.0, 60.0)
counted = st.integers(0, 500)
expected = st.floats(0.02, 200.0)


def matrix(value: float) -> Matrix:
    return np.full((1, SIGNALS), float(value))


@given(counted, expected, rarities, contexts)
def test_one_by_one_and_all_at_once_are_the_same_score(
    x: int, mu: float, rarity: float, one: Context
) -> None:
    together = SCORER.scores(matrix(x), matrix(mu), matrix(rarity), [one])[0]
    alone = [
        -np.inf if signal.seldom and x < signal.floor else SCORER.weigh(signal, x, mu, rarity, one).score
        for signal in SCORER.signals
    ]
    assert together == pytest.approx(alone, abs=5e-9)


@given(counted, expected, rarities, contexts, st.sampled_from(SCORER.signals))
def test_the_parts_sum_to_the_score(x: int, mu: float, rarity: float, one: Context, signal: Signal) -> None:
    weighed = SCORER.weigh(signal, x, mu, rarity, one)
    assert sum(amount for _, amount, _ in weighed.parts) == pytest.approx(weighed.score, abs=1e-9)
    assert {needs for _, _, needs in weighed.parts} <= {"hr", "none"}


@given(counted, expected, rarities, contexts, st.sampled_from(SCORER.signals))
def test_more_is_never_less(x: int, mu: float, rarity: float, one: Context, signal: Signal) -> None:
    before = SCORER.weigh(signal, x, mu, rarity, one).score
    assert SCORER.weigh(signal, x + 1, mu, rarity, one).score >= before
    assert SCORER.weigh(signal, x, mu, rarity + 0.5, one).score > before
    assert SCORER.weigh(signal, x, mu + 1, rarity, one).score <= before


def test_beyond_one_in_ten_thousand_rarity_hardly_counts() -> None:
    signal = SCORER.signals[0]
    at = [SCORER.weigh(signal, 10, 1.0, rarity, PLAIN).score for rarity in (STEEP - 1, STEEP, 30.0, 300.0)]
    assert at[1] - at[0] == pytest.approx(1.0)
    assert at[3] - at[1] < 2.5


def test_what_is_at_stake_is_what_nobody_would_expect() -> None:
    signal = Signal("unexplained", "day", floor=8, severity=1.0)
    stake = {name: amount for name, amount, _ in SCORER.weigh(signal, 95, 5.0, 2.0, PLAIN).parts}
    assert stake["how much is at stake"] == pytest.approx(1.5)  # 1.5 log10(1 + 90/10)


@pytest.mark.parametrize(
    ("context", "amount", "needs"),
    [
        (Context(notice=True), NOTICE, "hr"),
        (Context(quarter_end_own_desk=True), QUARTER_END, "none"),
        (Context(back_from_leave=True), BACK_FROM_LEAVE, "hr"),
        (Context(back_from_leave=True, long_away=True), BACK_FROM_LONG, "hr"),
        (Context(new_hire=True), NEW_HIRE, "hr"),
    ],
)
def test_each_context_has_its_term(context: Context, amount: float, needs: str) -> None:
    signal = Signal("unexplained", "day", floor=8, severity=1.0)
    (term,) = context.terms(signal)
    assert term[1:] == (amount, needs)
    plain = SCORER.weigh(signal, 20, 1.0, 3.0, PLAIN).score
    assert SCORER.weigh(signal, 20, 1.0, 3.0, context).score == pytest.approx(plain + amount)


def test_what_was_changed_day_after_day_is_no_clean_up() -> None:
    day, run = (Signal("own_reason", scale, floor=30, severity=0.7) for scale in ("day", "run"))
    assert [amount for _, amount, _ in Context(worked_on=1.0).terms(day)] == [WORKED_ON]
    assert Context(worked_on=1.0).terms(run) == []


def test_notice_does_not_count_for_calls() -> None:
    calls = [signal for signal in SCORER.signals if signal.count.startswith("short_calls")]
    assert calls
    assert all(Context(notice=True).amount(signal) == 0 for signal in calls)


@pytest.mark.parametrize(("budget", "line"), [(1.0, 3.0), (5.0, 2.30103), (0.1, 4.0), (1000.0, 0.0)])
def test_the_line_is_the_budget_per_thousand(budget: float, line: float) -> None:
    scorer = Scorer(discovered(), {"access": budget, "calls": 1.0})
    assert scorer.line["access"] == pytest.approx(line, abs=1e-6)
    assert scorer.line["calls"] == 3.0, "each queue has its own"


def rows(n: int, role: str = "agent") -> list[Row]:
    """Agent-days whose surprises and scores are evenly rare."""
    share = (np.arange(n) + 0.5) / n
    return [
        Row(
            f"a-{k}",
            role,
            True,
            np.zeros(SIGNALS),
            np.full(SIGNALS, -np.log10(share[k])),
            {q: -np.log10(share[k]) for q in BUDGETS},
        )
        for k in range(n)
    ]


@pytest.mark.parametrize(
    "known", [Calibration(), SCORER.calibrated(rows(3000))], ids=["unlearned", "learned"]
)
@pytest.mark.parametrize("queue", sorted(BUDGETS))
@pytest.mark.parametrize("budget", [0.2, 1.0, 5.0])
def test_the_line_is_crossed_at_the_score_needed_and_not_below(
    known: Calibration, queue: str, budget: float
) -> None:
    scorer = Scorer(discovered(), {"access": budget, "calls": budget})
    needed = scorer.needed("agent", queue, known)
    assert scorer.unlikely(needed + 1e-6, "agent", queue, known) >= scorer.line[queue] - 1e-9
    assert scorer.unlikely(needed - 1e-3, "agent", queue, known) < scorer.line[queue]


def test_a_smaller_budget_needs_a_higher_score() -> None:
    needed = [
        Scorer(discovered(), {"access": budget, "calls": 1.0}).needed("agent", "access", Calibration())
        for budget in (5.0, 1.0, 0.2)
    ]
    assert needed == sorted(needed)
    assert needed[0] < needed[2]


def test_on_the_days_it_learned_from_it_keeps_to_the_budget() -> None:
    learned = rows(8000)
    known = SCORER.calibrated(learned)
    for queue in BUDGETS:
        over = sum(
            SCORER.unlikely(row.scores[queue], row.role, queue, known) >= SCORER.line[queue]
            for row in learned
        )
        assert over <= 1.4 * len(learned) / 1000


def test_a_role_that_was_never_seen_is_answered_by_the_model() -> None:
    known = SCORER.calibrated(rows(3000))
    surprise = matrix(2.0)
    assert SCORER.rarity(surprise, ["compliance"], known).tolist() == surprise.tolist()
    assert SCORER.rarity(surprise, ["agent"], known)[0] == pytest.approx(surprise[0], abs=0.2)


def test_surprise_is_minus_the_logarithm_of_the_tail() -> None:
    usual = Usual(matrix(3.0), matrix(4.0), matrix(5.0))
    found = SCORER.surprise(matrix(12), usual, usual.expected())
    assert 10.0 ** -found[0, 0] == pytest.approx(float(usual.tail(matrix(12), matrix(3.0))[0, 0]), rel=1e-6)


def test_every_signal_has_one_place_and_one_pattern() -> None:
    assert len(SCORER.place) == SIGNALS == len(SCORER.pattern_of)
    for queue in SCORER.queues:
        assert all(SCORER.pattern_of[column].queue == queue for column in SCORER.columns(queue))
    assert sorted(n for q in SCORER.queues for n in SCORER.columns(q)) == list(range(SIGNALS))


def test_openings_are_asked_about_by_reason_or_by_number_never_both() -> None:
    for state in ("scoreable", "learning"):
        assert not any(applies(count, state) for count in ("unaccounted", "unaccounted_so_far", "resting"))
        assert applies("unexplained", state)
    assert all(applies(n, "unscoreable") for n in ("unaccounted", "unaccounted_so_far", "resting_so_far"))
    assert not applies("unexplained_hard", "unscoreable")
    assert not applies("unexplained_so_far", "unscoreable")
    assert applies("exports", "unscoreable")


def test_a_scorer_takes_the_patterns_it_is_given() -> None:
    mine = Pattern(
        "mine",
        "?",
        "things",
        (Signal("exports", "day", 2, 1.0),),
        (Limit("exports", "day", 9, "x"),),
        (),
        (),
        (),
    )
    assert [signal.name for signal in Scorer([mine], BUDGETS).signals] == ["exports:day"]
    assert set(SCALES) >= {signal.scale for signal in SCORER.signals}


def test_a_run_that_goes_on_is_not_compared_with_its_own_beginning() -> None:
    column = SCORER.runs[0]
    day = date(2026, 1, 5)

    def over(agent: str, levels: list[float]) -> list[Row]:
        """One row a day, the run's surprise as told."""
        found = []
        for n, level in enumerate(levels):
            surprise = np.zeros(SIGNALS)
            surprise[column] = level
            none = dict.fromkeys(BUDGETS, 0.1)
            found.append(Row(agent, "agent", True, np.zeros(SIGNALS), surprise, none, day + timedelta(n)))
        return found

    calm = [row for n in range(60) for row in over(f"a-{n}", [0.0] * 30)]
    going = [*calm, *over("b-1", [0.0] * 10 + [3.0] * 20), *over("b-2", [0.0] * 10 + [3.0] * 20)]
    ended = [*calm, *over("b-1", [3.0] * 20 + [0.0] * 10), *over("b-2", [3.0] * 20 + [0.0] * 10)]
    asked = np.array([3.0])
    rare = [
        float(SCORER.calibrated(rows).signals["agent", column].surprise_of(asked)[0])
        for rows in (calm, going, ended)
    ]
    assert rare[0] == pytest.approx(rare[1], abs=0.05)
    assert rare[2] < rare[0] - 0.3


def test_too_few_of_what_is_seldom_are_no_score_that_could_raise_a_line() -> None:
    scorer = Scorer(discovered(), {"access": 1.0, "calls": 1.0})
    column = scorer.place["own_reason:day"]
    x = np.zeros((2, len(scorer.signals)))
    x[:, column] = scorer.signals[column].floor - 1, scorer.signals[column].floor
    found = scorer.scores(x, np.zeros_like(x), np.full_like(x, 3.0), [PLAIN, PLAIN])
    assert np.isneginf(found[0, column])
    assert found[1, column] > 3


def test_a_drip_told_of_for_weeks_is_one_event_and_no_measure_of_what_is_usual() -> None:
    quiet, first = rows(1000), date(2026, 1, 5)
    quiet = [replace(row, day=first + timedelta(n // 20)) for n, row in enumerate(quiet)]
    high = dict.fromkeys(BUDGETS, 5.5)
    days = [replace(quiet[-1], agent="a-drip", day=first + timedelta(n), scores=high) for n in range(45)]
    line = SCORER.calibrated(quiet).queues["agent", "access"].edge
    told = SCORER.calibrated([*quiet, *(replace(row, stands=True) for row in days)])
    never_told = SCORER.calibrated([*quiet, *days])
    assert told.queues["agent", "access"].edge == pytest.approx(line, abs=0.05)
    assert never_told.queues["agent", "access"].edge > line + 0.2
