"""Appending and reading: every event gets its receipt, and what is acknowledged is read back."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aics_tlog.tiles import materialise_tiles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from log.some_events import HOUR, KEYS, MONDAY, SECOND, counted, viewed, with_detail
from viewtrail.errors import BadInput, KeyMissing, LogBusy, LogDamaged
from viewtrail.event import Event, canonical
from viewtrail.log import Log
from viewtrail.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from viewtrail.store import open_log, open_reader, verify_home


def outcomes(log: Log, *events: Event, **how: Any) -> list[str]:
    return [receipt.outcome for receipt in log.append(events, **{"received": MONDAY + HOUR, **how})]


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        receipts = log.append([viewed(n) for n in range(5_000)], received=MONDAY + 2 * HOUR)
        assert [receipt.index for receipt in receipts] == list(range(5_000))
        read = list(log.read())
        assert [logged.index for logged in read] == list(range(5_000))
        assert {logged.known for logged in read} == {MONDAY + 2 * HOUR}
        assert read[4_711].entry.event.id == "e-4711"
        assert [logged.index for logged in log.read(4_990, 4_995)] == [4_990, 4_991, 4_992, 4_993, 4_994]
        assert log.entry(17) == read[17]
        with pytest.raises(LogDamaged):
            log.entry(5_000)


def test_the_root_that_a_reader_asks_for_is_that_of_the_log_at_whatever_size(tmp_path: Path) -> None:
    with open_log(tmp_path) as log, open_reader(tmp_path) as reader:
        signed = {}
        for stop in (1, 2, 7, 250, 300, 900, 905):
            log.append([viewed(n) for n in range(log.size, stop)], received=MONDAY + HOUR)
            signed[stop] = log.checkpoint().root
            assert reader.root() == signed[stop]
        assert [reader.root(size) for size in (300, 7, 905, 1, 2)] == [signed[n] for n in (300, 7, 905, 1, 2)]


def test_names_resolve_and_unknown_ones_do_not(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(3)], received=MONDAY)
        event = log.entry(0).entry.event
        assert log.resolve(event.data["agent"]) == "agent-3"
        assert event.subject is not None
        assert log.resolve(event.subject) == "L-3"
        assert log.pseudonym("r", "L-3") == event.subject
        assert log.resolve("r-unheardofunheard") is None


def test_detail_is_kept_apart_and_encrypted(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([with_detail(1), viewed(2)], received=MONDAY)
        assert log.detail(0) == with_detail(1).extra
        assert log.detail(1) is None
    files = b"".join(path.read_bytes() for path in tmp_path.glob("log.db*"))
    assert b"192.0.2.7" not in files
    assert b"agent-1" not in files


def test_the_same_again_is_repeated_with_the_same_index(tmp_path: Path) -> None:
    events = [with_detail(1), viewed(2), with_detail(1), viewed(2)]
    with open_log(tmp_path) as log:
        assert outcomes(log, *events) == ["added", "added", "repeated", "repeated"]
        assert [receipt.index for receipt in log.append(events, received=MONDAY + HOUR)] == [0, 1, 0, 1]
    with open_log(tmp_path) as log:
        assert outcomes(log, *events) == ["repeated"] * 4
        assert log.size == 2


def test_the_same_id_with_other_content_is_a_conflict_that_the_log_tells(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        first, same = log.append([viewed(1), viewed(1, sequence="99")], received=MONDAY + HOUR)
        assert (first.outcome, same.outcome, same.index) == ("added", "conflict", 0)
        assert outcomes(log, viewed(1, sequence="99"), viewed(1)) == ["conflict", "repeated"]
        assert outcomes(log, with_detail(1)) == ["conflict"]
        told = [logged.entry.event for logged in log.read(1)]
        assert [event.type for event in told] == ["identity.conflicted"] * 2
        assert told[0].data["feed"] == "/crm"
        assert told[0].data["what"] == "e-1"
        kept = [log.open_set_aside(item) for item in log.set_aside()]
        assert kept == [canonical(viewed(1, sequence="99")), canonical(with_detail(1))]


def test_the_same_id_from_two_sources_is_two_events(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        assert outcomes(log, viewed(1), viewed(1, source="/pbx")) == ["added", "added"]


def test_more_than_ten_minutes_ahead_is_set_aside_and_years_late_is_taken(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        edge = viewed(1, time=MONDAY + 600 * SECOND)
        ahead = viewed(2, time=MONDAY + 600 * SECOND + 1)
        assert outcomes(log, edge, ahead, viewed(3, time=0), received=MONDAY) == [
            "added",
            "set-aside",
            "added",
        ]
        (item,) = log.set_aside()
        assert (item.place, item.at) == ("/crm#e-2", MONDAY)
        assert "ahead" in item.reason
        assert log.open_set_aside(item) == canonical(ahead)
        assert outcomes(log, ahead, received=MONDAY) == ["set-aside"]
        assert len(log.set_aside()) == 1
        assert outcomes(log, ahead, received=MONDAY + HOUR) == ["added"]


def test_what_is_too_long_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        (receipt,) = log.append(
            [viewed(1, data={"agent": "x", "list": "y" * 70_000})], received=MONDAY + HOUR
        )
        assert (receipt.outcome, receipt.index) == ("set-aside", None)
        assert "65,535" in receipt.why
        assert outcomes(log, with_detail(2, subject="\ud800")) == ["set-aside"]
        assert log.size == 0
        log.put_aside(MONDAY, [("calls.csv:41", "no agent", b"raw row")] * 2)
        assert len(log.set_aside()) == 3
        assert log.open_set_aside(log.set_aside()[2]) == b"raw row"
    assert verify_home(tmp_path).exit_code == 0


def test_received_never_goes_back(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(1)], received=MONDAY + HOUR)
        log.append([viewed(2)], received=MONDAY)
    with open_log(tmp_path) as log:
        log.append([viewed(3)], received=MONDAY)
        assert {logged.entry.received for logged in log.read()} == {MONDAY + HOUR}


def test_history_is_read_in_the_order_in_which_it_would_have_been_known(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(n) for n in (1, 2)], received=MONDAY + HOUR, backfill=True)
        assert [logged.index for logged in log.read_known()] == [0, 1]
        late = viewed(0, type="notice.given", subject="x", data={"agent": "hr", "known_from": MONDAY + 1})
        log.append([viewed(n, time=MONDAY) for n in (7, 8)], received=MONDAY + HOUR)
        log.append([late, *(viewed(n) for n in range(10, 9_000))], received=MONDAY + HOUR, backfill=True)
        read = list(log.read_known())
        assert [(each.known, each.index) for each in read] == sorted(
            (each.known, each.index) for each in read
        )
        assert len({each.index for each in read}) == log.size
        assert read[0].entry.event.type == "notice.given"
    assert verify_home(tmp_path).integrity.good


def test_a_second_writer_is_told_so_and_the_first_goes_on(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        with pytest.raises(LogBusy):
            open_log(tmp_path)
        child = f"from viewtrail.store import open_log; open_log({str(tmp_path)!r})"
        other = subprocess.run([sys.executable, "-c", child], capture_output=True, check=False)
        assert b"LogBusy" in other.stderr
        assert outcomes(log, viewed(1)) == ["added"]
    with open_log(tmp_path) as log:
        assert outcomes(log, viewed(2)) == ["added"]


def test_a_writer_that_lost_its_turn_without_noticing_writes_nothing(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.storage._unlock()  # type: ignore[attr-defined]  # a lock that was lost, as on some network file systems
    with open_log(tmp_path) as other:
        log.storage._lock = 0  # type: ignore[attr-defined]
        with pytest.raises(LogBusy):
            log.append([viewed(1)], received=MONDAY)
        log.storage._lock = None  # type: ignore[attr-defined]
        log.close()
        assert outcomes(other, viewed(1)) == ["added"]
        assert other.size == 1


def test_another_process_reads_while_one_writes(tmp_path: Path) -> None:
    count = (
        "import sys; from viewtrail.store import open_reader; "
        "print(sum(1 for _ in open_reader(sys.argv[1]).read()))"
    )
    with open_log(tmp_path) as log, open_reader_after_first(log, tmp_path) as reader:
        for n in range(1, 4):
            log.append([viewed(n)], received=MONDAY + HOUR)
            assert reader.size == n + 1
            assert len(list(reader.read())) == n + 1
        told = subprocess.run([sys.executable, "-c", count, tmp_path], capture_output=True, check=True).stdout
        assert told.split() == [b"4"]
        assert verify_home(tmp_path).exit_code == 0


def open_reader_after_first(log: Log, home: Path) -> Any:
    log.append([viewed(0)], received=MONDAY + HOUR)
    return open_reader(home)


def test_a_reader_without_keys_sees_entries_but_no_names(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([with_detail(1)], received=MONDAY)
        verifier = log.verifier_key
        log.checkpoint()
    for key in (tmp_path / "keys").iterdir():
        key.unlink()
    with open_reader(tmp_path) as reader:
        agent = next(reader.read()).entry.event.data["agent"]
        for ask in (
            lambda: reader.resolve(agent),
            lambda: reader.detail(0),
            lambda: reader.pseudonym("a", "x"),
        ):
            with pytest.raises(KeyMissing):
                ask()
    report = verify_home(tmp_path)
    assert report.exit_code == 3
    report = verify_home(tmp_path, public_key=verifier)
    assert report.exit_code == 0
    assert any("not opened" in note for note in report.notes)


def test_proofs_over_the_stored_log_hold(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(n) for n in range(1_000)], received=MONDAY + HOUR)
        old = log.checkpoint()
        log.append([viewed(n) for n in range(1_000, 1_300)], received=MONDAY + HOUR)
        new = log.checkpoint()
        assert (old.size, new.size) == (1_000, 1_300)
        path = log.consistency(old.size, new.size)
        assert verify_consistency(old.size, new.size, path, old.root, new.root)
        for index in (0, 255, 256, 999, 1_299):
            row = log.storage.row(index)
            assert row is not None
            path = log.inclusion(index, new.size)
            assert verify_inclusion(leaf_hash(row[2]), index, new.size, path, new.root)
        assert log.root(old.size) == old.root
        with pytest.raises(BadInput):
            log.inclusion(1_300, 1_300)


def fixed_log(home: Path) -> Log:
    for name in ("tenant", "master", "signing"):
        (home / name).write_bytes(getattr(KEYS, name))
    files = {name: home / name for name in ("tenant", "master", "signing")}
    return open_log(home / "home", key_files=files, entropy=counted())


def test_a_log_of_fixed_events_never_changes(tmp_path: Path) -> None:
    with fixed_log(tmp_path) as log:
        log.append([with_detail(n) if n % 5 == 0 else viewed(n) for n in range(700)], received=MONDAY + HOUR)
        log.append([viewed(n) for n in range(650, 720)], received=MONDAY + HOUR, backfill=True, skew=120)
        assert log.checkpoint().note == GOLDEN_LOG


GOLDEN_LOG = (
    "viewtrail/default\n"
    "730\n"
    "sNa9ZGz0mCuN3l2/EEDP7SSq4yVjgmfd6Zf5fTE36ss=\n"
    "\n"
    "\u2014 viewtrail/default gpn2TGCQ/2F56f/s34TeESr1Qh7XcvpUNUG+rIZ0"
    "eorE54+Q63g1GXdz+QrvvgfXIq5dmLaHpXSDRUlJxkoh7LZY/AY=\n"
)


def test_tiles_are_those_of_another_implementation(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(n) for n in range(900)], received=MONDAY + HOUR)
        theirs = materialise_tiles([raw for rows in log.storage.rows(0, 900) for _, _, raw in rows])
        for level, n, path in ((0, 0, "tile/0/000"), (0, 2, "tile/0/002"), (1, 0, "tile/1/000.p/3")):
            assert log.storage.tile(level, n) == theirs[path]


def test_an_empty_group_and_an_empty_log_are_fine(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        assert log.append([], received=MONDAY) == []
        assert list(log.read()) == []
        assert list(log.read_known()) == []
        assert log.checkpoint().size == 0
        log.append([viewed(1)], received=MONDAY)
        assert log.checkpoint().size == 1
    assert verify_home(tmp_path).exit_code == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=5), st.booleans())
def test_any_prefix_of_any_history_verifies(
    tmp_path_factory: Any, deliveries: list[list[int]], again: bool
) -> None:
    home = tmp_path_factory.mktemp("log")
    seen: set[int] = set()
    held = []
    log = open_log(home)
    for numbers in deliveries:
        events = [with_detail(n, sequence=None) if n % 3 else viewed(n, sequence=None) for n in numbers]
        for n, receipt in zip(numbers, log.append(events, received=MONDAY + HOUR), strict=True):
            assert receipt.outcome == ("repeated" if n in seen else "added")
            seen.add(n)
        held.append(log.checkpoint())
        if again:
            log.close()
            log = open_log(home)
        assert verify_home(home).exit_code == 0
    assert log.size == len(seen)
    for checkpoint in held:
        assert log.root(checkpoint.size) == checkpoint.root
    log.close()


def test_keys_are_their_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(1)], received=MONDAY)
    keys = sorted((tmp_path / "keys").iterdir())
    assert [key.name for key in keys] == ["log-signing.key", "master.key", "tenant.key"]
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert {key.stat().st_size for key in keys} == {32}
    for key in keys:
        kept = key.read_bytes()
        key.unlink()
        with pytest.raises(KeyMissing):
            open_log(tmp_path)
        assert not key.exists()
        key.write_bytes(kept[:31])
        with pytest.raises(KeyMissing):
            open_log(tmp_path)
        key.write_bytes(kept)


def test_keys_may_lie_elsewhere(tmp_path: Path) -> None:
    with fixed_log(tmp_path) as log:
        log.append([viewed(1)], received=MONDAY)
        assert log.pseudonym("a", "agent-1") == "a-nmbcy6pknyyloduj"
    assert not (tmp_path / "home" / "keys").exists()
    with pytest.raises(KeyMissing):
        open_log(tmp_path / "home", key_files={"master": tmp_path / "gone"})
