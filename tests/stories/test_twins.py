"""The honest days look alike row by row, and have the reason, precedent or context that honest life gives."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from stories.reasons import MINUTE, Reasons, openings, share_with, unexplained
from viewtrail.event import Event
from viewtrail.stories import Episode, Told, only

Episodes = dict[str, Episode]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("manager_before_quarter_end", 80),
        ("manager_before_quarter_end_undeclared", 80),
        ("return_from_leave", 90),
        ("campaign_day", 150),
        ("bad_dialler_list", 55),
        ("handover", 60),
        ("honest_leaver_handover_notes", 90),
        ("cover_for_sick_colleague", 90),
        ("compliance_sweep", 120),
        ("new_hire_training", 50),
        ("clean_up_declared", 140),
    ],
)
def test_so_many_records_and_nothing_to_ask_about(
    told: Told, episodes: Episodes, name: str, count: int
) -> None:
    assert not episodes[name].unusual
    assert len(episodes[name].records) == count <= len(openings(told.events, episodes[name]))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("manager_before_quarter_end", "declared"),
        ("return_from_leave", "assigned"),
        ("campaign_day", "campaign"),
        ("bad_dialler_list", "campaign"),
        ("handover", "assigned"),
        ("honest_leaver_handover_notes", "assigned"),
        ("compliance_sweep", "declared"),
        ("new_hire_training", "declared"),
        ("clean_up_declared", "declared"),
    ],
)
def test_the_reason_stands_in_the_log(
    told: Told, episodes: Episodes, reasons: Reasons, name: str, reason: str
) -> None:
    assert share_with(reason, reasons, openings(told.events, episodes[name])) == 1


def test_the_leaver_and_the_manager_open_the_very_same_eighty(episodes: Episodes) -> None:
    leaver, manager = episodes["eighty_before_leaving"], episodes["manager_before_quarter_end"]
    assert set(leaver.records) == set(manager.records)


@pytest.mark.parametrize("name", ["manager_before_quarter_end", "manager_before_quarter_end_undeclared"])
def test_managers_have_done_so_before_each_months_end(told: Told, episodes: Episodes, name: str) -> None:
    episode = episodes[name]
    opened = Counter(
        datetime.fromtimestamp(e.time / 1e6, UTC).date().isoformat()
        for e in told.events
        if e.type == "record.viewed" and e.data["agent"] == episode.agent
    )
    busy = {day for day, count in opened.items() if count > 55}
    assert busy == {"2026-01-29", "2026-02-26", episode.day.isoformat()}


def test_the_undeclared_review_has_only_precedent(told: Told, episodes: Episodes, reasons: Reasons) -> None:
    views = openings(told.events, episodes["manager_before_quarter_end_undeclared"])
    assert len(unexplained(reasons, views)) > 60


def test_back_from_leave_the_waiting_callbacks_are_done(told: Told, episodes: Episodes) -> None:
    episode = episodes["return_from_leave"]
    done = [e for e in told.events if e.type == "task.completed" and e.data["agent"] == episode.agent]
    assert sum(episode.start <= e.time < episode.end for e in done) >= 20
    booked = [e for e in told.events if e.type == "leave.booked" and e.subject == episode.agent]
    (leave,) = [e for e in booked if e.data["kind"] == "holiday"]
    assert (leave.data["from"], leave.data["to"]) == ("2026-02-23", "2026-03-06")


def test_campaign_calls_are_mostly_unanswered_or_over_at_once(told: Told, episodes: Episodes) -> None:
    calls = _calls(told, episodes["campaign_day"])
    assert len(calls) == 150
    assert sum(e.data["answered"] is False for e in calls) > 80
    assert sum(e.data["talk_ms"] < 20_000 for e in calls) > 120


def test_on_the_bad_list_everybodys_calls_are_short(told: Told, episodes: Episodes) -> None:
    for agent in (episodes["bad_dialler_list"].agent, *episodes["bad_dialler_list"].cast):
        calls = _calls(told, episodes["bad_dialler_list"], agent)
        answered = [e for e in calls if e.data["answered"]]
        assert len(answered) >= 25
        assert all(e.data["talk_ms"] < 20_000 for e in answered)


def test_the_handover_is_synced_hours_late(told: Told, episodes: Episodes) -> None:
    episode = episodes["handover"]
    late = [
        e
        for e in told.events
        if e.type == "record.assigned" and e.data["to"] == episode.agent and e.subject in episode.records
        if e.time > episode.start
    ]
    assert len(late) == 60
    assert all(e.data["effective_from"] < episode.start < episode.end < e.time for e in late)
    assert {e.data["from"] for e in late} == {"a-147"}


def test_the_honest_leaver_writes_notes(told: Told, episodes: Episodes) -> None:
    episode = episodes["honest_leaver_handover_notes"]
    noted = {
        e.subject
        for e in told.events
        if e.type == "note.added" and e.data["agent"] == episode.agent
        if episode.start <= e.time <= episode.end
    }
    assert len(noted & set(episode.records)) >= 75


def test_cover_means_that_the_owner_is_away_and_the_clients_are_worked(
    told: Told, episodes: Episodes, reasons: Reasons
) -> None:
    episode = episodes["cover_for_sick_colleague"]
    views = openings(told.events, episode)
    assert {reasons.owner(view.subject or "", view.time) for view in views} <= {"a-131", None}
    assert [e for e in told.events if e.type == "leave.booked" and e.subject == "a-131"]
    assert share_with("work", reasons, views) > 0.4


def test_the_clean_up_closes_leads(told: Told, episodes: Episodes) -> None:
    episode = episodes["clean_up_declared"]
    lost = {e.subject for e in told.events if e.type == "status.changed" and e.data["to"] == "lost"}
    assert len(lost & set(episode.records)) > 80


def test_declarations_come_from_somebody_else_before_the_day(told: Told) -> None:
    declared = [e for e in told.events if e.type == "work.declared"]
    assert len(declared) >= 4
    assert all(e.data["declared_by"] != e.subject and e.time < e.data["from"] for e in declared)


@pytest.mark.parametrize("seed", [2, 5])
def test_another_seed_keeps_the_handovers_arithmetic(seed: int) -> None:
    alone = only("handover", history_days=3, seed=seed)
    views = openings(alone.events, alone.episodes[0])
    assert len(alone.episodes[0].records) == 60
    assert share_with("assigned", Reasons(alone.events), views) == 1


def _calls(told: Told, episode: Episode, agent: str = "") -> list[Event]:
    return [
        e
        for e in told.events
        if e.type == "call.ended" and e.data["agent"] == (agent or episode.agent) and e.data.get("campaign")
        if episode.start <= e.time < episode.end + 30 * MINUTE
    ]
