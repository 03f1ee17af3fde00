"""Who may sign in: the first administrator, roles, an end of access, and the second factor."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support import ROOT
from web.conftest import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]


def in_a_new_home(home: Path, code: str, **more: str) -> str:
    """What a fresh console says to this code; Django has one home a process."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "VIEWTRAIL_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "viewtrail.web.console.settings",
        **more,
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


FIRST = """
from viewtrail.web.console.start import tables; tables()
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from viewtrail.web.first_admin import link
from viewtrail.web.accounts.models import FirstLink, Person
client = Client(SERVER_NAME="localhost")
said = {"email": "First@Example.com", "name": "First One", "password": "a long enough password"}
old, new = (link("http://localhost:1").removeprefix("http://localhost:1") for _ in range(2))
print(client.get(old).status_code, client.get(new).status_code, client.get(new + "x").status_code)
FirstLink.objects.update(until=timezone.now() - timedelta(seconds=1))
print(client.get(new).status_code, client.post(new, said).status_code)
FirstLink.objects.update(until=timezone.now() + timedelta(hours=1))
print(client.post(new, {**said, "password": "short"}).status_code, Person.objects.count())
print(client.post(new, said).status_code, client.post(new, said).status_code)
print(Person.objects.get().email, Person.objects.get().roles, link("http://localhost:1"))
"""


@pytest.mark.slow
def test_the_first_link_is_good_once_and_for_a_time(tmp_path: Path) -> None:
    assert in_a_new_home(tmp_path, FIRST).splitlines() == [
        "404 200 404",
        "404 404",
        "422 0",
        "302 404",
        "first@example.com ['admin'] None",
    ]


def test_files_of_the_console_are_their_owners_alone(tmp_path: Path) -> None:
    in_a_new_home(tmp_path, "from viewtrail.web.console.start import tables; tables()")
    for name in ("console.db", "keys/console.secret"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


def test_cookies_and_transport_are_strict_behind_tls(tmp_path: Path) -> None:
    code = (
        "from django.conf import settings as s; import django; django.setup();"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS[0])"
    )
    assert in_a_new_home(tmp_path, code).split()[:3] == ["False"] * 3
    told = in_a_new_home(tmp_path, code, VIEWTRAIL_CONSOLE_URL="https://viewtrail.example").split()
    assert told == ["True", "True", "True", "viewtrail.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("CONSOLE_URL", "viewtrail"), ("SECOND_FACTOR", "no"), ("UNMASKING", "nobody")],
)
def test_a_wrong_setting_stops_the_console_and_says_which(tmp_path: Path, name: str, value: str) -> None:
    command = [sys.executable, "-m", "viewtrail.web.console", "--home", str(tmp_path), "--port", "1"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), f"VIEWTRAIL_{name}": value}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert name.lower() in done.stderr
    assert repr(value) in done.stderr


@pytest.mark.slow
def test_somebody_is_added_from_the_command_line(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "viewtrail.web.console.people",
        "--home",
        str(tmp_path),
        "new@example.com",
    ]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}

    def add(*more: str, said: str = PASSWORD) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], env=environment, input=f"{said}\n", capture_output=True, text=True
        )

    done = add("--role", "compliance", "--role", "hr")
    assert done.stdout == "new@example.com may sign in as compliance, hr\n", done.stderr
    wrong = add("--role", "emperor")
    assert wrong.returncode == 1
    assert "no such role: emperor" in wrong.stderr
    assert add("--role", "hr", said="").returncode == 1
    easy = add("--role", "hr", said="short")
    assert (easy.returncode, "at least 12 characters" in easy.stderr) == (1, True), easy.stderr
    command[4] = str(tmp_path / "slip")
    lost = add("--role", "hr")
    assert (lost.returncode, "there is no data directory here" in lost.stderr) == (1, True), lost.stderr
    assert not (tmp_path / "slip").exists()


def test_whose_time_has_run_out_is_out(signed_in: SignIn, person: Callable[..., Any], site: Path) -> None:
    from django.test import Client
    from django.utils import timezone

    auditor = person("auditor", valid_until=timezone.now() + timedelta(hours=1))
    client = Client(SERVER_NAME="localhost")
    client.force_login(auditor)
    assert client.get("/").status_code == 200
    auditor.valid_until = timezone.now() - timedelta(seconds=1)
    auditor.save()
    assert client.get("/").status_code == 302
    assert "not correct" in password(client, auditor.email) or "inactive" in password(client, auditor.email)


def password(client: Client, email: str, said: str = PASSWORD) -> str:
    answer = client.post("/accounts/login/", {"login": email, "password": said}, follow=True)
    return answer.content.decode()


def test_a_password_opens_and_the_log_has_it(
    person: Callable[..., Any], anybody: Client, writer: Path
) -> None:
    from viewtrail.app.home import open_home

    with open_home(writer).reader() as log:
        since = log.size
    one = person("compliance", name="Maria Georgiou")
    assert "not correct" in password(anybody, one.email, "not the password")
    assert "Maria Georgiou" in password(anybody, one.email)
    with open_home(writer).reader() as log:
        told = [entry.entry.event.type for entry in log.read(since)]
    assert told == ["session.refused", "session.signed-in"]


def test_without_a_second_factor_only_the_way_to_one_is_open(
    signed_in: SignIn, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from django.conf import settings

    strict = replace(
        settings.VIEWTRAIL, settings=replace(settings.VIEWTRAIL.settings, second_factor="required")
    )
    monkeypatch.setattr(settings, "VIEWTRAIL", strict)
    client = signed_in("compliance")
    for place in ("/", "/findings", "/entries/0", "/live"):
        answer = client.get(place)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/"), place
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/sessions/").status_code == 200


def test_a_form_without_its_token_is_refused(person: Callable[..., Any], site: Path) -> None:
    from django.test import Client

    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(person("compliance"))
    assert client.post("/findings", {"act": "close"}).status_code == 403


def test_another_host_is_refused(site: Path) -> None:
    from django.test import Client

    assert Client(SERVER_NAME="elsewhere.example").get("/health").status_code == 400


def test_every_role_is_explained(site: Path) -> None:
    from viewtrail.web.access import MEANINGS, ROLES

    assert set(MEANINGS) == set(ROLES)


def test_static_files_come_whole_and_stamped(anybody: Client) -> None:
    page = anybody.get("/accounts/login/").content.decode()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = anybody.get(address)
        assert answer.status_code == 200, address
        assert answer.content
        assert re.search(r"\?[0-9a-f]{10}$", address), "the address changes when the file does"
