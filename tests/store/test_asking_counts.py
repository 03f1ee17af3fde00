"""Counts of days, desks, calls and hours are those of a plain pass over all entries."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from store import asked
from store.asked import DAY, START, Plain
from viewtrail.event.vocabulary import BEHAVIOUR
from viewtrail.measure.clocks import HOUR
from viewtrail.store.asking import Questions

FOUR = timedelta(hours=4)
"""Behaviour days are cut at 04:00."""


def test_days_are_counted_on_the_agents_own_clock(questions: Questions, plain: Plain, filled: Path) -> None:
    (agent,) = asked.names(filled, "a", "odd-a")
    found = questions.agent_days(agent, START, START + 10 * DAY)
    for day in found:
        # 04:00 in Kolkata is 22:30 UTC of the day before.
        assert datetime.fromtimestamp(day.start / 1e6, ZoneInfo("Asia/Kolkata")).strftime("%H:%M") == "04:00"
        here = [
            one for one in plain.all if plain.agent(one) == agent and day.start <= plain.time(one) < day.end
        ]
        views = [
            one
            for one in here
            if plain.kind(one) == "record.viewed" and one.entry.event.data.get("surface") != "job"
        ]
        calls = [one.entry.event.data for one in here if plain.kind(one) == "call.ended"]
        assert day.entries == len(here)
        assert (day.openings, day.opened) == (len(views), len({plain.record(one) for one in views}))
        assert (day.calls, day.answered) == (len(calls), sum(call.get("answered") is True for call in calls))
        assert day.talk_s == sum(call.get("talk_ms", 0) for call in calls) / 1000
    assert sum(day.entries for day in found) == len(
        [
            one
            for one in plain.all
            if plain.agent(one) == agent and START <= plain.time(one) < START + 10 * DAY
        ]
    )
    assert found[0].short == 1


def test_days_of_everybody_add_up(questions: Questions, plain: Plain) -> None:
    first, last = plain.span()
    for agent in plain.agents()[::3]:
        days = questions.agent_days(agent, first, last)
        assert sum(day.entries for day in days) == sum(plain.agent(one) == agent for one in plain.all)
        assert all(one.end <= two.start for one, two in pairwise(days))


def test_several_agents_days_are_those_of_each(questions: Questions, plain: Plain) -> None:
    first, last = plain.span()
    agents = [*plain.agents()[:7], "a-aaaaaaaaaaaaaaaa"]
    found = questions.peer_days([*agents, agents[0]], first, last)
    assert found == {agent: questions.agent_days(agent, first, last) for agent in agents}
    assert questions.peer_days([], first, last) == {}


def test_desks_and_active_days_are_those_of_a_plain_pass(questions: Questions, plain: Plain) -> None:
    _, last = plain.span()
    start, end = last // HOUR * HOUR - 12 * DAY, last // HOUR * HOUR + HOUR
    acts = [
        one
        for one in plain.all
        if start <= plain.time(one) < end
        and plain.agent(one)
        and plain.kind(one) in BEHAVIOUR
        and plain.human(one)
    ]
    desks = {one.agent: one.desk for one in questions.agents()}
    wanted: dict[str | None, list[Any]] = {}
    for one in acts:
        wanted.setdefault(desks[plain.agent(one)], []).append(one)
    found = {one.desk: one for one in questions.desk_counts(start, end)}
    assert set(found) == set(wanted)
    for desk, here in wanted.items():
        assert found[desk].agents == len({plain.agent(one) for one in here})
        assert found[desk].openings == sum(
            plain.kind(one) == "record.viewed" and plain.looked_or_not(one) for one in here
        )
        assert found[desk].calls == sum(plain.kind(one) == "call.ended" for one in here)
        assert found[desk].reveals == sum(plain.kind(one) == "contact.revealed" for one in here)
    for name in ("UTC", "Asia/Kolkata", "America/New_York"):
        zone = ZoneInfo(name)
        days = {
            (plain.agent(one), (datetime.fromtimestamp(plain.time(one) / 1e6, zone) - FOUR).date())
            for one in acts
        }
        assert questions.active_days(start, end, name) == len(days)
    assert questions.active_days(5, 5) == 0


@pytest.mark.parametrize("by", ["agent", "campaign", "direction", "hour", "agent-hour", "all"])
def test_calls_are_counted_as_in_a_plain_pass(questions: Questions, plain: Plain, by: str) -> None:
    first, last = plain.span()
    zone = ZoneInfo("America/St_Johns")  # half an hour off every whole one

    def key(one: Any) -> tuple[Any, ...]:
        data = one.entry.event.data
        hour = datetime.fromtimestamp(plain.time(one) / 1e6, zone).hour
        told = {"agent": plain.agent(one), "hour": hour, "all": None}
        return tuple(told[part] if part in told else data.get(part) for part in by.split("-"))

    wanted: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in plain.calls(first, last):
        wanted.setdefault(key(one), []).append(one.entry.event.data)
    found = questions.calls(first, last, by, zone="America/St_Johns")
    assert len(found) == len(wanted)
    for group in found:
        data = wanted[tuple(None if part == "all" else getattr(group, part) for part in by.split("-"))]
        answered = [call for call in data if call.get("answered") is True]
        timed = [call["talk_ms"] for call in answered if "talk_ms" in call and not call.get("machine")]
        short = sum(talk < 20_000 for talk in timed)
        assert (group.calls, group.answered) == (len(data), len(answered))
        assert group.unknown == sum(call.get("answered") is None for call in data)
        assert group.unanswered == len(data) - group.answered - group.unknown
        assert (group.timed, group.short) == (len(timed), short)
        assert group.share == (short / len(timed) if timed else None)
        assert group.median_talk_s == (median(timed) / 1000 if timed else None)
        assert group.ended_by_agent == sum(call.get("ended_by") == "agent" for call in answered)
        assert group.ended_by_client == sum(call.get("ended_by") == "client" for call in answered)
        assert (group.low is None) == (not timed)
        if group.share is not None and group.low is not None and group.high is not None:
            assert group.low <= group.share <= group.high


@pytest.mark.parametrize("zone", ["UTC", "America/St_Johns"])
def test_calls_put_together_four_ways_at_once_are_those_of_each_way(
    questions: Questions, plain: Plain, zone: str
) -> None:
    first, last = plain.span()
    together = questions.calls_together(first, last, zone)
    assert together == {way: questions.calls(first, last, way, zone=zone) for way in together}
    assert all(together[way] for way in ("all", "agent", "campaign", "hour"))
    assert questions.calls_together(5, 5) == {way: [] for way in together}


def test_every_timed_call_is_in_one_bin(questions: Questions, plain: Plain) -> None:
    first, last = plain.span()
    bins = questions.talk_times(first, last)
    (every,) = questions.calls(first, last, "all")
    assert sum(one.calls for one in bins) == every.timed
    assert sum(one.calls for one in bins if (one.high_s or 99) <= 20) == every.short
    agent = questions.calls(first, last, "agent")[0]
    assert sum(one.calls for one in questions.talk_times(first, last, agent.agent)) == agent.timed


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Europe/Nicosia"])
def test_activity_is_beside_the_same_weekday_and_hour(questions: Questions, plain: Plain, zone: str) -> None:
    _, last = plain.span()
    day = datetime.fromtimestamp(last / 1e6, ZoneInfo(zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    start = int(day.timestamp() * 1e6) - 9 * DAY
    found = questions.activity(start, start + DAY, zone)
    assert [one.start for one in found] == list(range(start, start + DAY, HOUR))
    for one in found:
        end = one.start + HOUR
        assert one.openings == plain.count(["record.viewed"], one.start, end)
        assert one.reveals == plain.count(["contact.revealed"], one.start, end)
        assert one.calls == plain.count(["call.ended"], one.start, end)
    assert sum(one.openings for one in found) > 0


def test_a_day_on_which_clocks_change_has_its_own_number_of_hours(questions: Questions) -> None:
    """Clocks were put forward on that day in Nicosia: it has 23 hours."""
    start = int(
        datetime(2026, 3, 29, 0, 0, tzinfo=ZoneInfo("Europe/Nicosia")).astimezone(UTC).timestamp() * 1e6
    )
    hours = questions.activity(
        start, start + 23 * HOUR, "Europe/Nicosia"
    )  # clocks were put forward: 23 hours
    assert len(hours) == 23
    assert len(questions.activity(start, start + 23 * HOUR, "UTC")) == 23


def test_agents_and_what_was_told_of_them(questions: Questions, plain: Plain, filled: Path) -> None:
    found = {one.agent: one for one in questions.agents()}
    did = Counter(plain.agent(one) for one in plain.all if plain.agent(one))
    assert {agent: one.events for agent, one in found.items() if one.events} == dict(did)
    odd, robot = (found[name] for name in asked.names(filled, "a", "odd-a", "odd-robot"))
    assert (odd.role, odd.desk, odd.time_zone, odd.human) == ("senior", "d-9", "Asia/Kolkata", True)
    assert (robot.role, robot.human) == (None, False)
    assert odd.last_seen == max(plain.time(one) for one in plain.all if plain.agent(one) == odd.agent)


def test_sources_and_what_is_proved_missing(questions: Questions, plain: Plain) -> None:
    now = plain.span()[1] - DAY
    found = {one.source: one for one in questions.sources(now)}
    every = Counter(one.entry.event.source for one in plain.all)
    assert {name: one.events for name, one in found.items()} == dict(every)
    missing = plain.missing()
    for name, one in found.items():
        assert one.missing == missing[name], name
        assert one.last_seen == max(plain.time(each) for each in plain.all if each.entry.event.source == name)
    spans = [(gap.first, gap.last, gap.lost) for gap in found["/notes"].gaps]
    assert spans == [("3", "4", 2), ("7", "8", 2), ("boot'7/5", "boot'7/7", 3)]
