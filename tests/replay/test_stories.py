"""Every told theft is found and no honest twin is pushed, with a history and without one."""

from __future__ import annotations

import pytest

from replay.told import HOUR, history, pushed, replay, standing
from viewtrail.finding import Finding
from viewtrail.stories import FEEDS, NAMES, only, tell, without
from viewtrail.stories.telling import Episode, Told
from viewtrail.watch import Loop


def about(findings: list[Finding], episode: Episode) -> list[Finding]:
    """The findings on those who are in the episode, in its time."""
    cast = {episode.agent, *episode.cast}
    return [
        f
        for f in findings
        if f.agent in cast and f.last_at >= episode.start - HOUR and f.first_at <= episode.end + 12 * HOUR
    ]


@pytest.fixture(scope="module", params=[1, 2, 3])
def company(request: pytest.FixtureRequest) -> tuple[Told, Loop]:
    told = tell(seed=request.param)
    return told, replay(history(told.events))[0]


def test_every_theft_is_found(company: tuple[Told, Loop]) -> None:
    told, loop = company
    for episode in told.episodes:
        if episode.unusual:
            found = about(standing(loop), episode)
            assert found, episode.name
            assert {f.agent for f in found} == {episode.agent}, episode.name


def test_no_honest_twin_is_ever_pushed(company: tuple[Told, Loop]) -> None:
    told, loop = company
    for episode in told.episodes:
        if not episode.unusual:
            assert about(pushed(loop), episode) == [], episode.name


def test_nobody_else_stands_accused(company: tuple[Told, Loop]) -> None:
    told, loop = company
    expected = {f.id for e in told.episodes if e.unusual for f in about(standing(loop), e)}
    assert {f.id for f in standing(loop)} == expected


def test_most_records_are_still_there_when_a_burst_is_first_seen(company: tuple[Told, Loop]) -> None:
    told, loop = company
    quick = {"forty_seven_in_an_hour": 0.5, "eighty_before_leaving": 0.25, "hundred_across_the_list": 0.22}
    for episode in told.episodes:
        if episode.name in quick:
            (found,) = about(standing(loop), episode)
            assert found.records_at_detection <= quick[episode.name] * len(episode.records), episode.name


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_installation_speaks_the_same_day(name: str) -> None:
    """No history: plain limits, under their own label, on the day itself; honest days stay silent."""
    told = only(name, history_days=0)
    (episode,) = told.episodes
    loop, _ = replay(history(told.events))
    if not episode.unusual:
        assert pushed(loop) == []
        return
    (found,) = standing(loop)
    assert (found.agent, found.tier, found.state) == (episode.agent, "limit", "learning")
    assert found.rarity_per_1000 is None
    assert "no precedent known yet" in found.usual
    assert episode.start <= found.detected_at <= episode.end


@pytest.mark.parametrize("feed", FEEDS)
def test_a_missing_feed_is_unknown_and_never_guilt(feed: str) -> None:
    """What is claimed of an honest day then names the feed that is missing, or claims nothing of reasons."""
    told = tell(seed=1)
    loop, _ = replay(history(without(told.events, feed)))
    unusual = {f.id for e in told.episodes if e.unusual for f in about(pushed(loop), e)}
    honest = [f for f in standing(loop) if f.id not in unusual]
    for finding in honest:
        told_so = any(feed in text for text in finding.unknown)
        assert told_so or finding.pattern == "opened-records", (finding.claim, finding.unknown)
    assert len(honest) <= MOST_WITHOUT.get(feed, 0)


MOST_WITHOUT = {"assignment": 5, "declared": 5}
"""Honest days pushed when a feed is gone, in a company told to be full of them: reviews nobody declared."""


def test_without_reasons_precedent_speaks_alone() -> None:
    told = tell(seed=1)
    loop, _ = replay(history(without(told.events, "assignment")))
    access = [f for f in standing(loop) if f.queue == "access"]
    assert {f.pattern for f in access} <= {"opened-records", "orphan-reveals"}
    assert {f.state for f in access if f.pattern == "opened-records"} == {"unscoreable"}
