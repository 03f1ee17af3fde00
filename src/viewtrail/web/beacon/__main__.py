"""`python -m viewtrail.web.beacon`: the end of the beacon of CRMs that were not instrumented, a process."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from viewtrail.errors import ViewtrailError
from viewtrail.store.remote_log import RemoteLog
from viewtrail.web.beacon.application import BeaconApp
from viewtrail.web.beacon.sites import Sites

PATIENCE = 30.0
"""Seconds to wait for the log's writer: the two are often started together."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="viewtrail beacon", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8422, help="0 takes a free one and says which")
    asked = parser.parse_args()
    try:
        run(asked.home, asked.host, asked.port)
    except (ViewtrailError, OSError) as error:
        print(f"viewtrail: stopped: {error}", file=sys.stderr, flush=True)
        return 3
    return 0


def run(home: Path, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; what was answered with 200 is in the log."""
    with RemoteLog(home, patience=PATIENCE) as writer, socket.create_server((host, port)) as listener:
        sites = Sites(home, writer.append)
        config = uvicorn.Config(
            BeaconApp(sites),
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        place = f"http://{host}:{listener.getsockname()[1]}"
        print(f"viewtrail: beacon {place} home {home}", file=sys.stderr, flush=True)
        uvicorn.Server(config).run(sockets=[listener])
        sites.close()


if __name__ == "__main__":
    sys.exit(main())
