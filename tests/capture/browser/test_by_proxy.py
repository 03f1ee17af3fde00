"""The recipe of docs/how-to/capture-by-proxy.md, run for real: nginx, the log and a browser."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from capture.browser.chromium import Chromium, Tab
from capture.browser.processes import beacon, free_port, in_the_log, nginx, told
from capture.browser.vendor import LEADS, vendor
from support import ROOT, require

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "how-to" / "capture-by-proxy.md").read_text(encoding="utf-8")
(RECIPE,) = re.findall(r"^```nginx\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
(SITES,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@dataclass
class Company:
    """A vendor's CRM behind the company's nginx, and the company's log."""

    home: Path
    url: str
    beacon: str
    chromium: Chromium
    anna: str

    def sites(self, **changed: Any) -> None:
        """The rules of the page, for the port that this test has."""
        site = json.loads(SITES)["sites"][0]
        site["hosts"] = [self.url.removeprefix("http://")]
        site["proxy_secret_sha256"] = hashlib.sha256(b"THE-SECRET").hexdigest()
        (self.home / "sites.json").write_text(json.dumps({"sites": [{**site, **changed}]}))

    def tab(self, path: str) -> Tab:
        """A tab of Anna, who is signed in at the proxy."""
        tab = self.chromium.tab(context=self.anna)
        host = self.url.removeprefix("http://")
        tab.send("Page.navigate", url=f"http://anna:hers@{host}/none")
        tab.wait("document.body.textContent.includes('nothing about')")
        tab.go(self.url + path)
        return tab


