"""Ordinary days: rates within their stated ranges, companies that differ, feeds that are not there."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from viewtrail.simulate import simulate
from viewtrail.simulate.parameters import RANGES


def test_openings_a_day_and_their_spread(company) -> None:
    people = company.agents()
    opened: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in company.of("record.viewed"):
        agent = event["data"]["agent"]
        if people[agent]["kind"] == "retention":
            opened[agent, event["time"][:10]].add(event["subject"])
    counts = np.array([len(records) for records in opened.values()])
    assert 10 <= np.median(counts) <= 30
    assert counts.var() > 2 * counts.mean()


def test_most_openings_have_a_reason_on_record(company) -> None:
    assert 0.02 <= company.summary.unreasoned <= 0.15
    assert company.summary.drawn.keys() == RANGES.keys()


def test_the_reasons_can_be_found_in_the_events_themselves(company) -> None:
    """Counted again from the file: own record, queue, task, client's move, campaign, contact, note."""
    owner: dict[str, str] = {}
    reasons: set[tuple[str, str, str]] = set()
    asked: set[tuple[str, str]] = set()
    for event in company.events:
        data, subject, day = event["data"], event.get("subject", ""), event["time"][:10]
        if event["type"] in ("call.ended", "message.sent", "note.added", "queue.offered", "task.completed"):
            reasons.add((data["agent"], subject, day))
        if event["type"] == "client.contacted":
            asked.add((subject, day))
    explained = total = 0
    for event in company.events:
        data, subject, day = event["data"], event.get("subject", ""), event["time"][:10]
        if event["type"] == "record.assigned":
            owner[subject] = data["to"]
        if event["type"] == "record.viewed" and data["surface"] == "ui":
            total += 1
            agent = data["agent"]
            known = owner.get(subject) == agent or (agent, subject, day) in reasons
            explained += known or (subject, day) in asked or "campaign" in data
    assert 0.80 <= explained / total <= 0.97


def test_calls_are_answered_and_last_as_stated(company) -> None:
    calls = [e["data"] for e in company.of("call.ended") if e["data"]["direction"] == "out"]
    answered = [c for c in calls if c.get("answered")]
    assert 0.2 <= len(answered) / len(calls) <= 0.6
    assert 50 <= np.median([c["talk_s"] for c in answered]) <= 260
    assert all(c["talk_s"] == 0 for c in calls if c.get("answered") is False)
    ended = Counter(c.get("ended_by") for c in answered)
    assert set(ended) == {"agent", "client"}


def test_reveals_are_mostly_followed_by_contact(company) -> None:
    thieves = {a for line in company.truth if not line.get("honest", True) for a in line.get("agents", [])}
    contacts = {
        (e["data"]["agent"], e["subject"], e["time"][:10]) for e in company.of("call.ended", "message.sent")
    }
    shown = [e for e in company.of("contact.revealed") if e["data"]["agent"] not in thieves]
    followed = [(e["data"]["agent"], e["subject"], e["time"][:10]) in contacts for e in shown]
    assert 0.5 < np.mean(followed) < 0.98


def test_nobody_works_on_leave_or_before_joining(company) -> None:
    joined = {a: line["joined"] for a, line in company.agents().items()}
    for event in company.of("record.viewed"):
        assert event["time"][:10] >= joined[event["data"]["agent"]]


def test_two_companies_of_one_structure_differ(tmp_path: Path) -> None:
    drawn = [simulate(20, 3, seed, out=tmp_path / str(seed)).drawn for seed in range(8)]
    for name, (low, high) in RANGES.items():
        values = [each[name] for each in drawn]
        assert all(low <= value <= high for value in values), name
        assert np.ptp(values) > 0.2 * (high - low), name


@pytest.mark.parametrize(
    ("structure", "absent"), [("no-pbx", {"call.started", "call.ended"}), ("standard", set())]
)
def test_a_company_without_a_pbx_has_no_calls(structure: str, absent: set[str], tmp_path: Path, read) -> None:
    types = {e["type"] for e in read(simulate(20, 6, 1, out=tmp_path, structure=structure)).events}
    assert not types & absent
    assert {"record.viewed", "message.sent", "note.added"} <= types


def test_pooled_leads_are_offered_not_assigned(tmp_path: Path, read) -> None:
    pooled = read(simulate(40, 6, 1, out=tmp_path, structure="pooled"))
    sellers = {a for a, line in pooled.agents().items() if line["kind"] == "conversion"}
    offered = [e for e in pooled.of("queue.offered") if e["data"]["agent"] in sellers]
    assigned = [e for e in pooled.of("record.assigned") if e["data"]["to"] in sellers]
    assert len(offered) > 500
    assert len(assigned) < len(offered) / 20


def test_zones_shifts_and_part_time_show_in_the_truth(tmp_path: Path, read) -> None:
    zones = read(simulate(40, 3, 1, out=tmp_path / "z", structure="two-zones")).agents().values()
    assert {line["zone"] for line in zones} == {"Asia/Nicosia", "Asia/Manila"}
    night = read(simulate(60, 3, 1, out=tmp_path / "n", structure="night-shift")).agents().values()
    assert any(line["night_shift"] for line in night)
    part = read(simulate(60, 3, 1, out=tmp_path / "p", structure="part-time")).agents().values()
    assert sum(line["part_time"] for line in part) > 0.3 * len(part)
