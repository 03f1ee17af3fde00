"""`viewtrail fetch`: logs that a system keeps behind its own interface, into a folder, each once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import note, say
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from viewtrail.sources.transports.salesforce_rest import Token

SYSTEMS = ("salesforce", "espocrm", "frappe", "odoo", "hubspot")

Fetching = Callable[[], Iterator[tuple[Path, int]]]
"""One poll: each file that is new, and how many rows it has (0: files of the system's own)."""


def fetch(
    instance: Annotated[str, typer.Argument(metavar="https://INSTANCE", show_default=False)],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder for the files.")],
    system: Annotated[
        str, typer.Option("--from", metavar="SYSTEM", help=f"One of {', '.join(SYSTEMS)}.")
    ] = "salesforce",
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="FILE", help="A file with an access token or key.")
    ] = None,
    client: Annotated[
        str,
        typer.Option("--client", metavar="ID", help="Salesforce: an app's client id, with --secret-file."),
    ] = "",
    secret_file: Annotated[
        Path | None, typer.Option("--secret-file", metavar="FILE", help="A file with that app's secret.")
    ] = None,
    database: Annotated[str, typer.Option("--database", metavar="NAME", help="Odoo: its database.")] = "",
    user: Annotated[
        str, typer.Option("--user", metavar="LOGIN", help="Odoo before 19: whose key it is.")
    ] = "",
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="Only these EVENT_TYPEs or logs. May be repeated."),
    ] = None,
    api: Annotated[str, typer.Option("--api", help="Salesforce: the version of the interface.")] = "v62.0",
    every: Annotated[
        float | None, typer.Option("--every", metavar="SECONDS", help="Go on, and ask this often.", min=1.0)
    ] = None,
) -> None:
    """Fetch what is new since the last time into a folder, for `viewtrail import`.

    From Salesforce event log files; from EspoCRM, Frappe, Odoo and HubSpot rows, as lines of JSON.
    """
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    token = _token(instance, system, token_file, client, secret_file)
    if system == "salesforce":
        poll = _files(instance, token, to, api, tuple(types or ()), stop)
    else:
        poll = _rows(system, instance, token, to, tuple(types or ()), (database, user), stop)
    while True:
        try:
            _once(poll)
        except BadInput:
            raise
        except ViewtrailError as error:
            if every is None:
                raise
            note(f"{error}; asked again in {every:g} s")
        if every is None or stop.wait(every):
            return


def _once(poll: Fetching) -> None:
    files = rows = 0
    for path, count in poll():
        say(str(path))
        files, rows = files + 1, rows + count
    more = f", {so_many(rows, 'row')}" if rows else ""
    say(f"{files} new file{'' if files == 1 else 's'}{more}")


def _files(
    instance: str, token: Token, to: Path, api: str, types: tuple[str, ...], stop: threading.Event
) -> Fetching:
    from viewtrail.sources.transports.salesforce import TYPES, EventLogs

    logs = EventLogs(instance, token, to, api=api, types=types or TYPES, wait=stop.wait)
    return lambda: ((path, 0) for path in logs.poll())


def _rows(
    system: str,
    instance: str,
    token: Token,
    to: Path,
    types: tuple[str, ...],
    odoo: tuple[str, str],
    stop: threading.Event,
) -> Fetching:
    from viewtrail.sources.transports import poll_feeds
    from viewtrail.sources.transports.poll import Poll
    from viewtrail.sources.transports.poll_http import Interface

    interface = Interface(instance, token, poll_feeds.headers(system, odoo[0]), stop.wait)
    polls: list[Poll] = []

    def poll() -> Iterator[tuple[Path, int]]:
        if not polls:  # here, as Odoo is asked who its user is
            polls.append(Poll(interface, poll_feeds.feeds(system, interface, types, *odoo), to))
        return polls[0].poll()

    return poll


def _token(
    instance: str, system: str, token_file: Path | None, client: str, secret_file: Path | None
) -> Token:
    from viewtrail.sources.transports import salesforce_rest as rest

    if system not in SYSTEMS:
        raise BadInput(f"{system!r} is no system", where="--from", next=f"one of {', '.join(SYSTEMS)}")
    if token_file is not None and not client and secret_file is None:
        return rest.token_file(token_file)
    if system != "salesforce":
        raise BadInput("needs a key", next="say --token-file FILE")
    if client and secret_file is not None and token_file is None:
        return rest.client_credentials(instance, client, secret_file)
    raise BadInput("needs a token", next="say --token-file FILE, or --client ID and --secret-file FILE")
