"""The unusual days hold what they tell: counts, minutes, and no business reason."""

from __future__ import annotations

import pytest

from stories.reasons import MINUTE, Reasons, openings, share_with, unexplained
from viewtrail.stories import Episode, Told

Episodes = dict[str, Episode]


@pytest.mark.parametrize(
    ("name", "count", "minutes"),
    [
        ("forty_seven_in_an_hour", 47, 60),
        ("eighty_before_leaving", 80, 40),
        ("ninety_reveals", 90, 240),
        ("hundred_fifty_in_a_session", 150, 240),
        ("six_second_calls", 42, 35),
        ("hundred_across_the_list", 100, 120),
    ],
)
def test_so_many_records_in_so_many_minutes(
    told: Told, episodes: Episodes, name: str, count: int, minutes: int
) -> None:
    episode = episodes[name]
    assert episode.unusual
    assert len(episode.records) == count == len(openings(told.events, episode))
    assert episode.end - episode.start <= minutes * MINUTE


@pytest.mark.parametrize(
    "name",
    ["forty_seven_in_an_hour", "ninety_reveals", "hundred_fifty_in_a_session", "hundred_across_the_list"],
)
def test_nothing_explains_them(told: Told, episodes: Episodes, reasons: Reasons, name: str) -> None:
    views = openings(told.events, episodes[name])
    assert len(unexplained(reasons, views)) >= len(views) * 0.98


def test_some_of_the_eighty_are_the_leavers_own(told: Told, episodes: Episodes, reasons: Reasons) -> None:
    views = openings(told.events, episodes["eighty_before_leaving"])
    assert 55 <= len(unexplained(reasons, views)) < 80
    assert 0 < share_with("assigned", reasons, views) < 0.3
    assert share_with("work", reasons, views) == 0


def test_notice_is_known_and_the_last_day_is_three_days_off(told: Told, episodes: Episodes) -> None:
    episode = episodes["eighty_before_leaving"]
    (notice,) = [e for e in told.events if e.type == "notice.given" and e.subject == episode.agent]
    assert notice.data["known_from"] < episode.start
    assert notice.data["last_day"] == "2026-03-20"
    assert episode.day.isoformat() == "2026-03-17"


def test_ninety_numbers_are_revealed_and_nobody_is_contacted(told: Told, episodes: Episodes) -> None:
    episode = episodes["ninety_reveals"]
    mine = [e for e in told.events if e.data.get("agent") == episode.agent]
    revealed = [e for e in mine if e.type == "contact.revealed" and e.subject in set(episode.records)]
    assert len([e for e in revealed if episode.start <= e.time < episode.end]) == 90
    used = {"call.started", "call.ended", "message.sent"}
    after = (episode.start, episode.end + 30 * MINUTE)
    contacted = {e.subject for e in mine if e.type in used and after[0] <= e.time < after[1]}
    assert not contacted & set(episode.records)


def test_the_hundred_and_fifty_are_one_visit(told: Told, episodes: Episodes) -> None:
    views = openings(told.events, episodes["hundred_fifty_in_a_session"])
    assert len({view.data["visit"] for view in views}) == 1


def test_calls_of_six_seconds_end_when_the_agent_hangs_up(told: Told, episodes: Episodes) -> None:
    episode = episodes["six_second_calls"]
    calls = [
        e
        for e in told.events
        if e.type == "call.ended"
        and e.data["agent"] == episode.agent
        and episode.start <= e.time < episode.end
    ]
    assert len(calls) == 42
    assert all(e.data["answered"] and e.data["ended_by"] == "agent" for e in calls)
    assert all(4_000 <= e.data["talk_ms"] <= 8_000 for e in calls)


def test_the_lead_list_is_walked_from_top_to_bottom(told: Told, episodes: Episodes) -> None:
    episode = episodes["hundred_across_the_list"]
    assert list(episode.records) == sorted(episode.records)
    desks = {e.subject: e.data["desk"] for e in told.events if e.type == "record.created"}
    assert {desks[record] for record in episode.records} == {"d-1", "d-2", "d-3"}
    left = [
        e.data["dwell_ms"]
        for e in told.events
        if e.type == "record.left" and e.data["agent"] == episode.agent and e.subject in set(episode.records)
        if episode.start <= e.time <= episode.end and e.data["complete"]
    ]
    assert all(3_000 <= dwell <= 8_000 for dwell in left)


def test_no_other_day_of_theirs_comes_near(told: Told, episodes: Episodes) -> None:
    """Own precedent: on no other day does the agent open as many records in a row without a reason."""
    for name in ("forty_seven_in_an_hour", "hundred_fifty_in_a_session"):
        episode = episodes[name]
        views = [e for e in told.events if e.type == "record.viewed" and e.data["agent"] == episode.agent]
        others = [e.time for e in views if e.data.get("campaign") is None]
        others = [time for time in others if not episode.start <= time < episode.end]
        busiest = max(sum(start <= t < start + 60 * MINUTE for t in others) for start in others)
        assert busiest < 30
