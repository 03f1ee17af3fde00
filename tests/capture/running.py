"""Starts a host in a process of its own, waits until it answers, and ends it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support import ROOT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    *command: str, port: int, folder: Path, seconds: float = 30.0, **environment: str
) -> Iterator[str]:
    """The address of `python COMMAND`, which listens on `port`; its output is in `folder`/out.txt."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests"), str(folder)])
    out = folder / "out.txt"
    with out.open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, out, seconds)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, out: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, out.read_text(errors="replace")
            assert time.monotonic() < until, f"nobody listens on {port} after {seconds} s"
            time.sleep(0.05)
