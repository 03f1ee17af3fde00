"""`viewtrail import`: what was read is in the log, what was not is told, and nothing is counted twice."""

from __future__ import annotations

import gzip
import subprocess
import time
from pathlib import Path

import pytest

from cli.commands import jsonl, line, viewtrail
from support import require
from viewtrail.log.group import so_long
from viewtrail.store import open_log, open_reader, verify_home


def test_a_file_is_imported_signed_and_verifies(home: Path, tmp_path: Path) -> None:
    done = viewtrail("import", jsonl(tmp_path / "crm.jsonl", map(line, range(3_000))), home=home)
    assert done.code == 0
    assert "crm.jsonl: 3,000 read, 3,000 added, 0 repeated, 0 set aside" in done.out
    assert "the log has 3,000 entries, 3,000 signed" in done.out
    assert verify_home(home).exit_code == 0


def test_importing_twice_adds_nothing(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", map(line, range(500)))
    viewtrail("import", file, home=home)
    again = viewtrail("import", file, home=home)
    assert "500 read, 0 added, 500 repeated, 0 set aside" in again.out
    with open_reader(home) as reader:
        assert reader.size == 500


def test_files_that_overlap_give_each_event_once(home: Path, tmp_path: Path) -> None:
    first = jsonl(tmp_path / "monday.jsonl", map(line, range(300)))
    second = tmp_path / "both-days.jsonl.gz"
    second.write_bytes(gzip.compress(jsonl(tmp_path / "plain", map(line, range(200, 600))).read_bytes()))
    done = viewtrail("import", first, second, home=home)
    assert "both-days.jsonl.gz: 400 read, 300 added, 100 repeated, 0 set aside" in done.out
    assert "together: 700 read, 600 added, 100 repeated, 0 set aside" in done.out


def test_two_files_of_one_name_are_told_apart_by_their_folders(home: Path, tmp_path: Path) -> None:
    for branch in ("cyprus", "malta"):
        (tmp_path / branch).mkdir()
    first = jsonl(tmp_path / "cyprus" / "crm.jsonl", map(line, range(3)))
    second = jsonl(tmp_path / "malta" / "crm.jsonl", map(line, range(2, 9)))
    done = viewtrail("import", first, second, home=home)
    assert f"{first}: 3 read" in done.out
    assert f"{second}: 7 read" in done.out


def test_what_is_set_aside_is_told_with_place_and_reason_and_kept(home: Path, tmp_path: Path) -> None:
    bad = [line(0), "{oops", line(2, time="2026-03-02 25:00"), *(line(n, type="") for n in range(3, 33))]
    done = viewtrail("import", jsonl(tmp_path / "crm.jsonl", bad), home=home)
    assert done.code == 0, "a bad line is no failure of the import"
    assert "33 read, 1 added, 0 repeated, 32 set aside" in done.out
    assert "crm.jsonl:2: " in done.out
    assert "crm.jsonl:3: time" in done.out
    assert "and 10 more like these" in done.out, "twenty of a kind are shown"
    kept = viewtrail("set-aside", home=home)
    assert kept.code == 0
    assert kept.out.count("crm.jsonl:") == 32
    assert "32 set aside" in kept.out
    viewtrail("import", tmp_path / "crm.jsonl", home=home)
    assert "32 set aside" in viewtrail("set-aside", home=home).out, "the same again is kept once"


def test_an_event_of_the_future_is_set_aside_by_the_log(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", [line(1, time="2190-01-01T00:00:00Z")])
    done = viewtrail("import", file, home=home)
    assert "0 added, 0 repeated, 1 set aside" in done.out
    assert "days ahead of its receipt" in done.out


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(11, "11 minutes"), (119, "119 minutes"), (150, "2 hours"), (4_320, "3 days"), (999_999, "694 days")],
)
def test_how_far_ahead_a_time_is_stands_in_a_unit_one_can_picture(minutes: int, told: str) -> None:
    assert so_long(minutes * 60_000_000) == told


def test_a_file_that_stops_an_import_says_which_were_read_and_which_were_not(
    home: Path, tmp_path: Path
) -> None:
    first = jsonl(tmp_path / "first.jsonl", [line(1)])
    last = jsonl(tmp_path / "last.jsonl", [line(2)])
    done = viewtrail("import", first, tmp_path / "none.jsonl", last, home=home)
    assert done.code == 3
    assert "1 of 3 files imported before this one; they stay" in done.err
    assert f"not read: {last}" in done.err
    alone = viewtrail("import", tmp_path / "none.jsonl", first, home=home)
    assert "they stay" not in alone.err
    assert f"not read: {first}" in alone.err


