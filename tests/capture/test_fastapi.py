"""FastAPI and Starlette: decorator, dependency and middleware, in the process and behind a real server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse

from capture.keeping import Kept
from capture.running import free_port
from viewtrail.capture import Client, Who, records_view
from viewtrail.capture.middleware.asgi import ViewtrailASGI, recorded
from viewtrail.capture.notes import list_viewed, record_viewed, view_token

Told = Callable[..., list[dict[str, Any]]]


async def signed_in(request: Request) -> str:
    request.state.agent = request.headers.get("agent")
    return str(request.state.agent)


def crm(client: Client, agent: Callable[[Any], Any], **more: Any) -> FastAPI:
    app = FastAPI(dependencies=[Depends(signed_in)])
    app.add_middleware(ViewtrailASGI, client=client, agent=agent, **more)

    @app.get("/leads/{lead_id}")
    @records_view("lead", id="lead_id", via="list")
    async def lead(lead_id: int, request: Request) -> dict[str, int]:
        if lead_id == 404:
            raise HTTPException(404)
        if lead_id == 500:
            raise RuntimeError("broken")
        return {"id": lead_id}

    @app.get("/in-a-thread/{lead_id}")
    @records_view("lead", id="lead_id")
    def in_a_thread(lead_id: int) -> str:
        assert threading.current_thread() is not threading.main_thread()
        return view_token()

    @app.get("/dependency/{lead_id}", dependencies=[Depends(recorded("client", id="lead_id"))])
    async def dependency(lead_id: str) -> str:
        return lead_id

    @app.get("/several")
    async def several() -> str:
        list_viewed("callbacks", filter="country=?", rows=2)
        record_viewed("lead", "L-1", via="list", position=1)
        record_viewed("lead", "L-2", via="list", position=2)
        return "both"

    @app.get("/mistaken")
    async def mistaken() -> str:
        record_viewed("motor car", "L-1")
        return "shown all the same"

    return app


def agent_of(connection: Any) -> str | None:
    return getattr(connection.state, "agent", None)


def get(
    app: Any, *paths: str, agent: str | None = "a-7", method: str = "GET", **more: Any
) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"agent": agent} if agent else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://crm", headers=headers) as http:
            return [await http.request(method, path, **more) for path in paths]

    return asyncio.run(ask())


def test_an_endpoint_that_shows_a_record_is_a_view_of_it(client: Client, kept: Kept) -> None:
    (response,) = get(crm(client, agent_of), "/leads/3")
    assert response.json() == {"id": 3}, "FastAPI still sees the endpoint's own arguments"
    assert client.flush()
    (event,) = kept.acts
    assert (event["subject"], event["data"]) == (
        "3",
        {"agent": "a-7", "record_kind": "lead", "via": "list", "surface": "ui", "seen": "unknown"},
    )


def test_an_answer_that_failed_shows_nothing(client: Client, kept: Kept) -> None:
    codes = [
        r.status_code for r in get(crm(client, agent_of), "/leads/404", "/leads/500", "/leads/x", "/nowhere")
    ]
    assert codes == [404, 500, 422, 404]
    assert client.flush()
    assert kept.acts == []


def test_a_record_that_was_sent_is_told_whatever_breaks_afterwards(client: Client, kept: Kept) -> None:
    """A background task that fails, a stream that breaks off: by then the record was on its way."""
    app = crm(client, agent_of)

    def broken() -> None:
        raise RuntimeError("after the answer")

    async def breaking_off() -> AsyncIterator[bytes]:
        yield b"the number"
        raise RuntimeError("the browser has hung up")

    @app.get("/task/{lead_id}")
    @records_view("lead", id="lead_id")
    async def task(lead_id: str, tasks: BackgroundTasks) -> str:
        tasks.add_task(broken)
        return lead_id

    @app.get("/stream/{lead_id}")
    @records_view("lead", id="lead_id")
    async def stream(lead_id: str) -> StreamingResponse:
        return StreamingResponse(breaking_off())

    get(app, "/task/L-1")
    get(app, "/stream/L-2")
    assert client.flush()
    assert [event["subject"] for event in kept.acts] == ["L-1", "L-2"]


def test_a_request_for_the_headers_alone_shows_nothing(client: Client, kept: Kept) -> None:
    app = crm(client, agent_of, beacon_key=b"k" * 32)

    @app.head("/leads/{lead_id}")
    @records_view("lead", id="lead_id")
    async def headers(lead_id: str) -> str:
        return view_token()

    assert get(app, "/leads/3", method="HEAD")[0].status_code == 200
    assert client.flush()
    client.close(5)
    assert kept.acts == [], "neither viewed nor, for want of a sign of it, served"


def test_an_endpoint_in_a_thread_and_a_dependency_are_told(client: Client, kept: Kept) -> None:
    get(crm(client, agent_of), "/in-a-thread/4", "/dependency/C-9")
    assert client.flush()
    assert [(e["subject"], e["data"]["record_kind"]) for e in kept.acts] == [("4", "lead"), ("C-9", "client")]


def test_one_answer_may_show_several_things(client: Client, kept: Kept) -> None:
    get(crm(client, agent_of), "/several")
    assert client.flush()
    assert [(e["type"], e.get("subject")) for e in kept.acts] == [
        ("list.viewed", None),
        ("record.viewed", "L-1"),
        ("record.viewed", "L-2"),
    ]


async def _later(connection: Any) -> Who:
    await asyncio.sleep(0)
    return Who("manager-1", on_behalf_of=connection.state.agent, visit="s-1")


def test_who_asks_may_be_a_coroutines_answer(client: Client, kept: Kept) -> None:
    get(crm(client, _later), "/leads/3")
    assert client.flush()
    data = kept.acts[0]["data"]
    assert (data["agent"], data["on_behalf_of"], data["visit"]) == ("manager-1", "a-7", "s-1")


def _broken(_connection: Any) -> str:
    raise RuntimeError("nobody can say")


def test_nobody_and_a_resolver_that_breaks_take_no_answer_away(client: Client, kept: Kept) -> None:
    assert get(crm(client, agent_of), "/leads/3", agent=None)[0].status_code == 200
    assert get(crm(client, _broken), "/leads/3")[0].status_code == 200
    assert get(crm(client, agent_of), "/mistaken")[0].status_code == 200
    assert client.flush()
    assert kept.acts == []
    assert client.health()["refused"] == 2, "the resolver that broke, and the kind that is none"


def test_requests_at_once_keep_their_notes_apart(client: Client, kept: Kept) -> None:
    app = crm(client, agent_of)

    async def ask() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://crm") as http:
            await asyncio.gather(
                *(
                    http.get(f"/{'leads' if n % 2 else 'in-a-thread'}/{n}", headers={"agent": f"a-{n}"})
                    for n in range(60)
                )
            )

    asyncio.run(ask())
    assert client.flush()
    assert sorted((e["data"]["agent"], e["subject"]) for e in kept.acts) == sorted(
        (f"a-{n}", str(n)) for n in range(60)
    )


def test_with_a_beacon_its_signal_makes_the_view(client: Client, kept: Kept) -> None:
    app = crm(client, lambda c: Who(c.headers["agent"], session="s-77"), beacon_key=b"k" * 32)
    token = get(app, "/in-a-thread/4")[0].json()
    assert client.flush()
    assert kept.acts == [], "served is not seen"
    signal = json.dumps({"kind": "visible", "token": token, "page": "p1", "whole": True})
    (answer,) = get(app, "/viewtrail/beacon", method="POST", content=signal)
    assert answer.status_code == 200
    assert client.flush()
    (event,) = kept.acts
    assert (event["type"], event["subject"], event["data"]["seen"]) == ("record.viewed", "4", "true")
    (script,) = get(app, "/viewtrail/beacon.js")
    assert script.headers["content-type"] == "text/javascript"


def test_without_a_session_there_is_no_token_and_the_answer_is_the_view(client: Client, kept: Kept) -> None:
    assert get(crm(client, agent_of, beacon_key=b"k" * 32), "/in-a-thread/4")[0].json() == ""
    assert client.flush()
    assert kept.acts[0]["data"]["seen"] == "unknown"


@pytest.fixture
def address(client: Client) -> Iterator[str]:
    """The CRM behind a real server."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(crm(client, agent_of), port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def test_behind_a_real_server(address: str, client: Client, kept: Kept) -> None:
    with httpx.Client(base_url=address, headers={"agent": "a-7"}) as http:
        assert [http.get(f"/leads/{n}").status_code for n in (1, 2, 404, 3)] == [200, 200, 404, 200]
    kept.wait(lambda k: len(k.acts) == 3)
    assert client.flush()
    assert [e["subject"] for e in kept.acts] == ["1", "2", "3"]
