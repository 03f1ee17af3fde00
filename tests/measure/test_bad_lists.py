"""A list on which everybody's calls are short; one agent, few calls, a list like others, and no usual yet."""

from __future__ import annotations

from viewtrail.measure.bad_lists import BadList, bad_lists
from viewtrail.measure.clocks import HOUR, MINUTE
from viewtrail.measure.lists import Call

KNOWN = (400.0, 80.0)
"""A fifth of the calls on lists here are short as a rule."""

Calls = dict[str, list[Call]]


def calls(name: str | None, short: int, long: int, hour: int = 10, source: str = "/pbx") -> list[Call]:
    made = [(n < short) for n in range(short + long)]
    return [
        Call(hour * HOUR + n * MINUTE // 4, True, is_short, name, source) for n, is_short in enumerate(made)
    ]


def found(of: Calls, known: tuple[float, float] = KNOWN) -> list[BadList]:
    return list(bad_lists(of, known, {}))


def everybody(short: int, long: int) -> Calls:
    return {f"a-{n}": calls("c-1", short, long) for n in range(4)}


def test_everybodys_calls_on_it_are_short() -> None:
    of = everybody(18, 4)
    of["a-0"] += calls(None, 1, 9, hour=14)
    of["a-3"] += calls("c-1", 6, 1, hour=11, source="/pbx-2")
    (one,) = found(of)
    assert (one.name, one.whole.answered, one.whole.short, one.usual) == ("c-1", 95, 78, 0.2)
    assert [cut.name for cut in one.agents] == ["a-0", "a-1", "a-2", "a-3"]
    assert len(one.hours) == 2
    assert [cut.name for cut in one.lines] == ["/pbx", "/pbx-2"]
    assert one.elsewhere is not None
    assert one.elsewhere.share == 0.1


def test_one_agent_who_hangs_up_makes_no_list_bad() -> None:
    of = everybody(3, 15)
    of["a-0"] = calls("c-1", 80, 2)
    assert found(of) == []


def test_a_list_like_other_lists_is_left_alone() -> None:
    assert found(everybody(18, 4), (400.0, 280.0)) == []


def test_too_few_calls_or_callers_say_nothing() -> None:
    assert found(everybody(8, 1)) == []
    assert found({"a-0": calls("c-1", 40, 4), "a-1": calls("c-1", 40, 4)}) == []


def test_where_no_list_is_known_yet_none_is_bad() -> None:
    assert found(everybody(18, 4), (60.0, 12.0)) == []
    assert found({}) == []
