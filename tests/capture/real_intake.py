"""The real intake in a process of its own, with a key for /crm."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture.running import free_port
from support import ROOT
from viewtrail.app.home import open_home

ENVIRONMENT = {"PYTHONPATH": str(ROOT / "src")}


def viewtrail(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viewtrail", *words, "--home", str(home)],
        capture_output=True,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )


@dataclass
class Intake:
    """A home, its key, and the process that writes its log."""

    home: Path
    key: str
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "viewtrail.web.intake",
            "--home",
            str(self.home),
            "--port",
            str(self.port),
        ]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **ENVIRONMENT}
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        assert re.search(r"intake http://127\.0\.0\.1:\d+ ", line), line

    def stop(self, *, kill: bool = False) -> None:
        process, self.process = self.process, None
        if process is not None:
            if kill:
                process.kill()
            else:
                process.terminate()
            process.communicate(timeout=30)

    def events(self) -> list[dict[str, Any]]:
        """What stands in the log of this source, in its order."""
        reader = open_home(self.home).reader()
        said = [logged.entry.event for logged in reader.read()]
        return [
            {"id": e.id, "type": e.type, "sequence": e.sequence, "data": e.data}
            for e in said
            if e.source == "/crm"
        ]


@contextmanager
def intake(home: Path) -> Iterator[Intake]:
    made = viewtrail(home, "keys", "add", "crm", "--source", "/crm")
    assert made.returncode == 0, made.stderr
    key = re.search(r"vt_\S+", made.stdout)
    assert key is not None, made.stdout
    found = Intake(home, key[0], free_port())
    found.start()
    try:
        yield found
    finally:
        found.stop()
