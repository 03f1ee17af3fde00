"""The intake over HTTP, durable and validated, beside plain servers that do less, on the same two cores.

    python bench/bench_intake.py [--seconds 20]

Batches of 500 as fast as they go, batches of 50 at 5,000 events a second, single events; each over real
sockets to a real intake process, every event new. The client runs on the same machine; its share is in every
figure. Peers: one server that parses the JSON and forgets it, one that inserts the raw events into SQLite
(synchronous=FULL) by the batch. Neither checks, numbers, masks, hashes or signs anything.
Afterwards the log is verified, and every event acknowledged must be in it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from viewtrail.app import api_keys, open_home
from viewtrail.store import open_reader, verify_home

PLAIN = """
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL"); db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE events (n INTEGER PRIMARY KEY, raw BLOB)")
import msgspec, uvicorn
split = msgspec.json.Decoder(list[msgspec.Raw]).decode
async def app(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b""); more = message.get("more_body", False)
    if sys.argv[3] == "parse":
        count = len(json.loads(body))
    else:
        rows = [(bytes(raw),) for raw in split(body)]
        db.execute("BEGIN"); db.executemany("INSERT INTO events (raw) VALUES (?)", rows); db.execute("COMMIT")
        count = len(rows)
    told = b'{"accepted":%d}' % count
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(told))]})
    await send({"type": "http.response.body", "body": told})
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", access_log=False, lifespan="off")
"""

EVENT = (
    b'{"specversion":"1.0","id":"%016x-%08x","source":"/crm","type":"record.viewed","time":"%s",'
    b'"subject":"L-%d","sequence":"%d","data":{"agent":"a-%d","record_kind":"lead","via":"list","position":%d,'
    b'"surface":"ui","visit":"s-%d","list":"callbacks","dwell_s":4.2}}'
)


class Events:
    """New events without end: 400 agents over 20,000 records, random ids."""

    def __init__(self) -> None:
        self.count = 0
        self._chance = random.Random(7)

    def batch(self, size: int) -> bytes:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").encode()
        rows = []
        for n in range(self.count, self.count + size):
            drawn = self._chance.getrandbits(64)
            rows.append(EVENT % (drawn, n, now, drawn % 20_000, n + 1, n % 400, n % 50, n // 100))
        self.count += size
        return b"[" + b",".join(rows) + b"]"


@dataclass
class Told:
    """What came back: acknowledged events, seconds of each request, statuses other than 200."""

    accepted: int = 0
    took: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


class Connection:
    """One HTTP connection that is kept; as little work as a client can have."""

    def __init__(self, port: int, head: bytes) -> None:
        self._port, self._head = port, head

    async def open(self) -> Connection:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        return self

    async def post(self, body: bytes, told: Told, since: float) -> None:
        self._out.write(b"%bcontent-length: %d\r\n\r\n" % (self._head, len(body)) + body)
        answer = await self._in.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        assert length is not None
        said = await self._in.readexactly(int(length[1]))
        told.took.append(time.perf_counter() - since)
        if answer[9:12] == b"200":
            accepted = re.match(rb'\{"accepted":(\d+)', said)
            assert accepted is not None, said[:200]
            told.accepted += int(accepted[1])
        else:
            told.refused.append(int(answer[9:12]))


Run = Callable[[list[Connection], Events, float], Awaitable[Told]]


async def as_fast_as_it_goes(
    size: int, connections: list[Connection], events: Events, seconds: float
) -> Told:
    told, until = Told(), time.perf_counter() + seconds

    async def send(connection: Connection) -> None:
        while time.perf_counter() < until:
            body = events.batch(size)
            await connection.post(body, told, time.perf_counter())

    began = time.perf_counter()
    await asyncio.gather(*map(send, connections))
    told.seconds = time.perf_counter() - began
    return told


async def at_a_rate(
    size: int, each: float, connections: list[Connection], events: Events, seconds: float
) -> Told:
    """A batch every `each` seconds, whatever becomes of the others: waiting counts from when it was due."""
    told, idle = Told(), asyncio.Queue[Connection]()
    for connection in connections:
        idle.put_nowait(connection)
    began = time.perf_counter()

    async def send(due: float, body: bytes) -> None:
        connection = await idle.get()
        await connection.post(body, told, due)
        idle.put_nowait(connection)

    sending = []
    for turn in range(int(seconds / each)):
        due = began + turn * each
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sending.append(asyncio.create_task(send(due, events.batch(size))))
    await asyncio.gather(*sending)
    told.seconds = time.perf_counter() - began
    return told


async def connected(port: int, count: int, secret: str) -> list[Connection]:
    head = (
        "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {secret}\r\n"
    )
    return [await Connection(port, head.encode()).open() for _ in range(count)]


def measured(port: int, count: int, secret: str, events: Events, run: Run, seconds: float) -> Told:
    async def all_of_it() -> Told:
        return await run(await connected(port, count, secret), events, seconds)

    return asyncio.run(all_of_it())


def peer(folder: Path, how: str, seconds: float) -> Told:
    """Batches of 500 to a plain server."""
    port = 18_400 + os.getpid() % 1_000
    server = subprocess.Popen([sys.executable, "-c", PLAIN, str(port), str(folder / f"{how}.db"), how])
    try:
        time.sleep(1.5)
        run: Run = lambda *all: as_fast_as_it_goes(500, *all)  # noqa: E731  # read beside the others
        return measured(port, 4, "none", Events(), run, seconds)
    finally:
        server.terminate()
        server.wait()


def intake(home: Path) -> tuple[subprocess.Popen[str], int, str]:
    home.mkdir(mode=0o700)
    now = time.time_ns() // 1_000
    secret = api_keys.add(open_home(home), "bench", ["/crm"], now=now, entropy=os.urandom)
    command = [sys.executable, "-m", "viewtrail.web.intake", "--home", str(home), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    found = re.search(r":(\d+) home", server.stderr.readline())
    assert found is not None
    return server, int(found[1]), secret


def rows(port: int, secret: str, events: Events, seconds: float) -> Iterator[tuple[str, Told]]:
    runs: list[tuple[str, int, Run, float]] = [
        ("batches of 500", 4, lambda *all: as_fast_as_it_goes(500, *all), seconds),
        ("batches of 50 at 5,000/s", 16, lambda *all: at_a_rate(50, 0.01, *all), seconds / 2),
        ("single events, 64 at a time", 64, lambda *all: as_fast_as_it_goes(1, *all), seconds / 4),
        ("single events, one at a time", 1, lambda *all: as_fast_as_it_goes(1, *all), seconds / 8),
    ]
    for name, count, run, long in runs:
        yield name, measured(port, count, secret, events, run, long)


def line(name: str, told: Told) -> str:
    rate = told.accepted / told.seconds
    spread = "  ".join(f"{told.percentile(share):8.1f}" for share in (0.5, 0.99, 1.0))
    refused = f"  refused {len(told.refused)}" if told.refused else ""
    return f"{name:42} {rate:10,.0f}  {spread}{refused}"


def main(seconds: float) -> None:
    print(f"{'':42} {'events/s':>10}  {'p50 ms':>8}  {'p99 ms':>8}  {'max ms':>8}")
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as name:
        folder = Path(name)
        print(line("peer: parses 500, keeps nothing", peer(folder, "parse", seconds / 4)))
        print(line("peer: 500 plain rows into SQLite FULL", peer(folder, "insert", seconds / 4)))
        server, port, secret = intake(folder / "home")
        events, acknowledged = Events(), 0
        for what, told in rows(port, secret, events, seconds):
            print(line(f"intake: {what}", told), flush=True)
            acknowledged += told.accepted
        with open(f"/proc/{server.pid}/status") as status:
            print(next(row for row in status if row.startswith("VmHWM")).split(None, 1)[1].strip(), "at most")
        server.terminate()
        server.wait()
        report = verify_home(folder / "home")
        with open_reader(folder / "home") as log:
            held = sum(one.entry.event.source == "/crm" for one in log.read())
        print(f"{acknowledged:,} acknowledged, {held:,} in the log, integrity {report.integrity.good}")
        if held < acknowledged or not report.integrity.good:
            raise SystemExit("an acknowledged event is not in the log")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=20.0)
    main(asked.parse_args().seconds)
