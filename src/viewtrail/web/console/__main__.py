"""`python -m viewtrail.web.console --home DIR --host H --port N`: the console, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main() -> None:
    """Bring console.db up to date, say what should be known, then serve."""
    asked = _asked()
    os.environ["VIEWTRAIL_HOME"] = str(asked.home.absolute())
    os.environ["DJANGO_SETTINGS_MODULE"] = "viewtrail.web.console.settings"
    if asked.host not in ("127.0.0.1", "localhost", "::1"):
        os.environ.setdefault("VIEWTRAIL_LISTEN", asked.host)
    import uvicorn

    from viewtrail.web.console.start import get_ready

    get_ready(lambda line: print(line, file=sys.stderr, flush=True), f"http://{asked.host}:{asked.port}")
    uvicorn.run(
        "viewtrail.web.console.asgi:app",
        host=asked.host,
        port=asked.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
        lifespan="off",
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m viewtrail.web.console", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the data directory")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8420)
    return parser.parse_args()


if __name__ == "__main__":
    main()
