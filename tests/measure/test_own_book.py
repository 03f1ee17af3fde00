"""The better half of the own book: numbers against an oracle, and what says nothing."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import betabinom

from viewtrail.measure.counts import OPENED, Mark
from viewtrail.measure.own_book import ALIKE, BANDS, MOST_LEARNED, NOTHING, chosen, learned


def opened(*bands: int) -> list[tuple[Mark, int]]:
    return [(Mark(n, OPENED, f"r-{n}", 1, n, ("/crm", str(n))), band) for n, band in enumerate(bands)]


def book(**bands: float) -> tuple[float, ...]:
    """`b5=30.0`: thirty openings in band 5."""
    found = [0.0] * BANDS
    for name, n in bands.items():
        found[int(name[1:])] = n
    return tuple(found)


EVEN = book(b5=50.0, b12=50.0)


@pytest.mark.parametrize(
    ("good", "bad"), [pair for pair in product((0, 3, 20), (0, 5, 10)) if sum(pair) >= 5]
)
def test_the_tail_is_the_beta_binomials(good: int, bad: int) -> None:
    found = chosen(opened(*[12] * good, *[5] * bad), EVEN)
    assert found is not None
    assert (found.seen, found.opened, found.share) == (good, good + bad, 0.5)
    spread = 1 / ALIKE - 1
    oracle = betabinom(good + bad, 0.5 * spread, 0.5 * spread).sf(good - 1)
    assert 10 ** -found.surprise(1.0) == pytest.approx(oracle, rel=1e-6)


def test_when_the_peers_do_it_too_it_is_less_rare() -> None:
    found = chosen(opened(*[12] * 20), EVEN)
    assert found is not None
    assert found.surprise(1.8) < found.surprise(1.0)
    assert found.expected(1.8) == pytest.approx(18.0)
    assert found.expected(20.0) < 20.0


def test_little_says_nothing() -> None:
    assert chosen(opened(12, 12, 12, 12), EVEN) is None, "four openings"
    assert chosen(opened(*[12] * 20), book(b5=9.0, b12=9.0)) is None, "hardly a past"
    assert chosen(opened(*[5] * 20), book(b5=90.0)) is None, "one band: no better part"


def test_a_large_day_teaches_little() -> None:
    once = learned(NOTHING, opened(*[12] * 200))
    assert sum(once) == pytest.approx(MOST_LEARNED)
    assert np.argmax(once) == 12
