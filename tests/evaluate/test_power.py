"""How much so many thefts can show: other thefts count for what is found, never for honest people."""

from __future__ import annotations

from dataclasses import replace

from evaluate.told import alert, at, company, incident
from viewtrail.evaluate.measured import Again, Measured
from viewtrail.evaluate.report_power import data, power
from viewtrail.evaluate.score import Outcome, score
from viewtrail.evaluate.stated import Stated

THEFTS = [replace(incident("a", "ann", at(60 + n, 10), at(60 + n, 11)), number=n) for n in range(8)]


def found_of(thefts: int, *, false: int = 0) -> Outcome:
    """Eight thefts by one of two, of which the first `thefts` are told of."""
    told = [alert("ann", at(60 + n, 10), at(60 + n, 11)) for n in range(thefts)]
    told += [alert("bob", at(60 + 8 * n, 10), at(60 + 8 * n, 11)) for n in range(false)]
    return score(company(THEFTS), told)


def measured(name: str, *found: int) -> Measured:
    outcomes = [replace(found_of(many), company=name) for many in found]
    again = tuple(Again({1.0: one}, one, "b" * 64) for one in outcomes[1:])
    return Measured(
        name,
        name.split()[0],
        2,
        10,
        {1.0: outcomes[0]},
        outcomes[0],
        Stated({}, {}),
        None,
        digest="a" * 64,
        again=again,
    )


def test_one_missed_of_eight_does_not_show_that_a_company_is_below() -> None:
    page = power([measured("standard 1", 7)], [1.0])
    assert "| standard 1 | 8 | 0.88 [0.47, 1.00] (7 of 8) |" in page
    assert "Fewer have:\nstandard 1." in page
    assert "below it standard 1; surely below it none; surely at or above it 0 of 1" in page


def test_thefts_put_in_again_count_as_the_same_companys() -> None:
    page = power([measured("standard 1", 8, 8, 8, 8), measured("pooled 1", 1, 1, 1)], [1.0])
    assert "| standard 1 | 32 | 1.00 [0.89, 1.00] (32 of 32) |" in page
    assert "Fewer have:\nnone." in page
    assert "surely below it pooled 1; surely at or above it 1 of 2" in page
    assert "5 times more" in page


def test_companies_of_one_structure_are_put_together() -> None:
    page = power([measured("small 1", 8), measured("small 2", 6), measured("pooled 1", 8)], [1.0])
    assert "| small, together | 16 | 0.88 [0.62, 0.98] (14 of 16) |" in page
    assert "pooled, together" not in page


def test_the_data_are_named_by_their_hash() -> None:
    assert "| standard 1 | 10 | aaaaaaaaaaaaaaaa | bbbbbbbbbbbbbbbb |" in data([measured("standard 1", 8, 8)])
