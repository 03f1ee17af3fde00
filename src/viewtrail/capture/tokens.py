"""Signed view tokens: what the server knows of a page it sent, carried by the page and believed again.

A token names the opening that may follow: its event id, the record, the agent, and a binding to the session.
It is `base64url(claims).base64url(HMAC-SHA256)`; who reads it in the page learns what that page shows anyway.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from viewtrail.errors import BadInput, SettingError

LIFE: Final = 12 * 3_600
"""Seconds a token is believed: a tab that stays open for a working day is still heard at its end."""

LONGEST: Final = 3_000
"""Characters of a token. Ids of 400 characters fit; what is longer never was one of ours."""

KEY_BYTES: Final = 32
"""A key shorter than the hash is easier to guess than the hash (RFC 2104, 3)."""

_VERSION: Final = 1


class BadToken(BadInput):
    """A token that is not believed; `why` is unreadable, forged, expired, early or another-session."""

    def __init__(self, why: str, next: str) -> None:
        super().__init__(f"the view token is not believed: {why}", next=next)
        self.why = why


@dataclass(frozen=True, slots=True)
class ViewToken:
    """A page that was sent. `id` is the id of the `record.viewed` that follows if somebody sees it.

    `issued` and `expires` are microseconds since 1970 by the server's clock; `session` is a binding, not
    the session's name; `data` are further fields of the opening (via, position, list, visit, campaign).
    """

    id: str
    agent: str
    record: str
    kind: str | None
    session: str
    issued: int
    expires: int
    data: Mapping[str, Any] = field(default_factory=dict)


def now() -> int:
    """Microseconds since 1970-01-01T00:00:00Z by this machine's clock."""
    return time.time_ns() // 1_000


class Tokens:
    """Issues and reads tokens under one key; `former` keys are believed while a key is being changed."""

    def __init__(
        self,
        key: bytes,
        *,
        former: Sequence[bytes] = (),
        life: float = LIFE,
        clock: Callable[[], int] = now,
    ) -> None:
        if any(len(one) < KEY_BYTES for one in (key, *former)):
            raise SettingError(
                f"the key for view tokens has fewer than {KEY_BYTES} bytes",
                next="draw one: secrets.token_bytes(32)",
            )
        self._keys = (key, *former)
        self._life = round(life * 1_000_000)
        self._clock = clock

    def issue(self, agent: str, record: str, *, session: str, kind: str | None = None, **data: Any) -> str:
        """A token for a page about `record` that is now sent to `agent`; valid in this session only."""
        return self.sign(self.view(agent, record, session=session, kind=kind, **data))

    def view(
        self,
        agent: str,
        record: str,
        *,
        session: str,
        kind: str | None = None,
        id: str | None = None,
        issued: int | None = None,
        **data: Any,
    ) -> ViewToken:
        """What such a token says, before it is signed; `issued` (µs) where the page is older than now."""
        at = self._clock() if issued is None else issued
        kept = {name: value for name, value in data.items() if value is not None}
        bound = self._bound(session)
        return ViewToken(id or new_id(), str(agent), str(record), kind, bound, at, at + self._life, kept)

    def sign(self, view: ViewToken) -> str:
        """The token of that view."""
        claims = [
            _VERSION,
            view.id,
            view.agent,
            view.record,
            view.kind,
            view.session,
            view.issued,
            view.expires,
            dict(view.data),
        ]
        body = _text(json.dumps(claims, separators=(",", ":")).encode())
        token = f"{body}.{_text(self._mac(self._keys[0], body))}"
        if len(token) > LONGEST:
            raise BadInput(
                f"a view token of {len(token):,} characters", next="give shorter ids and fewer fields"
            )
        return token

    def read(self, token: object, session: str) -> ViewToken:
        """The page this token was issued for, or `BadToken`: forged, expired, or of another session."""
        if not isinstance(token, str) or len(token) > LONGEST or not token.isascii():
            raise BadToken("unreadable", "send the token as the page has it")
        body, _, mac = token.partition(".")
        if not any(hmac.compare_digest(mac, _text(self._mac(key, body))) for key in self._keys):
            raise BadToken(
                "forged", "load the page again; after a change of key, keep the former one for a day"
            )
        view = _view(body)
        if not hmac.compare_digest(view.session, self._bound(session, view)):
            raise BadToken("another-session", "load the page again in this session")
        if self._clock() >= view.expires:
            raise BadToken("expired", "load the page again")
        return view

    def _bound(self, session: str, view: ViewToken | None = None) -> str:
        """What ties a token to a session without naming it; for a `view`, under the key it was bound with."""
        found = ""
        for key in self._keys:
            found = _text(
                hmac.digest(key, b"session\0" + session.encode(errors="surrogatepass"), hashlib.sha256)[:15]
            )
            if view is None or hmac.compare_digest(found, view.session):
                break
        return found

    @staticmethod
    def _mac(key: bytes, body: str) -> bytes:
        return hmac.digest(key, b"view\0" + body.encode(), hashlib.sha256)


def new_id() -> str:
    """An id for an opening that nobody can guess."""
    return secrets.token_hex(16)


def _view(body: str) -> ViewToken:
    """The claims of a body whose signature was right: only our own code can have written them."""
    version, *claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if version != _VERSION:
        raise BadToken("unreadable", "load the page again: the token is of another version")
    return ViewToken(*claims)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
