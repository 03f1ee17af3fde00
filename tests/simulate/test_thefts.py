"""Thefts: each kind is there, as described, and the truth says what the events say."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pytest

from viewtrail.simulate.parameters import THEFTS


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize("kind", list(THEFTS))
def test_every_kind_is_there_and_its_records_were_opened_by_its_agents(company, kind: str) -> None:
    incidents = company.incidents(kind)
    assert incidents
    for incident in incidents:
        assert not incident["honest"]
        opened = {e["subject"] for e in company.within(incident, "record.viewed")}
        assert kind == "i" or opened == set(incident["records"])


def test_a_and_b_open_so_many_in_so_short_a_time(company) -> None:
    for kind in "ab":
        for incident in company.incidents(kind):
            low, high = THEFTS[kind]["records"]
            assert low * 0.9 <= len(incident["records"]) <= high
            minutes = (seconds(incident["end"]) - seconds(incident["start"])) / 60
            assert minutes < (75 if kind == "b" else 300)


def test_b_is_days_before_a_last_day_known_to_personnel(company) -> None:
    people = company.agents()
    for incident in company.incidents("b"):
        person = people[incident["agents"][0]]
        left = date.fromisoformat(person["left"])
        assert 1 <= (left - date.fromisoformat(incident["start"][:10])).days <= 7
        assert person["notice"] is not None


def test_c_reveals_and_hardly_contacts(company) -> None:
    for incident in company.incidents("c"):
        reveals = company.within(incident, "contact.revealed")
        calls = company.within(incident, "call.ended")
        assert len(reveals) >= 0.8 * THEFTS["c"]["records"][0]
        assert len(calls) < 0.35 * len(reveals)


def test_d_takes_a_few_a_day_for_weeks(company) -> None:
    for incident in company.incidents("d"):
        days = {e["time"][:10] for e in company.within(incident, "record.viewed")}
        assert 5 <= len(days) <= 18
        assert len(incident["records"]) / len(days) < 16


def test_e_takes_the_best_of_the_own_book(company) -> None:
    owner: dict[str, str] = {}
    incidents = company.incidents("e")
    for event in company.of("record.assigned"):
        if event["time"] < min(line["start"] for line in incidents):
            owner[event["subject"]] = event["data"]["to"]
    for incident in incidents:
        own = [owner.get(record) in incident["agents"] for record in incident["records"]]
        assert np.mean(own) > 0.5
        assert len(company.within(incident, "call.ended", "message.sent")) < 0.3 * len(own)


def test_f_ends_answered_calls_within_seconds(company) -> None:
    for incident in company.incidents("f"):
        calls = [e["data"] for e in company.within(incident, "call.ended")]
        short = [c for c in calls if c.get("answered") and c["talk_s"] < 20]
        assert len(short) >= 18
        assert len(short) > 0.5 * len(calls)


def test_g_walks_in_order_at_an_even_pace(company) -> None:
    for incident in company.incidents("g"):
        chosen = set(incident["records"])
        views = [e for e in company.within(incident, "record.viewed") if e["subject"] in chosen]
        places = [e["data"]["position"] for e in views if "position" in e["data"]]
        assert np.mean([b > a for a, b in pairwise(places)]) > 0.9
        gaps = np.diff([seconds(e["time"]) for e in views])
        assert 3.5 < np.median(gaps) < 7.5


def test_h_is_far_outside_the_hours_and_from_elsewhere(company) -> None:
    visits = {e["data"]["visit"]: e["data"] for e in company.of("visit.started")}
    for incident in company.incidents("h"):
        views = company.within(incident, "record.viewed")
        assert np.mean([visits[e["data"]["visit"]]["remote"] for e in views]) == 1


def test_i_exports_large_lists(company) -> None:
    for incident in company.incidents("i"):
        exports = company.within(incident, "export.created")
        assert sum(e["data"]["rows"] for e in exports) >= incident["rows"] >= THEFTS["i"]["rows"][0]


def test_j_has_two_agents_and_no_record_twice(company) -> None:
    for incident in company.incidents("j"):
        assert len(incident["agents"]) == 2
        by = [
            {e["subject"] for e in company.within({**incident, "agents": [agent]}, "record.viewed")}
            for agent in incident["agents"]
        ]
        assert min(map(len, by)) >= 25
        assert len(by[0] & by[1]) <= 3


def test_k_falls_on_a_campaign_day_of_the_desk(company) -> None:
    people = company.agents()
    campaigns = company.of("campaign.started")
    for incident in company.incidents("k"):
        desk = people[incident["agents"][0]]["desk"]
        assert any(
            e["data"]["desk"] == desk and e["data"]["from"][:10] <= incident["start"][:10]
            and incident["start"] <= e["data"]["to"]
            for e in campaigns
        )  # fmt: skip


def test_most_but_not_all_thefts_are_by_somebody_about_to_leave(company) -> None:
    thefts = [line for line in company.truth if line["line"] == "incident" and not line["honest"]]
    leaving = np.mean([line["leaves"] for line in thefts])
    assert 0.4 < leaving < 1
    people = company.agents()
    for line in thefts:
        if line["leaves"]:
            assert all(people[agent]["left"] is not None for agent in line["agents"])
