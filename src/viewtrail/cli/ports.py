"""Ports that a command is to listen on: whoever has one already would pass for us."""

from __future__ import annotations

import socket

from viewtrail.app.serve import Ports
from viewtrail.errors import ViewtrailError


def check(ports: Ports) -> None:
    """ViewtrailError where we cannot listen; it names the port and the option that says another."""
    if ports.console == ports.intake:
        step = "give the intake another with --intake-port"
        raise ViewtrailError("both console and intake", where=f"port {ports.console}", next=step)
    family = socket.AF_INET6 if ":" in ports.host else socket.AF_INET
    for port, option in ((ports.console, "--port"), (ports.intake, "--intake-port")):
        try:
            socket.create_server((ports.host, port), family=family).close()
        except OSError as error:
            why = str(error.strerror or error).partition(" (while")[0]
            step = f"if another program has it, choose another port with {option}"
            raise ViewtrailError(f"cannot listen ({why})", where=f"{ports.host}:{port}", next=step) from None
