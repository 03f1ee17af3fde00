"""kill -9 of the host at any moment: every event whose call returned arrives, or is counted as lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from capture.keeping import KEY, Kept, serving
from support import ROOT
from viewtrail.capture import Client

HOST = """
import os, sys, threading
from viewtrail.capture import Client
url, key, spool, spool_bytes = sys.argv[1:]
client = Client(url, key, "/crm", spool, spool_bytes=int(spool_bytes))
def work(name):
    n = 0
    while True:
        n += 1
        id = client.viewed(f"a-{name}", f"L-{n}", list="l" * (n % 80 + 1))
        if n % 5 == 0:
            id += " " + client.revealed(f"a-{name}", f"L-{n}", "phone")
        os.write(1, (id + "\\n").encode())  # the calls have returned
for name in range(3):
    threading.Thread(target=work, args=(name,), daemon=True).start()
threading.Event().wait()
"""


def host(url: str, spool: Path, spool_bytes: int, key: str = KEY) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", HOST, url, key, str(spool), str(spool_bytes)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )


def said_until_killed(process: subprocess.Popen[bytes], least: int, after: float) -> set[str]:
    """The ids whose calls had returned, `least` and more; a pipe is read to its end after the kill."""
    assert process.stdout is not None
    told = b"".join(process.stdout.readline() for _ in range(least))
    time.sleep(after)
    os.kill(process.pid, signal.SIGSTOP)  # so that the pipe holds all that was said, and no more comes
    os.kill(process.pid, signal.SIGKILL)
    told += process.stdout.read()
    process.wait()
    process.stdout.close()
    return set(told.decode().rpartition("\n")[0].split())


def killed(
    rounds: int, spool: Path, spool_bytes: int, kept: Kept, *, up: Callable[[int], bool], least: int
) -> set[str]:
    """What was said by hosts killed one after the other, each after it had said `least` lines."""
    chance = random.Random(7)
    said: set[str] = set()
    for number in range(rounds):
        kept.always = None if up(number) else (503, {"error": "down"}, {})
        kept.slow_s = chance.choice([0.0, 0.0, 0.02])
        said |= said_until_killed(host(kept.url, spool, spool_bytes), least, chance.uniform(0.0, 0.12))
    kept.always, kept.slow_s = None, 0.0
    return said


def delivered_by_the_next(kept: Kept, spool: Path, clients: Callable[..., Client]) -> None:
    """A last process adopts what is left; then nothing but its own folder is there."""
    client = clients(kept.url)
    client.start()
    kept.wait(lambda _: len([p for p in spool.iterdir() if p.is_dir()]) <= 1 and client.flush(0.1), 120)


@pytest.mark.parametrize("rounds", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_every_event_whose_call_returned_arrives(
    rounds: int, kept: Kept, tmp_path: Path, clients: Callable[..., Client]
) -> None:
    spool = tmp_path / "spool"
    said = killed(rounds, spool, 10**9, kept, up=lambda n: n % 3 != 1, least=50)
    delivered_by_the_next(kept, spool, clients)
    assert len(said) >= 50 * rounds
    assert said <= set(kept.events)
    assert {boot: holes for boot, holes in kept.holes().items() if holes} == {}
    # A kill in the middle of a line tears it: its call never returned, and the next process says so.
    assert {event["data"]["why"] for event in kept.of("capture.gap")} <= {"torn"}
    assert kept.gaps() <= rounds


@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_what_a_small_spool_gave_up_is_counted_to_the_event(
    rounds: int, kept: Kept, tmp_path: Path, clients: Callable[..., Client]
) -> None:
    spool = tmp_path / "spool"
    said = killed(rounds, spool, 150_000, kept, up=lambda n: False, least=400)  # more than it holds
    delivered_by_the_next(kept, spool, clients)
    missing = len(said - set(kept.events))
    assert missing > 0
    # A kill can fall between counting a loss and the call's return: one for each thread of each host.
    assert missing <= kept.gaps() <= missing + 3 * 2 * rounds


HANGING = """
import os, sys, threading, time
from pathlib import Path
from viewtrail.capture import Client
url, key, spool, calls = sys.argv[1:]
client = Client(url, key, "/crm", spool)
client.start()
client.flush(30)
[folder] = [path for path in Path(spool).iterdir() if (path / "owner").exists()]
os.mkfifo(folder / "views-000001")  # to open it hangs, as a file on a disk that does not answer
threading.Thread(target=client.viewed, args=("a-0", "L-0"), daemon=True).start()
while client._boot.spool.lock.acquire(timeout=0.5):
    client._boot.spool.lock.release()
    time.sleep(0.01)
