"""For FastAPI, Starlette and every other ASGI application: a wrapper around it, and a dependency."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from viewtrail.capture.client import Client
from viewtrail.capture.middleware.site import MOST_BODY, Site, said
from viewtrail.capture.notes import Notes, current, record_viewed
from viewtrail.capture.relay import Answer

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class ViewtrailASGI:
    """`app.add_middleware(ViewtrailASGI, client=client, agent=...)`.

    `agent` gets the connection and says who asks, or None: a Starlette `HTTPConnection` where Starlette is
    installed (its `state`, `session` and `user` are what the application put there), else the scope. It may
    be a coroutine function.
    """

    def __init__(
        self,
        app: Application,
        client: Client,
        agent: Callable[[Any], Any],
        *,
        beacon_key: bytes | None = None,
        views: Path | None = None,
    ) -> None:
        self._app = app
        self._site = Site(client, lambda scope: agent(_connection(scope)), beacon_key, views)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if (script := self._site.script(scope["path"])) is not None:
            await _give(send, Answer(200, script, {"Content-Type": "text/javascript"}))
            return
        notes = self._site.notes(scope, _user_agent(scope), scope["method"])
        if self._site.is_beacon(scope["method"], scope["path"]):
            await _give(send, self._site.answer(await said(notes), await _body(receive)))
            return
        await self._noted(notes, scope, receive, send)

    async def _noted(self, notes: Notes, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        before = current.set(notes)
        try:
            await self._app(scope, receive, sending)
        finally:
            current.reset(before)
            # Also where it broke off after the answer: a background task failed, the browser hung up
            if notes and status < 400:
                await self._site.tell_awaiting(notes)


def recorded(kind: str, id: str = "id", **data: Any) -> Callable[..., None]:
    """A FastAPI dependency in place of the decorator; `id` is the name of the path parameter.

    `@app.get("/leads/{lead_id}", dependencies=[Depends(recorded("lead", id="lead_id"))])`
    """
    from starlette.requests import Request

    def note(request: Request) -> None:
        if id in request.path_params:
            record_viewed(kind, request.path_params[id], **data)

    note.__annotations__["request"] = Request  # FastAPI reads it; the name itself is local to this function
    return note


def _connection(scope: Scope) -> Any:
    try:
        from starlette.requests import HTTPConnection
    except ImportError:
        return scope
    return HTTPConnection(scope)


def _user_agent(scope: Scope) -> str:
    found = next((value for name, value in scope.get("headers", ()) if name == b"user-agent"), b"")
    return str(found, "latin-1")


async def _body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= MOST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body[: MOST_BODY + 1]


async def _give(send: Send, answer: Answer) -> None:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
