"""A real intake: its own process, a real port, a key, and a client; ended with the test."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from cli.commands import environment
from viewtrail.app import api_keys, open_home

NOW = datetime.now(UTC)


@dataclass
class Running:
    """One running intake and how to speak to it."""

    home: Path
    process: subprocess.Popen[str]
    client: httpx.Client

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    def post(self, events: Any, **how: Any) -> httpx.Response:
        """The answer to these events as one JSON body."""
        return self.client.post("/v1/events", json=events, **how)

    def post_raw(self, body: Any, kind: str = "application/json", **headers: str) -> httpx.Response:
        return self.client.post("/v1/events", content=body, headers={"content-type": kind, **headers})

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> str:
        """Ends it as a supervisor would; what it said."""
        self.process.terminate()
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        assert self.process.wait() == 0, said
        return said

    def file_limit(self, size: int) -> None:
        """No file that it writes may grow beyond this; a full disk without filling one."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def make_key(home: Path, *sources: str, name: str = "crm") -> str:
    return api_keys.add(
        open_home(home), name, sources or ("/crm",), now=int(NOW.timestamp() * 1e6), entropy=os.urandom
    )


def started(home: Path, secret: str, **settings: Any) -> Running:
    more = {f"VIEWTRAIL_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "viewtrail.web.intake", "--home", str(home), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**more),
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"http://\S+", said)
    if found is None:
        process.wait()
        raise AssertionError(said + process.stderr.read())
    client = httpx.Client(base_url=found[0], headers={"authorization": f"Bearer {secret}"}, timeout=30)
    return Running(home, process, client)


@contextmanager
def running(home: Path, *sources: str, secret: str = "", **settings: Any) -> Iterator[Running]:
    """An intake for `home`, with a key for these sources (/crm)."""
    home.mkdir(exist_ok=True, mode=0o700)
    intake = started(home, secret or make_key(home, *sources), **settings)
    try:
        yield intake
    finally:
        intake.client.close()
        with suppress(ProcessLookupError):
            intake.process.kill()
        assert intake.process.stderr is not None
        said = intake.process.stderr.read()
        intake.process.stderr.close()
        intake.process.wait()
        assert "Traceback" not in said, said


def opening(n: int, **more: Any) -> dict[str, Any]:
    """The n-th opening of a record, an hour ago."""
    return {
        "specversion": "1.0",
        "id": f"e-{n}",
        "source": "/crm",
        "type": "record.viewed",
        "time": (NOW - timedelta(hours=1) + timedelta(milliseconds=n % 1_000_000)).isoformat(),
        "subject": f"L-{n % 97}",
        "sequence": str(n),
        "data": {"agent": f"a-{n % 7}", "record_kind": "lead", "via": "list"},
        **more,
    }


def openings(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [opening(n) for n in range(first, first + count)]


def outcomes(answer: httpx.Response) -> Sequence[str]:
    assert answer.status_code < 500, answer.text
    return [one["outcome"] for one in answer.json()["results"]]
