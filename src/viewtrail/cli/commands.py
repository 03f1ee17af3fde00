"""All commands under one roof, and what becomes of an error: one line on stderr and exit code 3."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from viewtrail import __version__
from viewtrail.cli.common import COULD_NOT, HomeOption, fail
from viewtrail.cli.connect import connect
from viewtrail.cli.demo import demo
from viewtrail.cli.evaluate import evaluate
from viewtrail.cli.fetch import fetch
from viewtrail.cli.findings import findings
from viewtrail.cli.first_look import first_look
from viewtrail.cli.follow import follow
from viewtrail.cli.import_ import import_
from viewtrail.cli.in_common import common
from viewtrail.cli.keys import keys
from viewtrail.cli.patterns import patterns
from viewtrail.cli.rebuild import rebuild
from viewtrail.cli.replay import replay
from viewtrail.cli.serve import serve
from viewtrail.cli.set_aside import set_aside
from viewtrail.cli.simulate import simulate
from viewtrail.cli.status import status
from viewtrail.cli.verify import verify
from viewtrail.errors import ViewtrailError

app = typer.Typer(
    name="viewtrail",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"viewtrail {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context,
    home: HomeOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """The agent-behaviour audit log for forex CRMs."""
    context.obj = home
    if context.invoked_subcommand is None:
        print(context.get_help())


app.command("import")(import_)
app.command()(replay)
app.command()(findings)
app.command()(common)
app.command()(verify)
app.command()(rebuild)
app.command()(serve)
app.command()(status)
app.add_typer(connect, name="connect")
app.command()(follow)
app.command()(fetch)
app.add_typer(patterns, name="patterns")
app.command("set-aside")(set_aside)
app.add_typer(keys, name="keys")
app.command("first-look")(first_look)
app.command()(simulate)
app.command()(evaluate)
app.command()(demo)


STOPPED: Final = 130
"""What shells use for ctrl-C: 128 and the signal's number."""


def _stopped() -> int:
    return fail("stopped; what was acknowledged is safe, and the same again goes on from there", STOPPED)


def run(args: Sequence[str]) -> int:
    """The exit code of `viewtrail` with these arguments."""
    command = typer.main.get_command(app)
    try:
        code = command.main(list(args), prog_name="viewtrail", standalone_mode=False)
        sys.stdout.flush()
        return _stopped() if code == STOPPED else code if isinstance(code, int) else 0
    except ViewtrailError as error:
        return fail(str(error))
    except BrokenPipeError:
        # Whoever read our output has stopped (`| head`); nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{Path(os.fsdecode(error.filename))}: " if error.filename else ""
        return fail(f"{where}{error.strerror or error}; what was acknowledged is safe")
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except Exception as error:
        # Wrong usage: its class is click's in older releases of typer and typer's own in newer ones
        told = getattr(error, "format_message", None)
        if told is None:
            raise
        wrong = told().rstrip(".").replace(": Value error, ", ": ")
        return fail(f"{wrong}; see `viewtrail --help`", COULD_NOT)
