"""A CRM as its web server sees it: the rules for its addresses, and lines of its access log."""

from __future__ import annotations

import json
from typing import Any

from viewtrail.sources.mapping import Mapping, parse_mapping

MAPPING = """
connector = "access-log"
source = "/crm/web"

[web]
health = ["/internal/alive"]

[web.agent]
field = "remote_user"
kind = "web"

[[web.url]]
path = "/leads/{record}"
type = "record.viewed"
data = { record_kind = "lead", via = "list" }

[[web.url]]
path = "/leads"
type = "list.viewed"
data = { list = "leads" }

[[web.url]]
path = "/search"
type = "search.performed"

[[web.url]]
path = "/export/{list}.{format}"
method = ["GET", "POST"]
type = "export.created"

[[web.url]]
path = "/api/leads/{record}/phone"
method = "POST"
type = "contact.revealed"
data = { field = "phone", reason = "call" }

[[web.url]]
path = "/index.php"
query = { module = "Accounts", action = "DetailView", record = "{record}" }
type = "record.viewed"
data = { record_kind = "account" }
"""
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0"


def rules(more: str = "", connector: str = "access-log") -> Mapping:
    return parse_mapping(MAPPING.replace("access-log", connector) + more, "web.toml")


def line(
    target: str = "/leads/L-20931",
    *,
    user: str = "anna",
    at: str = "02/Mar/2026:11:14:03 +0200",
    method: str = "GET",
    status: int = 200,
    agent: str = BROWSER,
    more: str = "",
) -> str:
    """One line as nginx's combined format has it."""
    return (
        f'10.0.3.17 - {user} [{at}] "{method} {target} HTTP/1.1" {status} 5316 '
        f'"https://crm.example.test/leads" "{agent}"{more}\n'
    )


def json_line(**more: Any) -> str:
    """One line of `log_format ... escape=json` with nginx's own names."""
    told = {
        "time_iso8601": "2026-03-02T11:14:03+02:00",
        "request_method": "GET",
        "request_uri": "/leads/L-20931?tab=calls",
        "status": "200",
        "remote_user": "anna",
        "http_user_agent": BROWSER,
        "request_id": "0f4f2a9c5d1e4b7f8a6b3c2d1e0f9a8b",
    } | more
    return json.dumps(told) + "\n"


def entry(
    url: str = "https://crm.example.test/leads/L-20931", status: int = 200, **more: Any
) -> dict[str, Any]:
    """One entry of a HAR file as Chromium writes it, shortened."""
    return {
        "_initiator": {"type": "other"},
        "_resourceType": more.get("kind", "document"),
        "startedDateTime": more.get("at", "2026-03-02T09:14:03.120Z"),
        "time": 84.2,
        "request": {
            "method": more.get("method", "GET"),
            "url": url,
            "httpVersion": "http/2.0",
            "headers": [{"name": "user-agent", "value": BROWSER}, *more.get("headers", [])],
            "cookies": more.get("cookies", []),
            "queryString": [],
        },
        "response": {
            "status": status,
            "headers": more.get("answered", [{"name": "X-User", "value": "anna"}]),
            "content": {"size": 5316, "mimeType": "text/html", "text": "<h1>\ufb01rst name</h1>"},
        },
        "cache": {},
        "timings": {"wait": 80.1},
    }


def har(*entries: Any) -> str:
    log = {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "entries": list(entries),
    }
    return json.dumps({"log": log}, indent=2)
