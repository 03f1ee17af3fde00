"""Sealing: the log's older entries as columnar files, a derived copy that any tool can read.

    python -m viewtrail.store.segments --home DIR [--check]

seals what is due and ends. Nothing is taken from the log: deleting HOME/segments loses nothing but time.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Final

import pyarrow as pa

from viewtrail.errors import LogDamaged, ViewtrailError
from viewtrail.log import LogReader
from viewtrail.log.entry import Logged, decode_fast
from viewtrail.log.merkle import leaf_hash
from viewtrail.log.stored_tree import frontier_at
from viewtrail.store import segments_manifest as manifest
from viewtrail.store.keys import sync_folder
from viewtrail.store.open_log import open_reader
from viewtrail.store.segments_columns import columns
from viewtrail.store.segments_files import form, merge, write
from viewtrail.store.segments_manifest import Segment

LARGEST: Final = 100_000
"""Entries of a segment when it is made: in memory at once, about 150 MB, and no question waits for more."""

LEAST: Final = 20_000
"""Fewer entries of a day that is over wait for more: every file costs each question a little."""

TIERS: Final = (60_000, 300_000, 2_000_000)
"""Entries at which a segment is of the next size; the largest are left alone."""

FAN: Final = 5
"""So many neighbours of one size become one: ten million entries lie in four to sixteen segments."""

GRACE: Final = 3_600
"""Seconds for which what was merged stays: a question that began before reads it to its end."""

DAY: Final = 86_400_000_000

PART: Final = "sealing.part"


def seal_due(home: Path, tell: Callable[[int, int], None] | None = None) -> int:
    """Seal what is due in `home`; how many entries were. Waits while another process seals.

    Of each segment, in this order, so that whatever is killed when, a reader sees all entries once:
    1. its files lie in a folder of another name, whole and synced
    2. the folder has its name, and that is synced
    3. one transaction adds it to the manifest
    """
    with open_reader(home) as reader, _alone(home):
        segments = _of_this_form(home)
        start = first = segments[-1].stop if segments else 0
        size = reader.size
        if segments and (size < first or reader.root(first).hex() != segments[-1].root):
            where = str(home / manifest.FOLDER)
            raise LogDamaged("the segments were made from another log", where=where, next=manifest.AGAIN)
        for stop in due(reader, first, size):
            _seal(home, reader, first, stop)
            first = stop
            if tell is not None:
                tell(first - start, size - start)
        merge_due(home)
        _sweep(home)
        return first - start


def _of_this_form(home: Path) -> Sequence[Segment]:
    """The segments there are; those that another release made in another form are given up and made again."""
    segments = manifest.read(home)
    if all(one.form == form() for one in segments):
        return segments
    (home / manifest.FOLDER / manifest.FILE).unlink()
    return ()


def due(reader: LogReader, first: int, size: int) -> Iterator[int]:
    """Where the next segments end: at every LARGEST entries, and at the end of a UTC day of receipt."""
    while size - first >= LARGEST:
        first += LARGEST
        yield first
    if size - first >= LEAST:
        stop = _first_of_day(reader, first, size)
        if stop - first >= LEAST:
            yield stop


def _first_of_day(reader: LogReader, low: int, size: int) -> int:
    """The first entry of the last entry's day of receipt; receipts never go back, so halving finds it."""
    day, high = reader.entry(size - 1).entry.received // DAY, size - 1
    while low < high:
        middle = (low + high) // 2
        if reader.entry(middle).entry.received // DAY < day:
            low = middle + 1
        else:
            high = middle
    return low


def _seal(home: Path, reader: LogReader, first: int, stop: int) -> None:
    entries, root = _entries(reader, first, stop)
    add(home, first, stop, root, entries)


def _entries(reader: LogReader, first: int, stop: int) -> tuple[pa.Table, str]:
    """The columns of [first, stop) and the root they lead to, which is that of the tree as it is stored."""
    frontier, pieces = frontier_at(reader.storage, first), []
    for rows in reader.storage.rows(first, stop):
        frontier.extend([leaf_hash(raw) for _, _, raw in rows])
        pieces.append(columns(Logged(index, known, decode_fast(raw)) for index, known, raw in rows))
    root = frontier.root()
    if root != reader.root(stop):
        raise LogDamaged(
            f"the entries {first:,} to {stop - 1:,} are not those of the tree", next="run `viewtrail verify`"
        )
    return pa.concat_tables(pieces), root.hex()


