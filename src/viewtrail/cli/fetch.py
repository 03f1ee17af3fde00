"""`viewtrail fetch`: log files that a system keeps behind its own interface, into a folder, each once."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import note, say
from viewtrail.errors import BadInput, ViewtrailError

if TYPE_CHECKING:
    from viewtrail.sources.transports.salesforce import EventLogs
    from viewtrail.sources.transports.salesforce_rest import Token


def fetch(
    instance: Annotated[str, typer.Argument(metavar="https://INSTANCE", show_default=False)],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder for the files.")],
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="FILE", help="A file with an access token.")
    ] = None,
    client: Annotated[
        str, typer.Option("--client", metavar="ID", help="An app's client id, with --secret-file.")
    ] = "",
    secret_file: Annotated[
        Path | None, typer.Option("--secret-file", metavar="FILE", help="A file with that app's secret.")
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="EVENT_TYPE", help="Only these. May be repeated."),
    ] = None,
    api: Annotated[str, typer.Option("--api", help="The version of the interface.")] = "v62.0",
    every: Annotated[
        float | None, typer.Option("--every", metavar="SECONDS", help="Go on, and ask this often.", min=1.0)
    ] = None,
) -> None:
    """Fetch Salesforce's event log files that are new since the last time, for `viewtrail import`."""
    from viewtrail.sources.transports.salesforce import TYPES, EventLogs

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    token = _token(instance, token_file, client, secret_file)
    logs = EventLogs(instance, token, to, api=api, types=tuple(types or TYPES), wait=stop.wait)
    while True:
        try:
            say(_counts(_poll(logs)))
        except BadInput:
            raise
        except ViewtrailError as error:
            if every is None:
                raise
            note(f"{error}; asked again in {every:g} s")
        if every is None or stop.wait(every):
            return


def _poll(logs: EventLogs) -> int:
    count = 0
    for path in logs.poll():
        say(str(path))
        count += 1
    return count


def _counts(count: int) -> str:
    return f"{count} new file{'' if count == 1 else 's'}"


def _token(instance: str, token_file: Path | None, client: str, secret_file: Path | None) -> Token:
    from viewtrail.sources.transports import salesforce_rest as rest

    if token_file is not None and not client and secret_file is None:
        return rest.token_file(token_file)
    if client and secret_file is not None and token_file is None:
        return rest.client_credentials(instance, client, secret_file)
    raise BadInput("needs a token", next="say --token-file FILE, or --client ID and --secret-file FILE")
