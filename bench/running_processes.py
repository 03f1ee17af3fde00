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
    """Seconds of processor so far, by what the processes are for; `pid` and all below it.

    A process that ended has handed its seconds on to the one that started it, as proc(5) has it: the loop's
    own include those of its snapshots, and what sealed is among `others` afterwards.
    """
    found: Counter[str] = Counter()
    for process in _family(pid):
        try:
            fields = _stat(process)
            command = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
        module = command[command.index("-m") + 1] if "-m" in command else ""
        found[NAMES.get(module, "others")] += sum(map(int, fields[11:15])) / TICKS
    return dict(found)


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Seconds between two looks; of what ended in between, those before the first look are not counted."""
    found = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in before | after}
    handed_on = sum(more for more in found.values() if more < 0)
    found = {name: max(0.0, more) for name, more in found.items()}
    return found | {"others": found.get("others", 0.0) + handed_on}


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