def add(home: Path, first: int, stop: int, root: str, entries: pa.Table) -> None:
    """Make a segment of these entries and let it count. The caller seals alone."""
    _make(home, first, stop, root, lambda folder: write(folder, entries))


def _make(home: Path, first: int, stop: int, root: str, fill: Callable[[Path], None]) -> None:
    folder = home / manifest.FOLDER
    part, name = folder / PART, f"{first:012}-{stop:012}"
    shutil.rmtree(part, ignore_errors=True)  # what a crash left half done
    part.mkdir(mode=0o700)
    fill(part)
    digests = [(path.name, _synced(path)) for path in sorted(part.iterdir())]
    sync_folder(part)  # 1
    shutil.rmtree(folder / name, ignore_errors=True)  # an orphan: a crash came between 2 and 3
    part.rename(folder / name)
    sync_folder(folder)  # 2
    size = sum(path.stat().st_size for path in (folder / name).iterdir())
    manifest.add(home, Segment(first, stop, name, root, size, form()), digests)  # 3


def merge_due(home: Path) -> None:
    """Put neighbours of a size together while there are many: each file costs every question a little."""
    while (run := to_merge(manifest.read(home))) is not None:
        wrong = [problem for one in run for problem in _changed(home, one)]
        if wrong:
            raise LogDamaged(wrong[0], where=str(home), next=manifest.AGAIN)
        parts = [home / manifest.FOLDER / one.folder for one in run]
        _make(home, run[0].first, run[-1].stop, run[-1].root, lambda folder: merge(folder, parts))  # noqa: B023 -- called at once
        for part in parts:
            os.utime(part)  # from now on nobody begins to read it


def to_merge(segments: Sequence[Segment]) -> Sequence[Segment] | None:
    """The first FAN neighbours that are of one size; None where there are none."""
    for start in range(len(segments) - FAN + 1):
        run = segments[start : start + FAN]
        tiers = {bisect_right(TIERS, one.stop - one.first) for one in run}
        if len(tiers) == 1 and tiers != {len(TIERS)}:
            return run
    return None


def _sweep(home: Path) -> None:
    """Delete folders that no manifest names and nobody can be reading any more."""
    folder, named = home / manifest.FOLDER, {one.folder for one in manifest.read(home)}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in named and time.time() - path.stat().st_mtime > GRACE:
            shutil.rmtree(path, ignore_errors=True)


def _synced(path: Path) -> str:
    """The SHA-256 of a file that is on disk on return."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return file_digest(file, "sha256").hexdigest()


def check(home: Path) -> list[str]:
    """What is wrong with the segments of `home`: made from another log, or files that were changed."""
    problems = []
    with open_reader(home) as reader:
        for one in manifest.read(home):
            if reader.size < one.stop or reader.root(one.stop).hex() != one.root:
                problems.append(f"{manifest.FOLDER}/{one.folder}: was made from another log")
            problems += _changed(home, one)
    return problems


def _changed(home: Path, segment: Segment) -> list[str]:
    problems = []
    for name, told in manifest.digests(home, segment).items():
        path = home / manifest.FOLDER / segment.folder / name
        if not path.exists():
            problems.append(f"{manifest.FOLDER}/{segment.folder}/{name}: is missing")
        elif _synced(path) != told:
            problems.append(f"{manifest.FOLDER}/{segment.folder}/{name}: was changed since it was written")
    return problems


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process seals at a time; another waits, and then finds less to do."""
    folder = home / manifest.FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / "seal.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main(args: list[str] | None = None) -> int:
    """0: sealed, or nothing to do; with --check, nothing wrong. 1: something is wrong. 3: could not."""
    parser = argparse.ArgumentParser(prog="python -m viewtrail.store.segments", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="only look whether the segments are sound")
    asked = parser.parse_args(args)
    try:
        if asked.check:
            problems = check(asked.home)
            print("\n".join([*problems, f"{manifest.AGAIN}"]) if problems else "the segments are sound")
            return 1 if problems else 0
        print(f"{seal_due(asked.home):,} entries sealed")
        return 0
    except (ViewtrailError, OSError) as error:
        print(f"viewtrail: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
