"""What the house promises of its rooms beyond who imports whom (that is in .importlinter)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT

SOURCE = ROOT / "src" / "viewtrail"
BARE = ("event", "errors", "capture")
CORE = ("event", "finding", "log", "measure", "patterns", "watch", "review")

OUTSIDE = frozenset(
    {"sqlite3", "duckdb", "psycopg", "django", "flask", "fastapi", "socket", "asyncio", "http"}
)
CHANCE = frozenset({"time", "random", "secrets", "uuid"})
CLOCKS = frozenset({"now", "utcnow", "today", "urandom", "default_rng", "time_ns", "monotonic"})
"""Calls that ask the clock or draw chance, whatever they are called on."""


def files(rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        yield from (SOURCE / room).rglob("*.py")
        yield from SOURCE.glob(f"{room}.py")


def named(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").as_posix()


CORE_FILES = sorted(files(CORE))
ALL_FILES = sorted((ROOT / "src").rglob("*.py"))
BARE_MODULES = sorted(named(path).replace("/", ".").removesuffix(".__init__") for path in files(BARE))


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", CORE_FILES, ids=named)
def test_the_core_has_no_database_no_socket_no_clock_and_no_chance(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not set(imported(tree)) & (OUTSIDE | CHANCE), "clock and chance are handed in as arguments"
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    asked = [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS]
    assert asked == [], "clock and chance are handed in as arguments"


@pytest.mark.parametrize("module", BARE_MODULES)
def test_the_bare_rooms_import_with_nothing_else_installed(module: str) -> None:
    # -S: no site-packages; -I: nothing from the environment either.
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); import viewtrail.{module}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_every_file_opens_with_one_sentence_that_says_what_it_is_for(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert told.partition("\n\n")[0].endswith((".", "?")), f"{path}: no opening sentence"
