"""The log through its running writer: the same answers, many at once, over restarts, for its user alone."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from log.some_events import MONDAY, viewed, with_detail
from viewtrail.app import open_home
from viewtrail.errors import LogBusy, LogDamaged, ViewtrailError
from viewtrail.log import Log
from viewtrail.store import open_log, open_reader, verify_home
from viewtrail.store.remote_log import RemoteLog
from viewtrail.store.writer_frames import raised, refusal
from viewtrail.store.writer_socket import WriterSocket
from web.intake.running import running, started

ANN = "a-abcdefghijklmnop"


def test_it_answers_as_the_log_itself_does(tmp_path: Path) -> None:
    events = [viewed(1), with_detail(2), viewed(1), viewed(1, sequence="9"), viewed(3, time=MONDAY * 2)]
    with open_log(tmp_path / "here") as log:
        here = log.append(events, received=MONDAY)
    with running(tmp_path / "there") as intake, RemoteLog(intake.home) as log:
        before = log.size
        there = log.append(events, received=MONDAY)
        assert [one.outcome for one in there] == [one.outcome for one in here]
        assert [one.index - before for one in there if one.index is not None] == [0, 1, 0, 0]
        assert there[-1].why == here[-1].why.replace(here[-1].why.split()[3], there[-1].why.split()[3])
        log.put_aside(MONDAY, [("calls.csv:4", "no agent", b"\xff row")] * 2)
        log.append([viewed(7, data={"agent": ANN})], masked=True)
        log.append([viewed(8)], backfill=True, skew=250)
        signed = log.checkpoint()
        assert signed.size == log.size
        latest = log.latest_checkpoint()
        assert latest == signed
        with open_reader(intake.home) as reader:
            assert reader.detail(before + 1) == with_detail(2).extra
            assert reader.entry(log.size - 2).entry.event.data["agent"] == ANN
            assert (reader.entry(log.size - 1).entry.backfill, reader.entry(log.size - 1).entry.skew) == (
                True,
                250,
            )
            assert [one.place for one in reader.set_aside()] == ["/crm#e-1", "/crm#e-3", "calls.csv:4"]


def test_more_events_than_a_group_come_back_in_order(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake, RemoteLog(intake.home) as log:
        before = log.size
        receipts = log.append([viewed(n) for n in range(5_000)])
        assert [one.index for one in receipts] == list(range(before, before + 5_000))


def test_many_threads_and_processes_append_at_once_and_no_entry_is_lost_or_twice(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from log.some_events import viewed
from viewtrail.store.remote_log import RemoteLog
with RemoteLog(Path(sys.argv[1])) as log:
    for n in range(40):
        log.append([viewed(int(sys.argv[2]) * 1000 + n), viewed(n)])
"""
    here = Path(__file__).parents[1]
    with running(tmp_path / "home") as intake, RemoteLog(intake.home) as log:
        before = log.size
        others = [
            subprocess.Popen(
                [sys.executable, "-c", code, intake.home, str(number)],
                env={**os.environ, "PYTHONPATH": f"{here}:{here.parent / 'src'}"},
            )
            for number in (1, 2)
        ]
        threads = [
            threading.Thread(target=lambda k=k: [log.append([viewed(k * 1000 + n)]) for n in range(40)])
            for k in range(3, 9)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert [other.wait(60) for other in others] == [0, 0]
        assert log.size - before == 8 * 40 + 40
    assert verify_home(intake.home).integrity.good


def test_whoever_waits_is_woken_by_another_producer(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake, RemoteLog(intake.home) as log:
        size = log.size
        assert log.wait(size, 0.05) == size
        assert log.wait(size - 1, 30) == size
        later = threading.Timer(0.2, lambda: log.append([viewed(1)]))
        later.start()
        began = time.monotonic()
        assert log.wait(size, 30) == size + 1
        assert time.monotonic() - began < 10
        later.join()


def test_whoever_waits_does_not_keep_the_writer_from_ending(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake, RemoteLog(intake.home) as log:
        size, said = log.size, list[int]()
        waiting = threading.Thread(target=lambda: said.append(log.wait(size, 60)))
        waiting.start()
        time.sleep(0.2)
        began = time.monotonic()
        intake.stop()
        waiting.join(20)
        assert time.monotonic() - began < 8
        assert said == [size]


def test_it_goes_on_after_the_writer_was_started_anew(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        secret = intake.client.headers["authorization"].split()[1]
        with RemoteLog(intake.home, patience=20) as log:
            log.append([viewed(1)])
            intake.kill()
            assert (intake.home / "writer.sock").exists(), "a dead process leaves its socket"
            again = started(intake.home, secret)
            try:
                assert log.append([viewed(1), viewed(2)])[0].outcome == "repeated"
            finally:
                again.client.close()
                again.stop()
                assert again.process.stderr is not None
                again.process.stderr.close()
            assert not (intake.home / "writer.sock").exists()
    with pytest.raises(LogBusy, match="no process that writes this log answers"):
        RemoteLog(intake.home)


def test_a_home_gives_the_running_writer_or_the_log_itself(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    with home.writer() as log:
        assert isinstance(log, Log)
        with pytest.raises(LogBusy, match="another process is writing"):
            home.writer()
    with running(home.path) as intake:
        with home.writer() as log:
            assert isinstance(log, RemoteLog)
            log.append([viewed(1)], received=MONDAY)
        intake.kill()
        with home.writer() as log:
            assert isinstance(log, Log)


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        command = [sys.executable, "-m", "viewtrail.web.intake", "--home", intake.home, "--port", "0"]
        second = subprocess.run(command, capture_output=True, text=True)
        assert second.returncode == 3
        assert "another process is writing to this log" in second.stderr
        with RemoteLog(intake.home) as log:
            assert log.append([viewed(1)])[0].outcome == "added"


def test_the_socket_is_its_users_alone(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        mode = os.stat(intake.home / "writer.sock").st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600


def test_another_user_who_reaches_the_socket_is_not_let_in(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs to be root, to become somebody else")
    asked = list[object]()
    place = Path("/tmp") / f"viewtrail-{os.getpid()}"
    place.mkdir()
    place.chmod(0o755)  # whatever the umask is
    try:
        server = WriterSocket(place, lambda request: asked.append(request))
        os.chmod(place / "writer.sock", 0o666)
        code = f"""
import os, socket
os.setgid(65534); os.setuid(65534)
wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
wire.connect({str(place / "writer.sock")!r})
try:
    wire.sendall((5).to_bytes(8) + b"N" * 5)
    print(len(wire.recv(100)))
except OSError:
    print(0)
"""
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert told.stdout.strip() == "0", told.stderr
        server.close()
        assert asked == []
    finally:
        place.rmdir()


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 7, (9).to_bytes(8) + b"no marshal", b""])
def test_bytes_that_are_no_request_end_that_connection_alone(tmp_path: Path, raw: bytes) -> None:
    server = WriterSocket(tmp_path, lambda request: 5)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.connect(str(tmp_path / "writer.sock"))
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                assert wire.recv(100) == b""
        with RemoteLog(tmp_path) as log:
            assert log.size == 5
    finally:
        server.close()


def test_a_request_that_nobody_foresaw_is_answered_with_what_it_was(tmp_path: Path) -> None:
    def answer(request: tuple[object, ...]) -> object:
        raise ZeroDivisionError("what is this?")

    server = WriterSocket(tmp_path, answer)
    with RemoteLog(tmp_path) as log, pytest.raises(ViewtrailError, match="ZeroDivisionError"):
        assert log.size
    server.close()


def test_a_folder_with_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path / ("long-" * 30) / ("name-" * 30)
    deep.mkdir(parents=True)
    server = WriterSocket(deep, lambda request: 7)
    with RemoteLog(deep) as log:
        assert log.size == 7
    server.close()
    assert list(deep.iterdir()) == []


def test_an_error_crosses_with_its_kind_place_and_next_step() -> None:
    class OfItsOwn(LogDamaged):
        """Known on one side alone."""

    error = raised(refusal(OfItsOwn("broken", where="log.db", next="restore a backup")))
    assert type(error) is LogDamaged
    assert (error.what, error.where, error.next) == ("broken", "log.db", "restore a backup")
    assert type(raised(refusal(ViewtrailError("x")))) is ViewtrailError
