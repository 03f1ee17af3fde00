"""The processes below one process, what each is for, and the processor time each has had (Linux)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
NAMES = {
    "viewtrail.web.intake": "intake",
    "viewtrail.web.intake.beside": "beside",
    "viewtrail.app.live": "loop",
    "viewtrail.store.segments": "sealing",
    "viewtrail.web.console": "console",
}


def seconds(pid: int) -> dict[str, float]:
    """Seconds of processor so far, by what the processes are for; `pid` and all below it."""
    found: Counter[str] = Counter()
    for process in _family(pid):
        try:
            fields = _stat(process)
            command = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
        module = command[command.index("-m") + 1] if "-m" in command else ""
        found[NAMES.get(module, "others")] += (int(fields[11]) + int(fields[12])) / TICKS
    return dict(found)


def own_seconds() -> float:
    """Those of this process."""
    told = os.times()
    return told.user + told.system


def most_memory(pid: int) -> str:
    """The most that a process has had in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line for line in lines if line.startswith("VmHWM")).split(None, 1)[1].strip()


def named(pid: int, module: str) -> int:
    """The process below `pid` that runs this module."""
    for process in _family(pid):
        if module in Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0"):
            return process
    raise SystemExit(f"no process runs {module}")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _family(int(child))


def _stat(pid: int) -> list[str]:
    """The fields from the third on: the second is a name that may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
