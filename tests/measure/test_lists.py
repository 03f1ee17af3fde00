"""Calls that are short for everybody say something about the list; short for one, about the one."""

from __future__ import annotations

from viewtrail.measure.clocks import MINUTE
from viewtrail.measure.lists import FEWEST_CALLS, FEWEST_OTHERS, Call, Hours, Lists

LATER = 600 * MINUTE


def calls(answered: int, short: int, campaign: str | None = "bought", since: int = 0) -> list[Call]:
    return [Call(since + n * MINUTE, True, n < short, campaign) for n in range(answered)]


def bad(own: list[Call], *others: list[Call], until: int = LATER, doubtful: bool = False) -> frozenset[str]:
    made = {"a-1": own} | {f"b-{n}": calls for n, calls in enumerate(others)}
    return Lists(made, until).bad_for("a-1", doubtful=doubtful)


def test_a_list_is_bad_when_everybodys_calls_on_it_are_short() -> None:
    assert bad(calls(40, 30), calls(20, 14), calls(20, 16)) == {"bought"}


def test_an_agent_who_hangs_up_on_a_good_list_is_not_excused() -> None:
    assert bad(calls(40, 30), calls(20, 2), calls(20, 1)) == frozenset()


def test_an_agent_far_above_the_others_on_a_bad_list_is_not_excused() -> None:
    assert bad(calls(60, 58), calls(30, 10), calls(30, 9)) == frozenset()


def test_one_colleague_could_be_as_odd_as_the_agent() -> None:
    assert FEWEST_OTHERS == 2
    assert bad(calls(40, 30), calls(40, 30)) == frozenset()


def test_a_dozen_calls_of_others_are_the_least() -> None:
    assert FEWEST_CALLS == 12
    assert bad(calls(40, 30), calls(5, 4), calls(6, 5)) == frozenset()
    assert bad(calls(40, 30), calls(6, 5), calls(6, 5)) == {"bought"}


def test_while_the_others_have_hardly_called_yet_there_is_doubt() -> None:
    assert bad(calls(40, 30), calls(5, 4), doubtful=True) == {"bought"}
    assert bad(calls(40, 30), calls(20, 2), calls(20, 1), doubtful=True) == frozenset()


def test_only_what_was_called_until_then_counts() -> None:
    late = calls(20, 16, since=300 * MINUTE)
    assert bad(calls(40, 30), late, late, until=200 * MINUTE) == frozenset()
    assert bad(calls(40, 30), late, late) == {"bought"}


def test_each_list_is_judged_by_itself() -> None:
    own = calls(40, 30) + calls(40, 30, "good")
    other = calls(20, 15) + calls(40, 2, "good")
    assert bad(own, other, other) == {"bought"}


def test_calls_on_no_list_have_no_list_to_blame() -> None:
    assert bad(calls(40, 30, None), calls(40, 30, None), calls(40, 30, None), doubtful=True) == frozenset()


def test_a_list_without_short_calls_of_ones_own_excuses_nothing_that_is_there() -> None:
    assert bad(calls(40, 0), calls(20, 2), calls(20, 1)) == frozenset()


def test_an_agent_without_calls_has_no_bad_list() -> None:
    assert (
        Lists({"b-1": calls(40, 30), "b-2": calls(40, 30)}, LATER).bad_for("a-1", doubtful=True)
        == frozenset()
    )


def test_each_agent_is_compared_with_the_others_alone() -> None:
    lists = Lists({"a-1": calls(200, 190), "b-1": calls(40, 2), "b-2": calls(40, 1)}, LATER)
    assert lists.bad_for("a-1", doubtful=False) == frozenset()
    assert lists.bad_for("b-1", doubtful=False) == {"bought"}, "one caller of many can make a list look bad"


# -- hours ------------------------------------------------------------------------------------------


def evening(short: int, agent: int) -> list[Call]:
    """A day of forty long calls, and twenty in one hour of the evening, so many of them short."""
    day = [Call(n * 10 * MINUTE + agent, False, False, None) for n in range(40)]
    return day + [Call(500 * MINUTE + n * MINUTE + agent, False, n < short, None) for n in range(20)]


def test_short_calls_of_everybody_in_an_hour_are_expected_of_everybody() -> None:
    made = {f"a-{n}": evening(9, n) for n in range(6)}
    hours = Hours(made, LATER, out=False)
    assert 4 < hours.extra("a-0") < 9
    assert hours.extra("b-9") == 0.0


def test_short_calls_of_one_are_expected_of_nobody() -> None:
    made = {"a-0": evening(18, 0)} | {f"a-{n}": evening(0, n) for n in range(1, 6)}
    assert Hours(made, LATER, out=False).extra("a-0") == 0.0
    alone = {"a-0": evening(18, 0)}
    assert Hours(alone, LATER, out=False).extra("a-0") == 0.0


def test_hours_know_the_way_of_a_call_and_what_is_still_to_come() -> None:
    made = {f"a-{n}": evening(9, n) for n in range(6)}
    assert Hours(made, LATER, out=True).extra("a-0") == 0.0
    assert Hours(made, 490 * MINUTE, out=False).extra("a-0") == 0.0
