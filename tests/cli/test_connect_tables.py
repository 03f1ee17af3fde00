"""People, numbers and the book from the command line: private files, joined calls, and nothing told twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.commands import environment, viewtrail
from sources.connectors import test_threecx as threecx
from sources.telephony import MAPPING, NUMBERS, PEOPLE, cdr


@pytest.fixture
def place(tmp_path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "numbers.csv").write_text(NUMBERS)
    (tmp_path / "pbx.toml").write_text(MAPPING)
    (tmp_path / "Master.csv").write_text(cdr() + cdr("1772436845.1", dst="22333445"))
    return tmp_path


def run(place: Path, *args: object):
    return viewtrail(*args, home=place / "home", cwd=place)


def test_people_and_numbers_are_imported_once_and_kept_private(place):
    first = run(place, "connect", "people", "people.csv").out
    assert "5 agents" in first
    assert "9 events added; directory version 1" in first
    assert "0 events added; directory version 1" in run(place, "connect", "people", "people.csv").out
    told = run(place, "connect", "numbers", "numbers.csv", "--country", "CY").out
    assert "7 numbers of 7 records, 7 of them new" in told
    assert "numbers.csv:5: the number is in another record too" in told
    assert "0 of them new" in run(place, "connect", "numbers", "numbers.csv", "--country", "CY").out
    kept = list((place / "home" / "directory").iterdir())
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert not any("99123456" in path.read_text() for path in kept)
    assert b"99123456" not in (place / "home" / "log.db").read_bytes()
    assert b"example.test" not in (place / "home" / "log.db").read_bytes()


def test_a_call_without_a_record_is_joined_when_its_number_becomes_known(place):
    run(place, "connect", "people", "people.csv")
    run(place, "connect", "numbers", "numbers.csv", "--country", "CY")
    tried = run(place, "connect", "try", "Master.csv", "--map", "pbx.toml").out
    assert "2 calls: 1 matched to a record, 1 the number is in no record" in tried
    assert "2 read, 2 added" in run(place, "import", "Master.csv", "--map", "pbx.toml").out
    (place / "more.csv").write_text("record,number\nL-9,22333445\n")
    assert (
        "calls that had no record and are joined now: 1"
        in run(place, "connect", "numbers", "more.csv", "--country", "CY").out
    )
    again = run(place, "import", "Master.csv", "--map", "pbx.toml").out
    assert "0 added, 2 repeated" in again
    assert "conflict" not in again
    assert "joined now: 0" in run(place, "connect", "match").out


def test_a_conflict_is_told_with_both_places(place):
    (place / "two.csv").write_text("agent,extension\na-1,211\na-2,211\n")
    told = run(place, "connect", "people", "two.csv").out
    assert "two.csv:2 and two.csv:3: extension 211 is a-1's and a-2's from always to now" in told


def test_a_conflict_says_since_when_to_the_second_because_a_day_is_another_in_another_zone(place):
    table = "agent,extension,time_zone,from\na-1,211,Europe/London,2025-06-01\na-2,211,,\n"
    (place / "two.csv").write_text(table)
    told = run(place, "connect", "people", "two.csv").out
    assert "from 2025-05-31T23:00:00Z to now; calls of that time are nobody's" in told


def test_a_number_that_cannot_be_read_says_why_and_never_the_number(place):
    rows = ("", "3.57998E+11", "3,57998E+11", "99 123456 ext 7", "nobody")
    (place / "bad.csv").write_text(
        "record;number\n" + "".join(f"L-{n};{row}\n" for n, row in enumerate(rows))
    )
    told = run(place, "connect", "numbers", "bad.csv", "--country", "CY").out
    assert "rows set aside: 5" in told
    assert "bad.csv:2: number is empty" in told
    assert told.count("was rounded by a spreadsheet program") == 2
    assert told.count("is not a telephone number in CY; write +357... with its own country code") == 2
    assert "99 123456" not in told
    assert "say --country" not in told
    without = run(place, "connect", "numbers", "bad.csv").out
    assert "is not a telephone number with a country code; say --country" in without


def test_trying_a_roster_counts_the_people_it_is_about_and_not_who_entered_it(place):
    (place / "hr.csv").write_text(
        "Agent,UserEmailAddress,JoinDate,LastWorkingDate\na-1,,2024-05-06,\na-2,,2024-05-07,\na-3,,2024-05-08,\n"
    )
    told = run(place, "connect", "try", "hr.csv").out
    assert "\n3 agents, 0 records\n" in told


def test_the_kinds_stand_in_columns(place):
    lines = run(place, "connect", "list").out.splitlines()[:-1]
    [first] = [line for line in lines if line.startswith("jsonl ")]
    at = first.index("CloudEvents")
    assert all(line[at - 1] == " " != line[at] for line in lines)


def test_the_book_tells_changes_alone(place):
    book = place / "book.csv"
    book.write_text("record,owner,since\nL-1,a-1,2026-01-05\nL-2,a-2,2026-02-01\n")
    os.utime(book, (1_772_434_800, 1_772_434_800))
    first = run(place, "connect", "book", "book.csv").out
    assert (
        "2 records as of 2026-03-02T07:00:00Z, 2 new, the first snapshot, a back-fill; 2 events added"
        in first
    )
    assert "0 events added" in run(place, "connect", "book", "book.csv").out
    book.write_text("record,owner,since\nL-1,a-3,2026-03-02\n")
    told = run(place, "connect", "book", "book.csv", "--at", "2026-03-03T06:00:00Z").out
    assert "1 changed; 1 event added" in told
    assert (
        "records that are no longer in it: 1; whether closed, archived or filtered out is not known" in told
    )
    older = run(place, "connect", "book", "book.csv", "--at", "2026-03-01")
    assert older.code == 3
    assert "older than the last one" in older.err


def test_every_kind_can_be_explained(place):
    told = run(place, "connect", "explain", "asterisk-cdr").out
    assert "cannot tell: who hung up" in told
    assert "short-calls" in told
    assert "asterisk-cel" in run(place, "connect", "list").out


@pytest.mark.parametrize(
    "args", [("people", "no.csv"), ("numbers", "numbers.csv", "--country", "XX"), ("book", "no.csv")]
)
def test_what_is_wrong_is_one_line_and_no_home_is_made(place, args):
    done = run(place, "connect", *args)
    assert done.code == 3
    assert done.err.startswith("viewtrail: ")


def follow(place: Path, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "viewtrail", "follow", *map(str, args)]
    return subprocess.Popen(
        command,
        cwd=place,
        env=environment(VIEWTRAIL_HOME=str(place / "home")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    return out, err


def until(what, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def state(place: Path) -> dict:
    [path] = (place / "home" / "follow").glob("*.json")
    return json.loads(path.read_text())


@pytest.mark.slow
def test_a_growing_log_is_followed_through_a_rotation_and_a_restart(place):
    run(place, "connect", "people", "people.csv")
    log = place / "Master.csv"
    process = follow(place, "Master.csv", "--map", "pbx.toml", "--settle", "0.5")
    try:
        until(
            lambda: (
                list((place / "home" / "follow").glob("*.json"))
                and state(place)["caught_up"]
                and not state(place)["kept"]
            )
        )
        log.rename(place / "Master.csv.1")
        log.write_text(cdr("1772436850.1"))
        until(lambda: state(place)["position"]["lines"] == 1 and not state(place)["kept"])
    finally:
        out, _ = ended(process)
    assert "Master.csv: 3 read, 3 added" in out
    with log.open("a") as file:
        file.write(cdr("1772436851.1"))
    assert (
        "1 read, 1 added"
        in run(place, "follow", "Master.csv", "--map", "pbx.toml", "--once", "--settle", "0").out
    )
    whole = run(place, "import", "Master.csv.1", "Master.csv", "--map", "pbx.toml").out
    assert "together: 4 read, 0 added, 4 repeated" in whole


@pytest.mark.slow
def test_calls_sent_over_tcp_are_in_the_log(place):
    run(place, "connect", "people", "people.csv")
    (place / "3cx.toml").write_text(MAPPING.replace("asterisk-cdr", "3cx"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = follow(place, f"tcp://127.0.0.1:{port}", "--map", "3cx.toml", "--settle", "0")
    try:

        def sent() -> bool:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                    connection.sendall(threecx.OUTGOING.encode() + b"\r\n")
                return True
            except OSError:
                return False

        until(sent)
        until(
            lambda: (
                list((place / "home" / "follow").glob("*.json")) and state(place)["position"]["lines"] == 1
            )
        )
        until(lambda: not state(place)["kept"])
    finally:
        out, _ = ended(process)
    assert "1 read, 1 added" in out


@pytest.mark.slow
def test_calls_are_fetched_from_where_3cx_listens_and_its_absence_is_a_gap(place):
    run(place, "connect", "people", "people.csv")
    (place / "3cx.toml").write_text(MAPPING.replace("asterisk-cdr", "3cx"))
    with socket.create_server(("127.0.0.1", 0)) as listens:
        listens.settimeout(30)
        port = listens.getsockname()[1]
        asked = [f"tcp://127.0.0.1:{port}", "--connect", "--map", "3cx.toml", "--settle", "0"]
        process = follow(place, *asked)
        try:
            connection, _ = listens.accept()
            with connection:
                connection.sendall(threecx.OUTGOING.encode() + b"\r\n")
                until(
                    lambda: (
                        list((place / "home" / "follow").glob("*.json"))
                        and state(place)["position"]["lines"] == 1
                        and not state(place)["kept"]
                    )
                )
        finally:
            out, err = ended(process)
        assert "1 read, 1 added" in out
        assert f"tcp://127.0.0.1:{port}: connected" in err
        [mark] = (place / "home" / "follow").glob("*.connected")
        an_hour_ago = time.time() - 3600
        os.utime(mark, (an_hour_ago, an_hour_ago))
        process = follow(place, *asked)
        try:
            connection, _ = listens.accept()
            connection.close()
            until(lambda: mark.stat().st_mtime > an_hour_ago + 60)
        finally:
            _, err = ended(process)
    assert "noted as a gap" in err
    said = run(place, "verify").out
    assert "/pbx/hq was not connected from " in said
    assert "what it did then may be missing (entry " in said


@pytest.mark.slow
def test_a_folder_is_followed_while_files_are_put_into_it(place):
    run(place, "connect", "people", "people.csv")
    inbox = place / "cdr"
    inbox.mkdir()
    (inbox / "1.csv").write_text(cdr())
    process = follow(place, "cdr", "--match", "*.csv", "--map", "pbx.toml", "--quiet", "1")
    try:
        until(lambda: list((place / "home" / "follow").glob("*.json")) and state(place)["caught_up"])
        (inbox / "2.csv.part").write_text(cdr("1772436850.1"))
        time.sleep(1.5)  # seen while it is being written
        (inbox / "2.csv.part").rename(inbox / "2.csv")
        (inbox / "notes.txt").write_text("none of ours")
        until(lambda: len(state(place)["done"]) == 2)
    finally:
        out, _ = ended(process)
    assert "1.csv: 1 read, 1 added" in out
    assert "2.csv: 1 read, 1 added" in out
    (inbox / "1.csv").rename(inbox / "old-1.csv")
    again = run(place, "follow", "cdr", "--match", "*.csv", "--map", "pbx.toml", "--quiet", "0", "--once")
    assert "old-1.csv: holds what was read before" in again.err
