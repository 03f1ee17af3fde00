"""Flask and plain WSGI: told when the answer has succeeded, by whom the CRM says."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import FileWrapper

import flask
import httpx

from capture.keeping import Kept
from viewtrail.capture import Client, Who, records_view
from viewtrail.capture.middleware.flask import instrument
from viewtrail.capture.middleware.wsgi import ViewtrailWSGI
from viewtrail.capture.notes import current, record_viewed


def crm(client: Client, **more: Any) -> flask.Flask:
    app = flask.Flask("crm")
    app.secret_key = "only-in-tests"

    def who() -> Who | None:
        agent = flask.session.get("agent")
        return Who(agent, session=flask.session["name"]) if agent else None

    instrument(app, client, who, **more)

    @app.get("/sign-in/<agent>")
    def sign_in(agent: str) -> str:
        flask.session.update(agent=agent, name=f"session-of-{agent}")
        return "signed in"

    @app.get("/leads/<int:lead_id>")
    @records_view("lead", id="lead_id", via="search")
    def lead(lead_id: int) -> str:
        if lead_id == 404:
            flask.abort(404)
        if lead_id == 500:
            raise RuntimeError("broken")
        return str(lead_id)

    @app.get("/page/<int:lead_id>")
    @records_view("lead", id="lead_id")
    def page(lead_id: int) -> str:
        return flask.render_template_string("{{ view_token() }}")

    return app


def test_a_page_that_shows_a_record_is_a_view_of_it(client: Client, kept: Kept) -> None:
    with crm(client).test_client() as http:
        http.get("/leads/1")  # nobody is signed in
        http.get("/sign-in/a-7")
        assert [http.get(f"/leads/{n}").status_code for n in (2, 404, 500, 3)] == [200, 404, 500, 200]
    assert client.flush()
    assert [(e["subject"], e["data"]["agent"]) for e in kept.acts] == [("2", "a-7"), ("3", "a-7")]


def test_a_request_for_the_headers_alone_shows_nothing(client: Client, kept: Kept) -> None:
    with crm(client).test_client() as http:
        http.get("/sign-in/a-7")
        assert http.head("/leads/2").status_code == 200, "Flask answers it by the same view"
        http.get("/leads/3")
    assert client.flush()
    assert [event["subject"] for event in kept.acts] == ["3"]


def test_with_a_beacon_its_signal_makes_the_view_in_its_session_only(client: Client, kept: Kept) -> None:
    app = crm(client, beacon_key=b"k" * 32)
    http, other = app.test_client(), app.test_client()
    http.get("/sign-in/a-7")
    other.get("/sign-in/a-8")
    token = http.get("/page/4").text
    signal = json.dumps({"kind": "visible", "token": token, "page": "p1", "whole": True})
    assert other.post("/viewtrail/beacon", data=signal).status_code == 403
    assert app.test_client().post("/viewtrail/beacon", data=signal).status_code == 403
    assert http.post("/viewtrail/beacon", data=signal).status_code == 200
    assert http.get("/viewtrail/beacon.js").mimetype == "text/javascript"
    assert client.flush()
    (event,) = kept.acts
    assert (event["subject"], event["data"]["agent"], event["data"]["seen"]) == ("4", "a-7", "true")


def test_a_page_without_a_beacon_has_no_token(client: Client, kept: Kept) -> None:
    with crm(client).test_client() as http:
        http.get("/sign-in/a-7")
        assert http.get("/page/4").text == ""
    assert client.flush()
    assert kept.acts[0]["data"]["seen"] == "unknown"


def test_any_wsgi_application_behind_a_real_server(client: Client, kept: Kept) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        record = environ["PATH_INFO"].rpartition("/")[2]
        record_viewed("lead", record, via="link")
        start_response("404 Not Found" if record == "404" else "200 OK", [("Content-Type", "text/plain")])
        return _slowly(record)

    def _slowly(record: str) -> Iterator[bytes]:
        yield from (letter.encode() for letter in record)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    wrapped = ViewtrailWSGI(
        app, client, agent=lambda environ: environ.get("HTTP_AGENT"), beacon_key=b"k" * 32
    )
    with make_server("127.0.0.1", 0, wrapped, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        with httpx.Client(
            base_url=f"http://127.0.0.1:{server.server_port}", headers={"agent": "a-7"}
        ) as http:
            assert http.get("/leads/L-9").text == "L-9"
            assert http.get("/leads/404").status_code == 404
            assert http.head("/leads/L-7").status_code == 200
            assert http.get("/leads/L-8", headers={"agent": ""}).status_code == 200
            assert http.get("/viewtrail/beacon.js").status_code == 200
            assert http.post("/viewtrail/beacon", content="{}").status_code == 403
        server.shutdown()
        thread.join()
    assert client.flush()
    assert [(e["subject"], e["data"]["via"], e["data"]["agent"]) for e in kept.acts] == [
        ("L-9", "link", "a-7")
    ]


def test_an_application_that_is_a_generator_notes_while_its_answer_is_sent(
    client: Client, kept: Kept
) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        record = environ["PATH_INFO"].rpartition("/")[2]
        record_viewed("lead", record, via="list")
        start_response("404 Not Found" if record == "404" else "200 OK", [])
        try:
            yield b"first"
            record_viewed("client", record, via="link")
            yield b"second"
        finally:
            record_viewed("account", record, via="link")

    def answer(path: str, pieces: int) -> list[bytes]:
        """As a server asks for it; after so many pieces the browser is gone."""
        body = wrapped({"PATH_INFO": path}, lambda *_: None)
        try:
            return list(islice(body, pieces))
        finally:
            body.close()  # type: ignore[attr-defined]  # a WSGI body may have it

    wrapped = ViewtrailWSGI(app, client, agent=lambda environ: "a-7")
    assert answer("/leads/L-1", 9) == [b"first", b"second"]
    assert answer("/leads/404", 9) == [b"first", b"second"]
    assert answer("/leads/L-2", 1) == [b"first"]
    assert current.get() is None
    assert client.flush()
    assert [(e["subject"], e["data"]["record_kind"]) for e in kept.acts] == [
        ("L-1", "lead"), ("L-1", "client"), ("L-1", "account"), ("L-2", "lead"), ("L-2", "account"),
    ]  # fmt: skip


def test_answers_of_two_generators_that_are_sent_in_turns_keep_their_own_notes(
    client: Client, kept: Kept
) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for number in range(3):
            record_viewed("lead", f"{environ['agent']}-{number}", via="list")
            yield b"."

    wrapped = ViewtrailWSGI(app, client, agent=lambda environ: environ["agent"])
    bodies = [wrapped({"agent": agent}, lambda *_: None) for agent in ("a-1", "a-2")]
    for _ in zip(*bodies, strict=True):
        pass
    for body in bodies:
        body.close()  # type: ignore[attr-defined]  # a WSGI body may have it
    assert client.flush()
    assert [e["subject"] for e in kept.acts] == ["a-1-0", "a-1-1", "a-1-2", "a-2-0", "a-2-1", "a-2-2"]
    assert all(e["subject"].startswith(e["data"]["agent"]) for e in kept.acts)


def test_a_body_that_notes_nothing_more_is_given_to_the_server_as_it_is(client: Client) -> None:
    for body in ([b"one"], (b"one",), io.BytesIO(b"one"), FileWrapper(io.BytesIO(b"one"))):
        wrapped = ViewtrailWSGI(lambda _environ, _start, body=body: body, client, agent=lambda _: "a-7")
        assert wrapped({"wsgi.file_wrapper": FileWrapper}, lambda *_: None) is body
