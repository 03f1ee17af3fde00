"""Bodies into items: the long ones by a process beside this one, so that this one has its time for the log.

Checking JSON costs as much as writing it to the log; an event that comes back as a marshalled tuple costs a
fifth of that. When the process beside has died, the body is read here: slower, and the same.
"""

from __future__ import annotations

import asyncio
import marshal
import os
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import astuple
from typing import IO, Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.store.writer_frames import parts_of
from viewtrail.web.intake.items import Bad, Item, lines_of, numbered, pieces

WORTH_IT: Final = 48 << 10
"""Bytes from which the way there and back pays: about 120 events."""

_ASKED: Final = struct.Struct(">QQQ")  # length of the body, most items, number of the first line (0: array)
_TOLD: Final = struct.Struct(">Q")


class TooMany(Exception):
    """A batch has more items than it may have."""


def read_here(body: bytes, most: int, line: int = 0) -> list[Item]:
    """The items of a JSON array; BadInput when it is none that ends, TooMany above `most`. With `line`: of
    lines, of which that is the first one's number."""
    if line:
        return [*lines_of(body, line)]
    parts = pieces(body)
    if len(parts) > most:
        raise TooMany
    return list(numbered(parts))


class Reading:
    """Reads bodies; the process beside is started when the first long one comes and ends with this one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._starting = asyncio.Lock()

    async def read(self, body: bytes, most: int, line: int = 0) -> list[Item]:
        """As `read_here`, wherever it is done."""
        if len(body) < WORTH_IT:
            return read_here(body, most, line)
        try:
            told = await self._ask(body, most, line)
        except OSError:  # it has died: the next long body starts another
            self._process = None
            return read_here(body, most, line)
        return _items(told)

    async def _ask(self, body: bytes, most: int, line: int) -> Any:
        async with self._starting:
            if self._process is None:
                await self._start()
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._writer.write(_ASKED.pack(len(body), most, line) + body)
        return await answer

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __spec__.name], stdin=theirs.fileno(), stdout=subprocess.DEVNULL
            )
        reader, self._writer = await asyncio.open_connection(sock=ours)
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
                    (length,) = _TOLD.unpack(await reader.readexactly(_TOLD.size))
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


def _items(told: Any) -> list[Item]:
    kind, *rest = told
    if kind == "many":
        raise TooMany
    if kind == "bad":
        raise BadInput(*rest[:1], where=rest[1], next=rest[2])
    return [Event(*parts) if len(parts) == 8 else Bad(*parts) for parts in rest[0]]


def _told(body: bytes, most: int, line: int) -> tuple[Any, ...]:
    try:
        items = read_here(body, most, line)
    except TooMany:
        return ("many",)
    except BadInput as error:
        return "bad", error.what, error.where, error.next
    return "items", [parts_of((item,))[0] if isinstance(item, Event) else astuple(item) for item in items]


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    raw = pipe.read(length)
    if len(raw) < length:
        raise EOFError
    return raw


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is for the process that writes; it ends this one
    with suppress(EOFError, OSError), open(0, "rb") as asked, open(os.dup(0), "wb") as answers:
        while True:
            length, most, line = _ASKED.unpack(_exactly(asked, _ASKED.size))
            raw = marshal.dumps(_told(_exactly(asked, length), most, line))
            answers.write(_TOLD.pack(len(raw)) + raw)
            answers.flush()


if __name__ == "__main__":
    _main()
