"""The intake over HTTP, durable and validated, beside plain servers that do less, on the same two cores.

    python bench/bench_intake.py [--seconds 20] [--serve]

Batches of 500 as fast as they go, batches of 50 at 5,000 events a second, single events; each over real
sockets to a real intake process, every event new. The client runs on the same machine; its share is in every
figure. Peers: one server that parses the JSON and forgets it, one that inserts the raw events into SQLite
(synchronous=FULL) by the batch. Neither checks, numbers, masks, hashes or signs anything.
With --serve the whole of `viewtrail serve` runs, the loop among it: after each row is told how far it fell
behind while it shared the processors with the intake, and by how many entries a second it then caught up.
Afterwards the log is verified, and every event acknowledged must be in it.

The last columns are microseconds of processor for an event, by process: they can be compared between machines
that are busy with something else. `beside` is the process that reads long bodies for the intake.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import running_processes
from viewtrail.app import api_keys, open_home
from viewtrail.store import open_reader, verify_home
from viewtrail.store.board import Board

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
    """New events without end: `agents` over 20,000 records, random ids."""

    def __init__(self, agents: int) -> None:
        self.count = 0
        self._agents = agents
        self._chance = random.Random(7)

    def batch(self, size: int) -> bytes:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").encode()
        rows = []
        for n in range(self.count, self.count + size):
            drawn = self._chance.getrandbits(64)
            rows.append(EVENT % (drawn, n, now, drawn % 20_000, n + 1, n % self._agents, n % 50, n // 100))
        self.count += size
        return b"[" + b",".join(rows) + b"]"


@dataclass
class Told:
    """What came back: acknowledged events, seconds of each request, statuses other than 200."""

    accepted: int = 0
    took: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    seconds: float = 0.0
    processor: dict[str, float] = field(default_factory=dict)

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


MANY = 100_000
"""Agents with --serve: what one does in two minutes at 50,000 events a second must be a person's work. Else
each of them has a finding, and the loop does for every event what it does for one in ten thousand."""

LONGEST = 900.0
"""Seconds to wait for the loop."""

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


def measured(
    port: int, server: int, count: int, secret: str, events: Events, run: Run, seconds: float
) -> Told:
    async def all_of_it() -> Told:
        return await run(await connected(port, count, secret), events, seconds)

    before, own = running_processes.seconds(server), running_processes.own_seconds()
    told = asyncio.run(all_of_it())
    after = running_processes.seconds(server)
    told.processor = {"client": running_processes.own_seconds() - own}
    told.processor |= running_processes.spent(before, after)
    return told


def peer(folder: Path, how: str, seconds: float) -> Told:
    """Batches of 500 to a plain server."""
    port = 18_400 + os.getpid() % 1_000
    server = subprocess.Popen([sys.executable, "-c", PLAIN, str(port), str(folder / f"{how}.db"), how])
    try:
        time.sleep(1.5)
        run: Run = lambda *all: as_fast_as_it_goes(500, *all)  # noqa: E731  # read beside the others
        return measured(port, server.pid, 4, "none", Events(400), run, seconds)
    finally:
        server.terminate()
        server.wait()


@dataclass
class Running:
    """What is measured: a started server and how to send to it."""

    process: subprocess.Popen[str]
    port: int
    secret: str
    home: Path
    loop: bool

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(300):
            raise SystemExit("it did not stop in order")


def started(home: Path, *, serve: bool) -> Running:
    home.mkdir(mode=0o700)
    now = time.time_ns() // 1_000
    secret = api_keys.add(open_home(home), "bench", ["/crm"], now=now, entropy=os.urandom)
    python = [sys.executable, "-m"]
    if serve:
        ports = ["--port", str(free_port()), "--intake-port", str(free_port())]
        command, says = (
            [*python, "viewtrail", "--home", str(home), "serve", *ports],
            r"intake +http://.*:(\d+)/",
        )
    else:
        command = [*python, "viewtrail.web.intake", "--home", str(home), "--port", "0"]
        says = r":(\d+) home"
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(says, line):
            threading.Thread(target=process.stderr.read, daemon=True).start()  # lest it waits for a reader
            return Running(process, int(found[1]), secret, home, serve)
    raise SystemExit("it did not start")


def free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])


def caught_up(running: Running) -> str:
    """Waits until the loop has folded everything; how far it was behind and how fast it was."""
    board, began = Board(running.home), time.perf_counter()
    behind, before = board.lag(), running_processes.seconds(running.process.pid)
    while (left := board.lag()) > 0 and time.perf_counter() - began < LONGEST:
        time.sleep(0.1)
    took = time.perf_counter() - began
    spent = running_processes.spent(before, running_processes.seconds(running.process.pid))
    rate, each = (behind - left) / took, spent.get("loop", 0.0) / max(1, behind - left) * 1e6
    return f"    the loop was {behind:,} entries behind and took {rate:,.0f} a second, {each:.1f} µs each"


def rows(running: Running, events: Events, seconds: float) -> Iterator[tuple[str, Told]]:
    runs: list[tuple[str, int, Run, float]] = [
        ("batches of 500", 8, lambda *all: as_fast_as_it_goes(500, *all), seconds),
        ("batches of 50 at 5,000/s", 16, lambda *all: at_a_rate(50, 0.01, *all), seconds / 2),
        ("single events, 64 at a time", 64, lambda *all: as_fast_as_it_goes(1, *all), seconds / 4),
        ("single events, one at a time", 1, lambda *all: as_fast_as_it_goes(1, *all), seconds / 8),
    ]
    for name, count, run, long in runs:
        server = running.process.pid
        yield name, measured(running.port, server, count, running.secret, events, run, long)


def line(name: str, told: Told) -> str:
    rate = told.accepted / told.seconds
    spread = "  ".join(f"{told.percentile(share):8.1f}" for share in (0.5, 0.99, 1.0))
    each = {name: spent / told.accepted * 1e6 for name, spent in told.processor.items()}
    shares = ", ".join(f"{name} {spent:.1f}" for name, spent in each.items() if spent >= 0.05)
    refused = f"  refused {len(told.refused)}" if told.refused else ""
    return f"{name:42} {rate:10,.0f}  {spread}  {sum(each.values()):6.1f} = {shares}{refused}"


def main(seconds: float, serve: bool, agents: int) -> None:
    print(f"{'':42} {'events/s':>10}  {'p50 ms':>8}  {'p99 ms':>8}  {'max ms':>8}  µs of processor an event")
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as name:
        folder = Path(name)
        if not serve:
            print(line("peer: parses 500, keeps nothing", peer(folder, "parse", seconds / 4)))
            print(line("peer: 500 plain rows into SQLite FULL", peer(folder, "insert", seconds / 4)))
        running = started(folder / "home", serve=serve)
        events, acknowledged = Events(agents), 0
        for what, told in rows(running, events, seconds):
            print(line(f"{'serve' if serve else 'intake'}: {what}", told), flush=True)
            acknowledged += told.accepted
            if serve:
                print(caught_up(running), flush=True)
        writer = running_processes.named(running.process.pid, "viewtrail.web.intake")
        print(running_processes.most_memory(writer), "at most in the process that writes")
        running.stop()
        report = verify_home(folder / "home")
        with open_reader(folder / "home") as log:
            held = sum(one.entry.event.source == "/crm" for one in log.read())
        print(f"{acknowledged:,} acknowledged, {held:,} in the log, integrity {report.integrity.good}")
        if held < acknowledged or not report.integrity.good:
            raise SystemExit("an acknowledged event is not in the log")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "--seconds", type=float, default=20.0, help="of the batches of 500; the others are shorter"
    )
    asked.add_argument("--serve", action="store_true", help="measure all of `viewtrail serve`, with its loop")
    asked.add_argument("--agents", type=int, default=0, help=f"400, with --serve {MANY:,}")
    given = asked.parse_args()
    main(given.seconds, given.serve, given.agents or (MANY if given.serve else 400))
