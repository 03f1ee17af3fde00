"""Asking an interface for JSON: with a token that goes to one host, and as slowly as the host asks for."""

from __future__ import annotations

import copy
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import IO, Any, Final

from viewtrail.errors import ViewtrailError
from viewtrail.sources.transports.salesforce_rest import Token, checked_instance

TRIES: Final = 5
TIMEOUT: Final = 60.0  # seconds without a byte
LONGEST_ANSWER: Final = 64 << 20  # bytes of one page: a few hundred rows
LONGEST_PAUSE: Final = 300.0  # seconds; whoever asks for more is asked again by the next poll

Headers = Callable[[str], Mapping[str, str]]
"""From the token to the headers that carry it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: a path of the host with its query, and a body that is sent as JSON.

    `secret` is where in the body the token goes, for interfaces that want it there.
    """

    path: str
    body: Any = None
    secret: tuple[str | int, ...] = ()

    def content(self, token: str) -> bytes | None:
        """The body as it is sent."""
        if self.body is None:
            return None
        body = copy.deepcopy(self.body)
        if self.secret:
            inner = body
            for part in self.secret[:-1]:
                inner = inner[part]
            inner[self.secret[-1]] = token
        return json.dumps(body).encode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer that it is: the token is for one host alone."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


class Refused(Exception):
    """The host does not take the token."""


class _Again(Exception):
    """What may pass: after `pause` seconds it is worth another try."""

    def __init__(self, why: str, pause: float | None = None) -> None:
        super().__init__(why)
        self.pause = pause


class Interface:
    """One host's interface. `wait` waits some seconds; `now` is for a Retry-After that is a date."""

    def __init__(
        self,
        address: str,
        token: Token,
        headers: Headers,
        wait: Callable[[float], object],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.address = checked_instance(address)
        self._token, self._headers, self._wait, self._now = token, headers, wait, now

    def ask(self, ask: Ask, check: Callable[[Any], Any]) -> Any:
        """The answer, as `check` takes it; `check` raises Refused where the answer itself says so.

        A refused token is asked for anew once. A busy or broken server, a lost connection and an answer that
        is no JSON are tried again, with the pauses that the server asks for. Then ViewtrailError.
        """
        refused, why = False, ""
        tried = 0
        while tried < TRIES:
            try:
                return check(self._once(ask, self._token(refused)))
            except Refused as error:
                if refused:
                    raise ViewtrailError(
                        f"refused the token ({error})",
                        where=self.address,
                        next="is it the right one, and may its user read this log?",
                    ) from None
                refused = True
            except _Again as error:
                why, tried = str(error), tried + 1
                if tried < TRIES:
                    self._wait(2.0**tried if error.pause is None else error.pause)
        raise ViewtrailError(
            f"{why}, {TRIES} times", where=self.address, next="the next poll goes on from the same place"
        )

    def _once(self, ask: Ask, token: str) -> Any:
        body = ask.content(token)
        headers = {"Accept": "application/json", **self._headers(token)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.address + ask.path, data=body, headers=headers)
        try:
            with _OPENER.open(request, timeout=TIMEOUT) as answer:
                told = answer.read(LONGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            with error:
                self._failed(error.code, error.headers.get("Retry-After", ""))
            raise AssertionError("unreachable") from None
        except (OSError, http.client.HTTPException) as error:
            raise _Again(str(getattr(error, "reason", error)) or type(error).__name__) from None
        if len(told) > LONGEST_ANSWER:
            raise ViewtrailError("the answer is too long", where=self.address)
        try:
            return json.loads(told)
        except (ValueError, RecursionError):
            raise _Again("the answer is not JSON") from None

    def _failed(self, code: int, after: str) -> None:
        if code in (401, 403):
            raise Refused(f"{code}")
        if code == 429 or code >= 500:
            raise _Again(f"answered {code}", self._pause(after))
        raise ViewtrailError(f"answered {code}", where=self.address, next="is this the CRM's own address?")

    def _pause(self, after: str) -> float | None:
        """Seconds to wait: what Retry-After asks for, in seconds or as a date (RFC 9110 10.2.3)."""
        if after.isascii() and after.isdigit() and len(after) < 9:
            return min(float(after), LONGEST_PAUSE)
        try:
            until = parsedate_to_datetime(after)
        except (TypeError, ValueError):
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max((until - self._now()).total_seconds(), 0.0), LONGEST_PAUSE)
