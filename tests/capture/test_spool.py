"""The spool: nothing leaves unacknowledged, the least valuable goes first, and all losses are counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT
from viewtrail.capture.adopted import adopt
from viewtrail.capture.chain import SEGMENT_BYTES
from viewtrail.capture.ids import boot_id
from viewtrail.capture.spool import Spool
from viewtrail.capture.worth import DEAREST, LEAST, VIEWS, worth

AT = 1_772_444_043_000_000
EVENT = json.dumps({"id": "x", "pad": "p" * 400}).encode()


def spool_of(root: Path, most_bytes: int = 10**9) -> Spool:
    return Spool(root, "/crm", boot_id(), most_bytes)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    found = spool_of(tmp_path)
    yield found
    found.close()


def numbers(batch_events: list[bytes]) -> list[int]:
    return [int(json.loads(event)["sequence"].partition(".")[2]) for event in batch_events]


def test_what_was_taken_stays_until_it_is_acknowledged(spool: Spool) -> None:
    for _ in range(10):
        spool.put(VIEWS, EVENT, AT)
    first = spool.take(6, 10**6)
    assert numbers(first.events) == [1, 2, 3, 4, 5, 6]
    spool.release()
    again = spool.take(6, 10**6)
    assert again.events == first.events
    again.acknowledge()
    assert numbers(spool.take(6, 10**6).events) == [7, 8, 9, 10]


def test_classes_come_out_in_the_order_in_which_they_happened(spool: Spool) -> None:
    for class_ in (VIEWS, LEAST, DEAREST, VIEWS, DEAREST, LEAST):
        spool.put(class_, EVENT, AT)
    assert numbers(spool.take(10, 10**6).events) == [1, 2, 3, 4, 5, 6]


def test_an_empty_spool_has_empty_files_and_goes_with_its_process(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    for _ in range(2_000):  # over several files
        spool.put(VIEWS, EVENT, AT)
    while spool.pending:
        spool.take(500, 10**6).acknowledge()
    assert spool.held_bytes == 0
    assert sum(path.stat().st_size for path in tmp_path.rglob("views-*")) == 0
    spool.close()
    assert [*tmp_path.iterdir()] == []


def test_another_process_delivers_what_a_dead_one_left(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from viewtrail.capture.spool import Spool;"
        "s = Spool(Path(sys.argv[1]), '/crm', 'boot1', 10**9);"
        "[s.put('views', b'{\"n\":%d}' % n, 5) for n in range(50)]; os._exit(9)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=False, env={"PYTHONPATH": str(ROOT / "src")}
    )
    (found,) = adopt(tmp_path, "/crm", frozenset())
    assert adopt(tmp_path, "/crm", frozenset()) == [], "it is ours now"
    batch = found.take(100, 10**6)
    assert numbers(batch.events) == list(range(1, 51))
    batch.acknowledge()
    found.close()
    assert [*tmp_path.iterdir()] == []


def test_the_spool_of_a_living_process_and_of_another_source_are_left_alone(
    tmp_path: Path, spool: Spool
) -> None:
    spool.put(VIEWS, EVENT, AT)
    assert adopt(tmp_path, "/crm", frozenset()) == []
    dead = Spool(tmp_path, "/telephony", "boot-of-another", 10**9)
    dead.put(VIEWS, EVENT, AT)
    dead.close()
    assert adopt(tmp_path, "/crm", frozenset()) == []
    assert [folder.boot for folder in adopt(tmp_path, "/telephony", frozenset())] == ["boot-of-another"]


@pytest.mark.parametrize("tail", [b'7 {"half": tr', b"\x00" * 300, b'7 {"half\n\x00\x00\x00\n'])
def test_a_torn_end_is_counted_and_the_rest_is_delivered(tail: bytes, tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    for _ in range(5):
        spool.put(VIEWS, EVENT, AT)
    spool.close()
    (file,) = tmp_path.rglob("views-*")
    file.write_bytes(file.read_bytes() + tail)
    (found,) = adopt(tmp_path, "/crm", frozenset())
    batch = found.take(100, 10**6)
    assert numbers(batch.events) == [1, 2, 3, 4, 5]
    batch.acknowledge()
    found.tell_gaps(AT)
    (gap,) = found.take(10, 10**6).events
    assert json.loads(gap)["data"]["why"] == "torn"
    assert json.loads(gap)["data"]["lost"] == max(1, tail.count(b"\n"))


def test_a_garbled_line_in_the_middle_does_not_mix_up_the_others(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    for n in range(6):
        spool.put(VIEWS if n % 2 else DEAREST, EVENT, AT)
    spool.close()
    (file,) = tmp_path.rglob("views-*")
    first, second, third = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + second + b"\x00" * 20 + b"\n" + third)
    (found,) = adopt(tmp_path, "/crm", frozenset())
    came: list[int] = []
    while found.pending:
        batch = found.take(2, 10**6)
        came += numbers(batch.events)
        batch.acknowledge()
    assert came == [1, 2, 3, 4, 5, 6]
    assert [row.lost for row in found.ledger.rows() if row.why == "torn"] == [1]
    found.close()


def test_when_it_is_full_the_least_valuable_goes_first_and_all_of_it_is_counted(tmp_path: Path) -> None:
    spool = spool_of(tmp_path, most_bytes=4 * SEGMENT_BYTES)
    put = dict.fromkeys((LEAST, VIEWS, DEAREST), 0)
    for class_ in (LEAST, VIEWS, DEAREST):  # three times what there is room for
        while put[class_] < 2_400:
            spool.put(class_, EVENT, AT + put[class_])
            put[class_] += 1
    assert spool.held_bytes <= 4 * SEGMENT_BYTES
    left = {class_: spool.chains[class_].pending for class_ in put}
    assert left[LEAST] == left[VIEWS] == 0, "reveals push out views"
    assert left[DEAREST] > 1_500
    (row,) = [row for row in spool.ledger.rows() if row.lost]
    assert row.lost == sum(put.values()) - sum(left.values())
    spool.tell_gaps(AT)
    batch = spool.take(10_000, 10**9)
    gap = json.loads(batch.events[0])
    assert gap["type"] == "capture.gap"
    data = {name: value for name, value in gap["data"].items() if name not in ("from", "to")}
    assert data == {"feed": "/crm", "lost": row.lost, "why": "spool-full"}
    spool.close()


def test_a_gap_told_again_after_a_crash_is_the_same_event(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    spool.lose("spool-full", 7, AT, AT + 5)
    spool.tell_gaps(AT)
    first = spool.take(10, 10**6).events
    spool.ledger.tell(spool.ledger.rows()[0])
    spool.close()
    (found,) = adopt(tmp_path, "/crm", frozenset())
    assert found.take(10, 10**6).events == first, "what was told is still to be delivered"
    found.tell_gaps(AT)
    assert found.take(10, 10**6).events == first, "and is told once"


def test_a_file_that_somebody_removed_is_counted_and_holds_nothing_up(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    for _ in range(1_500):
        spool.put(VIEWS, EVENT, AT)
    first = min(tmp_path.rglob("views-*"))
    inside = first.read_bytes().count(b"\n")
    first.unlink()
    came: list[int] = []
    while spool.pending:
        batch = spool.take(100, 10**6)
        came += numbers(batch.events)
        batch.acknowledge()
    assert came == list(range(inside + 1, 1_501))
    assert [row.lost for row in spool.ledger.rows() if row.why == "disk"] == [inside]
    spool.close()


def test_what_is_on_its_way_is_not_given_up(tmp_path: Path) -> None:
    spool = spool_of(tmp_path, most_bytes=2 * SEGMENT_BYTES)
    for _ in range(400):
        spool.put(VIEWS, EVENT, AT)
    batch = spool.take(100, 10**6)
    for _ in range(3_000):
        spool.put(DEAREST, EVENT, AT)
    batch.acknowledge()
    delivered, lost = 100, spool.ledger.rows()[0].lost
    assert delivered + lost + spool.pending == 3_400


def test_sync_says_when_it_is_on_the_disk(spool: Spool) -> None:
    spool.put(DEAREST, EVENT, AT)
    assert not spool.sync(0.05), "nobody syncs before the keeper runs"
    spool.start()
    assert spool.sync(5.0)


FULL = """
import json, resource, sys
from pathlib import Path
from viewtrail.capture.spool import Spool
spool = Spool(Path(sys.argv[1]), "/crm", "boot1", 10**9)
spool.put("dearest", b'{"id":"before"}', 5)
# A full disk without filling one: no file may grow beyond this.
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, resource.RLIM_INFINITY))
put = [spool.put("views", b'{"pad":"%s"}' % (b"p" * 700), 5) for n in range(20)]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
after = spool.put("views", b'{"id":"after"}', 5)
batch = spool.take(100, 10**6)
print(json.dumps([put.count(True), after, len(batch.events), spool.ledger.rows()[1].lost]))
[json.loads(event) for event in batch.events]
spool.close()
"""


def test_a_disk_that_refuses_in_the_middle_of_a_line_leaves_no_half_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    kept, after, delivered, lost = json.loads(done.stdout)
    assert 0 < kept < 20
    assert after
    assert (delivered, lost) == (kept + 2, 20 - kept)


def test_reasons_to_open_a_record_are_as_dear_as_reveals() -> None:
    assert [worth(type) for type in ("record.left", "list.viewed", "record.viewed")] == [LEAST, LEAST, VIEWS]
    for type in (
        "contact.revealed",
        "export.created",
        "call.ended",
        "task.due",
        "deposit.processed",
        "unknown",
    ):
        assert worth(type) == DEAREST
