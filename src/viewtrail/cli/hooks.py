"""`viewtrail connect hook`: addresses that telephone systems and others post to."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from viewtrail.cli.common import HomeOption, at, note, say
from viewtrail.errors import BadInput

hook = typer.Typer(no_args_is_help=True, help="Addresses that telephone systems and others post to.")

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


@hook.command("add")
def add(
    context: typer.Context,
    name: Name,
    map_file: Annotated[
        Path, typer.Option("--map", metavar="FILE", help="The mapping: connector, source, and what it needs.")
    ],
    url: Annotated[
        str,
        typer.Option("--url", metavar="URL", help="Where the intake is reached from outside, without path."),
    ] = "http://127.0.0.1:8421",
    scheme: Annotated[
        str,
        typer.Option(
            "--scheme", metavar="SCHEME", help="How a post is proved; the vendor's own if left out."
        ),
    ] = "",
    secret_file: Annotated[
        str,
        typer.Option("--secret-file", metavar="FILE", help="The vendor's secret or public key; - reads it."),
    ] = "",
    header: Annotated[
        str, typer.Option("--header", metavar="NAME", help="With hmac-sha256: the header of the signature.")
    ] = "X-Signature",
    settle: Annotated[
        float,
        typer.Option("--settle", metavar="SECONDS", help="A call without a new post for this long is over."),
    ] = 30.0,
    home: HomeOption = None,
) -> None:
    """Make a hook and print the address to give to the vendor; an event as well (setting.changed).

    Without --secret-file a secret is drawn where the scheme lets it be, and shown this once. The mapping is
    copied: to change it, remove the hook and make it again.
    """
    from viewtrail.app import hooks
    from viewtrail.app.clock import now

    text = _read(str(map_file), "the mapping")
    secret = _read(secret_file, "the secret").strip() if secret_file else ""
    asked = hooks.Asked(name, text, url, scheme or "", secret, header, settle)
    made = hooks.add(at(context, home), asked, now=now(), entropy=os.urandom)
    note(f"the hook {name}, {made.hook.kind} as {made.hook.rules.source}; {hooks.SCHEMES[made.hook.scheme]}")
    token = made.hook.scheme == "token"
    say(made.hook.address(f"?token={made.drawn or secret}" if token else ""))
    if made.drawn and not token:
        note("its secret, which is shown this once:")
        say(made.drawn)


def _read(path: str, what: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{what} cannot be read ({error.strerror})", where=path) from error
    except UnicodeDecodeError:
        raise BadInput(f"{what} is not UTF-8", where=path) from None


@hook.command("list")
def list_(context: typer.Context, home: HomeOption = None) -> None:
    """The hooks there are, what waits to be read, and what was refused in 24 hours; never a secret."""
    from viewtrail.app import hook_feed, hooks
    from viewtrail.app.clock import now
    from viewtrail.app.refusals import refused
    from viewtrail.event import rfc3339

    place = at(context, home).path
    for one in hooks.listed(place):
        say(f"{one.name}  {one.kind} as {one.rules.source}  {one.scheme}  {one.address()}")
        waits = hook_feed.waiting(place, one.name)
        say(f"  made {rfc3339(one.made)}" + (f", {waits:,} bytes wait to be read" if waits else ""))
    for why, times in sorted(refused(place, now(), hook_feed.FOLDER).items()):
        say(f"refused in 24 hours: {times:,}  {why}")


@hook.command("remove")
def remove(context: typer.Context, name: Name, home: HomeOption = None) -> None:
    """Remove a hook: from the next post on nothing is taken there. An event as well."""
    from viewtrail.app import hooks
    from viewtrail.app.clock import now

    hooks.remove(at(context, home), name, now=now(), entropy=os.urandom)
    say(f"the hook {name} is removed")
