"""The command line: `viewtrail COMMAND`; without the server's parts installed it says so in one line."""

from __future__ import annotations

import sys

PARTS = frozenset({"cryptography", "msgspec", "numpy", "pyarrow", "rich", "scipy", "typer"})


def main() -> None:
    """Run the command that was asked for and exit with its code; 3 when something could not be done."""
    try:
        from viewtrail.cli.commands import run
    except ModuleNotFoundError as error:
        sys.exit(_bare(error))
    try:
        code = run(sys.argv[1:])
    except ModuleNotFoundError as error:
        code = _bare(error)
    sys.exit(code)


def _bare(error: ModuleNotFoundError) -> int:
    if (error.name or "").partition(".")[0] not in PARTS:
        raise error
    told = "viewtrail is installed without its server parts: pip install 'viewtrail[server]'"
    print(told, file=sys.stderr)
    return 3
