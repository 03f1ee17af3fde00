"""A write that fails, with and without having reached the disk: nothing is lost, nothing is there twice."""

from pathlib import Path

import pytest

from log.some_events import HOUR, MONDAY, viewed, with_detail
from viewtrail.errors import ViewtrailError
from viewtrail.log import Log
from viewtrail.log.storage import Batch
from viewtrail.store import open_log, verify_home

EVENTS = [with_detail(n) for n in range(3_000)]


def append(log: Log, start: int, stop: int) -> set[str]:
    return {receipt.outcome for receipt in log.append(EVENTS[start:stop], received=MONDAY + HOUR)}


def test_a_full_disk_is_told_and_after_making_room_it_goes_on(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        append(log, 0, 100)
        db = log.storage._db  # type: ignore[attr-defined]
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(ViewtrailError, match="full"):
            append(log, 100, 3_000)
        assert verify_home(tmp_path).exit_code == 0
        db.execute("PRAGMA max_page_count = 1000000")
        assert append(log, 0, 3_000) == {"repeated", "added"}
        assert log.size == 3_000
        assert log.detail(150) == EVENTS[150].extra
        log.checkpoint()
    assert verify_home(tmp_path).exit_code == 0


@pytest.mark.parametrize("reached_the_disk", [True, False])
def test_a_write_of_unknown_outcome_is_looked_up_before_the_next(
    tmp_path: Path, reached_the_disk: bool
) -> None:
    with open_log(tmp_path) as log:
        append(log, 0, 10)
        storage = log.storage
        write = storage.write

        def failing(batch: Batch) -> None:
            if reached_the_disk:
                write(batch)
            raise OSError("connection to the disk lost")

        storage.write = failing  # type: ignore[method-assign]
        with pytest.raises(OSError, match="lost"):
            append(log, 10, 20)
        storage.write = write  # type: ignore[method-assign]
        assert append(log, 10, 20) == {"repeated" if reached_the_disk else "added"}
        assert append(log, 20, 30) == {"added"}
        assert log.size == 30
        assert log.detail(15) == EVENTS[15].extra
        log.checkpoint()
    assert verify_home(tmp_path).exit_code == 0


@pytest.mark.parametrize("kept_outside", [True, False])
def test_a_checkpoint_that_was_only_half_kept_is_no_harm(tmp_path: Path, kept_outside: bool) -> None:
    with open_log(tmp_path) as log:
        append(log, 0, 10)
        log.checkpoint()
        old = (tmp_path / "checkpoint").read_text()
        append(log, 10, 20)
        new = log.checkpoint()
        if kept_outside:  # the machine stopped between the two places
            log.storage._db.execute("DELETE FROM checkpoints WHERE size = 20")  # type: ignore[attr-defined]
        else:
            (tmp_path / "checkpoint").write_text(old)
    with open_log(tmp_path) as log:
        latest = log.latest_checkpoint()
        assert latest is not None
        assert latest.note == new.note
        log.append([viewed(5_000)], received=MONDAY + 2 * HOUR)
        if kept_outside:
            assert log.checkpoint().size == 21
        else:  # older outside than inside never happens by itself: somebody put it back
            with pytest.raises(ViewtrailError, match="changed meanwhile"):
                log.checkpoint()
