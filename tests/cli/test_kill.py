"""kill -9 at random moments of an import: what was said to be signed is there; going on gives the rest."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from cli.commands import environment, jsonl, line, viewtrail
from viewtrail.store import open_reader, verify_home

COUNT = 40_000
TURNS = 20
Content = set[tuple[str, str, bytes]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Big enough to be read by a second process."""
    chance = random.Random(9)
    ids = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(COUNT)]
    path = jsonl(
        tmp_path_factory.mktemp("file") / "crm.jsonl", (line(n, id=id) for n, id in enumerate(ids, 1))
    )
    assert path.stat().st_size > 8 << 20
    return path


def content(home: Path) -> Content:
    with open_reader(home) as reader:
        digests = b"".join(contents for _, _, contents, _ in reader.storage.segments())
        return {
            (one.entry.event.source, one.entry.event.id, digests[one.index * 16 : one.index * 16 + 16])
            for one in reader.read()
        }


def written(home: Path) -> int:
    """How many entries are on disk by now, as anybody can see who may read the file."""
    try:
        with closing(sqlite3.connect(f"file:{home / 'log.db'}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT coalesce(max(idx) + 1, 0) FROM entries").fetchone()[0])
    except sqlite3.OperationalError:
        return -1  # not begun


def killed(home: Path, file: Path, after: int, wait: float) -> tuple[int, bool]:
    """(entries that the import said were signed, whether it was killed before it was done).

    It is killed `wait` seconds after so many entries are there: how quick the machine is does not matter.
    """
    told = environment(VIEWTRAIL_HOME=str(home), VIEWTRAIL_CHECKPOINT_ENTRIES="3000")
    process = subprocess.Popen(
        [sys.executable, "-m", "viewtrail", "import", file],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=told,
    )
    while written(home) < after and process.poll() is None:
        time.sleep(0.005)
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate()
    signed = [line for line in err.decode().splitlines() if line.endswith("entries signed")]
    count = int(signed[-1].split("; ")[1].split()[0].replace(",", "")) if signed else 0
    return COUNT if out else count, process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_twenty_killed_imports_lose_nothing_and_go_on(file: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    assert viewtrail("import", file, home=whole).code == 0
    expected = content(whole)
    assert len(expected) == COUNT
    chance, hits, midway = random.Random(os.environ.get("VIEWTRAIL_SEED", "20")), 0, 0
    for turn in range(TURNS):
        home = tmp_path / f"killed-{turn}"
        # The same keys, as they decide the digests that are compared
        shutil.copytree(whole / "keys", home / "keys")
        after = chance.randrange(COUNT * 9 // 10) if turn % 4 else -1  # each fourth while it begins
        signed, was_killed = killed(home, file, after, chance.uniform(0.0, 0.02 if turn % 4 else 0.5))
        hits += was_killed
        report = verify_home(home)
        assert report.exit_code == 0 or (report.size, signed) == (0, 0), report.lines()
        assert report.size >= signed
        midway += 0 < report.size < COUNT
        again = viewtrail("import", file, home=home)
        assert again.code == 0, again.err
        assert content(home) == expected
        assert verify_home(home).exit_code == 0
        shutil.rmtree(home)
    assert hits >= TURNS // 2
    assert midway >= TURNS // 4, "too few of the kills came while events were being written"
