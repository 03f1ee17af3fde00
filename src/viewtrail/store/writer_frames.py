"""What passes between the log's writer and local producers: frames of marshalled tuples over a local socket.

Marshal is four times faster than JSON and must never read what a stranger wrote: both ends look at whose
process the other is before the first frame.
"""

from __future__ import annotations

import marshal
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from viewtrail import errors
from viewtrail.errors import ViewtrailError
from viewtrail.event import Event, made

NAME: Final = "writer.sock"
LONGEST: Final = 1 << 30
"""Bytes of a frame; 2,000 events of the longest kind fit into it."""

_LENGTH: Final = struct.Struct(">Q")
_USER: Final = struct.Struct("3i")  # struct ucred: pid, uid, gid
_LONGEST_PATH: Final = 100  # of the 108 bytes that sun_path has


class Gone(Exception):
    """The other end has closed the connection."""


def send(wire: socket.socket, told: Any) -> None:
    """One frame; Gone when nobody is there any more."""
    raw = marshal.dumps(told)
    try:
        wire.sendall(_LENGTH.pack(len(raw)) + raw)
    except OSError as error:
        raise Gone(str(error)) from error


def receive(wire: socket.socket) -> Any:
    """The next frame; Gone when the connection ends before or inside it."""
    (length,) = _LENGTH.unpack(_exactly(wire, _LENGTH.size))
    if length > LONGEST:
        raise Gone(f"a frame of {length:,} bytes")
    try:
        return marshal.loads(_exactly(wire, length))
    except (ValueError, EOFError, TypeError) as error:
        raise Gone(f"not a frame: {error}") from error


def _exactly(wire: socket.socket, length: int) -> bytearray:
    raw = bytearray(length)
    view, got = memoryview(raw), 0
    while got < length:
        try:
            count = wire.recv_into(view[got:])
        except OSError as error:
            raise Gone(str(error)) from error
        if not count:
            raise Gone("the connection was closed")
        got += count
    return raw


def same_user(wire: socket.socket) -> bool:
    """Whether the process at the other end belongs to the user that this one belongs to."""
    raw = wire.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _USER.size)
    return int(_USER.unpack(raw)[1]) == os.geteuid()


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """An address of `path` that is short enough for a socket, whatever folder it lies in."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


_parts = attrgetter("source", "id", "type", "time", "data", "subject", "sequence", "extra")


def parts_of(events: Iterable[Event]) -> list[tuple[Any, ...]]:
    """Events as marshal takes them: plain dicts and tuples."""
    return [_parts(event) for event in events]


def events_of(parts: Iterable[tuple[Any, ...]]) -> list[Event]:
    """The events again."""
    return [made(*part) for part in parts]


def refusal(error: ViewtrailError) -> tuple[str, str, str, str, str]:
    """An error as it is told to the other end."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if getattr(errors, kind.__name__, None) is kind]
    return "no", kinds[0], error.what, error.where, error.next


def raised(told: tuple[str, str, str, str, str]) -> ViewtrailError:
    """The error that the other end told of."""
    _, kind, what, where, next_ = told
    error: ViewtrailError = getattr(errors, kind)(what, where=where, next=next_)
    return error