for n in range(int(calls)):
    os.write(1, (client.viewed("a-1", f"L-{n}") + "\\n").encode())
os.write(1, b"end\\n")
threading.Event().wait()
"""


def test_what_waits_in_memory_for_a_disk_that_hangs_is_counted_when_the_host_is_killed(
    kept: Kept, tmp_path: Path, clients: Callable[..., Client]
) -> None:
    spool = tmp_path / "spool"
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING, kept.url, KEY, str(spool), "3"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    said = [process.stdout.readline().decode().strip() for _ in range(4)]
    process.kill()
    process.wait()
    process.stdout.close()
    assert said[-1] == "end", "each call had returned"
    assert len(set(said)) == 4
    [pipe] = spool.glob("*/views-000001")
    pipe.unlink()  # the disk is back
    delivered_by_the_next(kept, spool, clients)
    assert not set(said) & set(kept.events)
    [gap] = kept.of("capture.gap")
    assert (gap["data"]["lost"], gap["data"]["why"]) == (3, "killed")
    assert gap["data"]["from"] <= gap["data"]["to"]


FORK = """
import os, sys
from viewtrail.capture import Client
url, key, spool = sys.argv[1:]
client = Client(url, key, "/crm", spool)
client.viewed("parent", "L-0")
children = []
for name in range(4):
    pid = os.fork()
    if pid == 0:
        for n in range(50):
            client.viewed(f"child-{name}", f"L-{n}")
        done = client.flush(10)
        os._exit(0 if done else 1)  # without any clean-up, as servers end their workers
    children.append(pid)
client.viewed("parent", "L-1")
codes = [os.waitpid(pid, 0)[1] for pid in children]
sys.exit(any(codes) or not client.close(10))
"""


def test_each_forked_worker_has_numbers_and_a_thread_of_its_own(kept: Kept, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", FORK, kept.url, KEY, str(tmp_path / "spool")]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    by_agent: dict[str, set[str]] = {}
    for event in kept.acts:
        by_agent.setdefault(event["data"]["agent"], set()).add(event["sequence"].partition(".")[0])
    assert len(kept.acts) == 202
    assert len(set().union(*by_agent.values())) == 5, "five processes, five boots"
    assert {len(boots) for boots in by_agent.values()} == {1}
    assert kept.holes() == {boot: [] for boot in kept.holes()}


IMPORTED = """
import sys
from viewtrail.capture import Client
url, key, spool = sys.argv[1:]
client = Client(url, key, "/crm", spool)
before = set(sys.modules)
for n in range(50):
    client.viewed("a-1", f"L-{n}", list="l" * 80)  # long enough to be sent compressed
done = client.flush(10) and client.allow("a-1", "reveal").asked
print(*sorted(set(sys.modules) - before))
sys.exit(not (done and client.close(10)))
"""


def test_delivering_imports_nothing_since_a_fork_in_the_midst_of_an_import_would_stop_the_child(
    kept: Kept, tmp_path: Path
) -> None:
    """A child that is forked while the parent's thread imports a module waits for its lock for ever."""
    command = [sys.executable, "-c", IMPORTED, kept.url, KEY, str(tmp_path / "spool")]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")
    assert len(kept.acts) == 50


def test_a_process_that_ends_by_itself_delivers_as_it_goes(kept: Kept, tmp_path: Path) -> None:
    code = (
        "import sys; from viewtrail.capture import Client;"
        "Client(*sys.argv[1:3], '/crm', sys.argv[3]).viewed('a-1', 'L-1')"
    )
    command = [sys.executable, "-c", code, kept.url, KEY, str(tmp_path / "spool")]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(ROOT / "src")}, timeout=30)
    assert len(kept.acts) == 1
    assert [*(tmp_path / "spool").iterdir()] == []


def test_a_server_that_is_down_does_not_hold_up_the_end_of_a_process(tmp_path: Path) -> None:
    with serving() as kept:
        pass
    code = (
        "import sys; from viewtrail.capture import Client;"
        "Client(*sys.argv[1:3], '/crm', sys.argv[3]).viewed('a-1', 'L-1')"
    )
    began = time.monotonic()
    command = [sys.executable, "-c", code, kept.url, KEY, str(tmp_path / "spool")]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(ROOT / "src")}, timeout=30)
    assert time.monotonic() - began < 10
    assert [*(tmp_path / "spool").glob("*/views-*")] != [], "it waits for the next process"
