"""Appending and verifying, against a plain SQLite insert of the same bytes and a plain pass over them.

    python bench/bench_log.py [events]

Ratios are what counts: absolute numbers move with the machine and what else it does. Each round measures the
plain and the full path right after each other; the table shows the best round.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from viewtrail.event import Event
from viewtrail.store import open_log, open_reader, verify_home

GROUP = 2_000
ROUNDS = 3
START = 1_772_442_843_120_000


def made(count: int) -> list[Event]:
    """Record views of 400 agents over 20,000 records with random ids: the hardest order for an index."""
    chance = random.Random(7)
    return [
        Event(
            "/crm",
            str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "record.viewed",
            START + n * 1_000,
            {
                "agent": f"agent-{n % 400}",
                "record_kind": "lead",
                "via": "list",
                "position": n % 50,
                "surface": "ui",
                "visit": f"s-{n // 100}",
                "list": "callbacks",
                "dwell_ms": 4_200,
            },
            f"L-{chance.randrange(20_000)}",
            str(n),
        )
        for n in range(count)
    ]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds by the clock, seconds of processor) of one run."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def plain_insert(path: Path, rows: list[tuple[int, int, bytes]]) -> None:
    """The same bytes, the same durability, in groups of the same size, and nothing else."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE entries (idx INTEGER PRIMARY KEY, known INTEGER, entry BLOB) STRICT")
    for start in range(0, len(rows), GROUP):
        db.execute("BEGIN")
        db.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows[start : start + GROUP])
        db.execute("COMMIT")
    db.close()


def unique_insert(path: Path, rows: list[tuple[int, int, bytes]], events: list[Event]) -> None:
    """The same with what a plain table needs to refuse a repeated event: a unique index over random ids."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE entries (idx INTEGER PRIMARY KEY, known INTEGER, source TEXT, id TEXT, entry BLOB,"
        " UNIQUE (source, id)) STRICT"
    )
    told = [(row[0], row[1], event.source, event.id, row[2]) for row, event in zip(rows, events, strict=True)]
    for start in range(0, len(told), GROUP):
        db.execute("BEGIN")
        db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", told[start : start + GROUP])
        db.execute("COMMIT")
    db.close()


def plain_pass(path: Path) -> None:
    """Fetch every row once and hash its bytes once."""
    db = sqlite3.connect(path)
    for _, _, raw in db.execute("SELECT idx, known, entry FROM entries ORDER BY idx"):
        sha256(raw).digest()
    db.close()


def append_all(home: Path, events: list[Event]) -> None:
    with open_log(home) as log:
        for start in range(0, len(events), GROUP):
            log.append(events[start : start + GROUP], received=START, backfill=True)


def verified(home: Path) -> None:
    report = verify_home(home)
    if report.exit_code:
        raise SystemExit("\n".join(report.lines()))


def read_all(home: Path) -> None:
    with open_reader(home) as log:
        for _ in log.read():
            pass


def one_round(events: list[Event], folder: Path) -> dict[str, tuple[float, float]]:
    home = folder / "home"
    took = {"append": timed(lambda: append_all(home, events))}
    with open_log(home) as log:
        rows = [row for piece in log.storage.rows(0, log.size) for row in piece]
        took["checkpoint (re-read, re-hash, sign)"] = timed(log.checkpoint)
    took["plain insert"] = timed(lambda: plain_insert(folder / "plain.db", rows))
    took["plain insert, unique ids"] = timed(lambda: unique_insert(folder / "unique.db", rows, events))
    took["append again (all repeated)"] = timed(lambda: append_all(home, events))
    took["plain pass"] = timed(lambda: plain_pass(folder / "plain.db"))
    took["verify"] = timed(lambda: verified(home))
    took["read"] = timed(lambda: read_all(home))
    return took


def main(count: int) -> None:
    best: dict[str, tuple[float, float]] = {}
    events = made(count)
    for _ in range(ROUNDS):
        folder = Path(tempfile.mkdtemp(prefix="bench-log-"))
        try:
            for name, took in one_round(events, folder).items():
                best[name] = min(best.get(name, took), took)
        finally:
            shutil.rmtree(folder)
    against = {"verify": "plain pass", "read": "plain pass", "plain pass": "plain pass"}
    print(f"{count:,} events, groups of {GROUP:,}, best of {ROUNDS}")
    print(f"{'':36} {'a second':>10} {'µs CPU each':>12}  speed of the plain one")
    for name, (clock, processor) in best.items():
        peer = against.get(name, "plain insert")
        share = f"{best[peer][0] / clock:7.0%} of {peer}"
        print(f"{name:36} {count / clock:10,.0f} {processor / count * 1e6:12.2f}  {share}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
