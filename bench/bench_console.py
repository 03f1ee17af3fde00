"""Pages of the console, warm, over a long log, while the intake takes 500 events a second.

    python bench/bench_console.py [--agents 300] [--days 120] [--seconds 60] [--home DIR]

Simulates a company, imports, seals and folds it, serves it, signs in, and asks for every kind of page again
and again while events arrive over HTTP. `--home` keeps the data directory, or takes one that is there: making
ten million events takes a quarter of an hour (--agents 1000 --days 190). Bars: every page below 200 ms at
the 95th percentile, "who looked at X" below 50 ms. The plain baseline is a page that asks nothing (/health).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

import running_processes
from sign_in import PASSWORD, WHO, signed_in
from viewtrail.app import api_keys
from viewtrail.app.clock import OFFSET, now
from viewtrail.app.home import Home, open_home
from viewtrail.app.import_files import Choice, import_file
from viewtrail.app.replay import replay
from viewtrail.event import rfc3339
from viewtrail.simulate import simulate
from viewtrail.store.asking import Questions
from viewtrail.store.board import Board
from viewtrail.store.segments import seal_due

RATE, BATCH = 500, 50


def made(agents: int, days: int, path: Path) -> Home:
    """A data directory with the company in it, folded and sealed; the one at `path` if it is there."""
    home = open_home(path)
    if not (path / "log.db").exists():
        path.mkdir(parents=True, exist_ok=True)
        (path / "viewtrail.toml").write_text('second_factor = "offered"\n', encoding="utf-8")
        home = open_home(path)
        with tempfile.TemporaryDirectory() as folder:
            simulate(agents, days, 7, out=Path(folder), structure="standard")
            with home.writer() as log:
                import_file(log, Path(folder) / "events.jsonl", Choice(), clock=now, sign_every=200_000)
        replay(home)
    while seal_due(path):
        pass
    return home


@contextmanager
def served(home: Home, end: int) -> Iterator[tuple[str, str, int]]:
    """(console, intake, pid): of a serve whose clock stands where the log ends."""
    environment = {**os.environ, OFFSET: str(end - time.time_ns() // 1_000)}
    add = [sys.executable, "-m", "viewtrail.web.console.people", "--home", str(home.path), WHO]
    add += ["--role", "compliance", "--role", "admin", "--desk", "all"]
    subprocess.run(add, input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "viewtrail", "serve", "--home", str(home.path)]
    command += ["--port", "8470", "--intake-port", "8471"]
    process = subprocess.Popen(command, env=environment)
    try:
        until = time.monotonic() + 300
        while True:
            try:
                if httpx.get("http://localhost:8470/health").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > until:
                sys.exit("serve did not start")
            time.sleep(0.5)
        yield "http://localhost:8470", "http://localhost:8471", process.pid
    finally:
        process.terminate()
        process.wait(120)


def level(home: Home) -> None:
    """Wait until the loop that has just begun has folded what there is: what is measured is warm."""
    board, until = Board(home.path), time.monotonic() + 300
    while board.lag() > 200 and time.monotonic() < until:
        time.sleep(0.5)
    time.sleep(5)


class Traffic(threading.Thread):
    """Sends 500 openings a second in batches of 50 until told to stop."""

    def __init__(self, intake: str, key: str, end: int, records: list[str]) -> None:
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=intake, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        self.shift, self.records = end - time.time_ns() // 1_000, records
        self.stop, self.sent, self.refused = threading.Event(), 0, 0

    def run(self) -> None:
        due = time.monotonic()
        while not self.stop.is_set():
            t = time.time_ns() // 1_000 + self.shift
            batch = [self._view(t, n) for n in range(BATCH)]
            answer = self.client.post("/v1/events", json=batch)
            self.sent += BATCH
            self.refused += answer.status_code != 200
            due += BATCH / RATE
            time.sleep(max(0.0, due - time.monotonic()))

    def _view(self, t: int, n: int) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": f"bench-{t}-{n}",
            "source": "/bench",
            "type": "record.viewed",
            "time": rfc3339(t),
            "subject": self.records[(self.sent + n) % len(self.records)],
            "data": {"agent": f"bench-{n}", "record_kind": "lead", "via": "list", "surface": "ui"},
        }


def pages(home: Home) -> dict[str, list[str]]:
    """Addresses of every kind of page, about things that are busy; in turn, where there are several.

    What segments have of an agent or a record is kept for the next page about them, so both are asked for:
    the same again, and one that was not asked for before.
    """
    found = Board(home.path).findings(limit=1)
    with Questions(home.path) as ask:
        people = sorted((one for one in ask.agents() if one.human), key=lambda one: -one.events)
        busy = people[0]
        rows = ask.agent_entries(
            busy.agent, (busy.last_seen or 0) - 86_400_000_000, (busy.last_seen or 0) + 1
        )
    opened = [row.record for row in rows if row.type == "record.viewed" and row.record]
    why = "?purpose=review-of-a-finding"
    record, others = opened[0], list(dict.fromkeys(opened))[1:]
    told = {
        "a page that asks nothing": ["/health"],
        "Today": ["/"],
        "Findings": ["/findings"],
        "Agents": ["/agents"],
        "Agent, one day": [f"/agents/{busy.agent}{why}"],
        "Agent, another each time": [f"/agents/{one.agent}{why}" for one in people[1:201]],
        "Exposure, 28 days": [f"/agents/{busy.agent}/exposure{why}"],
        "Record, who looked": [f"/records/{record}{why}"],
        "Record, another each time": [f"/records/{one}{why}" for one in others]
        or [f"/records/{record}{why}"],
        "Calls, 28 days": ["/calls"],
        "Trail": ["/trail"],
        "Trail, one kind": ["/trail?kind=deposit"],
        "Integrity": ["/integrity"],
        "Settings": ["/settings"],
        "an entry with its proof": [f"/entries/{rows[0].index}"],
    }
    if found:
        told["Finding"] = [f"/findings/{quote(found[0].id)}"]
    return told


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--agents", type=int, default=100)
    asked.add_argument("--days", type=int, default=90)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--home", type=Path)
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        home = made(args.agents, args.days, args.home or Path(folder) / "home")
        with home.reader() as log:
            size = log.size
            last = max(one.entry.event.time for one in log.read(max(0, size - 2_000)))
        with Questions(home.path) as ask:
            records = [row.record for row in ask.trail(limit=500) if row.record] or ["L-1"]
            who = [_timed(ask.record_entries, record) for record in dict.fromkeys(records[:120])][10:]
        print(f"{size:,} entries, ready after {time.monotonic() - began:.0f} s")
        key = api_keys.add(home, f"bench-{now()}", ["/bench"], now=now(), entropy=os.urandom)
        told = pages(home)
        with served(home, last) as (console, intake, pid):
            client = signed_in(console)
            level(home)
            traffic = Traffic(intake, key, last, records)
            traffic.start()
            before, began = running_processes.seconds(pid), time.monotonic()
            measured = _measure(client, told, args.seconds)
            spent = running_processes.spent(before, running_processes.seconds(pid))
            took = time.monotonic() - began
            traffic.stop.set()
            traffic.join()
    rate = traffic.sent / args.seconds
    print(f"{rate:,.0f} events a second arrived meanwhile, {traffic.refused} batches refused")
    shares = ", ".join(f"{name} {100 * each / took:.0f} %" for name, each in sorted(spent.items()))
    print(f"of one processor: {shares}")
    _table(measured, who)


def _measure(client: httpx.Client, told: dict[str, list[str]], seconds: float) -> dict[str, list[float]]:
    """Milliseconds of each page, in turn, for so long; the first two rounds warm it up."""
    found: dict[str, list[float]] = {name: [] for name in told}
    rounds, until = 0, time.monotonic() + seconds
    while time.monotonic() < until or rounds < 5:
        for name, paths in told.items():
            path = paths[rounds % len(paths)]
            began = time.perf_counter()
            answer = client.get(path)
            spent = (time.perf_counter() - began) * 1_000
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            if rounds >= 2:
                found[name].append(spent)
        rounds += 1
    return found


def _timed(work: Callable[[str], object], about: str) -> float:
    began = time.perf_counter()
    work(about)
    return (time.perf_counter() - began) * 1_000


def _table(measured: dict[str, list[float]], who: list[float]) -> None:
    plain = statistics.median(measured["a page that asks nothing"])
    print(f"{'page':28} {'median':>9} {'p95':>9} {'times the plain page':>22}")
    for name, spent in measured.items():
        middle = statistics.median(spent)
        high = statistics.quantiles(spent, n=20)[-1] if len(spent) > 2 else max(spent)
        print(f"{name:28} {middle:6.0f} ms {high:6.0f} ms {middle / plain:21.1f}x")
    middle, high = statistics.median(who), statistics.quantiles(who, n=20)[-1]
    print(f"{'the question alone, who looked':28} {middle:4.0f} ms {high:6.0f} ms")


if __name__ == "__main__":
    main()