def recipe(crm: int, beacon_url: str, port: int, folder: Path) -> str:
    """The recipe as it stands on the page, with the addresses of this test; every one of them is replaced."""
    text = str(RECIPE)
    for old, new in (
        ("10.0.0.5:8000", f"127.0.0.1:{crm}"),
        ("127.0.0.1:8422", beacon_url.removeprefix("http://")),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/etc/nginx/crm.users", str(folder / "crm.users")),
    ):
        assert text.count(old) == 1, f"the recipe has no {old}"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def company(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    require(shutil.which("nginx"), "nginx", "apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("company")
    home, port = folder / "home", free_port()
    home.mkdir()
    (folder / "crm.users").write_text("anna:{PLAIN}hers\n")
    with ExitStack() as stack:
        crm = stack.enter_context(vendor())
        beacon_url = stack.enter_context(beacon(home))
        stack.enter_context(nginx(folder, recipe(crm, beacon_url, port, folder), port))
        anna = chromium.person()
        stack.callback(chromium.forget, anna)
        yield Company(home, f"http://127.0.0.1:{port}", beacon_url, chromium, anna)


def of(company: Company, type_: str, **like: Any) -> list[dict[str, Any]]:
    return [one for one in in_the_log(company.home, type_) if like.items() <= one.items()]


def test_the_secret_of_the_page_has_the_hash_of_the_page() -> None:
    hashed = json.loads(SITES)["sites"][0]["proxy_secret_sha256"]
    assert hashed == hashlib.sha256(b"THE-SECRET").hexdigest()


def test_a_record_of_a_closed_crm_is_viewed_and_left(company: Company) -> None:
    company.sites()
    tab = company.tab("/leads/L-7")
    (opening,) = told(company.home, "record.viewed", 1)
    begun = time.monotonic()
    time.sleep(2)
    tab.click("#list")
    looked = time.monotonic() - begun
    (end,) = told(company.home, "record.left", 1)
    assert (opening["agent"], opening["subject"], opening["record_kind"]) == ("anna", "L-7", "lead")
    assert opening["seen"] == "true"
    assert end["view"] == f"/crm-web#{opening['id']}"
    assert end["complete"] is True
    assert abs(end["dwell_ms"] / 1_000 - looked) <= 1
    (shown,) = told(company.home, "list.viewed", 1)
    assert (shown["agent"], shown["list"], shown["rows"]) == ("anna", "leads", 200)
    assert shown["records"] == LEADS
    tab.close()


def test_nothing_but_ids_leaves_the_page(company: Company) -> None:
    company.sites()
    tab = company.tab("/leads/L-8")
    tab.wait("document.querySelector('#lead')")
    time.sleep(0.5)
    tab.close()
    time.sleep(0.5)
    kept = b"".join(path.read_bytes() for path in company.home.rglob("*") if path.is_file())
    assert b"Anna Example" not in kept
    assert b"25 000000" not in kept


def test_a_page_that_draws_itself_has_a_view_for_each_address(company: Company) -> None:
    pages = [{"name": "card", "url": "/app#/lead/{record}", "kind": "client", "rendered": "#lead"}]
    company.sites(pages=pages)
    tab = company.tab("/app#/lead/S-1")
    for record in ("S-2", "S-3"):
        time.sleep(1)
        tab.run(f"location.hash = '#/lead/{record}'")
    time.sleep(1)
    tab.run("location.hash = '#/lead/S-1'")
    time.sleep(1)
    tab.close()
    time.sleep(1)
    seen = [one["subject"] for one in of(company, "record.viewed", record_kind="client")]
    assert seen == ["S-1", "S-2", "S-3", "S-1"]
    ends = [one for one in in_the_log(company.home, "record.left") if one["subject"].startswith("S-")]
    assert [one["subject"] for one in ends] == seen
    assert all(700 <= end["dwell_ms"] <= 1_700 for end in ends)


@pytest.mark.parametrize(
    "agent",
    [{"selector": "#me", "attribute": "data-user"}, {"selector": "#boot", "json": "user.id"}],
    ids=["attribute", "json"],
)
def test_the_page_itself_may_say_who_is_looking(company: Company, agent: dict[str, str]) -> None:
    company.sites(agent=agent)
    record = f"P-{agent.get('attribute', 'json')}"
    tab = company.tab(f"/leads/{record}")
    tab.wait("document.querySelector('#lead')")
    time.sleep(1)
    tab.close()
    time.sleep(0.5)
    assert [one["agent"] for one in of(company, "record.viewed", subject=record)] == ["anna"]


def signal(company: Company, **more: Any) -> httpx.Response:
    """A signal sent past the proxy, by somebody who reaches the beacon's port."""
    headers = more.pop("headers", {"Origin": company.url})
    said = {"site": "site-4f1c9a", "rule": "lead", "kind": "visible", "record": "F-1", "page": "p", **more}
    return httpx.post(f"{company.beacon}/b/signal", content=json.dumps(said), headers=headers)


def test_nobody_speaks_for_the_proxy(company: Company) -> None:
    company.sites()
    assert signal(company, agent="boris").status_code == 403
    forged = {"Origin": company.url, "X-Viewtrail-Agent": "boris", "X-Viewtrail-Proxy": "guessed"}
    assert signal(company, headers=forged).status_code == 403
    assert of(company, "record.viewed", subject="F-1") == []


def test_a_dwell_without_a_history_is_cut_to_a_minute(company: Company) -> None:
    company.sites(agent={"selector": "#me"})
    answer = signal(company, agent="boris", kind="left", lasted=3_600_000, dwell=3_600_000, whole=True)
    assert answer.status_code == 200
    (end,) = of(company, "record.left", subject="F-1")
    assert end["dwell_ms"] <= 62_100
    assert end["complete"] is False


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"headers": {}}, 403),
        ({"headers": {"Origin": "https://elsewhere.example"}}, 403),
        ({"site": "site-unknown"}, 404),
        ({"rule": "none", "agent": "b"}, 403),
        ({"agent": "b", "record": ""}, 403),
        ({"agent": ""}, 403),
        ({"agent": "b", "kind": "stolen"}, 403),
        ({"agent": "b", "kind": "list"}, 403),
        ({"agent": "b", "token": "forged"}, 403),
        ({"agent": "b", "filler": "x" * 70_000}, 413),
    ],
)
def test_what_is_wrong_with_a_signal_is_told(company: Company, how: dict[str, Any], status: int) -> None:
    company.sites(agent={"selector": "#me"})
    answer = signal(company, **how)
    assert answer.status_code == status
    assert answer.json()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/b/signal", 405),
        ("POST", "/b/beacon.js", 405),
        ("GET", "/b/none", 404),
        ("GET", "/b/rules.json?site=none", 404),
        ("GET", "/b/beacon.js", 200),
        ("HEAD", "/b/beacon.js", 200),
        ("GET", "/b/rules.json?site=site-4f1c9a", 200),
    ],
)
def test_each_address_answers_for_itself(company: Company, method: str, path: str, status: int) -> None:
    company.sites()
    assert httpx.request(method, company.beacon + path).status_code == status


def test_the_script_and_the_rules_are_fetched_again_only_when_they_have_changed(company: Company) -> None:
    company.sites()
    for path in ("/b/beacon.js", "/b/rules.json?site=site-4f1c9a"):
        tag = httpx.get(company.beacon + path).headers["ETag"]
        again = {"If-None-Match": tag}
        assert httpx.get(company.beacon + path, headers=again).status_code == 304
    company.sites(note="copied")
    assert httpx.get(f"{company.beacon}/b/rules.json?site=site-4f1c9a", headers=again).status_code == 200


def test_a_mistake_in_the_rules_is_no_fault_of_the_page(company: Company) -> None:
    company.sites(pages=[])
    assert signal(company, agent="b").status_code == 503
    company.sites(agent={"selector": "#me"})
    assert signal(company, agent="b").status_code == 200


def test_the_pace_is_one_persons_and_not_the_proxys(company: Company) -> None:
    company.sites(agent={"selector": "#me"})

    def many(agent: str) -> int:
        said = {"site": "site-4f1c9a", "rule": "lead", "kind": "heartbeat", "record": "F-2", "agent": agent}
        body = json.dumps([{**said, "page": agent}] * 60)
        origin = {"Origin": company.url}
        return httpx.post(f"{company.beacon}/b/signal", content=body, headers=origin).status_code

    assert [many("boris") for _ in range(7)] == [200] * 5 + [429] * 2
    assert many("carla") == 200
