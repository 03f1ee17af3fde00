"""The loop over a log, reading included, against one plain pass over the same entries.

    python bench/bench_replay.py [agents] [days]

A simulated company is imported into a temporary home once. Then, in turn, three rounds each: one pass that
reads and decodes every entry; `viewtrail rebuild`, which folds them all and writes the findings; and a first
`viewtrail replay`, which leaves a snapshot too. CPU seconds, best of the rounds. At last the memory that a
rebuild takes at most, as a process of its own.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.simulate import simulate
from viewtrail.sources import SetAside, open_source
from viewtrail.store import open_log, open_reader
from viewtrail.store.snapshots import FOLDER

ROUNDS = 3


def best(work: Callable[[], int]) -> tuple[float, int]:
    """(CPU seconds of the fastest round, what it returned)."""
    found = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        came_to = work()
        found.append((time.process_time() - start, came_to))
    return min(found)


def main(agents: int, days: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        simulate(agents, days, 11, out=home)
        with open_log(home) as log:
            for batch in open_source(home / "events.jsonl"):
                events = [item for item in batch if not isinstance(item, SetAside)]
                log.append(events, received=time.time_ns() // 1000, backfill=True)
            log.checkpoint()

        def one_pass() -> int:
            with open_reader(home) as reader:
                return sum(1 for _ in reader.read_known())

        def fold() -> int:
            return len(replay(open_home(home), fresh=True).found.findings)

        def first_time() -> int:
            shutil.rmtree(home / FOLDER, ignore_errors=True)
            return len(replay(open_home(home)).found.findings)

        read, count = best(one_pass)
        print(f"{agents} simulated agents, {days} days, {count:,} entries, {os.cpu_count()} cores")
        print("| what | CPU s | entries a CPU second | times one pass |")
        print("|---|---|---|---|")
        print(f"| one pass: read and decode | {read:.2f} | {count / read:,.0f} | 1.0 |")
        for name, work in (("rebuild", fold), ("first replay, with its snapshot", first_time)):
            cpu, findings = best(work)
            print(f"| {name}: {findings} findings | {cpu:.2f} | {count / cpu:,.0f} | {cpu / read:.1f} |")
        print(f"a rebuild takes {memory(home):,.0f} MB at most")


def memory(home: Path) -> float:
    """Megabytes resident at most in a process that rebuilds."""
    command = [sys.executable, "-P", "-m", "viewtrail", "rebuild", "--home", str(home)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, code, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(code)
    if running.returncode:
        raise SystemExit(f"rebuild ended with {running.returncode}")
    return used.ru_maxrss / 1024


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers or [100, 60]))
