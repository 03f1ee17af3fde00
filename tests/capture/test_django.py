"""Django: pages, classes, admin, API and files, under WSGI and ASGI, in a CRM of its own process."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from capture.keeping import KEY, Kept, serving
from capture.running import free_port, running


class Crm:
    """A running CRM, a browser signed in as agent 7, and the server it reports to."""

    def __init__(self, kept: Kept, http: httpx.Client, folder: Path) -> None:
        self.kept, self.http, self.folder = kept, http, folder

    def told(self, path: str, status: int = 200, count: int = 1) -> list[dict[str, Any]]:
        """The events that a request to `path` makes, without what is told of the process."""
        before = set(self.kept.events)
        assert self.http.get(path).status_code == status
        self.kept.wait(lambda k: len([e for e in k.acts if e["id"] not in before]) >= count)
        return [event for event in self.kept.acts if event["id"] not in before]

    def silent(self, path: str, status: int, method: str = "GET") -> None:
        """A request that tells nothing: a later one's event arrives, and it alone."""
        before = set(self.kept.events)
        assert self.http.request(method, path).status_code == status
        self.told("/lead/2")
        assert len([e for e in self.kept.acts if e["id"] not in before]) == 1


@contextmanager
def crm(kind: str, folder: Path, **environment: str) -> Iterator[Crm]:
    port = free_port()
    told = {"CRM_FOLDER": str(folder), "CRM_KEY": KEY, **environment}
    with serving() as kept:
        program = str(Path(__file__).parent / "hosts" / "run_crm.py")
        told["CRM_INTAKE"] = kept.url
        with (
            running(program, kind, str(port), port=port, folder=folder, **told) as url,
            httpx.Client(base_url=url, timeout=30) as http,
        ):
            assert http.get("/sign-in/7").status_code == 200
            yield Crm(kept, http, folder)


