"""Sealing: a derived copy that says what it was made from, and of which readers see all or nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from log.some_events import HOUR, MONDAY, viewed
from store import asked
from support import ROOT
from viewtrail.errors import BadInput, LogDamaged, ViewtrailError
from viewtrail.store import open_log, open_reader, segments, verify_home
from viewtrail.store import segments_manifest as manifest
from viewtrail.store.asking import Questions
from viewtrail.store.segments_columns import SCHEMA
from viewtrail.store.segments_files import ORDER

DAY = 24 * HOUR
FIRST = MONDAY + 2 * DAY
"""When the first day's entries are received: after all that they tell of."""


def fill(home: Path, *days: int) -> None:
    """So many entries received on each of these days."""
    done = 0
    with open_log(home) as log:
        for number, count in enumerate(days):
            events = [viewed(n) for n in range(done, done + count)]
            told = log.append(events, received=FIRST + number * DAY)
            assert {receipt.outcome for receipt in told} == {"added"}
            done += count


def spans(home: Path) -> list[tuple[int, int]]:
    return [(one.first, one.stop) for one in manifest.read(home)]


def small(patch: pytest.MonkeyPatch, **parts: Any) -> None:
    for name, value in {"LARGEST": 1_000, "LEAST": 100, "FAN": 100, **parts}.items():
        patch.setattr(segments, name, value)


def counted(questions: Questions) -> int:
    """How many entries are in the answer: each of them once, wherever it lies."""
    return sum(one.events for one in questions.sources())


def test_segments_end_at_so_many_entries_and_at_the_end_of_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    fill(tmp_path, 2_300, 60, 250)
    assert segments.seal_due(tmp_path) == 2_360
    assert spans(tmp_path) == [(0, 1_000), (1_000, 2_000), (2_000, 2_360)]
    assert segments.seal_due(tmp_path) == 0  # the day is not over, or too little of it is there


def test_nothing_is_due_while_the_day_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    fill(tmp_path, 999)
    assert segments.seal_due(tmp_path) == 0
    fill(tmp_path / "two", 99, 99)
    assert segments.seal_due(tmp_path / "two") == 0
    assert spans(tmp_path) == []


def test_a_segment_holds_every_entry_as_the_log_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.fill(tmp_path)
    asked.seal_small(tmp_path, monkeypatch, largest=4_000)
    seen = 0
    entries = {one.index: one for one in asked.entries(tmp_path)}
    for one in manifest.read(tmp_path):
        folder = tmp_path / manifest.FOLDER / one.folder
        assert {path.stem for path in folder.iterdir()} == {"entries", *ORDER}
        table = pq.read_table(folder / "entries.parquet")
        assert table.column_names == SCHEMA.names
        assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
        for row in table.to_pylist():
            event = entries[row["idx"]].entry.event
            assert (row["id"], row["source"], row["type"]) == (event.id, event.source, event.type)
            assert (row["subject"], row["sequence"]) == (event.subject, event.sequence)
            assert row["idx"] == one.first + seen - one.first
            seen += 1
    assert seen == manifest.read(tmp_path)[-1].stop


def test_sealing_takes_nothing_from_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.fill(tmp_path)
    with open_log(tmp_path) as log:
        log.checkpoint()
    with open_reader(tmp_path) as reader:
        before = reader.size, reader.root()
    asked.seal_small(tmp_path, monkeypatch, largest=4_000)
    with open_reader(tmp_path) as reader:
        assert (reader.size, reader.root()) == before
    assert verify_home(tmp_path).integrity.good
    assert segments.check(tmp_path) == []


def test_no_id_of_the_source_is_in_a_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.fill(tmp_path)
    asked.seal_small(tmp_path, monkeypatch, largest=4_000)
    for path in (tmp_path / manifest.FOLDER).rglob("*.parquet"):
        told = str(pq.read_table(path).to_pydict().values())
        assert not any(id in told for id in ("odd-a'", "odd-b'", "odd-r'", "odd-m'", "agent-")), path.name


def test_neighbours_of_a_size_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, FAN=3, TIERS=(1_500, 4_000))
    fill(tmp_path, 7_500)
    assert segments.seal_due(tmp_path) == 7_000
    # Three of a thousand become one of three thousand, twice; two of those are too few for the next size.
    assert spans(tmp_path) == [(0, 3_000), (3_000, 6_000), (6_000, 7_000)]
    assert segments.check(tmp_path) == []
    with Questions(tmp_path) as questions:
        assert counted(questions) == 7_500


def test_what_was_merged_goes_when_nobody_can_be_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, FAN=3, TIERS=(1_500, 4_000))
    fill(tmp_path, 3_500)
    folder = tmp_path / manifest.FOLDER
    segments.seal_due(tmp_path)
    assert len([path for path in folder.iterdir() if path.is_dir() and path.name[0] == "0"]) == 4
    segments.seal_due(tmp_path)
    assert len([path for path in folder.iterdir() if path.is_dir() and path.name[0] == "0"]) == 4
    monkeypatch.setattr(segments, "GRACE", -1)
    segments.seal_due(tmp_path)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == ["000000000000-000000003000"]
    with Questions(tmp_path) as questions:
        assert counted(questions) == 3_500


