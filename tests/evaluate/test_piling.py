"""A pile just above a figure is told from calls of every length, and from what everybody here does."""

from __future__ import annotations

from random import Random

import pytest

from evaluate.told import MINUTE, at
from viewtrail.evaluate.piling import EDGES, Piles, told
from viewtrail.log import Stored

TALK = EDGES[1]


def call(agent: str, t: int, talk_ms: int) -> Stored:
    data = {"agent": agent, "talk_ms": talk_ms}
    return Stored(data=data, id=f"{agent}-{t}", source="/pbx", time=t, type="call.ended")


def spread(agent: str, many: int, rng: Random) -> list[Stored]:
    """Calls of every length, the short ones more often."""
    lengths = [round(rng.lognormvariate(3.6, 1.0) * 1000) for _ in range(many)]
    return [call(agent, at(60, 9) + n * MINUTE, ms) for n, ms in enumerate(lengths)]


def company_of(*more: Stored) -> Piles:
    rng = Random(3)
    return Piles(told([*(one for n in range(10) for one in spread(f"a{n}", 400, rng)), *more]))


def piles_up(piles: Piles, agent: str) -> bool:
    return piles.up(TALK, agent, at(60, 0), at(61, 0))


def test_calls_of_every_length_make_no_pile() -> None:
    piles = company_of()
    assert not any(piles_up(piles, f"a{n}") for n in range(10))


def test_thirty_calls_of_21_seconds_among_hundreds_do() -> None:
    more = [call("a3", at(60, 9) + n * MINUTE + 1, 21_000) for n in range(30)]
    piles = company_of(*more)
    assert piles_up(piles, "a3")
    assert not piles_up(piles, "a4")
    assert not piles.up(TALK, "a3", at(70, 0), at(80, 0))


@pytest.mark.parametrize(("talk_s", "found"), [(19, False), (20, True), (22.9, True), (23, False)])
def test_a_pile_lies_just_above_the_figure_and_nowhere_else(talk_s: float, found: bool) -> None:
    more = [call("eve", at(60, 9) + n, round(talk_s * 1000)) for n in range(40)]
    assert piles_up(company_of(*more), "eve") is found


def test_seven_are_no_way_of_working_and_what_a_company_does_throughout_is_no_pile() -> None:
    few = [call("eve", at(60, 9) + n, 21_000) for n in range(7)]
    assert not piles_up(company_of(*few), "eve")
    all_of_them = [call(f"a{n}", at(60, 9) + k, 21_000) for n in range(10) for k in range(40)]
    assert not any(piles_up(company_of(*all_of_them), f"a{n}") for n in range(10))
