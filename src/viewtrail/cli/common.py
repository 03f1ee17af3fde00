"""What every command shares: the home it works on, how it speaks and how it shows that it is working."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Protocol

import typer

from viewtrail.app import Home, open_home

COULD_NOT: Final = 3
"""The exit code of a command that could not do what it was asked."""

DEFAULT_HOME: Final = Path("viewtrail-data")
EVERY: Final = 10.0
"""Seconds between two lines of progress where there is no terminal to draw a bar on."""

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        show_default=False,
        help="The data directory; else VIEWTRAIL_HOME, else ./viewtrail-data.",
    ),
]
KindOption = Annotated[
    str | None,
    typer.Option("--as", metavar="KIND", help="The kind of the files, where it is not plain to see."),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="FILE", help="A mapping: which rows of somebody else's table are which events."
    ),
]
PortOption = Annotated[int, typer.Option("--port", metavar="N", min=1, max=65_535, help="Of the console.")]
IntakePortOption = Annotated[
    int, typer.Option("--intake-port", metavar="N", min=1, max=65_535, help="Of the intake.")
]
AgentOption = Annotated[
    str | None,
    typer.Option("--agent", metavar="A", help="Only about this agent: a pseudonym, or the source's own id."),
]


def at(context: typer.Context, home: Path | None) -> Home:
    """The home that this command was pointed to, before or after its name, or by the environment."""
    given = home or context.find_root().obj
    return open_home(given or Path(os.environ.get("VIEWTRAIL_HOME") or DEFAULT_HOME))


def now() -> int:
    """The wall clock in microseconds; only the command line asks it."""
    return time.time_ns() // 1_000


def clean(text: str) -> str:
    """The text without control characters: an id may not drive the terminal it is shown on."""
    return "".join([sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text])


def say(text: str = "") -> None:
    """A line of the answer, on stdout."""
    print(clean(text))


def note(text: str) -> None:
    """A line beside the answer, on stderr."""
    print(clean(text), file=sys.stderr, flush=True)


def fail(text: str, code: int = COULD_NOT) -> int:
    """One line on stderr, and the exit code for it."""
    note("viewtrail: " + " ".join(text.split()))
    return code


class Tell(Protocol):
    """Hears how far something is; `more` is said beside it."""

    def __call__(self, done: int, total: int, more: str = "") -> None: ...


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """A bar on a terminal, else a line every ten seconds; nothing for what is done sooner."""
    if sys.stderr.isatty():
        with _bar(what) as tell:
            yield tell
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[more]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(clean(what), total=None, more="")

        def tell(done: int, total: int, more: str = "") -> None:
            bar.update(task, completed=done, total=total or None, more=clean(more))

        yield tell


def _lines(what: str) -> Tell:
    last = time.monotonic()

    def tell(done: int, total: int, more: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            note(
                f"{what}: {done / total:.0%} {more}".rstrip()
                if total
                else f"{what}: {done:,} {more}".rstrip()
            )

    return tell