def test_a_question_begun_before_a_merge_is_answered_from_what_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    fill(tmp_path, 3_500)
    segments.seal_due(tmp_path)
    with Questions(tmp_path) as questions:
        before = questions.view()
        monkeypatch.setattr(segments, "FAN", 3)
        segments.seal_due(tmp_path)
        assert len(manifest.read(tmp_path)) == 1
        with questions._source.asking(before) as ask:
            assert sum(row[3] for row in ask("sources")) == 3_500
        assert counted(questions) == 3_500


def test_a_changed_or_missing_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    fill(tmp_path, 2_500)
    segments.seal_due(tmp_path)
    assert segments.check(tmp_path) == []
    folder = tmp_path / manifest.FOLDER / manifest.read(tmp_path)[0].folder
    whole = (folder / "touches.parquet").read_bytes()
    (folder / "touches.parquet").write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    (folder / "calls.parquet").unlink()
    found = segments.check(tmp_path)
    assert len(found) == 2
    assert "calls.parquet: is missing" in found[0]
    assert "touches.parquet: was changed" in found[1]
    with Questions(tmp_path) as questions, pytest.raises(ViewtrailError, match="made again from the log"):
        questions.calls(0, 2**60)
    monkeypatch.setattr(segments, "FAN", 2)
    with pytest.raises(LogDamaged, match="is missing"):  # what is damaged is not carried on into a larger one
        segments.seal_due(tmp_path)
    shutil.rmtree(tmp_path / manifest.FOLDER)
    segments.seal_due(tmp_path)
    assert segments.check(tmp_path) == []


def test_entries_that_are_not_those_of_the_tree_are_not_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    fill(tmp_path, 1_500)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db, db:
        told = db.execute("SELECT entry FROM entries WHERE idx = 700").fetchone()[0]
        db.execute("UPDATE entries SET entry = ? WHERE idx = 700", (told.replace(b'"list"', b'"task"'),))
    with pytest.raises(LogDamaged, match="verify"):
        segments.seal_due(tmp_path)
    assert spans(tmp_path) == []


def test_segments_of_another_release_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    fill(tmp_path, 2_500)
    monkeypatch.setattr(segments, "form", lambda: "an older one")
    assert segments.seal_due(tmp_path) == 2_000
    monkeypatch.undo()
    small(monkeypatch)
    with Questions(tmp_path) as questions:
        assert counted(questions) == 2_500  # read from the log itself meanwhile
        assert questions.view().segments == ()
        assert segments.seal_due(tmp_path) == 2_000
        assert counted(questions) == 2_500
        assert len(questions.view().segments) == 2


def test_a_log_that_was_put_back_to_an_earlier_state_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    home = tmp_path / "home"
    fill(home, 500)
    shutil.copytree(home, tmp_path / "backup")
    with open_log(home) as log:
        log.append([viewed(n) for n in range(500, 3_000)], received=FIRST)
    segments.seal_due(home)
    shutil.copytree(home / manifest.FOLDER, tmp_path / "backup" / manifest.FOLDER)
    with pytest.raises(LogDamaged, match="another log"):
        segments.seal_due(tmp_path / "backup")
    with Questions(tmp_path / "backup") as questions, pytest.raises(BadInput, match="another log"):
        questions.agents()


@pytest.mark.parametrize("step", ["write", "_synced", "sync_folder", "rename", "add"])
def test_whatever_step_fails_readers_see_all_and_the_next_sealing_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    small(monkeypatch)
    fill(tmp_path, 3_400)
    with Questions(tmp_path) as questions:
        for failing in range(3):
            with monkeypatch.context() as patch:
                break_at(patch, step, failing)
                with pytest.raises(OSError, match="No space"):
                    segments.seal_due(tmp_path)
            assert counted(questions) == 3_400
            if failing:
                small(monkeypatch)
            shutil.rmtree(tmp_path / manifest.FOLDER)
        segments.seal_due(tmp_path)
        assert counted(questions) == 3_400
    assert spans(tmp_path) == [(0, 1_000), (1_000, 2_000), (2_000, 3_000)]
    assert segments.check(tmp_path) == []


def break_at(patch: pytest.MonkeyPatch, step: str, turn: int) -> None:
    """Let that step fail as a full disk makes it fail, on its turn."""
    place: Any = {"rename": Path, "add": manifest}.get(step, segments)
    real, calls = getattr(place, step), iter(range(10**6))

    def failing(*args: Any, **named: Any) -> Any:
        if next(calls) == turn:
            raise OSError(28, "No space left on device")
        return real(*args, **named)

    patch.setattr(place, step, failing)


