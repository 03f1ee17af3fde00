"""Signing in through the company's own OpenID Connect provider, a small real one on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.test_people import in_a_new_home

CODE = """
import base64, json, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

class Provider(BaseHTTPRequestHandler):
    def tell(self, told):
        body = json.dumps(told).encode()
        self.send_response(200); self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def do_GET(self):
        if self.path.startswith("/.well-known"):
            self.tell({"issuer": here, "authorization_endpoint": here + "/authorize",
                       "token_endpoint": here + "/token", "userinfo_endpoint": here + "/userinfo",
                       "jwks_uri": here + "/keys"})
        else:
            self.tell({"sub": who, "email": who, "email_verified": True, "name": "From Outside"})
    def do_POST(self):
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert said["code"] == ["the-code"] and "code_verifier" in said, said
        self.tell({"access_token": "t", "token_type": "bearer"})
    def log_message(self, *_): pass

here = "http://127.0.0.1:%d" % PORT
server = HTTPServer(("127.0.0.1", PORT), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()

from viewtrail.web.console.start import tables; tables()
from viewtrail.web.first_admin import add_person
from django.test import Client
add_person("maria@example.com", "Maria Georgiou", "a long enough password", ["compliance"])

def sign_in():
    client = Client(SERVER_NAME="localhost")
    page = client.get("/accounts/login/")
    assert "company account" in page.content.decode()
    assert here in page.headers["Content-Security-Policy"].split("form-action")[1].split(";")[0]
    there = client.post("/accounts/oidc/company/login/")
    asked = parse_qs(urlsplit(there.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"], asked
    said = {"code": "the-code", "state": asked["state"][0]}
    back = client.get("/accounts/oidc/company/login/callback/", said, follow=True)
    return client, back.content.decode()

who = "maria@example.com"
client, page = sign_in()
print("Maria Georgiou" in page, client.get("/health").status_code, client.get("/find").status_code)
who = "stranger@example.com"
client, page = sign_in()
from viewtrail.web.accounts.models import Person
print("Maria" in page, client.get("/find").status_code, Person.objects.count())
"""


@pytest.mark.slow
def test_those_who_were_added_come_in_and_others_do_not(tmp_path: Path) -> None:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "oidc-client.secret").write_text("a shared secret\n")
    told = in_a_new_home(
        tmp_path,
        CODE.replace("PORT", str(port)),
        VIEWTRAIL_OIDC_ISSUER=f"http://127.0.0.1:{port}",
        VIEWTRAIL_OIDC_CLIENT="viewtrail",
    )
    # The second factor is required here: the provider's own is taken for it.
    assert told.splitlines() == ["True 200 200", "False 302 1"]


def test_a_provider_without_its_secret_stops_the_console_and_says_where_it_belongs(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    from support import ROOT

    done = subprocess.run(
        [sys.executable, "-m", "viewtrail.web.console", "--home", str(tmp_path), "--port", "1"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "VIEWTRAIL_OIDC_ISSUER": "https://login.example",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "oidc-client.secret" in done.stderr
