"""Charts: drawn in the page's colours, with peers only where there are enough, and the same as a table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from viewtrail.store.asking_answers import DayCounts

DAY = date(2026, 3, 2)


def counts(day: date, opened: int) -> DayCounts:
    return DayCounts(day, 0, 1, opened, opened, opened, 0, 0, 0, 0, 0, 0, 0.0, 0, 0, 0, 0, 1)


def days_of(*opened: int) -> list[DayCounts]:
    return [counts(DAY + timedelta(days=n), count) for n, count in enumerate(opened)]


def test_peers_are_a_band_of_their_lowest_and_highest_tenth() -> None:
    from viewtrail.web.charts_of_days import days

    peers = {f"a-{n}": days_of(10 * n) for n in range(1, 12)}
    (told,) = days(days_of(80), peers, "opened", {DAY})
    assert (told.own, told.low, told.middle, told.high, told.strong) == (80, 20, 60, 100, True)


@pytest.mark.parametrize("others", [0, 1, 4])
def test_fewer_than_five_peers_are_not_shown(others: int) -> None:
    from viewtrail.web.charts_of_days import days, spec

    peers = {f"a-{n}": days_of(10) for n in range(others)}
    told = days(days_of(80), peers, "opened", {DAY})
    assert [(one.low, one.middle, one.high) for one in told] == [(None, None, None)]
    assert "area" not in str(spec(told, "opened"))


def test_a_chart_has_the_colours_of_the_page_and_words_of_its_own(site: Path) -> None:
    from viewtrail.web.charts import PRINT, SCREEN, printed, svg
    from viewtrail.web.charts_of_days import days, said, spec

    told = days(
        days_of(3, 4, 80), {f"a-{n}": days_of(5, 6, 7) for n in range(6)}, "opened", {DAY + timedelta(2)}
    )
    drawn = svg(spec(told, "opened"), said(told, "opened"))
    assert 'role="img"' in drawn
    assert "80 on 4 March; on 2 other days between 3 and 4" in drawn
    assert 'fill="var(--mark)"' in drawn
    assert not [one for one in SCREEN if one in drawn], "no stand-in is left"
    assert " style=" not in drawn, "a strict policy would block it"
    paper = printed(spec(told, "opened"))
    assert "var(" not in paper
    assert PRINT["#0000f1"] in paper


def test_what_a_chart_is_called_cannot_break_out_of_it(site: Path) -> None:
    from viewtrail.web.charts import svg
    from viewtrail.web.charts_of_days import days, spec

    drawn = svg(spec(days(days_of(3), {}, "opened", set()), "opened"), '"><script>alert(1)</script>')
    assert "<script" not in drawn