def test_an_orphan_of_a_crash_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    fill(tmp_path, 1_500)
    with monkeypatch.context() as patch:
        break_at(patch, "add", 0)
        with pytest.raises(OSError, match="No space"):
            segments.seal_due(tmp_path)
    (orphan,) = (tmp_path / manifest.FOLDER).glob("0*")
    (orphan / "touches.parquet").write_bytes(b"torn")
    with Questions(tmp_path) as questions:
        assert counted(questions) == 1_500
        assert segments.seal_due(tmp_path) == 1_000
        assert counted(questions) == 1_500
        assert questions.view().sealed == 1_000
    assert segments.check(tmp_path) == []


def test_two_that_seal_at_once_take_turns(tmp_path: Path) -> None:
    fill(tmp_path, 4_500)
    running = [sealer(tmp_path) for _ in range(2)]
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sorted(told) == ["0\n", "4000\n"]
    assert segments.check(tmp_path) == []


# Seals in pieces of 1,000 and says when it begins.
SEALING = """
import sys
from pathlib import Path
from viewtrail.store import segments
segments.LARGEST, segments.LEAST, segments.FAN, segments.TIERS = 1_000, 100, 3, (1_500, 5_000)
import duckdb, viewtrail.store.segments_files
print(segments.seal_due(Path(sys.argv[1])), flush=True)
"""

# Asks again and again: all entries are there, each once, and as many touch one record as were told.
READING = """
import sys, time
from pathlib import Path
from viewtrail.store.asking import Questions
home, record, stop = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
reads = wrong = 0
with Questions(home) as questions:
    print("reading", flush=True)
    while reads < 20 or not stop.exists():
        before = questions.size
        counted = sum(one.events for one in questions.sources())
        after = questions.size
        touched = len(questions.record_entries(record, limit=10_000))
        later = questions.size
        reads += 1
        wrong += not (before <= counted <= after) or not (after // 50 <= touched <= later // 50 + 1)
print(reads, wrong, flush=True)
"""


def child(code: str, *args: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)


def sealer(home: Path) -> subprocess.Popen[str]:
    return child(SEALING, home)


@pytest.mark.slow
def test_ten_kills_and_three_readers_and_nothing_is_ever_missing_or_twice(tmp_path: Path) -> None:
    home, stop, chance = tmp_path / "home", tmp_path / "stop", random.Random(5)
    fill(home, 3_000)
    with open_reader(home) as reader:
        record = reader.pseudonym("r", "L-7")
    readers = [child(READING, home, record, stop) for _ in range(3)]
    for one in readers:
        assert one.stdout is not None
        assert one.stdout.readline() == "reading\n"
    done, killed = 3_000, 0
    for number in range(40):
        if number >= 10 and killed >= 5:  # on a quick machine some sealers are done before they are killed
            break
        process = sealer(home)
        with open_log(home) as log:  # the log grows while it is sealed and while the sealer dies
            for _ in range(8):
                log.append([viewed(n) for n in range(done, done + 150)], received=FIRST)
                done += 150
        time.sleep(chance.uniform(0.0, 0.9))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
    last = sealer(home)
    last.communicate()
    stop.touch()
    told = [one.communicate()[0].split() for one in readers]
    assert [one.returncode for one in readers] == [0, 0, 0]
    assert killed >= 5, f"only {killed} of 40 were killed before they were done"
    assert sum(int(reads) for reads, _ in told) >= 60
    assert [int(wrong) for _, wrong in told] == [0, 0, 0]
    assert segments.check(home) == []
    assert manifest.read(home)[-1].stop == done // 1_000 * 1_000
    with Questions(home) as questions:
        assert counted(questions) == done


def test_a_manifest_that_is_being_made_holds_nothing_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite makes an empty file, then the tables; a reader may come, or the sealer die, between the two."""
    small(monkeypatch)
    fill(tmp_path, 1_300)
    (tmp_path / manifest.FOLDER).mkdir()
    (tmp_path / manifest.FOLDER / manifest.FILE).touch()
    assert manifest.read(tmp_path) == ()
    with Questions(tmp_path) as questions:
        assert counted(questions) == 1_300
        assert segments.seal_due(tmp_path) == 1_000
        assert counted(questions) == 1_300
    assert segments.check(tmp_path) == []


def test_it_is_a_command_too(tmp_path: Path) -> None:
    fill(tmp_path, 300)
    code = [sys.executable, "-m", "viewtrail.store.segments", "--home", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error"}
    done = subprocess.run(code, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (0, "0 entries sealed\n"), done.stderr
    done = subprocess.run([*code, "--check"], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (0, "the segments are sound\n")
    wrong = subprocess.run(
        [*code[:-1], str(tmp_path / "none")], capture_output=True, text=True, env=environment
    )
    assert (wrong.returncode, wrong.stdout) == (3, "")
    assert "there is no log here" in wrong.stderr
