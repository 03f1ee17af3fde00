"""One request to the intake over a connection that is kept: what was answered, and nothing decided."""

from __future__ import annotations

import encodings.idna  # noqa: F401  (looking up a name would import it, in a thread: see below)
import gzip
import http.client
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from viewtrail.errors import SettingError

# Everything that a request needs is imported here, also what the standard library would import at the first
# request: a process that forks while another thread is importing leaves the child a module whose lock nobody
# releases any more, and the child's first request would wait for it for ever.

GZIP_FROM: Final = 1_024
"""Bytes below which compressing costs more than it saves."""

MOST_ANSWER: Final = 4 * 1024 * 1024
"""Bytes of an answer that are read: whatever stands behind the URL cannot fill the host's memory."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: its status, its body, and the seconds after which to come again, if it said so."""

    status: int
    body: bytes
    retry_after: float | None = None


class Intake:
    """Where to post. Not for several threads at once; an `OSError` or `HTTPException` is no answer."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingError(
                f"{url!r} is no http or https address", next="such as https://viewtrail.example:8421"
            )
        if not key.isascii() or not key.isprintable() or not key:
            raise SettingError("the API key is empty or no plain text", next="`viewtrail keys add` makes one")
        self._parts = parts
        self._key = key
        self._connection: http.client.HTTPConnection | None = None
        self._context = ssl.create_default_context() if parts.scheme == "https" else None

    def another(self) -> Intake:
        """The same place over a connection of its own."""
        return Intake(self._parts.geturl(), self._key)

    def post(self, path: str, body: bytes, timeout: float) -> Reply:
        """Post JSON; `timeout` is for each step of it (connecting, sending, each piece of the answer)."""
        if self._connection is not None:
            with suppress(http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                return self._post(path, body, timeout)  # kept open too long for the other side: once more
            self.close()
        return self._post(path, body, timeout)

    def _post(self, path: str, body: bytes, timeout: float) -> Reply:
        connection = self._connected(timeout)
        headers = {
            "Content-Type": "application/cloudevents-batch+json"
            if path.endswith("/events")
            else "application/json",
            "Authorization": f"Bearer {self._key}",
            "Sent": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        if len(body) >= GZIP_FROM:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        try:
            connection.request("POST", self._parts.path.rstrip("/") + path, body, headers)
            answer = connection.getresponse()
            reply = Reply(
                answer.status, answer.read(MOST_ANSWER), _seconds(answer.headers.get("Retry-After"))
            )
        except BaseException:
            self.close()
            raise
        if answer.will_close or not answer.isclosed():
            self.close()
        return reply

    def _connected(self, timeout: float) -> http.client.HTTPConnection:
        if self._connection is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._context is not None:
                self._connection = http.client.HTTPSConnection(
                    host, port, timeout=timeout, context=self._context
                )
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=timeout)
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout)
        return self._connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _seconds(told: str | None) -> float | None:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3)."""
    if told is None:
        return None
    with suppress(ValueError):
        return max(0.0, float(told)) if told.strip().isdigit() else _until(told)
    return None


def _until(date: str) -> float:
    return max(0.0, (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
