"""What is usual: the tail is the textbook's, a newcomer is the role, a burst does not teach itself."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from viewtrail.measure.baseline import LEARN_CAP, LEAST_USUAL, RHO, SPREAD_AFTER, Baselines, Matrix, Usual

counts = st.integers(0, 400)
shapes = st.floats(0.15, 50.0)
means = st.floats(0.02, 120.0)


DAYS = (date(2026, 1, 1) + timedelta(days=n) for n in count())
"""Each day that is learned is another one."""


def one(value: float) -> Matrix:
    return np.array([[float(value)]])


def learned(history: dict[str, list[int]], role: str = "agent") -> Baselines:
    """Baselines that lived these days, one agent after the other's name, one count a day."""
    baselines = Baselines(1)
    names = sorted(history)
    for day in range(max(map(len, history.values()))):
        active = [name for name in names if day < len(history[name])]
        take(baselines, active, [history[name][day] for name in active], role)
    return baselines


def take(baselines: Baselines, names: list[str], counted: list[int], role: str = "agent") -> None:
    roles = [role] * len(names)
    usual = baselines.usual(names, roles)
    x = np.array(counted, dtype=float)[:, None]
    baselines.learn(names, roles, x, usual, usual.expected(), next(DAYS))


def rate(baselines: Baselines, name: str, role: str = "agent") -> float:
    return float(baselines.usual([name], [role]).rate[0, 0])


@given(counts, means, shapes, st.floats(0.3, 60.0))
def test_the_tail_is_the_negative_binomials(x: int, mean: float, k: float, own: float) -> None:
    usual = Usual(one(mean), one(own), one(k))
    r = 1.0 / (1.0 / k + 1.0 / own + 1.0 / (k * own))
    expected = stats.nbinom.sf(x - 1, r, r / (r + mean))
    found = float(usual.tail(one(x), one(mean))[0, 0])
    assert found == pytest.approx(max(float(expected), 1e-300), rel=1e-6, abs=1e-12)


@given(means, shapes, st.floats(0.3, 60.0))
def test_the_variance_is_the_same_distributions(mean: float, k: float, own: float) -> None:
    usual = Usual(one(mean), one(own), one(k))
    r = float(usual.size()[0, 0])
    assert float(usual.variance(one(mean))[0, 0]) == pytest.approx(
        stats.nbinom.var(r, r / (r + mean)), rel=1e-6
    )


@given(counts, means)
def test_more_is_never_less_surprising(x: int, mean: float) -> None:
    usual = Usual(one(mean), one(3.0), one(2.0))
    assert usual.tail(one(x + 1), one(mean))[0, 0] <= usual.tail(one(x), one(mean))[0, 0] <= 1.0


@given(counts, means, means)
def test_the_same_count_is_less_surprising_for_whom_more_is_usual(
    x: int, one_mean: float, two: float
) -> None:
    low, high = sorted((one_mean, two))
    usual = Usual(one(low), one(3.0), one(2.0))
    assert usual.tail(one(x), one(low))[0, 0] <= usual.tail(one(x), one(high))[0, 0] + 1e-12


def test_nothing_seen_is_no_surprise_at_all() -> None:
    usual = Usual(one(50.0), one(3.0), one(2.0))
    assert usual.tail(one(0), one(50.0))[0, 0] == 1.0


def test_no_expectation_is_below_the_least() -> None:
    baselines = learned({f"a-{n}": [0] * 60 for n in range(8)})
    usual = baselines.usual(["a-1"], ["agent"])
    assert usual.rate[0, 0] < LEAST_USUAL
    assert usual.expected()[0, 0] == LEAST_USUAL


def test_a_newcomer_is_taken_to_be_like_the_role() -> None:
    baselines = learned({f"a-{n}": [10 + n % 3] * 30 for n in range(8)})
    theta, _, _ = baselines.of_role("agent")
    assert rate(baselines, "nobody yet") == pytest.approx(float(theta[0]))
    assert 9.5 < float(theta[0]) < 12.5


def test_a_newcomer_of_a_role_that_nobody_has_is_near_nothing() -> None:
    baselines = learned({"a-1": [30] * 30})
    assert rate(baselines, "c-1", "compliance") == pytest.approx(0.05 / 0.5)


def test_own_history_wins_over_the_role_as_it_grows() -> None:
    others = {f"a-{n}": [10, 9, 11, 10] * 15 for n in range(8)}
    found = [rate(learned({**others, "busy": [30] * days}), "busy") for days in (1, 5, 20, 60)]
    assert found == sorted(found)
    assert found[0] < 26 < found[2]
    assert found[-1] == pytest.approx(30, abs=2.5)


def test_a_burst_does_not_teach_itself() -> None:
    calm = learned({f"a-{n}": [4, 6, 5, 5] * 10 for n in range(8)})
    before = rate(calm, "a-0")
    usual = calm.usual(["a-0"], ["agent"])
    room = LEARN_CAP * float(np.sqrt(usual.variance(usual.expected())[0, 0])) + 1.0
    once, twice = calm.copy(), calm.copy()
    take(once, ["a-0"], [150])
    take(twice, ["a-0"], [15_000])
    assert rate(once, "a-0") == rate(twice, "a-0"), "how large a burst is makes no difference"
    row = calm.row["a-0"]
    taught = float(once.sums[row, 0]) - RHO * float(calm.sums[row, 0])
    assert taught == pytest.approx(before + room)
    assert rate(once, "a-0") < 1.35 * before


