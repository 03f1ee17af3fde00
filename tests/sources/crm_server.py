"""A server that answers as EspoCRM, Frappe, Odoo and HubSpot do, by the question that it is asked."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sources.answering import answering


@dataclass
class There:
    """The logs of one CRM, and how it is asked and answers; `answers` are given instead, in their order."""

    espo: list[dict[str, Any]] = field(default_factory=list)
    frappe: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    odoo: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    hubspot: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    token: str = "k-1"
    asked: list[str] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""

    def history(self, query: dict[str, str]) -> Any:
        """EspoCRM: one condition, one order, so many rows."""
        assert (query["where[0][type]"], query["where[0][attribute]"]) == ("greaterThan", "number")
        assert (query["orderBy"], query["order"]) == ("number", "asc")
        rows = [row for row in self.espo if row["number"] > int(query["where[0][value]"])]
        rows.sort(key=lambda row: row["number"])
        chosen = [
            {name: row[name] for name in query["select"].split(",")} for row in rows[: int(query["maxSize"])]
        ]
        return {"total": len(rows), "list": chosen}

    def documents(self, doctype: str, query: dict[str, str]) -> Any:
        """Frappe: conditions joined with AND, ordered as it is told."""
        assert query["order_by"] == "creation asc, name asc"
        tests = {">": str.__gt__, ">=": str.__ge__, "=": str.__eq__}
        rows = sorted(self.frappe.get(doctype, []), key=lambda row: (row["creation"], row["name"]))
        for name, sign, value in json.loads(query["filters"]):
            rows = [row for row in rows if tests[sign](row[name], value)]
        names = json.loads(query["fields"])
        chosen = rows[: int(query["limit_page_length"])]
        return {"data": [{name: row.get(name) for name in names} for row in chosen]}

    def called(self, told: dict[str, Any]) -> Any:
        """Odoo: JSON-RPC, where a refusal is an answer like any other."""
        params = told["params"]
        database, user, key, *rest = params["args"]
        if key != self.token or database != "prod":
            return {"jsonrpc": "2.0", "id": 1, "error": {"data": {"name": "odoo.exceptions.AccessDenied"}}}
        if params["method"] == "authenticate":
            return {"jsonrpc": "2.0", "id": 1, "result": 7 if user == "auditor" else False}
        assert user == 7
        model, method, [domain], options = rest
        assert method == "search_read"
        return {"jsonrpc": "2.0", "id": 1, "result": self.searched(model, domain, options)}

    def searched(self, model: str, domain: list[Any], options: dict[str, Any]) -> list[dict[str, Any]]:
        """Odoo: a domain whose conditions all have to be met, by growing id."""
        assert options["order"] == "id asc"
        rows = sorted(self.odoo.get(model, []), key=lambda row: row["id"])
        for name, sign, value in domain:
            rows = [row for row in rows if (row[name] > value if sign == ">" else row[name] in value)]
        chosen = rows[: options["limit"]]
        fields = ["id", *options["fields"]]
        return [{name: row[name] for name in fields} for row in chosen]

    def activity(self, kind: str, query: dict[str, str]) -> Any:
        """HubSpot: from a time on, then by a token; sign-ins newest first."""
        time = {"audit-logs": "occurredAt", "security": "createdAt", "login": "loginAt"}[kind]
        rows = sorted(self.hubspot.get(kind, []), key=lambda row: row[time], reverse=kind == "login")
        if "occurredAfter" in query:
            rows = [row for row in rows if row[time] > query["occurredAfter"]]
        if "fromTimestamp" in query:
            since = int(query["fromTimestamp"])
            rows = [row for row in rows if datetime.fromisoformat(row[time]).timestamp() * 1000 >= since]
        start, size = int(query.get("after", 0)), int(query["limit"])
        page: dict[str, Any] = {"results": rows[start : start + size]}
        if start + size < len(rows):
            page["paging"] = {"next": {"after": str(start + size), "link": "https://elsewhere.test/"}}
        return page


def answers(there: There) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *told: object) -> None:
            pass

        def do_POST(self) -> None:
            there.asked.append(self.path)
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given = self.instead()
            if given is None and self.path != "/jsonrpc":
                given = (200, {}, json.dumps(self.json2(told)).encode()) if self.knows() else (401, {}, b"{}")
            self.send(*given or (200, {}, json.dumps(there.called(told)).encode()))

        def json2(self, told: dict[str, Any]) -> Any:
            *_, room, model, method = self.path.split("/")
            assert (room, method, self.headers["X-Odoo-Database"]) == ("2", "search_read", "prod")
            return there.searched(model, told.pop("domain"), told)

        def do_GET(self) -> None:
            there.asked.append(self.path)
            split = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(split.query).items()}
            given = self.instead()
            if given is None and not self.knows():
                given = (401, {}, b"{}")
            if given is None:
                given = (200, {}, json.dumps(self.found(split.path, query)).encode())
            self.send(*given)

        def found(self, path: str, query: dict[str, str]) -> Any:
            *_, room, last = unquote(path).split("/")
            if last == "ActionHistoryRecord":
                return there.history(query)
            if room == "resource":
                return there.documents(last, query)
            return there.activity(last, query)

        def knows(self) -> bool:
            given = self.headers.get("Authorization") or ""
            if given.startswith("Basic "):
                return base64.b64decode(given[6:]).decode() == there.token
            key = self.headers.get("X-Api-Key")
            return there.token in (key, given.removeprefix("token ").removeprefix("Bearer "))

        def instead(self) -> tuple[int, dict[str, str], bytes] | None:
            return there.answers.pop(0) if there.answers else None

        def send(self, code: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(code)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Answers


@contextmanager
def serving() -> Iterator[There]:
    """A CRM without rows at an address of this machine."""
    there = There()
    with answering(answers(there)) as there.address:
        yield there
