"""`python -m viewtrail.web.console.people --home DIR EMAIL --role ROLE` adds somebody who may sign in."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main() -> None:
    """Add one person, or change one that is there; the password is the first line of standard input."""
    asked = _asked()
    if not asked.home.is_dir():
        sys.exit(f"{asked.home}: there is no data directory here; check --home")
    os.environ["VIEWTRAIL_HOME"] = str(asked.home.absolute())
    os.environ["DJANGO_SETTINGS_MODULE"] = "viewtrail.web.console.settings"
    from viewtrail.web.console.start import tables

    tables()
    from viewtrail.web.first_admin import add_person

    password = sys.stdin.readline().rstrip("\n")
    if not password:
        sys.exit("no password: write it as the first line of standard input")
    more = {"desks": asked.desk, "agent": asked.agent, "time_zone": asked.time_zone, "entity": asked.entity}
    try:
        person = add_person(asked.email, asked.name or asked.email, password, asked.role, **more)
    except ValueError as error:
        sys.exit(str(error))
    print(f"{person.email} may sign in as {', '.join(person.roles)}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m viewtrail.web.console.people", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the data directory")
    parser.add_argument("email")
    parser.add_argument("--name", default="")
    parser.add_argument("--role", action="append", required=True, help="may be said several times")
    parser.add_argument("--desk", action="append", default=[], help='a desk, or "all"')
    parser.add_argument("--agent", default="", help="the pseudonym of their own work in the log")
    parser.add_argument("--entity", default="")
    parser.add_argument("--time-zone", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
