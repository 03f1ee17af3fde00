"""Calibration: what a model calls rare becomes how rare it really was here."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.baseline import Matrix
from viewtrail.measure.calibrate import GRID, LEAST_SLOPE, SLOPE, Scored, episode_tails, tails

PERFECT: Matrix = -np.log10((np.arange(400) + 0.5) / 400.0)
EMPTY: Matrix = np.empty(0)


def surprises(n: int, stretched: float = 1.0) -> Matrix:
    """-log10 p of n agent-days under a model that is right (or wrong by a factor)."""
    found: Matrix = -np.log10((np.arange(n) + 0.5) / n) * stretched
    return found


@pytest.mark.parametrize("u", [0.1, 0.5, 1.0, 1.5, 2.0, 3.0])
def test_a_model_that_is_right_keeps_its_word(u: float) -> None:
    tail = tails([surprises(4000)], PERFECT)[0]
    assert float(tail.surprise_of(np.array([u]))[0]) == pytest.approx(u, abs=0.06 + 0.05 * u)


def test_a_model_that_cries_wolf_is_corrected() -> None:
    tail = tails([surprises(4000, stretched=2.0)], PERFECT)[0]
    said = np.array([1.0, 2.0, 4.0, 6.0])
    assert tail.surprise_of(said) == pytest.approx(said / 2, abs=0.25)


def test_a_model_that_is_too_calm_is_corrected_too() -> None:
    tail = tails([surprises(4000, stretched=0.5)], PERFECT)[0]
    assert float(tail.surprise_of(np.array([0.5]))[0]) == pytest.approx(1.0, abs=0.1)


def test_a_role_without_history_answers_like_the_model() -> None:
    tail = tails([EMPTY], PERFECT)[0]
    assert float(tail.surprise_of(np.array([1.0]))[0]) == pytest.approx(1.0, abs=0.02)
    assert tail.slope == pytest.approx(SLOPE)


def test_a_few_days_move_the_answer_only_a_little() -> None:
    alone = tails([EMPTY], PERFECT)[0]
    few = tails([np.full(5, 2.5)], PERFECT)[0]
    u = np.array([0.3, 1.0, 2.0, 3.0, 5.0])
    assert few.surprise_of(u) == pytest.approx(alone.surprise_of(u), rel=0.45)
    seen = np.array([2.0])
    assert few.surprise_of(seen) < alone.surprise_of(seen), "what was really seen is less rare"


def test_a_small_role_borrows_the_slope_of_all_roles() -> None:
    wide = surprises(6000, stretched=3.0)
    small = surprises(40)
    alone = tails([small], PERFECT)[0].slope
    beside = tails([small, wide], PERFECT)[0].slope
    large = tails([small, wide], PERFECT)[1].slope
    assert alone < beside < large
    assert large == pytest.approx(3.0 * 0.434, rel=0.1)


def test_a_large_role_keeps_its_own_slope() -> None:
    own = tails([surprises(6000)], PERFECT)[0].slope
    beside = tails([surprises(6000), surprises(6000, stretched=3.0)], PERFECT)[0].slope
    assert beside == pytest.approx(own, rel=0.15)


def test_no_slope_is_so_steep_that_one_step_more_means_everything() -> None:
    flat = np.concatenate([np.zeros(9000), np.full(1000, 1e-4)])
    assert tails([flat], PERFECT)[0].slope >= LEAST_SLOPE


def test_days_without_anything_are_an_atom_and_no_surprise() -> None:
    quiet = np.concatenate([np.zeros(3900), np.linspace(1.0, 3.0, 100)])
    tail = tails([quiet], PERFECT)[0]
    at_nothing, at_something = tail.surprise_of(np.array([0.0, 2.0]))
    assert at_nothing == 0.0
    assert at_something > 1.5, "one in forty days shows anything: that much is rarer still"
    assert tail.beyond >= float(tail.surprise_of(np.array([tail.edge]))[0])


def test_the_body_is_kept_on_a_small_grid() -> None:
    assert len(tails([surprises(5000)], PERFECT)[0].values) <= GRID


@pytest.mark.parametrize("sample", [EMPTY, np.array([0.0]), np.array([7.0]), np.zeros(3), np.full(500, 2.0)])
def test_any_sample_however_small_gives_finite_answers(sample: Matrix) -> None:
    found = tails([sample], PERFECT)[0].surprise_of(np.linspace(0.0, 300.0, 50))
    assert np.isfinite(found).all()
    assert (found >= 0).all()


samples = st.lists(
    st.lists(st.floats(0.0, 12.0) | st.just(0.0), max_size=80).map(
        lambda values: np.array(values, dtype=float)
    ),
    min_size=1,
    max_size=3,
)


@given(samples, st.lists(st.floats(0.0, 40.0), min_size=2, max_size=30))
def test_the_more_a_model_is_surprised_the_rarer_it_stays(found: list[Matrix], asked: list[float]) -> None:
    u = np.sort(np.array(asked))
    for tail in tails(found, PERFECT):
        assert (np.diff(tail.surprise_of(u)) >= -1e-9).all()


@given(samples)
def test_the_order_of_the_days_does_not_matter(found: list[Matrix]) -> None:
    u = np.linspace(0.0, 10.0, 21)
    forward = [tail.surprise_of(u) for tail in tails(found, PERFECT)]
    backward = [tail.surprise_of(u) for tail in tails([sample[::-1] for sample in found], PERFECT)]
    assert np.allclose(forward, backward)


def test_a_value_is_as_rare_as_it_and_all_above_it_were() -> None:
    tail = tails([EMPTY], np.array([0.0, 1.0, 2.0, 3.0]))[0]
    seen = 10.0 ** -tail.surprise_of(np.array([0.0, 1.0, 2.0, 3.0]))
    assert seen == pytest.approx([1.0, 0.75, 0.5, 0.25])


# -- episodes ---------------------------------------------------------------------------------------

MONDAY = date(2026, 1, 5)


def scored(scores: Matrix, each: int = 40) -> list[Scored]:
    """These scores as agent-days, `each` days an agent."""
    return [(MONDAY + timedelta(days=n % each), f"a-{n // each}", float(s)) for n, s in enumerate(scores)]


def test_a_few_far_ones_hardly_move_the_line() -> None:
    ordinary = np.random.default_rng(1).exponential(0.434, 4_000)
    prior = np.sort(np.random.default_rng(2).exponential(0.434, 400))
    with_thefts = ordinary.copy()
    with_thefts[100::500] = 9.0
    lines = [episode_tails([scored(s)], prior)[0].value_at(3.0) for s in (ordinary, with_thefts)]
    assert lines[0] <= lines[1] < lines[0] + 0.4
    further = with_thefts.copy()
    further[100::500] = 90.0
    assert episode_tails([scored(further)], prior)[0].value_at(3.0) == lines[1], "how far does not count"


def test_many_high_days_of_one_agent_are_one_episode() -> None:
    ordinary = np.random.default_rng(1).exponential(0.434, 4_000)
    prior = np.sort(np.random.default_rng(2).exponential(0.434, 400))
    once, often = ordinary.copy(), ordinary.copy()
    once[83] = 6.0
    often[80:87] = 6.0
    a, b = (episode_tails([scored(s)], prior)[0] for s in (once, often))
    assert b.value_at(3.0) - a.value_at(3.0) < 0.05


def test_the_value_of_a_rarity_is_where_the_tail_says_so() -> None:
    prior = np.sort(np.random.default_rng(2).exponential(0.434, 400))
    tail = episode_tails([scored(np.random.default_rng(3).exponential(0.5, 2_000))], prior)[0]
    for rarity in (2.3, 3.0, 3.3):
        assert float(tail.surprise_of(np.array([tail.value_at(rarity)]))[0]) == pytest.approx(
            rarity, abs=1e-6
        )


def test_a_role_of_few_days_never_claims_one_in_a_billion() -> None:
    prior = np.sort(np.random.default_rng(2).exponential(0.434, 400))
    few, many = tails([np.random.default_rng(3).exponential(0.434, n) for n in (30, 20_000)], prior)
    u = np.array([30.0])
    assert few.surprise_of(u)[0] < 0.5 * many.surprise_of(u)[0]


def test_how_far_out_two_bursts_lay_does_not_count_where_that_is_asked_for() -> None:
    quiet = surprises(2000)
    near, far = (np.concatenate([quiet, np.full(2, level)]) for level in (7.0, 70.0))
    asked = np.array([5.0])
    plain = [tails([sample], PERFECT)[0].surprise_of(asked)[0] for sample in (near, far)]
    censored = [tails([sample], PERFECT, censored=True)[0].surprise_of(asked)[0] for sample in (near, far)]
    assert plain[1] < plain[0] - 0.5
    assert censored[1] == censored[0]


def _quiet_weeks(people: int = 18, days: int = 50) -> list[Scored]:
    """Scores of a desk where nothing happens: an agent-day is one of a model's that is right."""
    scores = np.random.default_rng(5).permutation(surprises(people * days))
    first = date(2026, 1, 5)
    told = enumerate(scores.tolist())
    return [(first + timedelta(n // people), f"a-{n % people}", float(score)) for n, score in told]


def test_a_merger_that_reaches_half_a_desk_on_one_day_is_one_event() -> None:
    quiet = _quiet_weeks()
    merger = quiet[-1][0] + timedelta(1)
    reached = [(merger, f"a-{n}", 6.0 if n < 9 else 0.3) for n in range(18)]
    apart = [(merger + timedelta(9 * n), f"a-{n}", 6.0) for n in range(9)]
    line = episode_tails([quiet], PERFECT)[0].value_at(3.0)
    shared = episode_tails([quiet + reached], PERFECT)[0].value_at(3.0)
    each = episode_tails([quiet + apart], PERFECT)[0].value_at(3.0)
    assert shared - line < (each - line) / 2, "nine people on one day are less than nine such days"


def test_two_people_high_on_one_day_are_two_events() -> None:
    quiet = _quiet_weeks()
    day = quiet[-1][0] + timedelta(1)
    both = episode_tails([[*quiet, (day, "a-1", 6.0), (day, "a-2", 6.0)]], PERFECT)[0]
    other = [*quiet, (day, "a-1", 6.0), (day + timedelta(1), "a-2", 6.0)]
    assert both.value_at(3.0) == pytest.approx(episode_tails([other], PERFECT)[0].value_at(3.0))
