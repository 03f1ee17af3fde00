"""A server that answers as Salesforce's REST interface does: pages, event log files, tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from sources.answering import answering
from sources.salesforce import log_file, row

PAGE = 2


@dataclass
class Org:
    """An organisation with event log files; it answers as its REST interface does."""

    files: list[dict] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    token: str = "t-1"
    asked: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)  # given instead, in order
    cut: set[str] = field(default_factory=set)  # files whose body is sent short once
    address: str = ""

    def add(self, number: int, created: str, kind: str = "URI") -> str:
        id_ = f"0AT5g00000{number:05}AAA"
        body = log_file(row(kind, REQUEST_ID=f"r-{number}")).encode()
        self.bodies[id_] = body
        self.files.append(
            {
                "attributes": {"type": "EventLogFile"},
                "Id": id_,
                "EventType": kind,
                "LogDate": f"{created[:10]}T00:00:00.000+0000",
                "CreatedDate": created,
                "LogFileLength": float(len(body)),
            }
        )
        return id_

    def chosen(self, query: str) -> list[dict]:
        """The rows of the query, by the conditions that it has."""
        self.queries.append(query)
        kinds = re.findall(r"'(\w+)'", query.partition("IN (")[2].partition(")")[0])
        rows = [one for one in self.files if one["EventType"] in kinds]
        since = re.search(r"CreatedDate >= (\S+)", query)
        tie = re.search(r"\(CreatedDate > (\S+) OR \(CreatedDate = (\S+) AND Id > '(\w+)'\)\)", query)
        if since:
            rows = [one for one in rows if plain(one["CreatedDate"]) >= since[1]]
        if tie:
            assert tie[1] == tie[2]
            rows = [one for one in rows if (plain(one["CreatedDate"]), one["Id"]) > (tie[1], tie[3])]
        return sorted(rows, key=lambda one: (one["CreatedDate"], one["Id"]))


def plain(created: str) -> str:
    return created.replace("+0000", "Z")


def answers(org: Org) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *told: object) -> None:
            pass

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if form["client_secret"] != ["s3cret"]:
                self.send(400, b'{"error": "invalid_client"}')
            else:
                self.send(200, json.dumps({"access_token": org.token}).encode())

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            org.asked.append(split.path)
            if org.answers:
                code, headers, body = org.answers.pop(0)
                self.send(code, body, headers)
            elif self.headers["Authorization"] != f"Bearer {org.token}":
                self.send(401, b'[{"errorCode": "INVALID_SESSION_ID"}]')
            elif split.path.endswith("/LogFile"):
                id_ = split.path.split("/")[-2]
                body = org.bodies[id_]
                if id_ in org.cut:
                    org.cut.discard(id_)
                    body = body[:10]
                self.send(200, body)
            elif split.path.endswith("/query"):
                self.page(org.chosen(parse_qs(split.query)["q"][0]), 0)
            else:
                number = int(split.path.rpartition("-")[2])
                self.page(org.chosen(org.queries[-1]), number)

        def page(self, rows: list[dict], start: int) -> None:
            told = {
                "totalSize": len(rows),
                "done": start + PAGE >= len(rows),
                "records": rows[start : start + PAGE],
            }
            if not told["done"]:
                told["nextRecordsUrl"] = f"/services/data/v62.0/query/01g-{start + PAGE}"
            self.send(200, json.dumps(told).encode())

        def send(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(code)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Answers


@contextmanager
def serving() -> Iterator[Org]:
    """An empty organisation at an address of this machine."""
    there = Org()
    with answering(answers(there)) as there.address:
        yield there
