"""Bodies into items: the long ones by a process beside this one, so that this one has its time for the log.

The process beside checks the JSON and makes the events ready for the log (docs/decisions/0011). When it has
died, the body is read here: slower, and the same.
"""

from __future__ import annotations

import asyncio
import marshal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.web.intake import beside
from viewtrail.web.intake.beside import ASKED, TOLD
from viewtrail.web.intake.items import Bad, Item, TooMany, in_groups, read_here
from viewtrail.web.intake.readied import Readied, readied

WORTH_IT: Final = 48 << 10
"""Bytes from which the way there and back pays: about 120 events."""

_BUFFER: Final = 4 << 20

Group = list[Item] | Readied
"""At most 2,000 items of a body, in order."""


class Reading:
    """Reads bodies; the process beside is started when the first long one comes and ends with this one."""

    def __init__(self, tenant_key: bytes) -> None:
        self._tenant_key = tenant_key
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._starting = asyncio.Lock()

    async def read(self, body: bytes, most: int, line: int = 0) -> Sequence[Group]:
        """As `read_here`, by the group, wherever it is done."""
        if len(body) < WORTH_IT:
            return in_groups(read_here(body, most, line))
        try:
            told = await self._ask(body, most, line)
        except OSError:  # it has died: the next long body starts another
            self._process = None
            return in_groups(read_here(body, most, line))
        return _groups(told, lambda: read_here(body, most, line))

    async def _ask(self, body: bytes, most: int, line: int) -> Any:
        async with self._starting:
            if self._process is None:
                await self._start()
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._writer.write(ASKED.pack(len(body), most, line) + body)
        return await answer

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", beside.__name__],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
            )
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=_BUFFER)
        self._writer.write(self._tenant_key)  # never among its arguments, where others could read it
        self._waiting = deque()
        self._task = asyncio.create_task(self._receive(reader, self._writer, self._process, self._waiting))

    async def _receive(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        process: subprocess.Popen[bytes],
        waiting: deque[asyncio.Future[Any]],
    ) -> None:
        """Answers come in the order of the questions; at the end whoever still waits is told."""
        try:
            with suppress(asyncio.IncompleteReadError, OSError):
                while True:
                    (length,) = TOLD.unpack(await reader.readexactly(TOLD.size))
                    told = marshal.loads(await reader.readexactly(length))
                    answer = waiting.popleft()
                    if not answer.done():
                        answer.set_result(told)
        finally:
            writer.close()
            process.kill()
            process.wait()
            if self._process is process:
                self._process = None
            for answer in waiting:
                if not answer.done():
                    answer.set_exception(ConnectionError("the process that reads bodies has ended"))


def _groups(told: Any, read: Callable[[], list[Item]]) -> list[Group]:
    kind, *rest = told
    if kind == "many":
        raise TooMany
    if kind == "bad":
        raise BadInput(*rest[:1], where=rest[1], next=rest[2])
    if kind == "items":
        return [*in_groups([Event(*parts) if len(parts) == 8 else Bad(*parts) for parts in rest[0]])]
    return [
        readied(columns, lambda number=number: in_groups(read())[number])  # type: ignore[misc]
        for number, columns in enumerate(rest[0])
    ]
