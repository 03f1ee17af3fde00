"""Real processes of a test: the log's writer, the beacon's end and nginx, each ended with the test."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from capture.browser.chromium import until
from support import ROOT
from viewtrail.app import api_keys
from viewtrail.app.clock import now
from viewtrail.app.home import open_home


@contextmanager
def running(module: str, *arguments: str) -> Iterator[str]:
    """`python -m MODULE ARGUMENTS`, from when it says its address until the end of the block."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found, said + process.stderr.read()
        yield found[0]
    finally:
        process.terminate()
        rest = process.stderr.read()
        process.stderr.close()
        process.wait(20)
        assert "Traceback" not in rest, rest


@contextmanager
def intake(home: Path) -> Iterator[tuple[str, str]]:
    """The log's writer over `home`: its address, and a key for the source /crm."""
    secret = api_keys.add(open_home(home), "crm", ("/crm",), now=now(), entropy=os.urandom)
    with running("viewtrail.web.intake", "--home", str(home), "--port", "0") as url:
        yield url, secret


@contextmanager
def beacon(home: Path) -> Iterator[str]:
    """The log's writer and the beacon's end over `home`; the address of the latter."""
    with (
        running("viewtrail.web.intake", "--home", str(home), "--port", "0"),
        running("viewtrail.web.beacon", "--home", str(home), "--port", "0") as url,
    ):
        yield url


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def nginx(folder: Path, server: str, port: int) -> Iterator[None]:
    """nginx with this part of a configuration inside `http { }`."""
    logs = folder / "error.log"
    places = " ".join(
        f"{name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder / 'pid'}; error_log {logs};\n"
        f"user root;\nevents {{ }}\nhttp {{ access_log off; {places}\n{server}\n}}\n"
    )
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-e", str(logs), "-c", str(folder / "nginx.conf")],
        stderr=subprocess.DEVNULL,
    )
    try:
        until(
            lambda: answers(port) or process.poll() is not None,
            lambda: time.sleep(0.02),
            what="nginx",
        )
        assert process.poll() is None, logs.read_text()
        server = httpx.get(f"http://127.0.0.1:{port}/").headers["Server"]
        assert server.startswith("nginx"), f"the port was taken by {server} meanwhile"
        yield
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def in_the_log(home: Path, type_: str) -> list[dict[str, Any]]:
    """The entries of a type, with the source's ids in place of pseudonyms."""
    found = []
    with open_home(home).reader() as reader:
        for logged in reader.read():
            entry = logged.entry.event
            if entry.type == type_:
                data = dict(entry.data)
                records = [reader.resolve(one) for one in data.get("records", [])]
                agent = reader.resolve(data["agent"])
                subject = reader.resolve(entry.subject) if entry.subject else None
                found.append({**data, "agent": agent, "records": records, "subject": subject, "id": entry.id})
    return found


def told(home: Path, type_: str, count: int) -> list[dict[str, Any]]:
    """The same, once there are `count` of them."""
    until(
        lambda: len(in_the_log(home, type_)) >= count,
        lambda: time.sleep(0.1),
        what=f"{count} {type_} in the log",
        seconds=15,
    )
    return in_the_log(home, type_)
