"""`viewtrail keys`: who may send events to the intake, and for which sources."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from viewtrail.cli.common import HomeOption, at, note, say

keys = typer.Typer(no_args_is_help=True, help="Keys with which other systems send events to the intake.")

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


@keys.command("add")
def add(
    context: typer.Context,
    name: Name,
    source: Annotated[
        list[str],
        typer.Option(
            "--source",
            metavar="SOURCE",
            help="A source it may send for, as its events name it; sources below it too. May be repeated.",
        ),
    ],
    home: HomeOption = None,
) -> None:
    """Make a key and show it: once, for it is kept nowhere.

    Events of other sources are refused with it. Making a key is an event (setting.changed).
    """
    from viewtrail.app import api_keys
    from viewtrail.app.clock import now

    secret = api_keys.add(at(context, home), name, source, now=now(), entropy=os.urandom)
    note(f"the key {name}, for {', '.join(source)}; it is shown this once")
    for one in source:
        if not one.startswith("/") and ":" not in one:  # neither a path nor a URI (CloudEvents 1.0, source)
            note(f"{one!r} begins with no slash: it is another source than /{one}, whose events are refused")
    say(secret)


@keys.command("list")
def list_(context: typer.Context, home: HomeOption = None) -> None:
    """The keys there are, those taken back included; never their secrets."""
    from viewtrail.app import api_keys
    from viewtrail.event import rfc3339

    for key in api_keys.listed(at(context, home).path):
        state = f"revoked {rfc3339(key.revoked)}" if key.revoked else "in force"
        say(f"{key.name}  {', '.join(key.sources)}  made {rfc3339(key.made)}  {state}")


@keys.command("revoke")
def revoke(context: typer.Context, name: Name, home: HomeOption = None) -> None:
    """Take a key back: from the next request on it opens nothing. An event as well."""
    from viewtrail.app import api_keys
    from viewtrail.app.clock import now

    api_keys.revoke(at(context, home), name, now=now(), entropy=os.urandom)
    say(f"the key {name} is revoked")
