"""A followed file: whole lines, through every kind of rotation, and on from where it stopped."""

from __future__ import annotations

import gzip
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewtrail.sources.transports import tail as tails

OPEN: list[tails.Tail] = []


def Tail(*told) -> tails.Tail:  # as it is called elsewhere; closed after each test
    OPEN.append(tails.Tail(*told))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def closed():
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "Master.csv"


def append(path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def everything(tail: tails.Tail) -> str:
    told = ""
    while (piece := tail.poll()) is not None:
        told += piece.lines.decode()
    return told


def test_a_line_counts_when_its_end_is_there(log):
    append(log, "one\ntw")
    tail = Tail(log)
    assert everything(tail) == "one\n"
    append(log, "o\nthree\n")
    assert tail.poll() == (b"two\nthree\n", 2)


def test_a_file_that_comes_later_is_waited_for(log):
    tail = Tail(log)
    assert tail.poll() is None
    append(log, "one\n")
    assert everything(tail) == "one\n"


def test_after_a_restart_it_goes_on_where_it_was(log):
    append(log, "one\ntwo\n")
    tail = Tail(log)
    everything(tail)
    append(log, "three\n")
    again = Tail(log, tail.position)
    assert again.poll() == (b"three\n", 3)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_file_that_was_renamed_is_read_to_its_end_and_then_the_new_one(log, restarted):
    append(log, "one\n")
    tail = Tail(log)
    everything(tail)
    append(log, "two\nlast without an end")
    log.rename(log.with_name("Master.csv.1"))
    append(log, "three\n")
    tail = Tail(log, tail.position) if restarted else tail
    assert everything(tail) == "two\nlast without an end\nthree\n"
    append(log, "four\n")
    assert tail.poll() == (b"four\n", 2)


def test_a_new_file_that_is_still_empty_does_not_end_the_old_one(log):
    append(log, "one\n")
    tail = Tail(log)
    everything(tail)
    old = log.with_name("Master.csv.1")
    log.rename(old)
    log.touch()
    append(old, "two\n")
    assert everything(tail) == "two\n"
    append(log, "three\n")
    assert everything(tail) == "three\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_file_that_was_copied_and_cut_gives_the_rest_from_its_copy(log, restarted, packed):
    append(log, "one\n")
    tail = Tail(log)
    everything(tail)
    append(log, "two\n")
    copy = log.with_name("Master.csv.1.gz" if packed else "Master.csv.1")
    with log.open("rb") as old, gzip.open(copy, "wb") if packed else copy.open("wb") as new:
        shutil.copyfileobj(old, new)
    os.truncate(log, 0)
    append(log, "three\nfour and more than there was before\n")
    tail = Tail(log, tail.position) if restarted else tail
    assert everything(tail) == "two\nthree\nfour and more than there was before\n"
    assert "was rotated" in tail.said[0]


def test_a_file_that_was_emptied_without_a_copy_is_said(log):
    append(log, "one\n")
    tail = Tail(log)
    everything(tail)
    log.write_text("two\n")
    assert everything(tail) == "two\n"
    assert "is another file than the one read before" in tail.said[0]


@pytest.mark.parametrize("restarted", [False, True])
def test_two_rotations_while_nobody_looked_are_read_in_their_order(log, restarted):
    append(log, "one\n")
    tail = Tail(log)
    everything(tail)
    append(log, "two\n")
    log.rename(log.with_name("Master.csv.2"))
    append(log, "three\n")
    log.rename(log.with_name("Master.csv.1"))
    append(log, "four\n")
    for name, at in (("Master.csv.2", 1_000), ("Master.csv.1", 2_000)):
        os.utime(log.with_name(name), (at, at))
    log.with_name("Master.csv.bak").write_text("somebody's copy\n")
    assert everything(Tail(log, tail.position) if restarted else tail) == "two\nthree\nfour\n"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_between_readings_every_line_comes_once(tmp_path_factory, data):
    log = tmp_path_factory.mktemp("tail") / "Master.csv"
    log.touch()
    tail = Tail(log)
    written, read, turns = "", "", 0
    for number in range(data.draw(st.integers(1, 25))):
        what = data.draw(st.sampled_from(["write", "write", "half", "rename", "cut", "restart", "read"]))
        if what == "write":
            append(log, f"line {number}\n")
            written += f"line {number}\n"
        elif what == "half":
            append(log, f"half {number} ")
            written += f"half {number} "
        elif what in ("rename", "cut") and log.exists() and log.stat().st_size:
            read += everything(tail)  # a second rotation before anybody looked is another test
            turns += 1
            old = log.with_name(f"Master.csv.{turns:03}")
            if what == "rename":
                log.rename(old)
            else:
                shutil.copy(log, old)
                os.truncate(log, 0)
            append(log, f"new {number}\n")
            if written and not written.endswith("\n"):
                written += "\n"
            written += f"new {number}\n"
        elif what == "restart":
            tail.close()
            tail = Tail(log, tail.position)
        else:
            read += everything(tail)
    append(log, "end\n")
    read += everything(tail)
    assert read == written + "end\n"
