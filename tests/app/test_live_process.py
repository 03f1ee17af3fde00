"""The loop as a real process beside a real writer: told within two seconds, killed at will, never twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from app.living import end, line_with, loop, remote, rows, start, told, transitions, until, views, writer
from cli.commands import jsonl, viewtrail
from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.event import to_wire
from viewtrail.store.board import Board
from viewtrail.stories import only


def test_an_empty_installation_tells_of_a_session_of_150_within_two_seconds(tmp_path: Path) -> None:
    with writer(tmp_path):
        process = loop(tmp_path)
        try:
            board = Board(tmp_path)
            with remote(tmp_path) as log:
                log.append(views("A-1", 150))
                began = time.monotonic()
                until(lambda: bool(board.findings(living=True)))
                assert time.monotonic() - began < 2
            (found,) = board.findings(living=True)
            assert found.tier == "limit"
            assert found.records_at_detection > 40
            until(lambda: board.lag() == 0)
        finally:
            said = end(process)
        assert process.returncode == 0, said
        assert "loop stopped" in said
    assert told(tmp_path)[0][1] == "opened"
    live = rows(tmp_path)
    replay(open_home(tmp_path), fresh=True)
    assert rows(tmp_path) == live


def test_a_second_loop_on_a_home_says_so_and_replay_says_who_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writer(tmp_path):
        process = loop(tmp_path)
        try:
            for command in ("replay", "rebuild"):
                done = viewtrail(command, home=tmp_path)
                assert done.code == 3
                assert "a running `viewtrail serve` keeps the findings here current" in done.err
        finally:
            end(process)
    assert viewtrail("rebuild", home=tmp_path).code == 0


def test_a_loop_without_a_writer_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewtrail.app.live.FOR_A_WRITER", 0.2)
    from viewtrail.app.live import main

    assert main(["--home", str(tmp_path)]) == 3


@pytest.mark.slow
def test_kill_9_of_loop_and_writer_at_any_moment(tmp_path: Path) -> None:
    """Forty agents open many records each; loop and writer are killed again and again meanwhile."""
    chance, sent, kills = random.Random(3), 0, Counter[str]()
    for turn in range(8):
        with writer(tmp_path):
            process = loop(tmp_path)
            with remote(tmp_path) as log:
                for agent in range(turn * 5, turn * 5 + 5):
                    events = views(f"A-{agent}", 120)
                    for first in range(0, 120, 20):
                        log.append(events[first : first + 20])
                        sent += 20
                        time.sleep(chance.uniform(0, 0.02))
                    if chance.random() < 0.5:
                        end(process, signal.SIGKILL)
                        kills["loop"] += 1
                        process = loop(tmp_path)
            end(process, signal.SIGKILL)
            kills["both"] += 1
    with writer(tmp_path):
        process = loop(tmp_path)
        until(lambda: Board(tmp_path).lag() == 0)
        end(process)
    assert kills["loop"] >= 10
    found = transitions(tmp_path)
    assert {one.kind for one in found} >= {"opened"}
    said = told(tmp_path)
    assert len(said) == len(set(said))
    assert Counter(f for f, _, _ in said) == Counter(one.finding.id for one in found)
    live = rows(tmp_path)
    replay(open_home(tmp_path), fresh=True)
    assert rows(tmp_path) == live
    with open_home(tmp_path).reader() as reader:
        assert sum(one.entry.event.type == "record.viewed" for one in reader.read()) == sent


@pytest.mark.slow
def test_the_writer_dies_and_comes_back_and_the_loop_goes_on(tmp_path: Path) -> None:
    first = start("viewtrail.web.intake", "--home", str(tmp_path), "--host", "127.0.0.1", "--port", "0")
    line_with(first, "intake http")
    process = loop(tmp_path)
    try:
        with remote(tmp_path) as log:
            log.append(views("A-1", 150))
        end(first, signal.SIGKILL)
        time.sleep(0.5)
        with writer(tmp_path):
            with remote(tmp_path) as log:
                log.append(views("A-2", 150))
            until(lambda: len(Board(tmp_path).findings()) == 2 and Board(tmp_path).lag() == 0)
            until(lambda: len({f for f, _, _ in told(tmp_path)}) == 2)
            assert process.poll() is None
            end(process)
    finally:
        end(process)
    said = told(tmp_path)
    assert len(said) == len(set(said))


@pytest.mark.slow
def test_an_import_under_a_running_loop_ends_in_what_a_replay_tells(tmp_path: Path) -> None:
    file = jsonl(
        tmp_path / "crm.jsonl",
        [to_wire(event) for event in only("forty_seven_in_an_hour", history_days=42).events],
    )
    home = tmp_path / "home"
    with writer(home):
        process = loop(home)
        try:
            with remote(home) as log:
                log.append(views("A-1", 150))
            until(lambda: len(Board(home).findings()) == 1)
            done = viewtrail("import", file, home=home)
            assert done.code == 0, done.err
            with remote(home) as log:
                log.append(views("A-2", 150))
            until(lambda: len(Board(home).findings(living=True)) >= 3 and Board(home).lag() == 0, 60)
        finally:
            end(process)
    opened = Counter(f for f, kind, _ in told(home) if kind == "opened")
    assert set(opened.values()) == {1}
    assert set(opened) >= {one.finding.id for one in transitions(home)}
    live = rows(home)
    replay(open_home(home), fresh=True)
    assert rows(home) == live
