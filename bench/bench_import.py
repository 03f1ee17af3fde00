"""`viewtrail import` of JSONL into a verified, signed log, against a plain SQLite insert of the same bytes.

    python bench/bench_import.py [events]

The plain insert has one table, synchronous=FULL and batches of 2,000 lines: no checking, no tree, no
signature. Both run right after each other, the import as the command with all its start-up; the best of
three rounds counts.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

BATCH = 2_000
ROUNDS = 3
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def write_events(path: Path, count: int) -> None:
    """Record views of 400 agents over 20,000 records with random ids: the hardest order for an index."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            event = {
                "specversion": "1.0",
                "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                "source": "/crm",
                "type": "record.viewed",
                "time": (MONDAY + timedelta(milliseconds=37 * n)).isoformat(),
                "subject": f"L-{chance.randrange(20_000)}",
                "sequence": str(n + 1),
                "data": {
                    "agent": f"a-{n % 400}",
                    "record_kind": "lead",
                    "via": "list",
                    "position": n % 50,
                    "surface": "ui",
                    "visit": f"s-{n // 100}",
                    "list": "callbacks",
                    "dwell_s": 4.2,
                },
            }
            file.write(json.dumps(event) + "\n")


def plain_insert(source: Path, target: Path) -> None:
    db = sqlite3.connect(target, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE lines (n INTEGER PRIMARY KEY, line BLOB) STRICT")
    with source.open("rb") as file:
        while batch := [(line,) for line in islice(file, BATCH)]:
            db.execute("BEGIN")
            db.executemany("INSERT INTO lines (line) VALUES (?)", batch)
            db.execute("COMMIT")
    db.close()


def viewtrail(*args: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "viewtrail", *map(str, args)], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


def seconds(count: int, folder: Path) -> tuple[float, float]:
    """(import, plain insert), the import's log verified afterwards."""
    file, home = folder / "events.jsonl", folder / "home"
    began = time.perf_counter()
    viewtrail("import", file, "--home", home)
    imported = time.perf_counter()
    plain_insert(file, folder / "plain.db")
    inserted = time.perf_counter()
    viewtrail("verify", "--home", home)
    shutil.rmtree(home)
    (folder / "plain.db").unlink()
    return imported - began, inserted - imported


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-import-") as name:
        folder = Path(name)
        write_events(folder / "events.jsonl", count)
        size = (folder / "events.jsonl").stat().st_size
        rounds = [seconds(count, folder) for _ in range(ROUNDS)]
    ours, plain = (min(times) for times in zip(*rounds, strict=True))
    print(f"{count:,} events, {size / count:.0f} bytes each, best of {ROUNDS}")
    print(f"viewtrail import           {count / ours:9,.0f} a second")
    print(f"plain insert of the bytes  {count / plain:9,.0f} a second")
    print(f"ratio                      {plain / ours:9.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