@pytest.fixture(scope="module", params=["wsgi", "asgi"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    with crm(request.param, tmp_path_factory.mktemp("crm")) as found:
        yield found


def test_a_page_that_shows_a_record_is_a_view_of_it_by_who_is_signed_in(site: Crm) -> None:
    (event,) = site.told("/lead/3")
    assert (event["type"], event["subject"], event["source"]) == ("record.viewed", "3", "/crm")
    data = event["data"]
    assert data.pop("visit", "") != site.http.cookies["sessionid"]
    assert data == {"agent": "7", "record_kind": "lead", "via": "list", "surface": "ui", "seen": "unknown"}


def test_a_page_that_is_not_there_or_breaks_shows_nothing(site: Crm) -> None:
    site.silent("/lead/999", 404)
    site.silent("/broken/3", 500)


def test_a_wrong_name_in_the_decorator_never_takes_the_page_away(site: Crm) -> None:
    site.silent("/misnamed/3", 200)


def test_a_request_for_the_headers_alone_shows_nothing(site: Crm) -> None:
    site.silent("/lead/3", 200, "HEAD")


def test_an_asynchronous_view_is_told_too(site: Crm) -> None:
    (event,) = site.told("/async/5")
    assert (event["subject"], event["data"]["agent"]) == ("5", "7")


def test_nothing_is_told_before_the_transaction_is_over(site: Crm) -> None:
    known = set(site.kept.events)
    (before, first), (_, second) = (site.http.get("/inside/4").text.split() for _ in range(2))
    assert before == "True", "the page is made inside a transaction"
    assert int(second) == int(first) + 1, "and its event comes after it"
    site.kept.wait(lambda k: len([e for e in k.acts if e["id"] not in known]) == 2)


def test_a_class_based_page_and_list_are_told(site: Crm) -> None:
    (event,) = site.told("/page/6")
    assert (event["subject"], event["data"]["via"]) == ("6", "search")
    (event,) = site.told("/leads?country=CY&page=2")
    assert event["type"] == "list.viewed"
    data = event["data"]
    assert (data["list"], data["filter"], data["rows"]) == ("callbacks", "country=?", 10)
    assert data["records"] == ["5", "6", "7", "8"]


def test_the_admin_is_told(site: Crm) -> None:
    (event,) = site.told("/admin/crm/lead/3/change/")
    assert (event["type"], event["subject"]) == ("record.viewed", "3")
    (event,) = site.told("/admin/crm/lead/?country__exact=CY&o=1")
    data = event["data"]
    assert (data["list"], data["filter"], data["rows"]) == ("admin:crm.lead", "country=?", 10)
    assert len(data["records"]) == 10


def test_the_api_is_told(site: Crm) -> None:
    (event,) = site.told("/api/leads/3/")
    assert (event["subject"], event["data"]["surface"]) == ("3", "api")
    (event,) = site.told("/api/leads/?page=2")
    assert (event["data"]["rows"], event["data"]["records"]) == (10, ["4", "5", "6"])


def test_a_csv_file_is_an_export_with_its_records_and_no_formula(site: Crm) -> None:
    before = set(site.kept.events)
    file = site.http.get("/export")
    site.kept.wait(lambda k: len([e for e in k.of("export.created") if e["id"] not in before]) == 1)
    rows = list(csv.reader(io.StringIO(file.text)))
    assert rows[:2] == [["name", "phone"], ["'=Lead 0", "'+35799000000"]]
    (event,) = [e for e in site.kept.of("export.created") if e["id"] not in before]
    data = event["data"]
    assert (data["rows"], data["fields"], data["format"]) == (10, ["name", "phone"], "csv")
    assert data["records"] == [str(pk) for pk in range(1, 11)]
    (event,) = site.told("/total")
    assert (event["data"]["rows"], event["data"]["masked"]) == (10, True)


def test_a_file_for_nobody_is_given_to_nobody_and_set_aside(site: Crm) -> None:
    assert httpx.get(f"{site.http.base_url}/export").status_code == 200
    site.kept.wait(lambda _: (site.folder / "spool" / "set-aside.jsonl").exists())
    told = json.loads((site.folder / "spool" / "set-aside.jsonl").read_text().splitlines()[-1])
    assert (told["event"]["type"], told["event"]["data"]["rows"]) == ("export.created", 10)
    assert "has no data.agent" in told["why"]


def test_a_number_is_shown_with_its_entry_and_not_without(site: Crm) -> None:
    (event,) = site.told("/reveal/3?proof=acknowledged")
    assert (event["type"], event["data"]["agent"]) == ("contact.revealed", "7")
    site.kept.always = (500, {"error": "broken"}, {})
    assert site.http.get("/reveal/3?proof=acknowledged").status_code == 503
    site.kept.always = None


def test_nobody_signed_in_is_no_agent(site: Crm) -> None:
    before = set(site.kept.events)
    assert httpx.get(f"{site.http.base_url}/async/5").status_code == 200
    site.told("/lead/2")
    assert len([e for e in site.kept.acts if e["id"] not in before]) == 1


def test_without_a_beacon_no_token_is_issued(site: Crm) -> None:
    before = set(site.kept.events)
    assert site.http.get("/beacon/3").text == ""
    site.kept.wait(lambda k: len([e for e in k.acts if e["id"] not in before]) == 1)


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_with_a_beacon_its_signal_makes_the_view_and_the_answer_alone_does_not(
    kind: str, tmp_path: Path
) -> None:
    with crm(kind, tmp_path, CRM_BEACON="1") as site:
        assert b"visibilitychange" in site.http.get("/viewtrail/beacon.js").content
        token = site.http.get("/beacon/3").text
        site.silent("/beacon/4", 200)
        signal = {"kind": "visible", "token": token, "page": "p1", "whole": True}
        answer = site.http.post("/viewtrail/beacon", content=json.dumps(signal))
        assert answer.status_code == 200
        site.kept.wait(lambda k: [e for e in k.acts if e["subject"] == "3"])
        (event,) = [e for e in site.kept.acts if e["subject"] == "3"]
        assert (event["type"], event["data"]["seen"], event["data"]["agent"]) == (
            "record.viewed",
            "true",
            "7",
        )
        other = httpx.Client(base_url=site.http.base_url)
        assert other.post("/viewtrail/beacon", content=json.dumps(signal)).status_code == 403
        other.close()


def test_who_asks_is_what_the_crm_says(tmp_path: Path) -> None:
    with crm("wsgi", tmp_path, CRM_AGENT="capture.hosts.crm.resolver.impersonated") as site:
        (event,) = site.told("/lead/3")
        assert (event["data"]["agent"], event["data"]["on_behalf_of"]) == ("manager-1", "7")
        (event,) = site.told("/export")
        assert (event["data"]["agent"], event["data"]["on_behalf_of"]) == ("manager-1", "7")


def test_a_resolver_that_breaks_takes_no_page_away(tmp_path: Path) -> None:
    with crm("asgi", tmp_path, CRM_AGENT="capture.hosts.crm.resolver.broken") as site:
        assert site.http.get("/lead/3").status_code == 200
        assert site.kept.acts == []


def test_the_crm_goes_on_where_the_server_is_down(tmp_path: Path) -> None:
    with crm("wsgi", tmp_path) as site:
        site.kept.always = (503, {"error": "down"}, {"Retry-After": "1"})
        for pk in range(1, 11):
            assert site.http.get(f"/lead/{pk}").status_code == 200
        site.kept.always = None
        site.kept.wait(lambda k: len(k.acts) == 10)
        assert site.kept.holes() == {boot: [] for boot in site.kept.holes()}
