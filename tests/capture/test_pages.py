"""The pages about capture tell the truth: their files run, and what they tell arrives."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.living import until
from capture.keeping import KEY, Kept
from capture.real_intake import ENVIRONMENT, intake
from capture.running import free_port, running
from cli.commands import environment, viewtrail
from cli.test_demo_live import sign_in
from cli.test_serve import serving
from docs.pages import FILE
from support import ROOT


def files_of(page: str) -> list[tuple[str, str]]:
    return FILE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


def written(page: str, folder: Path) -> None:
    for name, content in files_of(page):
        (folder / name).write_text(content, encoding="utf-8")


def served(app: str, folder: Path, **environment: str) -> Iterator[str]:
    port = free_port()
    with running("-m", "uvicorn", app, "--port", str(port), port=port, folder=folder, **environment) as url:
        yield url


def told(kept: Kept, count: int) -> list[tuple[str, str | None, str]]:
    kept.wait(lambda k: len(k.acts) >= count)
    return [(e["type"], e.get("subject"), e["data"]["agent"]) for e in kept.acts]


def test_fastapi(kept: Kept, tmp_path: Path) -> None:
    written("how-to/capture-in-fastapi.md", tmp_path)
    for url in served("crm:app", tmp_path, VIEWTRAIL_URL=kept.url, VIEWTRAIL_KEY=KEY):
        with httpx.Client(base_url=url, headers={"x-user": "a-7"}) as http:
            for path in ("/leads/1", "/accounts/MT5-9", "/worklist?country=CY", "/leads/1/phone"):
                assert http.get(path).status_code == 200
            httpx.get(f"{url}/leads/2")  # nobody is signed in
        assert sorted(told(kept, 6), key=str) == [
            ("contact.revealed", "1", "a-7"),
            ("list.viewed", None, "a-7"),
            ("record.viewed", "1", "a-7"),
            ("record.viewed", "3", "a-7"),
            ("record.viewed", "4", "a-7"),
            ("record.viewed", "MT5-9", "a-7"),
        ]


def test_flask(kept: Kept, tmp_path: Path) -> None:
    written("how-to/capture-in-flask.md", tmp_path)
    (tmp_path / "serve.py").write_text(
        "import sys, wsgiref.simple_server as simple, crm\n"
        "simple.make_server('127.0.0.1', int(sys.argv[1]), crm.app).serve_forever()\n"
    )
    port, environment = free_port(), {"VIEWTRAIL_URL": kept.url, "VIEWTRAIL_KEY": KEY}
    with (
        running("serve.py", str(port), port=port, folder=tmp_path, **environment) as url,
        httpx.Client(base_url=url) as http,
    ):
        for path in ("/sign-in/a-7", "/leads/1", "/leads/1/phone"):
            assert http.get(path).status_code == 200
        expected = [("contact.revealed", "1", "a-7"), ("record.viewed", "1", "a-7")]
        assert sorted(told(kept, 2), key=str) == expected


def test_any_wsgi_application(kept: Kept, tmp_path: Path) -> None:
    written("how-to/capture-in-flask.md", tmp_path)
    code = (
        "from wsgiref.util import setup_testing_defaults as d; import wrapped\n"
        "e = {'PATH_INFO': '/clients/C-1', 'REMOTE_USER': 'a-7'}; d(e)\n"
        "answer = wrapped.app(e, lambda *_: None); print(*answer); answer.close(); wrapped.client.close(5)"
    )
    environment = {**ENVIRONMENT, "VIEWTRAIL_URL": kept.url, "VIEWTRAIL_KEY": KEY}
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, capture_output=True
    )
    assert told(kept, 1) == [("record.viewed", "C-1", "a-7")]


DJANGO_REST = """
SECRET_KEY = "only-in-tests"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "crm.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
INSTALLED_APPS += ["django.contrib.messages", "django.contrib.admin", "crm"]
MIDDLEWARE.append("django.contrib.messages.middleware.MessageMiddleware")
DATABASE = Path(os.environ["CRM_FOLDER"]) / "db"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}}
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent],
    "APP_DIRS": True, "OPTIONS": {"context_processors": ["django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]}}]
STATIC_URL = "/static/"
"""

DJANGO_URLS = """
from django.contrib import admin
from django.contrib.auth import get_user_model, login
from django.http import HttpResponse
from django.urls import path
from crm import views

def sign_in(request):
    login(request, get_user_model().objects.get())
    return HttpResponse("signed in")

urlpatterns = [path("sign-in", sign_in), path("lead/<int:pk>", views.lead),
    path("phone/<int:pk>", views.phone),
    path("page/<int:pk>", views.LeadPage.as_view(template_name="any.html")), path("export", views.export),
    path("leads", views.Leads.as_view(template_name="any.html")), path("admin/", admin.site.urls)]
"""

DJANGO_RUN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from crm.models import Lead
call_command("migrate", run_syncdb=True, verbosity=0)
get_user_model().objects.create_superuser("agent", "a@crm.example", "x", pk=7)
Lead.objects.bulk_create(Lead(name=f"Lead {n}", phone="1") for n in range(3))
from wsgiref.simple_server import make_server
make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
"""


def test_django(kept: Kept, tmp_path: Path) -> None:
    crm = tmp_path / "crm"
    crm.mkdir()
    written("how-to/capture-in-django.md", crm)
    shutil.copy(ROOT / "tests" / "capture" / "hosts" / "crm" / "models.py", crm)
    (crm / "__init__.py").touch()
    (crm / "any.html").write_text("{{ object }}{{ object_list }}")
    with (crm / "settings.py").open("a") as settings:
        settings.write(DJANGO_REST)
    (crm / "urls.py").write_text(DJANGO_URLS)
    (tmp_path / "run.py").write_text(DJANGO_RUN)
    environment = {"VIEWTRAIL_URL": kept.url, "VIEWTRAIL_KEY": KEY, "CRM_FOLDER": str(tmp_path)}
    port = free_port()
    with (
        running("run.py", str(port), port=port, folder=tmp_path, **environment) as url,
        httpx.Client(base_url=url) as http,
    ):
        for path in ("sign-in", "lead/1", "page/2", "leads", "phone/1", "export", "admin/crm/lead/3/change/"):
            assert http.get(f"/{path}").status_code == 200, path
        assert sorted(told(kept, 6), key=str) == [
            ("contact.revealed", "1", "7"),
            ("export.created", None, "7"),
            ("list.viewed", None, "7"),
            ("record.viewed", "1", "7"),
            ("record.viewed", "2", "7"),
            ("record.viewed", "3", "7"),
        ]


@pytest.mark.slow
def test_the_first_click_is_in_the_log_within_five_seconds(tmp_path: Path) -> None:
    written("tutorial/first-click.md", tmp_path)
    with intake(tmp_path / "viewtrail-data") as real:
        environment = {"VIEWTRAIL_URL": real.url, "VIEWTRAIL_KEY": real.key}
        for url in served("crm:app", tmp_path, **environment):
            with httpx.Client(base_url=url, headers={"agent": "a-117"}) as http:
                assert http.get("/leads/L-1").json() == {"name": "Anna Georgiou"}
                assert http.get("/leads/L-1/phone").json() == "+357 99 100 001"
                assert http.get("/leads/L-9").status_code == 404
                lines = _looked(tmp_path, real.home, 3)
    (start, view, reveal) = (line.split() for line in lines)
    assert [start[1], view[1], reveal[1]] == ["source.started", "record.viewed", "contact.revealed"]
    assert view[2:] == reveal[2:], "the same agent, the same record"
    assert (view[2][:2], view[3][:2]) == ("a-", "r-")
    page = (ROOT / "docs" / "tutorial" / "first-click.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    assert [line.split()[1] for line in shown] == [line.split()[1] for line in lines]
    assert [len(line) for line in shown] == [len(line.rstrip()) for line in lines]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_first_click_is_in_the_console_within_five_seconds(tmp_path: Path) -> None:
    """The whole tutorial as it stands there: serve, the ten lines, a click, and the page that shows it."""
    page = (ROOT / "docs" / "tutorial" / "first-click.md").read_text(encoding="utf-8")
    written("tutorial/first-click.md", tmp_path)
    home, email, password = tmp_path / "viewtrail-data", "me@example.test", "a long enough password"
    key = viewtrail("keys", "add", "crm", "--source", "/crm", home=home).out.strip()
    (home / "viewtrail.toml").write_text('second_factor = "offered"\n')
    people = ["-m", "viewtrail.web.console.people", "--home", "viewtrail-data", email, "--role", "compliance"]
    subprocess.run(
        [sys.executable, *people], cwd=tmp_path, input=password, text=True, env=environment(), check=True
    )
    assert f"echo '{password}' | python {' '.join(people)}\n" in page
    with serving(home) as server:
        until(lambda: server.answers(server.console, "/health") and server.answers(server.intake, "/ready"))
        asked = {"VIEWTRAIL_URL": f"http://127.0.0.1:{server.intake}", "VIEWTRAIL_KEY": key}
        with closing(sign_in(f"http://127.0.0.1:{server.console}", email, password)) as console:
            for url in served("crm:app", tmp_path, **asked):
                with httpx.Client(base_url=url, headers={"agent": "a-117"}) as http:
                    http.get("/leads/L-1")
                    clicked = time.monotonic()
                    http.get("/leads/L-1/phone")
                until(lambda: "record.viewed" in (shown := _found(console)) and "contact.revealed" in shown)
                took = time.monotonic() - clicked
    assert took < 5, f"{took:.1f} s"


def _found(console: httpx.Client) -> str:
    """What the console shows of lead L-1, looked for by its own id."""
    there = console.get("/find", params={"q": "L-1"})
    return console.get(there.url, params={"purpose": "audit"}).text if "/records/" in there.url.path else ""


def _looked(folder: Path, home: Path, count: int) -> list[str]:
    """What `look.py` prints, asked for five seconds at most."""
    late = time.monotonic() + 5
    while True:
        looking = [sys.executable, "look.py"]
        done = subprocess.run(looking, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        if len(lines) >= count:
            return lines
        assert time.monotonic() < late, done.stdout
