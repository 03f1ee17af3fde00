"""Shares of short calls: within a queue, with intervals that know that days differ; chance claims nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.short_call_rates import Call, against_mix, short_call_rates, wilson

MONDAY = date(2026, 3, 2)


def calls(queue: str, agent: str, short: int, answered: int, days: int = 20) -> list[Call]:
    """So many calls, the same number each day, the short ones as evenly over the days as can be."""
    made = []
    for n in range(days):
        mine, brief = (of * (n + 1) // days - of * n // days for of in (answered, short))
        made += [Call(queue, agent, MONDAY + timedelta(n), place < brief) for place in range(mine)]
    return made


def drawn(chance: random.Random, queue: str, agent: str, rate: float, answered: int) -> list[Call]:
    days = [MONDAY + timedelta(chance.randrange(20)) for _ in range(answered)]
    return [Call(queue, agent, day, chance.random() < rate) for day in days]


def of(queue, agent):
    return next(one for one in queue.agents if one.agent == agent)


@pytest.mark.parametrize(
    ("short", "answered", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 29, 0.0061, 0.1718), (81, 263, 0.2553, 0.3662), (10, 10, 0.7225, 1.0)],
)
def test_wilson_gives_the_published_figures(short, answered, low, high):
    # 81/263 and 1/29: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    assert wilson(short, answered) == pytest.approx((low, high), abs=1e-4)


def test_no_calls_say_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert short_call_rates([]) == []
    assert against_mix([]) == []


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(counts):
    short, answered = counts
    low, high = wilson(short, answered)
    assert 0 <= low <= short / answered + 1e-12
    assert short / answered - 1e-12 <= high <= 1


def test_one_agent_far_above_the_others_is_marked_and_leads():
    told = [call for n in range(8) for call in calls("sales", f"a-{n}", 10, 400)]
    queue = short_call_rates([*told, *calls("sales", "a-9", 80, 400)])[0]
    assert queue.agents[0].agent == "a-9"
    assert [one.agent for one in queue.agents if one.above] == ["a-9"]
    assert queue.answered == 3_600
    assert queue.share == pytest.approx(160 / 3_600)


def test_a_queue_whose_calls_are_short_by_nature_marks_nobody():
    told = [call for n in range(6) for call in calls("returned", f"a-{n}", 100, 200)]
    long = [call for n in range(6) for call in calls("sales", f"a-{n}", 10, 500)]
    assert not any(one.above for queue in short_call_rates([*told, *long]) for one in queue.agents)


def test_who_works_in_the_short_queue_alone_is_as_expected_against_the_mix():
    told = [call for n in range(6) for call in calls("returned", f"a-{n}", 100, 200)]
    long = [call for n in range(6) for call in calls("sales", f"b-{n}", 10, 500)]
    ratios = [one.short / one.expected for one in against_mix([*told, *long])]
    assert ratios == pytest.approx([1.0] * 12)


def test_a_few_calls_are_drawn_to_the_queues_share_and_many_are_not():
    told = [call for n in range(10) for call in calls("sales", f"a-{n}", 5 + 5 * n, 500)]
    queue = short_call_rates([*told, *calls("sales", "few", 12, 40), *calls("sales", "many", 450, 1_500)])[0]
    few, many = of(queue, "few"), of(queue, "many")
    assert few.share == many.share == pytest.approx(0.3)
    assert queue.share < few.shrunk < many.shrunk < 0.3
    assert few.high - few.low > many.high - many.low


def test_agents_who_differ_by_chance_alone_all_get_the_queues_share():
    queue = short_call_rates([call for n in range(5) for call in calls("sales", f"a-{n}", 20, 400)])[0]
    assert queue.prior is None
    assert {one.shrunk for one in queue.agents} == {queue.share}


def test_one_bad_evening_is_not_twenty_bad_days():
    rest = [call for n in range(8) for call in calls("sales", f"a-{n}", 20, 400)]
    evening = [Call("sales", "once", MONDAY + timedelta(n % 19), False) for n in range(320)]
    evening += [Call("sales", "once", MONDAY + timedelta(19), n < 44) for n in range(80)]
    steady = calls("sales", "steady", 44, 400)
    queue = short_call_rates([*rest, *evening, *steady])[0]
    once, always = of(queue, "once"), of(queue, "steady")
    assert once.share == always.share
    assert once.low < queue.share
    assert not once.above
    assert always.above


def test_an_unknown_answer_or_talk_time_is_counted_apart():
    unknown = [Call("sales", "a-1", MONDAY, None)] * 50
    queue = short_call_rates([*calls("sales", "a-1", 20, 200), *unknown])[0]
    assert (queue.answered, queue.short, queue.unknown) == (200, 20, 50)


def test_small_queues_and_agents_with_a_few_calls_get_no_line():
    told = [*calls("sales", "a-1", 20, 300), *calls("sales", "new", 2, 2), *calls("rare", "a-1", 30, 60)]
    queues = short_call_rates(told)
    assert [queue.queue for queue in queues] == ["sales"]
    assert [one.agent for one in queues[0].agents] == ["a-1"]
    assert queues[0].few == 1


def test_honest_agents_are_marked_no_more_often_than_the_interval_says():
    chance = random.Random(5)
    marked = listed = 0
    for _ in range(60):
        told = [call for n in range(10) for call in drawn(chance, "sales", f"a-{n}", 0.06, 300)]
        found = short_call_rates(told)[0].agents
        marked, listed = marked + sum(one.above for one in found), listed + len(found)
    assert listed == 600
    assert marked / listed < 0.03
