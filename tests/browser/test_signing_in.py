"""Signing in: password, authenticator app, passkey, other sessions, the first administrator."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.company import PASSWORD, answers, free_port, wait_for
from support import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

Fresh = Callable[[], "Page"]


class Strict:
    """A console that nobody can sign in to yet, with the second factor required."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.words = home.parent / "console.txt"
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ},
            "PYTHONPATH": str(ROOT / "src"),
            "VIEWTRAIL_CONSOLE_URL": self.url,
        }
        command = [
            sys.executable,
            "-m",
            "viewtrail.web.console",
            "--home",
            str(home),
            "--port",
            str(self.port),
        ]
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(command, env=environment, stderr=words)
        wait_for(lambda: answers(f"{self.url}/health"), "the console")

    @property
    def link(self) -> str:
        found = re.search(r"(/first/\S+)", self.words.read_text())
        assert found is not None, self.words.read_text()
        return found[1]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strict]:
    from viewtrail.app.home import open_home

    home = tmp_path_factory.mktemp("strict") / "home"
    home.mkdir()
    with open_home(home).own_log() as log:
        log.checkpoint()
    found = Strict(home)
    yield found
    found.stop()


@pytest.fixture
def fresh(browser: Browser, strict: Strict) -> Iterator[Fresh]:
    """Pages in browsers that know nobody."""
    opened = []

    def open_page() -> Page:
        opened.append(browser.new_context(base_url=strict.url))
        return opened[-1].new_page()

    yield open_page
    for context in opened:
        context.close()


def sign_in(page: Page, who: str = "first@example.com") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """The password once more, which any change of how one signs in asks for."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def code(secret: str, at: float) -> str:
    """The authenticator app's number of six digits (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_from_the_printed_link_to_a_passkey(fresh: Fresh, strict: Strict) -> None:
    from playwright.sync_api import expect

    page = fresh()
    page.goto(strict.link)
    page.get_by_label("E-mail address").fill("first@example.com")
    page.get_by_label("Name").fill("First Administrator")
    page.get_by_label("Password").fill("password1234")
    page.get_by_role("button", name="Make this account").click()
    expect(page.get_by_text("too common")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make this account").click()
    expect(page).to_have_url(f"{strict.url}/accounts/login/")

    # The link is used up.
    again = fresh()
    answer = again.goto(strict.link)
    assert answer is not None
    assert answer.status == 404

    # A password alone opens nothing but the page where a second factor is set up.
    sign_in(page)
    page.goto("/")
    expect(page).to_have_url(f"{strict.url}/accounts/2fa/")

    page.get_by_role("link", name="Activate").click()
    confirm(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(code(secret, time.time()))
    page.get_by_role("button", name=re.compile("Activate")).click()
    page.goto("/")
    expect(page).to_have_url(f"{strict.url}/")

    # Signing in now takes both.
    other = fresh()
    sign_in(other)
    expect(other).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    other.locator("input[name=code]").fill(code(secret, time.time() + 30))
    other.get_by_role("button", name=re.compile("Sign In", re.IGNORECASE)).first.click()
    other.wait_for_url(f"{strict.url}/**")
    other.goto("/accounts/sessions/")
    expect(other.get_by_role("row")).to_have_count(3)
    other.get_by_role("button", name="Sign Out Other Sessions").click()
    page.goto("/")
    expect(page).to_have_url(re.compile("/accounts/login/"))

    # And a passkey takes the place of both.
    devices = other.context.new_cdp_session(other)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    other.goto("/accounts/2fa/webauthn/add/")
    confirm(other)
    other.get_by_label("Name").fill("laptop")
    other.get_by_label("Passwordless").check()
    other.locator("#mfa_webauthn_add").click()
    expect(other.get_by_text("1 added.")).to_be_visible()
    other.get_by_role("button", name="Sign out", exact=True).click()
    other.goto("/accounts/login/")
    other.get_by_role("button", name="Sign in with a passkey").click()
    expect(other).to_have_url(f"{strict.url}/")
    expect(other.get_by_text("First Administrator", exact=True)).to_be_visible()


def test_a_wrong_password_says_so_and_no_more(fresh: Fresh) -> None:
    from playwright.sync_api import expect

    page = fresh()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("not correct")


def test_nobody_signs_up_and_nobody_resets(fresh: Fresh) -> None:
    page = fresh()
    for place in ("/accounts/signup/", "/accounts/password/reset/"):
        answer = page.goto(place)
        assert answer is not None
        told = page.locator("main").inner_text().lower()
        assert answer.status in (403, 404) or "closed" in told
        assert page.locator("input[type=password]").count() == 0
