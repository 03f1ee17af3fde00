"""Reads pages of the documentation, runs the commands in them and compares what they print.

In a ```console block a line that begins with "$ " is a command, and what follows is what it prints on stdout.
A page's commands run in order, in one folder. A block after a line like "`name.py`:" is a file made before.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from support import ROOT

BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE: Final = re.compile(r"^`([\w.-]+)`:\n\n```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)

CHANCE: Final = (
    (re.compile(r"\b([ar])-[a-z2-7]{16}\b"), r"\1-0123456789abcdef"),
    (re.compile(r"\bf-[0-9a-f]{24}\b"), "f-"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "root"),
    (re.compile(r"\b\d+\.\d (s|seconds)\b"), r"0.0 \1"),
    (re.compile(r'"received":\d+'), '"received":0'),
    (re.compile(r"^[A-Za-z0-9+/]{43}=$", re.MULTILINE), "root"),
    (re.compile(r"^(— \S+) \S+$", re.MULTILINE), r"\1"),
)
"""What differs from run to run: keys are drawn, clocks go on. Pseudonyms keep their length, as lines wrap."""


def masked(text: str) -> str:
    """The text with what differs from run to run made alike."""
    for pattern, instead in CHANCE:
        text = pattern.sub(instead, text)
    return text


def markdown() -> list[Path]:
    """Every page of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@dataclass(frozen=True)
class Step:
    """A command of a page, and what the page says it prints."""

    command: str
    says: str


def steps(text: str) -> Iterator[Step]:
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, says = part.partition("\n")
            yield Step(command, says)


def run_page(text: str, folder: Path, done: frozenset[str] = frozenset()) -> Iterator[tuple[Step, str]]:
    """Each command of a page with what it really prints; those in `done` were run in `folder` before."""
    for name, content in FILE.findall(text):
        (folder / name).write_text(content, encoding="utf-8")
    code = 0
    for step in steps(text):
        if step.command not in done:
            code, told = run(step.command, folder, code)
            yield step, told


def run(command: str, folder: Path, last: int = 0) -> tuple[int, str]:
    """Exit code and stdout of a line of shell in `folder`; `last` is what it sees as $?."""
    done = subprocess.run(
        ["sh", "-c", f"(exit {last})\n{command}"],
        cwd=folder,
        env=_environment(folder.parent / "bin"),
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def _environment(programs: Path) -> dict[str, str]:
    """Where `viewtrail` and `python` are those that run the tests; nothing of the person who runs them."""
    programs.mkdir(exist_ok=True)
    for name, more in (("viewtrail", "-m viewtrail"), ("python", "")):
        script = programs / name
        if not script.exists():
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {more} "$@"\n')
            script.chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG") if name in os.environ}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}
