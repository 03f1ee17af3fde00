"""A home with one told theft, its real writer process, and people who sign in to the console over it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support import ROOT
from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.finding import Finding
from viewtrail.stories import only
from viewtrail.stories.calendar import midnight

if TYPE_CHECKING:
    from django.test import Client

PASSWORD = "a long enough password"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which one agent opened 47 records in an hour, folded into findings."""
    path = tmp_path_factory.mktemp("web") / "home"
    path.mkdir()
    (path / "viewtrail.toml").write_text('time_zone = "Europe/Nicosia"\nsecond_factor = "offered"\n')
    home = open_home(path)
    told = only("forty_seven_in_an_hour", history_days=35)
    with home.writer() as log:
        for start in range(0, len(told.events), 2_000):
            log.append(told.events[start : start + 2_000], received=midnight(told.end), backfill=True)
    replay(home)
    return path


@pytest.fixture(scope="session")
def writer(told_home: Path) -> Iterator[Path]:
    """The process that writes the log, as `viewtrail serve` starts it."""
    command = [sys.executable, "-m", "viewtrail.web.intake", "--home", str(told_home), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 30
        while not (told_home / "writer.sock").exists():
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < until, "the writer did not start"
            time.sleep(0.02)
        yield told_home
    finally:
        from viewtrail.web import logbook

        logbook.disconnect()
        process.terminate()
        process.wait(20)
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture(scope="session")
def site(told_home: Path) -> Path:
    """Django over that home; once a process, as Django has its settings once."""
    os.environ["VIEWTRAIL_HOME"] = str(told_home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "viewtrail.web.console.settings"
    from viewtrail.web.console.start import tables

    tables()
    from django.conf import settings

    # Hundreds of people are added here; the slow hash of real passwords is Django's own and tested there.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return told_home


@pytest.fixture
def finding(site: Path) -> Finding:
    """The finding about the told theft."""
    from viewtrail.store.board import Board

    return next(one for one in Board(site).findings(living=True) if one.agent)


AddPerson = Callable[..., Any]


@pytest.fixture
def person(site: Path) -> Iterator[AddPerson]:
    """Adds people: `person("compliance")`, `person("agent", agent=...)`."""
    from viewtrail.web.first_admin import add_person

    added = []

    def add(*roles: str, **more: Any) -> Any:
        address = f"{roles[0] if roles else 'nobody'}-{os.getpid()}-{next(_numbers)}@example.com"
        added.append(add_person(address, more.pop("name", "Some One"), PASSWORD, list(roles), **more))
        return added[-1]

    yield add
    for one in added:
        one.delete()


@pytest.fixture
def signed_in(person: AddPerson) -> Callable[..., Client]:
    """A browser in which somebody with these roles is signed in."""
    from django.test import Client

    def sign_in(*roles: str, **more: Any) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(person(*roles, **more))
        return client

    return sign_in


@pytest.fixture
def anybody(site: Path) -> Client:
    """A browser in which nobody is signed in."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")
