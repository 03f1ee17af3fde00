"""Rules for a CRM that was not instrumented: which address shows which record, and told mistakes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from viewtrail.capture.rules import main, read_sites, sites
from viewtrail.capture.url_pattern import url_pattern
from viewtrail.errors import BadInput

MATCHES = [
    ("/leads/{record}", "http://crm/leads/L-1", "L-1"),
    ("/leads/{record}", "http://crm/leads/L-1/", "L-1"),
    ("/leads/{record}", "http://crm/leads/L%201?tab=notes#calls", "L 1"),
    ("/leads/{record}", "http://crm/leads/", None),
    ("/leads/{record}", "http://crm/leads/L-1/edit", None),
    ("/leads/{record}", "http://crm/leads", None),
    ("/leads/{record}/**", "http://crm/leads/L-1/edit/now", "L-1"),
    ("/*/lead-{record}.html", "http://crm/en/lead-77.html", "77"),
    ("/*/lead-{record}.html", "http://crm/en/lead-77xhtml", None),
    ("/index.php?module=Leads&record={record}", "http://crm/index.php?record=9&x=1&module=Leads", "9"),
    ("/index.php?module=Leads&record={record}", "http://crm/index.php?record=9&module=Accounts", None),
    ("/index.php?module=Leads&record={record}", "http://crm/index.php?module=Leads", None),
    ("/index.php?record={record}", "http://crm/index.php?record=1&record=2", "1"),
    ("/#Lead/view/{record}", "http://crm/#Lead/view/5f0c", "5f0c"),
    ("/#Lead/view/{record}", "http://crm/#Lead/list", None),
    ("/#Lead/view/{record}", "http://crm/", None),
    ("/app#/leads/{record}?tab=*", "http://crm/app#/leads/3?tab=calls", "3"),
    ("/leads", "http://crm/leads?page=2", ""),
    ("/", "http://crm/", ""),
    ("/", "http://crm/leads", None),
    ("/a+b(c)/{record}", "http://crm/a+b(c)/1", "1"),
]
"""(pattern, address, the record it shows: "" is none named, None no match). rules.js is held to the same."""


@pytest.mark.parametrize(("pattern", "url", "record"), MATCHES)
def test_an_address_shows_the_record_that_its_pattern_names(
    pattern: str, url: str, record: str | None
) -> None:
    assert url_pattern(pattern, "here").matches(url) == record


SITE: dict[str, Any] = {
    "key": "site-4f1c9a",
    "source": "/crm-web",
    "hosts": ["crm.example"],
    "agent": {"selector": "#me", "attribute": "data-user"},
    "pages": [
        {"name": "lead", "url": "/leads/{record}", "kind": "lead", "rendered": "main"},
        {"name": "leads", "url": "/leads", "list": "leads", "rows": "table a", "row": "/leads/{record}"},
    ],
}


def told(**changed: Any) -> bytes:
    return json.dumps({"sites": [{**SITE, **changed}]}).encode()


def test_a_site_is_read() -> None:
    site = sites(told())["site-4f1c9a"]
    rule, record = site.finds("https://crm.example/leads/7") or (None, "")
    assert rule is not None
    assert (rule.name, rule.kind, record) == ("lead", "lead", "7")
    assert site.finds("https://crm.example/login") is None


def test_a_browser_learns_no_secret() -> None:
    secret = hashlib.sha256(b"between us").hexdigest()
    site = sites(told(agent={"header": True}, proxy_secret_sha256=secret))["site-4f1c9a"]
    assert secret not in json.dumps(site.public())
    assert "crm.example" not in json.dumps(site.public())
    assert site.secret_is("between us")
    assert not site.secret_is("between them")
    assert not sites(told())["site-4f1c9a"].secret_is("")


def test_only_its_hosts_and_its_extension_speak_for_a_site() -> None:
    extension = "abcdefghijklmnopabcdefghijklmnop"
    site = sites(told(extension=extension))["site-4f1c9a"]
    assert site.speaks_from("https://crm.example")
    assert site.speaks_from(f"chrome-extension://{extension}")
    assert not site.speaks_from("https://crm.example.evil")
    assert not site.speaks_from("")
    assert not sites(told())["site-4f1c9a"].speaks_from("chrome-extension://")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"key": "x"}, "key 'x' is not"),
        ({"hosts": []}, "hosts"),
        ({"hosts": ["https://crm.example"]}, "hosts"),
        ({"source": ""}, "source"),
        ({"pages": []}, "no pages"),
        ({"pages": ["lead"]}, "not a JSON object"),
        ({"pages": [{"name": "Lead!", "url": "/"}]}, "name"),
        ({"pages": [{"name": "lead", "url": "leads/{record}"}]}, "no path"),
        ({"pages": [{"name": "lead", "url": "/{record}/{record}"}]}, "{record}"),
        ({"pages": [{"name": "lead", "url": "/{lead}"}]}, "{record}"),
        ({"pages": [{"name": "lead", "url": "/leads"}]}, "neither a record nor a list"),
        (
            {"pages": [{"name": "lead", "url": "/l/{record}", "kind": "prospect"}]},
            "kind 'prospect' is none of",
        ),
        ({"pages": [{"name": "lead", "url": "/l/{record}", "rendered": 7}]}, "rendered"),
        ({"pages": [{"name": "leads", "url": "/leads", "list": "leads"}]}, "needs its rows"),
        ({"pages": [SITE["pages"][0], SITE["pages"][0]]}, "two pages"),
        ({"agent": {}}, "who is looking"),
        ({"agent": {"header": True, "cookie": "sid"}}, "who is looking"),
        ({"agent": {"header": True}}, "proxy_secret_sha256"),
        ({"extension": "abc"}, "extension"),
    ],
)
def test_a_mistake_is_told_with_its_place(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        sites(told(**changed), "sites.json")
    assert says in refusal.value.what
    assert refusal.value.where.startswith("sites.json")


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"sites":[]}', b'{"sites":{}}', b"null", b"\xff"])
def test_a_file_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        sites(raw)


def test_two_sites_with_one_key_are_refused() -> None:
    with pytest.raises(BadInput, match="stands twice"):
        sites(json.dumps({"sites": [SITE, SITE]}).encode())


def test_rules_can_be_tried_on_addresses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sites.json"
    file.write_bytes(told())
    assert main([str(file), "https://crm.example/leads/7", "https://crm.example/leads"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "https://crm.example/leads/7\tlead 7",
        "https://crm.example/leads\tleads (a list)",
    ]
    assert main([str(file), "https://crm.example/login"]) == 1
    assert main([str(tmp_path / "none.json"), "x"]) == 1
    assert main([]) == 2
    assert read_sites(file)["site-4f1c9a"].source == "/crm-web"
