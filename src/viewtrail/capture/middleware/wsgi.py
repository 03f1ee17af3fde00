"""For Flask and every other WSGI application: a wrapper around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from viewtrail.capture.client import Client
from viewtrail.capture.middleware.site import MOST_BODY, Site
from viewtrail.capture.notes import Notes, current
from viewtrail.capture.relay import Answer

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class ViewtrailWSGI:
    """`app = ViewtrailWSGI(app, client, agent=...)`. `agent` gets the environ and says who asks, or None."""

    def __init__(
        self,
        app: Application,
        client: Client,
        agent: Callable[[Environ], Any],
        *,
        beacon_key: bytes | None = None,
        views: Path | None = None,
    ) -> None:
        self._app = app
        self._site = Site(client, agent, beacon_key, views)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "GET")
        if (script := self._site.script(path)) is not None:
            return _give(start_response, Answer(200, script, {"Content-Type": "text/javascript"}))
        notes = self._site.notes(environ, environ.get("HTTP_USER_AGENT", ""), method)
        if self._site.is_beacon(method, path):
            return _give(start_response, self._site.answer(notes.who(), _body(environ)))
        return self._noted(notes, environ, start_response)

    def _noted(self, notes: Notes, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status = [500]

        def started(told: str, headers: Any, *more: Any) -> Any:
            status[0] = int(told[:3])
            return start_response(told, headers, *more)

        with _noting(notes):
            body = self._app(environ, started)
        if not notes and _is_done(body, environ):
            return body
        return _Told(body, notes, lambda: self._tell(notes, status[0]))

    def _tell(self, notes: Notes, status: int) -> None:
        if notes and status < 400:
            self._site.tell(notes)


def _is_done(body: Iterable[bytes], environ: Environ) -> bool:
    """Whether nothing of the host runs any more while the body is sent: as a list or a file it goes to the
    server as it is, which knows its length or how to send it at once."""
    files = environ.get("wsgi.file_wrapper")
    is_file = hasattr(body, "read") or (isinstance(files, type) and isinstance(body, files))
    return is_file or isinstance(body, (list, tuple))


@contextmanager
def _noting(notes: Notes) -> Iterator[None]:
    before = current.set(notes)
    try:
        yield
    finally:
        current.reset(before)


class _Told:
    """The answer's body; when the server is done with it, the notes are told.

    A body may be a generator, or all of the application may be one: then it notes while it is being sent.
    """

    def __init__(self, body: Iterable[bytes], notes: Notes, tell: Callable[[], None]) -> None:
        self._body, self._notes, self._tell = body, notes, tell

    def __iter__(self) -> Iterator[bytes]:
        with _noting(self._notes):
            pieces = iter(self._body)
        while True:
            with _noting(self._notes):  # piece by piece: between two of them the thread is the server's
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def close(self) -> None:
        """Servers call this when all is sent or the browser is gone (PEP 3333)."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                with _noting(self._notes):
                    close()
        finally:
            self._tell()


def _body(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    size = min(int(length), MOST_BODY + 1) if length.isdigit() else 0
    return bytes(environ["wsgi.input"].read(size))


def _give(start_response: StartResponse, answer: Answer) -> Iterable[bytes]:
    start_response(
        f"{answer.status} Viewtrail", [*answer.headers.items(), ("Content-Length", str(len(answer.body)))]
    )
    return [answer.body]
