"""What people do in the console, told to the same log as everything else, through its one writer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from viewtrail.app.clock import now
from viewtrail.errors import ViewtrailError
from viewtrail.event import Event, from_wire, rfc3339

if TYPE_CHECKING:
    from viewtrail.log import Receipt
    from viewtrail.store.remote_log import RemoteLog

SOURCE: Final = "/console"


class NotLogged(ViewtrailError):
    """What was about to be done could not be written to the log first, so it is not done."""


class Named(Protocol):
    """Somebody with a place in the log."""

    @property
    def agent(self) -> str: ...
    @property
    def email(self) -> str: ...


def name_of(person: Named) -> str:
    """Under which name somebody's acts here stand in the log: their own pseudonym, where it is known."""
    return person.agent or f"console:{person.email}"


def write(type_: str, *, by: str, subject: str | None = None, **data: Any) -> int:
    """Append one event and return its index; on return it is on disk. NotLogged when that cannot be."""
    told = _event(type_, by, subject, data)
    try:
        (receipt,) = _append(told)
    except (ViewtrailError, OSError) as error:
        raise NotLogged(
            f"the log cannot be written: {error}", next="start `viewtrail serve`, then open this page again"
        ) from error
    if receipt.index is None:
        raise NotLogged(f"the log did not take it: {receipt.why}")
    return int(receipt.index)


def try_to_write(type_: str, *, by: str, **data: Any) -> None:
    """The same where nobody must be held up: signing in works, and says nothing, while the log is away."""
    try:
        write(type_, by=by, **data)
    except NotLogged:
        return


def _event(type_: str, by: str, subject: str | None, data: dict[str, Any]) -> Event:
    wire: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{type_}-{secrets.token_hex(12)}",
        "source": SOURCE,
        "type": type_,
        "time": rfc3339(now()),
        "data": {"agent": by, **{name: value for name, value in data.items() if value not in ("", None)}},
    }
    if subject is not None:
        wire["subject"] = subject
    return from_wire(wire)


_lock = Lock()
_open: dict[Path, RemoteLog] = {}


def _append(event: Event) -> Sequence[Receipt]:
    """Over the writer's socket, which finds a writer that was started again by itself."""
    from django.conf import settings

    return _connection(settings.VIEWTRAIL.path).append([event], masked=True)


def _connection(home: Path) -> RemoteLog:
    with _lock:
        if home not in _open:
            _open[home] = connect(home)
        return _open[home]


def connect(home: Path) -> RemoteLog:
    """A connection to the process that writes the log of `home`; LogBusy when there is none."""
    from viewtrail.store.remote_log import RemoteLog

    return RemoteLog(home)


def disconnect() -> None:
    """Close what is open; the next write opens it again."""
    with _lock:
        for log in _open.values():
            log.close()
        _open.clear()
