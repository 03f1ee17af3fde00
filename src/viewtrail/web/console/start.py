"""What happens before the console answers: its tables, and the first administrator's link."""

from __future__ import annotations

import os
from collections.abc import Callable


def tables() -> None:
    """Django set up; console.db made or brought up to date, readable by its owner alone."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    os.umask(0o077)
    call_command("migrate", verbosity=0, interactive=False)
    os.chmod(settings.DATABASES["default"]["NAME"], 0o600)


def get_ready(say: Callable[[str], None], url: str) -> None:
    """The tables are there, and what whoever starts the console must know has been said."""
    tables()
    from viewtrail.web.data import home
    from viewtrail.web.first_admin import link

    if home().settings.second_factor != "required":
        say(
            "NO SECOND FACTOR IS REQUIRED: a password alone opens the console. Good for a demo, nothing else."
        )
    first = link(url)
    if first is not None:
        say(f"nobody may sign in yet; the first administrator signs up here, once, within a day: {first}")
    from viewtrail.web.console.warm import keep_warm

    keep_warm()
