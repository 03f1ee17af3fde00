"""The extension in a real browser: on the CRM's host alone, in sight, and set by policy."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from capture.browser.chromium import PROGRAM, Chromium
from capture.browser.processes import beacon, in_the_log, told
from capture.browser.vendor import LEADS, vendor
from support import require
from viewtrail.capture.extension import build, extension_id

pytestmark = pytest.mark.slow

KEY = hashlib.sha512(b"a key for this test").digest()

LOADED = "--disable-features=DisableLoadExtensionCommandLineSwitch"
"""Chrome's own builds no longer take --load-extension without this; Debian's Chromium does."""


@dataclass
class Desk:
    """A browser with the extension, the CRM it is for, and another host."""

    browser: Chromium
    crm: str
    elsewhere: str
    home: Path


def rules(crm: str, **changed: object) -> str:
    site = {
        "key": "site-4f1c9a",
        "source": "/crm-web",
        "hosts": [crm.removeprefix("http://")],
        "extension": extension_id(KEY),
        "agent": {"selector": "#me", "attribute": "data-user"},
        "pages": [
            {"name": "lead", "url": "/leads/{record}", "kind": "lead", "rendered": "#lead"},
            {"name": "leads", "url": "/leads", "list": "leads", "rows": "#leads a", "row": "/leads/{record}"},
        ],
    }
    return json.dumps({"sites": [{**site, **changed}]})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    require(os.access(PROGRAM, os.X_OK), "Chromium", "apt-get install chromium")
    folder = tmp_path_factory.mktemp("extension")
    home = folder / "home"
    home.mkdir()
    with ExitStack() as stack:
        crm = f"http://127.0.0.1:{stack.enter_context(vendor())}"
        elsewhere = f"http://127.0.0.1:{stack.enter_context(vendor())}"
        viewtrail = stack.enter_context(beacon(home))
        (home / "sites.json").write_text(rules(crm))
        build(folder / "built", crm=crm, viewtrail=viewtrail, site="site-4f1c9a", public_key=KEY)
        browser = Chromium(folder / "profile", f"--load-extension={folder / 'built'}", LOADED)
        stack.callback(browser.close)
        yield Desk(browser, crm, elsewhere, home)


def test_what_is_on_the_screen_of_the_crm_is_in_the_log(desk: Desk) -> None:
    tab = desk.browser.tab()
    tab.go(f"{desk.crm}/leads/L-7")
    (opening,) = told(desk.home, "record.viewed", 1)
    begun = time.monotonic()
    time.sleep(2)
    tab.click("#list")
    looked = time.monotonic() - begun
    (end,) = told(desk.home, "record.left", 1)
    assert (opening["agent"], opening["subject"], opening["record_kind"]) == ("anna", "L-7", "lead")
    assert end["view"] == f"/crm-web#{opening['id']}"
    assert end["complete"] is True
    assert abs(end["dwell_ms"] / 1_000 - looked) <= 1
    (shown,) = told(desk.home, "list.viewed", 1)
    assert shown["records"] == LEADS
    tab.close()


def test_a_tab_that_is_closed_says_goodbye(desk: Desk) -> None:
    tab = desk.browser.tab()
    tab.go(f"{desk.crm}/leads/L-9")
    tab.wait("document.querySelector('#lead')")
    time.sleep(1.2)
    tab.close()
    time.sleep(1)
    ends = [one for one in in_the_log(desk.home, "record.left") if one["subject"] == "L-9"]
    assert len(ends) == 1
    assert 800 <= ends[0]["dwell_ms"] <= 2_200


def test_it_shows_that_it_is_on(desk: Desk) -> None:
    tab = desk.browser.tab()
    tab.go(f"{desk.crm}/leads")
    tab.wait("document.querySelector('#viewtrail-mark')")
    box = tab.run(
        "(r => [r.width, r.height, document.documentElement.clientWidth - r.right, innerHeight - r.bottom])"
        "(document.querySelector('#viewtrail-mark').getBoundingClientRect())"
    )
    assert box[0] > 50
    assert box[1] > 10
    assert box[2:] == [8, 8], "in the corner of the window, in sight"
    tab.close()


def test_it_is_nowhere_else(desk: Desk) -> None:
    before = len(in_the_log(desk.home, "record.viewed"))
    tab = desk.browser.tab()
    tab.go(f"{desk.elsewhere}/leads/L-3")
    tab.wait("document.querySelector('#lead')")
    time.sleep(1.5)
    assert tab.run("document.querySelector('#viewtrail-mark')") is None
    assert len(in_the_log(desk.home, "record.viewed")) == before
    tab.close()


def test_the_page_cannot_reach_what_the_extension_knows(desk: Desk) -> None:
    tab = desk.browser.tab()
    tab.go(f"{desk.crm}/leads")
    tab.wait("document.querySelector('#viewtrail-mark')")
    assert tab.run("typeof window.viewtrail + typeof window.viewtrailOptions") == "undefinedundefined"
    tab.close()


def test_the_companys_policy_sets_it(tmp_path: Path) -> None:
    """A policy that this browser alone sees: a mount of its own over /etc/chromium."""
    alone = ["unshare", "--mount", "sh", "-c"]
    may = subprocess.run([*alone, "mount -t tmpfs none /etc/chromium"], capture_output=True).returncode == 0
    require(may, "a mount namespace of its own", "run the tests as root, with Chromium from Debian")
    home = tmp_path / "home"
    home.mkdir()
    with vendor() as port, beacon(home) as viewtrail:
        crm = f"http://127.0.0.1:{port}"
        (home / "sites.json").write_text(rules(crm, agent={"managed": True}))
        build(tmp_path / "built", crm=crm, viewtrail=viewtrail, site="site-of-nobody", public_key=KEY)
        says = {"site": "site-4f1c9a", "agent": "desk-77"}
        policy = tmp_path / "policy.json"
        policy.write_text(json.dumps({"3rdparty": {"extensions": {extension_id(KEY): says}}}))
        mounted = (
            "mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed && "
            f'cp {policy} /etc/chromium/policies/managed/ && exec "$@"'
        )
        loaded = f"--load-extension={tmp_path / 'built'}"
        browser = Chromium(tmp_path / "profile", loaded, LOADED, before=[*alone, mounted, "sh"])
        try:
            tab = browser.tab()
            tab.go(f"{crm}/leads/L-5")
            (opening,) = told(home, "record.viewed", 1)
            assert (opening["agent"], opening["subject"]) == ("desk-77", "L-5")
        finally:
            browser.close()
