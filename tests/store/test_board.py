"""The board: what stands now, to any reader at any time, while somebody writes."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.test_projections import finding
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.finding import Left, Transition
from viewtrail.review.decisions import Decision
from viewtrail.store.board import Board
from viewtrail.store.live_projections import Change, LiveProjections
from viewtrail.store.projections import Known, Made, Projections, read_projections, write_projections

MADE = Made(9, "ab" * 32, "0.1.0", "01234567")


def found(*numbers: int) -> Projections:
    every = [replace(finding(n), detected_at=n, status="open" if n % 2 else "withdrawn") for n in numbers]
    return Projections(
        MADE,
        every,
        [Transition("opened", n, n, one) for n, one in enumerate(every)],
        [Left("a-1", f"2026-03-{n:02}", "looked alike", "was declared") for n in numbers],
        [],
        [Known("a-1", "agent", "d", "a-2"), Known("a-2", "manager", None, "a-3"), Known("a-3", "admin")],
    )


@pytest.fixture
def board(tmp_path: Path) -> Board:
    write_projections(tmp_path, found(*range(1, 9)))
    return Board(tmp_path)


def ids(*numbers: int) -> list[str]:
    return [finding(n).id for n in numbers]


def test_before_anything_was_folded_all_is_empty(tmp_path: Path) -> None:
    board = Board(tmp_path)
    assert (board.made().size, board.lag(), board.last_place(), board.ordinary()) == (0, 0, -1, (0, 0))
    assert board.findings() == board.recent(-1) == board.left() == board.transitions("f-1") == []
    assert board.finding("f-1") is board.decision("f-1") is board.person("a-1") is None
    assert (board.decisions(["f-1"]), board.reports_to("a-1"), board.count()) == ({}, (), 0)


def test_newest_first_and_by_every_condition(board: Board) -> None:
    assert [one.id for one in board.findings()] == ids(*range(8, 0, -1))
    assert [one.id for one in board.findings(living=True)] == ids(7, 5, 3, 1)
    assert [one.id for one in board.findings(living=False, limit=2, offset=1)] == ids(6, 4)
    assert [one.id for one in board.findings(since=3, until=5)] == ids(4, 3)
    assert [one.id for one in board.findings(agent="a-4")] == ids(4)
    assert board.findings(queue="calls") == []
    assert (board.count(), board.count(living=True), board.count(agent="a-4", living=True)) == (8, 4, 0)


def test_one_finding_and_its_life(board: Board) -> None:
    one = board.finding(finding(3).id)
    assert one is not None
    assert one.claim == "a claim"
    assert [t.kind for t in board.transitions(one.id)] == ["opened"]
    assert board.finding("f-none") is None


def test_news_since_a_place(board: Board) -> None:
    assert board.last_place() == 7
    assert [place for place, _ in board.recent(5)] == [6, 7]
    assert [place for place, _ in board.recent(-1, limit=2)] == [0, 1]
    assert board.recent(7) == []


def test_people_and_whom_they_report_to(board: Board) -> None:
    assert board.person("a-1") == Known("a-1", "agent", "d", "a-2")
    assert board.reports_to("a-1") == ("a-2", "a-3")
    assert board.reports_to("nobody") == ()


def test_a_circle_of_managers_ends(tmp_path: Path) -> None:
    people = [Known("a-1", "agent", None, "a-2"), Known("a-2", "agent", None, "a-1")]
    write_projections(tmp_path, replace(found(1), people=people))
    assert Board(tmp_path).reports_to("a-1") == ("a-2", "a-1")


def test_what_was_left_alone_newest_first(board: Board) -> None:
    assert [one.day for one in board.left(2)] == ["2026-03-08", "2026-03-07"]


def test_what_people_closed_is_closed_everywhere_and_counted(tmp_path: Path) -> None:
    closed = [
        Decision(finding(n).id, "closed", "a-9", outcome, at=n)
        for n, outcome in ((1, "ordinary-work"), (3, "breach-established"), (5, "tool-was-wrong"))
    ]
    write_projections(tmp_path, replace(found(*range(1, 9)), decisions=closed))
    board = Board(tmp_path)
    assert [one.id for one in board.findings(living=True)] == ids(7)
    one = board.finding(finding(1).id)
    assert one is not None
    assert (one.status, one.owner, one.why) == ("closed", "a-9", "ordinary-work")
    assert board.ordinary() == (3, 2)
    assert board.ordinary(last=1) == (1, 1)
    assert set(board.decisions(ids(1, 2, 3))) == set(ids(1, 3))
    assert [f.status for f in read_projections(tmp_path).findings][:2] == ["closed", "withdrawn"]


def test_many_decisions_at_once(tmp_path: Path) -> None:
    decisions = [Decision(f"f-{n}") for n in range(1_300)]
    write_projections(tmp_path, replace(found(1), decisions=decisions))
    assert len(Board(tmp_path).decisions(f"f-{n}" for n in range(1_300))) == 1_300


def test_readers_see_whole_commits_while_a_loop_writes(tmp_path: Path) -> None:
    """Four readers ask all the time; a transition never shows without its finding, or the other way."""
    live = LiveProjections(tmp_path)
    live.replace(Projections(MADE, [], [], []))
    board, wrong, done = Board(tmp_path), list[str](), threading.Event()

    def reads() -> None:
        while not done.is_set():
            place = board.last_place()
            if place >= 0 and board.made().size < place:
                wrong.append(f"place {place}")
            news = board.recent(place - 1)
            for _, transition in news:
                if board.finding(transition.finding.id) is None:
                    wrong.append(transition.finding.id)

    readers = [threading.Thread(target=reads) for _ in range(4)]
    for one in readers:
        one.start()
    for n in range(150):
        one_finding = finding(n)
        live.change(
            Change(Made(n + 1, "", "", ""), n, [Transition("opened", n, n, one_finding)], [(n, one_finding)])
        )
    done.set()
    for one in readers:
        one.join()
    live.close()
    assert wrong == []
    assert board.count() == 150


def test_a_change_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    live = LiveProjections(tmp_path)
    live.replace(found(1, 2))
    twice = [(7, finding(7)), (8, replace(finding(8), first_at=None))]  # type: ignore[arg-type]
    with pytest.raises(ViewtrailError, match="cannot write projections"):
        live.change(Change(Made(10, "", "", ""), 2, [], twice))
    live.close()
    assert Board(tmp_path).made() == MADE
    assert Board(tmp_path).count() == 2


def test_a_journal_left_by_a_killed_loop_never_meets_another_file(tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:
        LiveProjections(tmp_path).replace(found(1, 2, 3))
        os._exit(0)  # as kill -9: the journal stays beside the file
    os.waitpid(pid, 0)
    assert (tmp_path / "projections.db-wal").stat().st_size > 0
    assert Board(tmp_path).count() == 3
    write_projections(tmp_path, found(4))
    assert not (tmp_path / "projections.db-wal").exists()
    assert [one.id for one in Board(tmp_path).findings()] == ids(4)


def test_what_a_live_loop_begins_anew_is_what_a_rebuild_writes(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "rebuilt").mkdir()
    live = LiveProjections(tmp_path / "live")
    live.replace(found(3))
    live.replace(found(1, 2))
    live.close()
    write_projections(tmp_path / "rebuilt", found(1, 2))
    assert read_projections(tmp_path / "live") == read_projections(tmp_path / "rebuilt")


@pytest.mark.parametrize("content", [b"", b"no database at all" * 400])
def test_a_loop_makes_a_damaged_file_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "projections.db").write_bytes(content)
    live = LiveProjections(tmp_path)
    live.replace(found(1))
    live.close()
    assert Board(tmp_path).count() == 1


def test_another_releases_file_is_named_by_the_board_and_replaced_by_the_loop(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "projections.db") as db:
        db.execute("CREATE TABLE findings (something TEXT)")
    db.close()
    with pytest.raises(BadInput, match="viewtrail rebuild"):
        Board(tmp_path).findings()
    live = LiveProjections(tmp_path)
    live.replace(found(1))
    live.close()
    assert Board(tmp_path).count() == 1
