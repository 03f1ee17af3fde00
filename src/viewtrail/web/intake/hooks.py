"""`POST /v1/hooks/NAME`: what a telephone system posts, proved to be its own, kept and then acknowledged.

| answer | when |
|---|---|
| 200 | it is on disk; the same again is welcome and adds nothing |
| 401, 403 | it is not shown to be the vendor's; why is counted in HOME/hooks/refused.json and not told |
| 404 | no hook has this name |
| 413, 415, 422 | it is too long, packed, or nothing that a telephone system posts: the same again is as bad |
| 429, 503, 507 | not now; with Retry-After |
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from typing import Any, Final
from urllib.parse import urlencode

from viewtrail.app import hooks
from viewtrail.app.home import Home
from viewtrail.app.hook_feed import FOLDER, Backlog, Feeds
from viewtrail.app.hooks import Hook
from viewtrail.app.refusals import NO_HOOK, Refusals
from viewtrail.app.writer import Writer
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.sources.posts import posts
from viewtrail.web.intake.answers import COME_AGAIN, Receive, Refused, Send, answer, answer_refused
from viewtrail.web.intake.body import Disconnected, blocks
from viewtrail.web.intake.events import unavailable
from viewtrail.web.intake.hook_signatures import GENUINE, Posted, judged

PATH: Final = "/v1/hooks/"
LONGEST: Final = 1 << 20
"""Bytes of a post: one call with all its variables has some 60 KiB."""

AT_ONCE: Final = 64
"""Posts that are being read at the same time; further ones are asked to come again."""

KEPT: Final = {"status": "kept"}


class HookRing:
    """The hooks there are; a change of the file is seen at the next post."""

    def __init__(self, home: Home) -> None:
        self._home = home.path
        self._seen: tuple[int, ...] = ()
        self._hooks: dict[str, Hook] = {}

    def all(self) -> Sequence[Hook]:
        seen: tuple[int, ...] = ()
        with suppress(FileNotFoundError):
            told = os.stat(self._home / hooks.FILE)
            seen = (told.st_ino, told.st_mtime_ns, told.st_size)
        if seen != self._seen:
            self._hooks = {hook.name: hook for hook in hooks.listed(self._home)}
            self._seen = seen
        return tuple(self._hooks.values())

    def find(self, name: str) -> Hook | None:
        self.all()
        return self._hooks.get(name)


class Hooks:
    """Answers posts to hooks, from `opened` to `close`."""

    def __init__(self, home: Home, writer: Writer) -> None:
        self._writer = writer
        self._ring = HookRing(home)
        self._refusals = Refusals(home.path / FOLDER)
        self._feeds = Feeds(home, writer, HookRing(home).all)
        self._now_reading = 0
        self.draining = False

    def close(self) -> None:
        """Nothing is read any more; what was kept waits for the next start."""
        self._feeds.close()
        self._refusals.keep(self._writer.now())

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self._now_reading += 1
        try:
            await self._take(scope, receive)
            await answer(send, 200, KEPT)
        except Refused as refused:
            await answer_refused(send, refused)
        except Disconnected:
            pass
        except ViewtrailError as error:
            await answer_refused(send, unavailable(error))
        finally:
            self._now_reading -= 1

    async def _take(self, scope: dict[str, Any], receive: Receive) -> None:
        name = scope["path"].removeprefix(PATH)
        hook = self._ring.find(name)
        if hook is None:
            self._refuse("", NO_HOOK)
            raise Refused(404, BadInput("nothing is here"))
        if scope["method"] != "POST":
            told = BadInput(f"{scope['method']} is not answered here", next="have it posted")
            raise Refused(405, told, ((b"allow", b"POST"),))
        if self.draining:
            raise Refused(503, ViewtrailError("the intake is being stopped", next="come again"), COME_AGAIN)
        if self._now_reading > AT_ONCE:
            raise Refused(429, ViewtrailError("too many posts at once", next="come again"), COME_AGAIN)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        body = b"".join([block async for block in blocks(receive, headers, LONGEST)])
        self._prove(hook, scope, headers, body)
        line = self._line(hook, headers, body)
        self._writer.check_disk()
        try:
            await asyncio.to_thread(self._keep, hook, line)
        except Backlog as backlog:
            raise Refused(429, backlog, ((b"retry-after", b"30"),)) from None
        except OSError as error:
            raise unavailable(ViewtrailError(f"cannot write: {error.strerror}")) from None

    def _keep(self, hook: Hook, line: bytes) -> None:
        self._feeds.of(hook).keep(line)

    def _prove(self, hook: Hook, scope: dict[str, Any], headers: dict[bytes, bytes], body: bytes) -> None:
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        post = Posted(scope["query_string"].decode("latin-1"), told, body, self._writer.now())
        judgement = judged(hook, post)
        if judgement == GENUINE:
            return
        self._refuse(hook.name, judgement)
        refusal = BadInput("not accepted")
        if hook.scheme == "basic":
            raise Refused(401, refusal, ((b"www-authenticate", b'Basic realm="hooks"'),))
        raise Refused(403, refusal)

    def _line(self, hook: Hook, headers: dict[bytes, bytes], body: bytes) -> bytes:
        """The post as one line, or Refused: 422 when it is nothing that can be read."""
        try:
            line = one_line(body, headers.get(b"content-type", b"").decode("latin-1"), hook.scheme)
            if not posts(line):
                raise BadInput("holds nothing")
        except BadInput as error:
            self._refuse(hook.name, "not a post of a telephone system")
            raise Refused(422, error) from None
        return line

    def _refuse(self, name: str, why: str) -> None:
        self._refusals.note(f"{name}: {why}" if name else why, self._writer.now())


def one_line(body: bytes, kind: str, scheme: str) -> bytes:
    """A body without line ends: between values of JSON they mean nothing, in a form there are none."""
    if kind.lower().startswith("multipart/form-data"):
        return _from_multipart(body, kind)
    line = body.strip().replace(b"\r", b" ").replace(b"\n", b" ")
    return _without_token(line) if scheme == "aircall" else line


def _without_token(line: bytes) -> bytes:
    """Aircall's secret stands in the body, and is kept nowhere."""
    try:
        told = json.loads(line.decode())
        kept = {name: value for name, value in told.items() if name != "token"}
        return json.dumps(kept).encode()
    except (ValueError, RecursionError, AttributeError):
        raise BadInput("is no JSON object") from None


def _from_multipart(body: bytes, kind: str) -> bytes:
    """The fields of a multipart form (RFC 7578) as an ordinary one."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    try:
        parts = message_from_bytes(head + body).get_payload()
    except RecursionError:
        raise BadInput("is no multipart form") from None
    if not isinstance(parts, list):
        raise BadInput("is no multipart form")
    fields = []
    for part in parts:
        assert isinstance(part, Message)
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields.append((name, content.rstrip(b"\r\n")))
    return urlencode(fields).encode()