def test_a_burst_does_not_widen_what_is_usual_for_the_others() -> None:
    calm = learned({f"a-{n}": [4, 6, 5, 5] * 10 for n in range(8)})
    p_before = float(calm.usual(["a-1"], ["agent"]).tail(one(30), one(5.0))[0, 0])
    take(calm, ["a-0"], [15_000])
    p_after = float(calm.usual(["a-1"], ["agent"]).tail(one(30), one(5.0))[0, 0])
    assert p_after < 0.01
    assert p_after < 50 * max(p_before, 1e-6)


def test_an_agent_whose_role_changes_keeps_the_own_history() -> None:
    baselines = learned({**{f"a-{n}": [5] * 30 for n in range(8)}, "busy": [40] * 40})
    assert rate(baselines, "busy", "manager") > 25 > 1 > rate(baselines, "new", "manager")


def test_a_copy_learns_for_itself() -> None:
    first = learned({f"a-{n}": [3, 4, 5] * 5 for n in range(7)})
    told = rate(first, "a-0")
    twin = first.copy()
    take(twin, ["a-0", "new"], [9, 9])
    assert rate(first, "a-0") == told
    assert rate(twin, "a-0") != told
    assert "new" not in first.row
    assert first.days_known("a-0") == 15
    assert twin.days_known("a-0") == 16


histories = st.dictionaries(
    st.sampled_from([f"a-{n}" for n in range(9)]), st.lists(counts, min_size=1, max_size=12), min_size=1
)


@given(histories)
def test_whatever_was_lived_the_usual_is_finite_and_positive(history: dict[str, list[int]]) -> None:
    usual = learned(history).usual([*sorted(history), "new"], ["agent"] * (len(history) + 1))
    for part in (usual.rate, usual.own, usual.k):
        assert np.isfinite(part).all()
        assert (part > 0).all()


@given(histories)
def test_the_order_in_which_a_day_names_its_agents_does_not_matter(history: dict[str, list[int]]) -> None:
    forward, backward = Baselines(1), Baselines(1)
    for day in range(max(map(len, history.values()))):
        active = sorted(name for name in history if day < len(history[name]))
        take(forward, active, [history[name][day] for name in active])
        take(backward, active[::-1], [history[name][day] for name in active[::-1]])
    for name in history:
        assert rate(forward, name) == pytest.approx(rate(backward, name), rel=1e-9)


@given(histories, st.sampled_from([f"a-{n}" for n in range(9)]), counts)
def test_having_done_more_is_usual_for_more(history: dict[str, list[int]], name: str, x: int) -> None:
    baselines = learned(history)
    less, more = baselines.copy(), baselines.copy()
    take(less, [name], [x])
    take(more, [name], [x + 1])
    assert rate(more, name) >= rate(less, name) - 1e-9


def test_who_works_in_bursts_is_expected_to_and_nobody_else_is() -> None:
    steady = {f"a-{n}": [10, 12, 8, 11, 9] * 8 for n in range(9)}
    baselines = learned({**steady, "a-9": [2, 2, 40, 2, 4] * 8})
    names, roles = ["a-0", "a-9"], ["agent", "agent"]
    own, of_the_role = baselines.usual(names, roles).k, baselines.usual(names, roles, own_spread=False).k
    assert own[1, 0] < of_the_role[1, 0] / 2, "the smaller, the more days differ"
    assert own[0, 0] == of_the_role[0, 0], "nobody's is narrower than the role's"


def test_one_burst_alone_does_not_make_an_agent_bursty() -> None:
    calm = {f"a-{n}": [10, 12, 8, 11, 9] * 8 for n in range(10)}
    before = learned(calm)
    after = learned({**calm, "a-9": [*calm["a-9"][:-1], 400]})
    x, mu = one(60.0), one(10.0)
    rare = [float(of.usual(["a-9"], ["agent"]).tail(x, mu)[0, 0]) for of in (before, after)]
    assert rare[1] < 1e-4, "sixty, six times the usual, stay rare after a day of four hundred"


def spread(baselines: Baselines) -> float:
    """The relative variance between days that is taken for a-1's own."""
    return 1.0 / float(baselines.usual(["a-1"], ["agent"]).k[0, 0])


def test_an_episode_is_not_its_own_precedent() -> None:
    """Who has twenty on one day is not taken for somebody who has bursts until a week has gone by."""
    baselines = learned({name: [1, 2, 0, 1, 2, 1] * 6 for name in ("a-1", "a-2", "a-3")})
    before = spread(baselines)
    take(baselines, ["a-1"], [20])
    for _ in range(SPREAD_AFTER - 1):
        role = 1.0 / float(baselines.usual(["a-2"], ["agent"]).k[0, 0])
        assert spread(baselines) == pytest.approx(max(before, role), rel=0.3)
        take(baselines, ["a-1"], [1])
    take(baselines, ["a-1"], [1])
    assert spread(baselines) > 2 * before


def test_a_copy_waits_for_itself() -> None:
    baselines = learned({name: [1, 2, 0, 1, 2, 1] * 6 for name in ("a-1", "a-2", "a-3")})
    take(baselines, ["a-1"], [20])
    twin = baselines.copy()
    before = spread(twin)
    for _ in range(SPREAD_AFTER + 1):
        take(baselines, ["a-1"], [1])
    assert spread(twin) == before < spread(baselines)
