"""From an event's posting to its finding on the board and on an open page: intake, loop, console, stream.

    python bench/bench_live.py [events a second] [seconds] [agents of history] [days of history] [kills]

`viewtrail serve` runs on a temporary home that holds a simulated company's history. Two hundred agents open
the same few records again and again, in batches of ten, until the rate is reached; each half second one more
agent opens so many different ones that a finding opens. Measured is the time from the posting of the event
that crossed the line until a reader of the board sees the finding, and until somebody from compliance who has
a page open hears of it. With `kills`, loop and console are killed in turn so many times meanwhile, and come
back by themselves: every finding must be on the board and must have been heard, and the log must verify.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx

from sign_in import PASSWORD, WHO, signed_in
from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.app.serve import running
from viewtrail.event import rfc3339
from viewtrail.simulate import simulate
from viewtrail.sources import SetAside, open_source
from viewtrail.store import verify_home
from viewtrail.store.board import Board

BATCH = 10
PROBE_EVERY = 0.5
PROBE = 160
AGENTS = 200


def now() -> int:
    return time.time_ns() // 1_000


def view(agent: str, record: str, n: int) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"bench-{n}",
        "source": "/bench",
        "type": "record.viewed",
        "time": rfc3339(now()),
        "subject": record,
        "data": {"agent": agent, "record_kind": "client", "via": "list"},
    }


def events() -> Iterator[dict[str, object]]:
    """Ordinary openings, and from one agent after another very many different ones."""
    n, probe, opened, began = 0, 0, PROBE, time.monotonic()
    while True:
        n += 1
        if n % 2 and opened < PROBE:
            opened += 1
            yield view(f"probe-{probe}", f"P-{probe}-{opened}", n)
            continue
        if opened >= PROBE and time.monotonic() - began > probe * PROBE_EVERY:
            probe, opened = probe + 1, 0
        yield view(f"agent-{n % AGENTS}", f"R-{n % AGENTS}-{n // AGENTS % 5}", n)


def post(port: int, key: str, rate: float, seconds: float) -> tuple[int, float]:
    """Post at that rate: (events accepted, the longest that one answer took)."""
    wire = HTTPConnection("127.0.0.1", port)
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    source, sent, worst, began = events(), 0, 0.0, time.monotonic()
    while time.monotonic() - began < seconds:
        ahead = sent / rate - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)
        body = json.dumps([next(source) for _ in range(BATCH)])
        asked = time.monotonic()
        wire.request("POST", "/v1/events", body, head)
        answer = wire.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 200, told
        worst = max(worst, time.monotonic() - asked)
        sent += told["accepted"]
    wire.close()
    return sent, worst


class Watching(threading.Thread):
    """Looks at the board every ten milliseconds: how long after its crossing each finding was seen."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.board, self.seen, self.done = Board(home), dict[str, float](), threading.Event()
        self.crossed = dict[str, int]()
        self.most_behind = 0
        self.place = self.board.last_place()

    def run(self) -> None:
        while not self.done.is_set():
            at = now()
            for place, one in self.board.recent(self.place):
                self.place = place
                if one.kind == "opened" and one.finding.id not in self.crossed:
                    self.crossed[one.finding.id] = one.finding.detected_at
                    self.seen[one.finding.id] = (at - one.finding.detected_at) / 1e6
            self.most_behind = max(self.most_behind, self.board.lag())
            time.sleep(0.01)


class Listening(threading.Thread):
    """A page that is open: hears of findings over the stream, and takes it up again where it broke off."""

    def __init__(self, console: str) -> None:
        super().__init__(daemon=True)
        self.client = signed_in(console)
        self.heard, self.done, self.broke_off = dict[str, int](), threading.Event(), 0
        self.place = ""

    def run(self) -> None:
        while not self.done.is_set():
            headers = {"Last-Event-ID": self.place} if self.place else {}
            try:
                with self.client.stream("GET", "/live", headers=headers, timeout=None) as answer:
                    for line in answer.iter_lines():
                        self._hear(line)
                        if self.done.is_set():
                            return
            except httpx.TransportError:
                self.broke_off += 1
                time.sleep(2)  # as the stream tells browsers to

    def _hear(self, line: str) -> None:
        name, _, said = line.partition(": ")
        if name == "id":
            self.place = said
        elif name == "data" and '"opened"' in said:
            self.heard.setdefault(json.loads(said)["id"], now())


class Killing(threading.Thread):
    """Kills loop and console in turn, evenly over the time there is."""

    def __init__(self, home: Path, kills: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self.home, self.kills, self.each, self.killed = home, kills, seconds / (kills + 1), 0

    def run(self) -> None:
        for turn in range(self.kills):
            time.sleep(self.each)
            name = ("the loop", "the console")[turn % 2]
            state = running(self.home) or {}
            for one in state["children"]:  # type: ignore[attr-defined]  # of JSON: a list
                if one["name"] == name and one["pid"]:
                    os.kill(one["pid"], signal.SIGKILL)
                    self.killed += 1


def free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])


