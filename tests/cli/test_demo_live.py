"""`viewtrail demo` as a newcomer sees it: an address, a sign-in, and a day that goes by."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from cli.commands import environment
from cli.signing_in import sign_in
from viewtrail.app.home import open_home

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said(process: subprocess.Popen[str], until: str, seconds: float) -> str:
    """What the process prints up to a line with `until` in it."""
    assert process.stdout is not None
    late = threading.Timer(seconds, process.kill)
    late.start()
    told = ""
    for line in process.stdout:
        told += line
        if until in line:
            break
    late.cancel()
    assert until in told, told
    return told


def test_it_prints_an_address_lets_the_cast_in_and_the_day_goes_by(tmp_path: Path) -> None:
    ports = str(free_port()), str(free_port())
    command = [sys.executable, "-m", "viewtrail", "demo", "--home", str(tmp_path / "home")]
    command += ["--port", ports[0], "--intake-port", ports[1]]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment()
    )
    try:
        told = said(process, "Ctrl-C ends it", 240)
        assert "told thefts found: 6 of 6" in told
        assert "left alone: 11 of 11" in told
        console = f"http://127.0.0.1:{ports[0]}"
        assert console in told
        password = re.search(r"password for all of them: (\S+)", told)
        assert password
        who = dict(re.findall(r"^  (\S+@\S+) +(.+)$", told, re.MULTILINE))
        with closing(sign_in(console, "compliance@meridian.example", password[1])) as client:
            assert "findings to look at" in client.get("/").text
        with closing(sign_in(console, "agent@meridian.example", password[1])) as client:
            assert "What is kept about me" in client.get("/my-trail").text
            assert client.get("/findings").status_code == 403
        assert len(who) == 4
        with open_home(tmp_path / "home").reader() as log:
            before, until = log.size, time.monotonic() + 60
            while not any(one.entry.event.source == "/crm" for one in log.read(before)):
                assert time.monotonic() < until, "nothing arrived"
                time.sleep(0.5)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()
    assert process.returncode == 0
