"""The article's limits speak at their numbers and not one below."""

from __future__ import annotations

import pytest

from evaluate.told import MINUTE, at, company, opened
from viewtrail.evaluate.company import Act
from viewtrail.evaluate.limits import limit_alerts


def many(kind: str, n: int, weight: int = 1) -> list[Act]:
    return [Act(at(3, 9) + i * MINUTE, kind, f"r{i}", weight) for i in range(n)]


def test_eighty_openings_in_forty_minutes_and_not_seventy_nine() -> None:
    seventy_nine = opened([f"r{n}" for n in range(79)], at(3, 9), apart=30_000_000)
    assert not limit_alerts(company(ann=seventy_nine))
    [found] = limit_alerts(company(ann=[*seventy_nine, Act(at(3, 9, 40), "opened", "r79", 1)]))
    assert (found.signal, found.detected_at) == ("opened:40m", at(3, 9, 40))


def test_a_record_opened_again_counts_once_a_day() -> None:
    slowly = opened([f"r{n % 140}" for n in range(280)], at(3, 9), apart=2 * MINUTE)
    assert not limit_alerts(company(ann=slowly))


@pytest.mark.parametrize(
    ("kind", "n", "weight", "queue"),
    [("revealed", 90, 1, "access"), ("short call", 20, 1, "calls"), ("exported", 10, 100, "access")],
)
def test_the_other_limits(kind: str, n: int, weight: int, queue: str) -> None:
    assert not limit_alerts(company(ann=many(kind, n - 1, weight)))
    [found] = limit_alerts(company(ann=many(kind, n, weight)))
    assert (found.queue, found.agent, found.detected_at) == (queue, "ann", at(3, 9) + (n - 1) * MINUTE)
