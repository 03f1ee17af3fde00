"""`viewtrail status`: one screen on how it is doing."""

from __future__ import annotations

import typer

from viewtrail.cli.common import HomeOption, at, say


def status(context: typer.Context, home: HomeOption = None) -> None:
    """What runs, how long the log is, how far the loop has come, and when each source was last heard.

    Exit code 0: all well. 1: something to look at, named in the last lines. 3: could not look.
    """
    from viewtrail.app.clock import now
    from viewtrail.app.status import status as look

    found = look(at(context, home), now())
    for line in found.lines():
        say(line)
    raise typer.Exit(1 if found.worries else 0)
