"""Several at a time: in the order given, each in a process of its own, none of which outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from viewtrail.cli.evaluate_jobs import Say, each
from viewtrail.errors import BadInput


def in_its_own_time(seconds: float, _say: Say) -> tuple[float, int]:
    time.sleep(seconds)
    return seconds, os.getpid()


def refused(name: str, _say: Say) -> str:
    raise BadInput(f"{name} cannot be", where="--structures", next="choose another")


def for_a_minute(place: str, _say: Say) -> None:
    """Says that it is there, then has a long time to do."""
    Path(place, str(os.getpid())).touch()
    time.sleep(60)


def test_what_is_done_last_stays_in_its_place_and_each_has_a_process_of_its_own() -> None:
    heard: list[str] = []
    found = each(in_its_own_time, (0.5, 0.0, 0.1), 2, heard.append)
    assert [seconds for seconds, _ in found] == [0.5, 0.0, 0.1]
    pids = {pid for _, pid in found}
    assert len(pids) == 3
    assert os.getpid() not in pids
    assert heard[-1] == "3 of 3 companies"


def test_one_at_a_time_is_done_here() -> None:
    assert each(in_its_own_time, (0.0, 0.0), 1, str) == [(0.0, os.getpid())] * 2


def test_what_went_wrong_elsewhere_is_said_as_it_was_said_there() -> None:
    with pytest.raises(BadInput) as caught:
        each(refused, ("one", "two"), 2, str)
    which = {f"--structures: {name} cannot be; choose another" for name in ("one", "two")}
    assert str(caught.value) in which  # whichever was refused first


def test_when_the_parent_is_killed_no_process_goes_on(tmp_path: Path) -> None:
    script = (
        "from evaluate.test_jobs import for_a_minute; from viewtrail.cli.evaluate_jobs import each\n"
        f"if __name__ == '__main__': each(for_a_minute, [{str(tmp_path)!r}] * 2, 2, str)"
    )
    file = tmp_path / "run.py"
    file.write_text(script, encoding="utf-8")
    there = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, str(file)], env=there) as parent:
        children = _until_two(tmp_path)
        parent.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 30
    while any(map(_runs, children)) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not any(map(_runs, children))


def _runs(pid: str) -> bool:
    """Whether it still does something; one that has ended may wait to be noticed."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _until_two(place: Path) -> list[str]:
    ends = time.monotonic() + 60
    found: list[str] = []
    while len(found) < 2 and time.monotonic() < ends:
        time.sleep(0.05)
        found = [one.name for one in place.iterdir() if one.name.isdigit()]
    assert len(found) == 2
    return found
