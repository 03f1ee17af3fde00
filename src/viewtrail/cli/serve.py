"""`viewtrail serve`: console, intake and the live loop, until it is told to stop."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Annotated

import typer

from viewtrail.cli.common import HomeOption, IntakePortOption, PortOption, at, note


class Asked:
    """Set by SIGTERM and ctrl-C."""

    def __init__(self) -> None:
        self.to_stop = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._hear)

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self.to_stop = True

    def __call__(self) -> bool:
        return self.to_stop


def serve(
    context: typer.Context,
    port: PortOption = 8420,
    intake_port: IntakePortOption = 8421,
    host: Annotated[
        str, typer.Option("--host", metavar="H", help="The address to listen on; others can reach 0.0.0.0.")
    ] = "127.0.0.1",
    home: HomeOption = None,
) -> None:
    """Console, intake and the live loop, until ctrl-C or SIGTERM.

    While nobody can sign in yet, a link for the first administrator is shown. A process that dies is started
    again. Stopping folds and signs what was taken before it ends.
    """
    from viewtrail.app.serve import Ports, Serve
    from viewtrail.cli.ports import check

    asked = Asked()
    ports = Ports(host, port, intake_port)
    served = Serve(at(context, home), ports, lambda line: note(f"viewtrail: {line}"))
    check(ports)
    served.run(asked)
    note("viewtrail: stopped")
