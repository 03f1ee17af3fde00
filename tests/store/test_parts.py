"""Several producers' parts in one durable write, and what an append would answer without being one."""

from pathlib import Path

import pytest

from log.some_events import HOUR, MONDAY, SECOND, viewed, with_detail
from viewtrail.log import Log, Part
from viewtrail.log.group import Group
from viewtrail.store import open_log, open_reader, verify_home


def test_each_part_keeps_its_own_receipt_skew_and_history(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        told = log.append_parts(
            [
                Part([viewed(1), viewed(2)], MONDAY + HOUR, skew=700),
                Part(
                    [viewed(3), viewed(1)], MONDAY, backfill=True, aside=[("calls.csv:4", "no agent", b"row")]
                ),
                Part([viewed(4)], MONDAY + 2 * HOUR),
            ]
        )
        assert [[one.outcome for one in part] for part in told] == [
            ["added"] * 2,
            ["added", "repeated"],
            ["added"],
        ]
        entries = [logged.entry for logged in log.read()]
        assert [entry.skew for entry in entries] == [700, 700, 0, 0]
        assert [entry.backfill for entry in entries] == [False, False, True, False]
        received = [entry.received - MONDAY for entry in entries]
        assert received == [HOUR, HOUR, HOUR, 2 * HOUR], "an earlier receipt counts as the last"
        assert [log.open_set_aside(item) for item in log.set_aside()] == [b"row"]
        log.checkpoint()
    assert verify_home(tmp_path).exit_code == 0


def test_what_would_happen_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(1)], received=MONDAY + HOUR)
        asked = [viewed(1), with_detail(2), viewed(1, sequence="9"), viewed(3, time=MONDAY + 9 * HOUR)]
        would = log.would(Part(asked, MONDAY + HOUR))
        assert [one.outcome for one in would] == ["repeated", "added", "conflict", "set-aside"]
        assert [one.index for one in would] == [0, None, 0, None]
        assert (log.size, log.set_aside()) == (1, [])
        did = log.append(asked, received=MONDAY + HOUR)
        assert [one.outcome for one in did] == [one.outcome for one in would]


def test_names_first_met_in_a_question_are_stored_when_they_come(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.would(Part([viewed(1)], MONDAY))
        log.append([viewed(1)], received=MONDAY)
    with open_reader(tmp_path) as reader:
        assert reader.resolve(reader.entry(0).entry.event.data["agent"]) == "agent-1"


def test_names_first_met_in_a_part_that_failed_are_stored_when_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_log(tmp_path) as log:
        _fail_at(log, monkeypatch, "e-2")
        with pytest.raises(ZeroDivisionError):
            log.append_parts([Part([viewed(1)], MONDAY), Part([viewed(2)], MONDAY)])
        monkeypatch.undo()
        assert log.size == 0
        log.append([viewed(1)], received=MONDAY)
    with open_reader(tmp_path) as reader:
        assert reader.resolve(reader.entry(0).entry.event.data["agent"]) == "agent-1"


def _fail_at(log: Log, monkeypatch: pytest.MonkeyPatch, id: str) -> None:
    add = Group._add

    def failing(self: Group, event: object, *rest: object) -> int:
        if event.id == id:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return add(self, event, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Group, "_add", failing)


def test_looking_again_in_pieces_signs_the_same_tree(tmp_path: Path) -> None:
    with open_log(tmp_path / "a") as log, open_log(tmp_path / "b") as other:
        for start in range(0, 3_000, 600):
            events = [viewed(n) for n in range(start, start + 600)]
            log.append(events, received=MONDAY + HOUR)
            log.look_again(450)
        assert log.checkpoint().size == 3_000
        assert log.checkpoint().root == log.root(3_000)
        other.append([viewed(n) for n in range(3_000)], received=MONDAY + HOUR + SECOND)
        assert other.checkpoint().size == 3_000
    assert verify_home(tmp_path / "a").exit_code == 0


def test_what_changed_on_disk_before_it_was_looked_at_again_is_not_signed(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(n) for n in range(600)], received=MONDAY + HOUR)
        db = log.storage._db  # type: ignore[attr-defined]
        (kept,) = db.execute("SELECT entry FROM entries WHERE idx = 411").fetchone()
        db.execute("UPDATE entries SET entry = ? WHERE idx = 411", (kept.replace(b"lead", b"leaf"),))
        log.look_again()
        with pytest.raises(Exception, match="not those that were appended"):
            log.checkpoint()
        with pytest.raises(Exception, match="not those that were appended"):
            log.checkpoint()
        db.execute("UPDATE entries SET entry = ? WHERE idx = 411", (kept,))
        assert log.checkpoint().size == 600
