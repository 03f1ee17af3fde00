"""Honest lookalikes: each kind is there, as described, and often enough."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest

KINDS = (
    "campaign",
    "review",
    "compliance-sweep",
    "handover",
    "redistribution",
    "return-from-leave",
    "leaver-handover",
    "training",
    "clean-up",
    "cover",
    "pbx-outage",
    "bad-list",
    "vip-day",
    "late-shift",
    "remote-work",
    "quarter-end",
    "new-hire",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_there_and_its_records_were_opened(company, kind: str) -> None:
    episodes = company.incidents(kind)
    assert episodes
    for episode in episodes:
        assert episode["honest"]
        opened = {e["subject"] for e in company.within(episode, "record.viewed")}
        assert not episode["records"] or opened == set(episode["records"])


def test_honest_episodes_are_many_more_than_thefts(company) -> None:
    assert company.summary.lookalikes > 3 * company.summary.thefts


def test_some_work_is_declared_beforehand_and_some_is_not(company) -> None:
    declared = company.of("work.declared")
    for purpose, kind in (("clean-up", "clean-up"), ("quarterly-review", "review"), ("cover", "cover")):
        episodes = company.incidents(kind)
        facts = [episode["declared"] for episode in episodes]
        assert 0 < np.mean(facts) < 1
        by_agent = {e["subject"] for e in declared if e["data"]["purpose"] == purpose}
        for episode in episodes:
            assert not episode["declared"] or episode["agents"][0] in by_agent
    for event in declared:
        assert event["data"]["declared_by"] != event["subject"]
        assert event["time"] <= event["data"]["to"]


def test_a_handover_is_worked_on_before_the_crm_hears_of_it(company) -> None:
    for episode in company.incidents("handover"):
        told = [
            e
            for e in company.of("record.assigned")
            if e["data"].get("reason") == "handover"
            and e["subject"] in episode["records"]
            and e["data"]["to"] in episode["agents"]
            and e["time"] > episode["start"]
        ]
        assert len(told) >= 0.8 * len(episode["records"]) or episode["end"] > company.events[-1]["time"][:10]
        assert all(e["data"]["effective_from"] < episode["start"] for e in told)


def test_a_leaver_writes_notes(company) -> None:
    for episode in company.incidents("leaver-handover"):
        notes = company.within(episode, "note.added")
        assert len(notes) > 0.5 * len(episode["records"])


def test_calls_of_an_outage_are_missing_and_the_source_admits_only_some(company) -> None:
    outages = company.incidents("pbx-outage")
    for outage in outages:
        assert not [e for e in company.of("call.ended") if outage["start"] <= e["time"] < outage["end"]]
        gaps = [e for e in company.of("capture.gap") if e["data"]["from"] == outage["start"]]
        assert bool(gaps) == outage["gap_reported"]


def test_a_bad_list_gives_the_whole_desk_short_calls(company) -> None:
    for episode in company.incidents("bad-list"):
        calls = [e["data"] for e in company.within(episode, "call.ended")]
        short = [c for c in calls if c.get("answered") and c["talk_s"] < 20]
        assert len(short) > 0.25 * len(calls)


def test_late_shifts_are_worked_late(company) -> None:
    def hour(event: dict[str, Any]) -> int:
        return datetime.fromisoformat(event["time"]).hour

    people = company.agents()
    for episode in company.incidents("late-shift"):
        views = company.within(episode, "record.viewed")
        usual = next(iter(people[episode["agents"][0]]["hours"].values()))[0]
        assert not views or max(map(hour, views)) + 3 >= int(usual[6:8]) % 24 or hour(views[-1]) < 6


def test_new_hires_read_for_days(company) -> None:
    days = [
        len({e["time"][:10] for e in company.within(episode, "record.viewed")})
        for episode in company.incidents("new-hire")
    ]
    assert max(days) >= 4
