"""Running `viewtrail` as people do: another process, a real home, real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support import ROOT

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """What a command said."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """Nothing of the person who runs the tests but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error", **more}


def viewtrail(*args: object, home: Path | None = None, cwd: Path | None = None, **more: str) -> Done:
    command = [sys.executable, "-m", "viewtrail", *map(str, args)]
    if home is not None:
        more["VIEWTRAIL_HOME"] = str(home)
    done = subprocess.run(command, capture_output=True, text=True, env=environment(**more), cwd=cwd)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def line(n: int, **more: Any) -> dict[str, Any]:
    """The n-th opening of a record."""
    return {
        "specversion": "1.0",
        "id": f"e-{n}",
        "source": "/crm",
        "type": "record.viewed",
        "time": (MONDAY + timedelta(seconds=n)).isoformat(),
        "subject": f"L-{n % 97}",
        "sequence": str(n),
        "data": {"agent": f"a-{n % 7}", "record_kind": "lead", "via": "list"},
        **more,
    }


def jsonl(path: Path, events: Iterable[Any]) -> Path:
    """A file of these objects; text stands as it is, for lines that are wrong."""
    rows = [one if isinstance(one, str) else json.dumps(one) for one in events]
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path
