"""The files that the installation page gives are files that nginx and systemd take, and they work."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.living import until
from app.post_boxes import free_port
from cli.test_serve import serving
from support import ROOT, require
from viewtrail.app.notify_settings import notices
from viewtrail.settings import FILE, read

PAGE = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
NOTICES = (ROOT / "docs" / "how-to" / "notifications.md").read_text(encoding="utf-8")


def block(kind: str, text: str = PAGE) -> str:
    (found,) = re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    return str(found)


def certificate(folder: Path) -> tuple[Path, Path]:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    key, chain = folder / "privkey.pem", folder / "fullchain.pem"
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    subprocess.run([*made, *named, "-keyout", key, "-out", chain], check=True, capture_output=True)
    return key, chain


def nginx_file(folder: Path, https: int, console: int, intake: int) -> Path:
    """The page's server, at other ports and with a certificate of our own, in a whole configuration."""
    key, chain = certificate(folder)
    server = block("nginx")
    for before, after in (
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        ("listen [::]:443 ssl;", ""),
        ("/etc/ssl/viewtrail/fullchain.pem", str(chain)),
        ("/etc/ssl/viewtrail/privkey.pem", str(key)),
        ("127.0.0.1:8420", f"127.0.0.1:{console}"),
        ("127.0.0.1:8421", f"127.0.0.1:{intake}"),
        ("viewtrail.broker.example", "localhost"),
    ):
        assert before in server
        server = server.replace(before, after)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {folder}/pid; error_log {folder}/error.log; daemon off; events {{}}\n"
    whole += f"http {{ access_log off; {places}\n{server}\n}}\n"
    path = folder / "nginx.conf"
    path.write_text(whole)
    return path


@contextmanager
def nginx(config: Path) -> Iterator[None]:
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(config.parent)])
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    require(shutil.which("nginx") and shutil.which("openssl"), "nginx and openssl", "install both")
    config = nginx_file(tmp_path, free_port(), 8420, 8421)
    done = subprocess.run(
        ["nginx", "-t", "-c", str(config), "-p", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr, done.stderr


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_console_and_intake_answer_through_it(tmp_path: Path) -> None:
    require(shutil.which("nginx") and shutil.which("openssl"), "nginx and openssl", "install both")
    https = free_port()
    with serving(tmp_path / "home") as served:
        config = nginx_file(tmp_path, https, served.console, served.intake)
        trust = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))

        def ask(path: str, body: bytes | None = None) -> int:
            head = {"Content-Type": "application/json"}
            try:
                request = urllib.request.Request(f"https://localhost:{https}{path}", body, head)
                with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code
            except OSError:
                return 0

        with nginx(config):
            until(lambda: ask("/health") == 200)
            assert ask("/v1/events", b"[]") == 401
            assert ask("/v1/openapi.json") == 200


def test_systemd_takes_its_file(tmp_path: Path) -> None:
    require(shutil.which("systemd-analyze"), "systemd-analyze", "install systemd")
    unit = block("ini").replace("/usr/local/lib/viewtrail/bin/viewtrail", sys.executable)
    assert sys.executable in unit
    path = tmp_path / "viewtrail.service"
    path.write_text(unit.replace("User=viewtrail\nGroup=viewtrail\n", ""))
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True)
    mine = [line for line in done.stderr.splitlines() if "viewtrail.service" in line]
    assert (done.returncode, mine) == (0, []), done.stderr


def test_a_misspelt_unit_would_be_noticed(tmp_path: Path) -> None:
    require(shutil.which("systemd-analyze"), "systemd-analyze", "install systemd")
    path = tmp_path / "viewtrail.service"
    path.write_text("[Service]\nExecStart=/bin/true\nKilMode=mixed\n")
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True)
    assert "KilMode" in done.stderr


def test_the_settings_on_the_pages_are_settings(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(block("toml"))
    assert read(tmp_path, {}).console_url == "https://viewtrail.broker.example"
    examples = re.findall(r"```toml\n(.*?)```", NOTICES, re.DOTALL)
    (tmp_path / FILE).write_text("".join(examples))
    (tmp_path / "mail.secret").write_text("secret\n")
    asked = notices(read(tmp_path, {}), tmp_path, lambda id: f"a-{id}")
    assert [one.person for one in asked.duty] == [None, "a-E-17"]
    assert asked.webhook_secret.startswith("whsec_")
    assert tomllib.loads(examples[0])["notify_unopened_hours"] == asked.unopened_hours
