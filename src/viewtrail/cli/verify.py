"""`viewtrail verify`: two verdicts on the log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from viewtrail.cli.common import COULD_NOT, HomeOption, at, fail, progress, say
from viewtrail.errors import ViewtrailError


def verify(
    context: typer.Context,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="A checkpoint kept elsewhere, or a mail (.eml) that carries one.",
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Integrity (nothing was altered) and completeness (nothing is missing), as two verdicts.

    Exit code 0: both good. 1: integrity broken. 2: incomplete. 3: could not check.
    """
    from viewtrail.app.verify import verify as check

    try:
        with progress("verifying") as tell:
            report = check(at(context, home), against, tell)
    except (ViewtrailError, OSError) as error:
        raise typer.Exit(fail(f"could not check: {error}", COULD_NOT)) from None
    for line in report.lines():
        say(line)
    raise typer.Exit(report.exit_code)
