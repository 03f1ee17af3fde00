"""`python -m viewtrail.web.intake`: the process that writes the log, with the intake in front of it."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import sys
from pathlib import Path
from typing import Final

import uvicorn

from viewtrail.app.home import open_home
from viewtrail.app.writer_process import writing
from viewtrail.errors import ViewtrailError
from viewtrail.web.intake.application import Intake

TURN: Final = 0.001
"""Seconds after which the writing thread lets the intake have its turn; the 5 ms of Python are felt."""

LITTER: Final = (10_000, 20, 1_000)
"""Objects after which garbage is looked for, and how often among the older ones: names that are kept by the
hundred thousand are no garbage, and looking through them holds everybody up for a twentieth of a second."""

STOPPED: Final = 3
"""The exit code when the log could not be opened, or may not be written to any more."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="viewtrail intake", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8421, help="0 takes a free one and says which")
    asked = parser.parse_args()
    try:
        return run(asked.home, asked.host, asked.port)
    except (ViewtrailError, OSError) as error:
        say(f"stopped: {error}")
        return STOPPED


def run(path: Path, host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT: then no new requests, those begun are answered, the log is signed."""
    home = open_home(path)
    sys.setswitchinterval(TURN)
    with listening(host, port) as listener:
        intake = Intake(home)
        config = uvicorn.Config(
            intake,
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=20,
            ws="none",
        )
        server = uvicorn.Server(config)

        def broken() -> None:
            server.should_exit = True

        # uvicorn raises the signal that stopped it once more at its end; the log is still to be signed then
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

        with writing(home, drain=intake.drain, on_broken=broken) as writer:
            intake.opened(writer)
            gc.freeze()
            gc.set_threshold(*LITTER)
            say(f"intake http://{host}:{listener.getsockname()[1]} home {home.path}, {writer.size:,} entries")
            server.run(sockets=[listener])
            intake.close()
        if writer.broken is not None:
            raise writer.broken
    say(f"intake stopped, {writer.size:,} entries, {writer.signed.size if writer.signed else 0:,} signed")
    return 0


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; its error names the address."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as error:
        told, step = f"cannot listen: {error.strerror}", "is it taken? choose another port"
        raise ViewtrailError(told, where=f"{host}:{port}", next=step) from error


def say(text: str) -> None:
    """A line for whoever watches this process."""
    print(f"viewtrail: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
