"""The loop at work: what is told live is what a replay tells, whatever dies and whatever comes late."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest

from app.living import HOUR, Told, rows, told, transitions
from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.event import Event
from viewtrail.review import deciding
from viewtrail.store.board import Board
from viewtrail.stories import only

SINCE = 1_769_000_000_000_000


@pytest.fixture(scope="module")
def company() -> list[Event]:
    return list(only("forty_seven_in_an_hour", history_days=12).events)


def by_hour(events: list[Event]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        found[max(event.time, SINCE) // HOUR + 1].append(event)
    return dict(sorted(found.items()))


def hold_against_rebuild(home: Path) -> None:
    """The rows of the live projections are those of a rebuild; the log holds each transition once."""
    live = rows(home)
    assert live["transitions"]
    assert len(told(home)) == len(set(told(home)))
    replay(open_home(home), fresh=True)
    assert rows(home) == live


def test_live_is_rebuild_and_each_transition_is_in_the_log_once(company: list[Event], tmp_path: Path) -> None:
    at_work = Told(tmp_path)
    for hour, events in by_hour(company).items():
        at_work.hear(events, hour * HOUR)
        at_work.settle()
    at_work.stop()
    assert [(f, kind) for f, kind, _ in told(tmp_path)] == [
        (one.finding.id, one.kind) for one in transitions(tmp_path)
    ]
    hold_against_rebuild(tmp_path)


def test_deaths_at_any_moment_lose_nothing_and_tell_nothing_twice(
    company: list[Event], tmp_path: Path
) -> None:
    chance, at_work, unsaid = Random(4), Told(tmp_path), 0
    for hour, events in by_hour(company).items():
        at_work.hear(events, hour * HOUR)
        if chance.random() < 0.1:
            at_work.restart()  # before any of it was folded
        at_work.live._fold(at_work.log.size)
        if any(one.type == "finding.updated" for one in at_work.live.pending):
            at_work.restart()  # shown, and not yet said in the log
            unsaid += 1
        elif chance.random() < 0.1:
            keep_a_snapshot(at_work)
            at_work.restart()
        at_work.settle()
    at_work.stop()
    assert unsaid >= 2
    assert Counter(f for f, _, _ in told(tmp_path)) == Counter(t.finding.id for t in transitions(tmp_path))
    hold_against_rebuild(tmp_path)


def keep_a_snapshot(at_work: Told) -> None:
    """As a running loop does now and then: in a copy of the process."""
    fold = at_work.live.fold
    assert fold is not None
    at_work.live.aside._save(fold)
    at_work.live.aside.end(fold)


def test_history_imported_meanwhile_is_put_where_it_belongs(company: list[Event], tmp_path: Path) -> None:
    """Two days arrive live; then the weeks before them are imported; then life goes on."""
    first = company[0].time
    edge = max(event.time for event in company) - 2 * 24 * HOUR
    past = [event for event in company if event.time < edge]
    assert past
    assert first < edge
    at_work = Told(tmp_path)
    hours = by_hour([event for event in company if event.time >= edge])
    half = len(hours) // 2
    for place, (hour, events) in enumerate(hours.items()):
        at_work.hear(events, hour * HOUR)
        at_work.settle()
        if place == half:
            at_work.hear(past, hour * HOUR, backfill=True)
            at_work.settle()
            assert at_work.live.aside.behind
            assert Board(tmp_path).lag() > 0, "what was left out counts as not folded"
            while at_work.live.aside.behind:
                at_work.live.round()
            assert any("history was imported" in line for line in at_work.said)
    at_work.settle()
    at_work.stop()
    ids = {one.finding.id for one in transitions(tmp_path)}
    opened = Counter(f for f, kind, _ in told(tmp_path) if kind == "opened")
    assert all(count == 1 for count in opened.values())
    assert ids <= set(opened) or not ids
    gone = {f for f, _, _ in told(tmp_path)} - ids
    last = {f: kind for f, kind, _ in told(tmp_path)}
    assert all(last[f] in ("withdrawn", "explained", "superseded") for f in gone)
    hold_against_rebuild(tmp_path)


def test_decisions_come_back_from_the_log_alone(company: list[Event], tmp_path: Path) -> None:
    at_work = Told(tmp_path)
    hours = by_hour(company)
    for hour, events in hours.items():
        at_work.hear(events, hour * HOUR)
        at_work.settle()
    last = at_work.now
    (standing,) = Board(tmp_path).findings(living=True)
    acts = [
        deciding.viewed(standing.id, "P-1", at=last, id="c1"),
        deciding.closed(
            standing.id, "P-1", "ordinary-work", at=last, id="c2", words="a list that the desk asked for"
        ),
    ]
    at_work.hear(acts, last)
    at_work.settle()
    board = Board(tmp_path)
    decision = board.decision(standing.id)
    assert decision is not None
    assert (decision.state, decision.outcome, board.ordinary()) == ("closed", "ordinary-work", (1, 1))
    assert board.findings(living=True) == []
    closed = board.finding(standing.id)
    assert closed is not None
    assert (closed.status, closed.owner) == ("closed", decision.owner)
    assert "a list that the desk asked for" not in str(rows(tmp_path)), "words stay in the encrypted detail"
    before = rows(tmp_path)
    at_work.stop()
    (tmp_path / "projections.db").unlink()
    hold_against_rebuild_of(before, tmp_path)


def hold_against_rebuild_of(before: dict[str, list[tuple[object, ...]]], home: Path) -> None:
    replay(open_home(home), fresh=True)
    assert rows(home) == before


def test_a_snapshot_keeps_what_people_decided(company: list[Event], tmp_path: Path) -> None:
    at_work = Told(tmp_path)
    for hour, events in by_hour(company).items():
        at_work.hear(events, hour * HOUR)
        at_work.settle()
    (standing,) = Board(tmp_path).findings(living=True)
    last = at_work.now
    at_work.hear([deciding.closed(standing.id, "P-1", "ordinary-work", at=last, id="c1")], last)
    at_work.settle()
    keep_a_snapshot(at_work)
    at_work.restart()
    assert at_work.live.fold is not None
    assert at_work.live.fold.spared > 0
    at_work.hear([deciding.undone("finding.closed", standing.id, "P-1", at=last, id="c2")], last)
    at_work.settle()
    decision = Board(tmp_path).decision(standing.id)
    assert decision is not None
    assert [note.said for note in decision.notes] == ["taken back", "undone"]
    at_work.stop()
    hold_against_rebuild(tmp_path)