def test_an_id_used_again_with_other_content_is_a_conflict(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", [line(1), line(2), line(1, subject="L-96")])
    done = viewtrail("import", file, home=home)
    assert "2 added, 0 repeated, 0 set aside, 1 in conflict" in done.out
    assert "/crm#e-1: entry 0 has the same source and id" in done.out


def test_history_is_known_from_its_own_time_and_live_from_now(home: Path, tmp_path: Path) -> None:
    before = time.time_ns() // 1000
    viewtrail("import", jsonl(tmp_path / "old.jsonl", [line(1)]), home=home)
    viewtrail("import", "--live", jsonl(tmp_path / "new.jsonl", [line(2)]), home=home)
    with open_reader(home) as reader:
        old, new = reader.read()
    assert old.entry.backfill
    assert old.known == old.entry.event.time
    assert not new.entry.backfill
    assert new.known >= before


def test_a_table_is_read_with_its_mapping(home: Path, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(
        "who;lead;at\n17;L-1;2026-03-02T09:00:00Z\n18;;2026-03-02T09:01:00Z\n"
    )
    (tmp_path / "calls.toml").write_text(
        'connector = "acme"\nsource = "/acme"\n[time]\ncolumn = "at"\n'
        '[[skip]]\nwhen = { lead = { present = false } }\nwhy = "names no lead"\n'
        '[[event]]\ntype = "record.viewed"\nsubject = "lead"\nagent = "who"\n'
    )
    done = viewtrail("import", tmp_path / "calls.csv", "--map", tmp_path / "calls.toml", home=home)
    assert "2 read, 1 added, 0 repeated, 0 set aside, 1 skipped" in done.out
    assert "1 skipped: names no lead" in done.out


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("gone.jsonl", None, "cannot be opened"),
        ("a.bin", b"\0\1\2", "what kind of file this is cannot be seen"),
        ("a.csv", b"who,when\n1,2\n", "a.csv"),
        ("a.parquet", b"PAR1 and no more", "a.parquet"),
        ("a.jsonl", '{"id": 1}'.encode("utf-16"), "is UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_stops_with_one_line(
    home: Path, tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = viewtrail("import", jsonl(tmp_path / "good.jsonl", [line(1)]), tmp_path / name, home=home)
    assert done.code == 3
    assert told in done.err.splitlines()[-1]
    assert done.err.splitlines()[-1].startswith("viewtrail: ")
    report = verify_home(home)
    assert (report.exit_code, report.size) == (0, 1), "what came before it stays, signed"


def test_a_second_importer_is_told_that_one_is_running(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", [line(1)])
    with open_log(home):
        done = viewtrail("import", file, home=home)
    assert done.code == 3
    assert "another process is writing to this log" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = jsonl(tmp_path / "crm.jsonl", [line(1)])
    done = viewtrail("import", file, home=tmp_path / "file" / "home")
    assert done.code == 3
    assert "Not a directory" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_read_only_file_system(tmp_path: Path) -> None:
    place = tmp_path / "read-only"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", place], capture_output=True)
    require(mount.returncode == 0, "the right to mount", "run the tests as root")
    try:
        done = viewtrail("import", jsonl(tmp_path / "crm.jsonl", [line(1)]), home=place / "home")
    finally:
        subprocess.run(["umount", place], check=True)
    assert done.code == 3
    assert "Read-only file system" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_full_file_system_is_told_and_going_on_after_it_loses_nothing(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], capture_output=True)
    require(mount.returncode == 0, "the right to mount", "run the tests as root")
    file = jsonl(tmp_path / "crm.jsonl", map(line, range(1, 20_001)))
    try:
        done = viewtrail("import", file, home=place / "home")
        assert done.code == 3
        assert "full" in done.err.splitlines()[-1]
        subprocess.run(["mount", "-o", "remount,size=60m", place], check=True)
        assert viewtrail("import", file, home=place / "home").code == 0
        report = verify_home(place / "home")
    finally:
        subprocess.run(["umount", place], check=True)
    assert (report.exit_code, report.size) == (0, 20_000)


def test_a_missing_key_of_a_log_is_never_replaced(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", [line(1)])
    viewtrail("import", file, home=home)
    (home / "keys" / "tenant.key").unlink()
    done = viewtrail("import", file, home=home)
    assert done.code == 3
    assert "tenant.key: the key cannot be read" in done.err
    assert not (home / "keys" / "tenant.key").exists()


def test_a_wrong_setting_says_where_it_stands(home: Path, tmp_path: Path) -> None:
    (home / "viewtrail.toml").write_text("budgte = 1\n")
    done = viewtrail("import", jsonl(tmp_path / "crm.jsonl", [line(1)]), home=home)
    assert done.code == 3
    assert "viewtrail.toml: budgte: no such setting" in done.err


def test_control_characters_of_a_file_do_not_reach_the_terminal(home: Path, tmp_path: Path) -> None:
    done = viewtrail("import", jsonl(tmp_path / "crm.jsonl", [line(1, id="\x1b[2J" + "x")]), home=home)
    assert "1 set aside" in done.out
    assert "\x1b" not in done.out + viewtrail("set-aside", home=home).out