@contextmanager
def serving(home: Path) -> Iterator[tuple[int, str]]:
    """(port of the intake, address of the console)."""
    port, console = free_port(), free_port()
    command = [sys.executable, "-m", "viewtrail", "--home", str(home), "serve"]
    process = subprocess.Popen(
        [*command, "--port", str(console), "--intake-port", str(port)],
        env={**os.environ, "VIEWTRAIL_LIMIT_CAP": "100000"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = threading.Event()

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if "intake  http" in line:
                said.set()

    threading.Thread(target=listen, daemon=True).start()
    assert said.wait(120), "serve did not come up"
    try:
        yield port, f"http://localhost:{console}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def filled(home: Path, agents: int, days: int) -> int:
    """A home with that much history, folded; how many entries."""
    os.environ["VIEWTRAIL_LIMIT_CAP"] = "100000"
    place = open_home(home)
    if agents and days:
        simulate(agents, days, 11, out=home / "company")
        with place.own_log() as log:
            for batch in open_source(home / "company" / "events.jsonl"):
                events = [item for item in batch if not isinstance(item, SetAside)]
                log.append(events, received=now(), backfill=True)
            log.checkpoint()
        return replay(place).found.made.size
    with place.own_log():
        return 0


def main(rate: float, seconds: float, agents: int, days: int, kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "viewtrail.toml").write_text('second_factor = "offered"\n', encoding="utf-8")
        history = filled(home, agents, days)
        made = subprocess.run(
            [sys.executable, "-m", "viewtrail", "--home", home, "keys", "add", "bench", "--source", "/bench"],
            capture_output=True,
            text=True,
            check=True,
        )
        add = [sys.executable, "-m", "viewtrail.web.console.people", "--home", str(home), WHO]
        add += ["--role", "compliance"]
        subprocess.run(add, input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
        with serving(home) as (port, console):
            watching, listening = Watching(home), Listening(console)
            until = time.monotonic() + 120
            while watching.board.lag() > 10 and time.monotonic() < until:
                time.sleep(0.1)
            watching.start()
            listening.start()
            killing = Killing(home, kills, seconds)
            killing.start()
            sent, worst = post(port, made.stdout.strip(), rate, seconds)
            until = time.monotonic() + 60
            while set(watching.seen) - set(listening.heard) and time.monotonic() < until:
                time.sleep(0.1)
            time.sleep(2)
            watching.done.set()
            listening.done.set()
            watching.join()
        report(history, sent, seconds, watching, listening, worst)
        if kills:
            lost(home, sent, watching, listening, killing)


def report(
    history: int, sent: int, seconds: float, watching: Watching, listening: Listening, worst: float
) -> None:
    rate, cores = sent / seconds, os.cpu_count()
    print(f"{history:,} entries of history, {sent:,} events at {rate:,.0f}/s, {cores} cores")
    print(f"at most {watching.most_behind:,} entries behind; slowest answer of the intake {worst:.3f} s")
    print("| seen | findings | median s | p99 s | longest s |")
    print("|---|---|---|---|---|")
    crossed = watching.crossed
    heard = [(at - crossed[id]) / 1e6 for id, at in listening.heard.items() if id in crossed]
    for where, found in (("on the board", list(watching.seen.values())), ("on an open page", heard)):
        took = sorted(found)
        middle, p99 = took[len(took) // 2], took[min(len(took) - 1, int(0.99 * len(took)))]
        print(f"| {where} | {len(took)} | {middle:.3f} | {p99:.3f} | {took[-1]:.3f} |")


def lost(home: Path, sent: int, watching: Watching, listening: Listening, killing: Killing) -> None:
    """What the kills cost: nothing, or the command fails."""
    with open_home(home).reader() as log:
        held = sum(one.entry.event.source == "/bench" for one in log.read())
    on_board = {one.id for one in Board(home).findings() if one.id in watching.crossed}
    unheard = len(set(watching.crossed) - set(listening.heard))
    good = verify_home(home).integrity.good
    print(f"{killing.killed} kills, the stream broke off {listening.broke_off} times: {sent:,} acknowledged,")
    print(f"{held:,} in the log, integrity {good}; {len(on_board)} findings, {unheard} of them never heard")
    if held < sent or unheard or not good:
        raise SystemExit("something was lost")


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    rate, seconds, agents, days, kills = (*given, *(500.0, 60.0, 100.0, 60.0, 0.0)[len(given) :])
    main(rate, seconds, int(agents), int(days), int(kills))
