"""`viewtrail set-aside`: what was given to the log and could not enter it."""

from __future__ import annotations

import typer

from viewtrail.cli.common import HomeOption, at, say


def set_aside(context: typer.Context, home: HomeOption = None) -> None:
    """The place and reason of each thing that was given to the log and set aside, oldest first.

    What it was is kept too, sealed under the log's key.
    """
    from viewtrail.event import rfc3339

    with at(context, home).reader() as reader:
        items = reader.set_aside()
    for item in items:
        say(f"{rfc3339(item.at)}  {item.place}: {item.reason}")
    say(f"{len(items):,} set aside")
