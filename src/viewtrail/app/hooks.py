"""Hooks: addresses that telephone systems and others post to; made, listed and removed, each told in the log.

`HOME/keys/hooks.json` (0600) has them. Where the sender shows its secret itself, only its SHA-256 is kept;
where it signs with the secret, the secret has to be there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from viewtrail.app.follow import SETTLE
from viewtrail.app.home import Home
from viewtrail.app.kept_lists import OWN, changing, tell
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.sources import Mapping
from viewtrail.sources.connectors import found
from viewtrail.sources.files import open_lines
from viewtrail.sources.mapping import parse_mapping

FILE: Final = Path("keys", "hooks.json")

USUAL: Final = {
    "twilio": "twilio",
    "telnyx": "telnyx",
    "signalwire": "signalwire",
    "aircall": "aircall",
    "yeastar": "yeastar",
    "freeswitch": "basic",
    "exotel": "token",
}
"""How each system proves that a post is its own; for others it is `hmac-sha256`, if nothing else is said."""

SCHEMES: Final = {
    "twilio": "X-Twilio-Signature: HMAC-SHA1 with the auth token over address and parameters",
    "signalwire": "X-SignalWire-Signature: HMAC-SHA1 with the signing key",
    "telnyx": "Telnyx-Signature-Ed25519, checked with the public key; five minutes",
    "aircall": "the webhook's token in the body",
    "yeastar": "X-Signature: HMAC-SHA256 in base64 over the body",
    "hmac-sha256": "a header with HMAC-SHA256 over the body, in hex or base64",
    "standard": "Standard Webhooks (standardwebhooks.com); five minutes",
    "basic": "user:password in the header Authorization: Basic",
    "token": "?token=... in the address",
}
SHOWN: Final = frozenset({"aircall", "basic", "token"})
"""Schemes in which the sender shows the secret: of it, only a digest is kept."""

MADE_HERE: Final = frozenset({"basic", "token", "hmac-sha256", "standard"})
"""Schemes whose secret may be drawn here; the other ones come from the vendor."""

OF_ADDRESS: Final = frozenset({"twilio", "signalwire"})
"""Schemes that sign the address too: it has to be known as the vendor has it."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_HEADER: Final = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Hook:
    """One address. `secret` is empty where `digest` is enough; `settle`: seconds a call has to be quiet."""

    name: str
    kind: str
    mapping: str  # its text: what is read does not change when a file somewhere does
    scheme: str
    secret: str
    digest: str
    header: str
    url: str
    made: int
    settle: float = SETTLE

    @property
    def rules(self) -> Mapping:
        return parse_mapping(self.mapping, f"hook {self.name}")

    def address(self, query: str = "") -> str:
        """Where the vendor posts to, as the vendor has it."""
        return f"{self.url.rstrip('/')}/v1/hooks/{self.name}{query}"


def digest(secret: str) -> str:
    """What is kept of a secret that the sender shows; random bits or a vendor's token need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """A hook as it was asked for; without `secret` one is drawn, if the scheme lets it be."""

    name: str
    mapping: str
    url: str
    scheme: str = ""
    secret: str = ""
    header: str = "x-signature"
    settle: float = SETTLE


@dataclass(frozen=True, slots=True)
class Made:
    """A new hook, and its secret if it was drawn here: it is shown this once."""

    hook: Hook
    drawn: str


def listed(home: Path) -> list[Hook]:
    """The hooks there are, oldest first."""
    path = home / FILE
    try:
        return [Hook(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        step = "restore it, or remove it and make the hooks anew"
        raise ViewtrailError(f"cannot be read: {error}", where=str(path), next=step) from error


def add(home: Home, asked: Asked, *, now: int, entropy: Callable[[int], bytes], by: str = "") -> Made:
    """Make a hook; BadInput says what is missing or does not fit."""
    mapping = parse_mapping(asked.mapping, "the mapping")
    kind = _kind(mapping)
    scheme = asked.scheme or USUAL.get(kind, "hmac-sha256")
    _check(asked, scheme, mapping)
    drawn = "" if asked.secret else _drawn(scheme, asked.name, entropy)
    secret = asked.secret or drawn
    shown = scheme in SHOWN
    hook = Hook(
        asked.name,
        kind,
        asked.mapping,
        scheme,
        "" if shown else secret,
        digest(secret) if shown else "",
        asked.header.lower(),
        asked.url,
        now,
        asked.settle,
    )
    _try(hook)
    with changing(home.path / FILE, lambda: listed(home.path)) as hooks:
        if any(one.name == hook.name for one in hooks):
            step = "remove it first, or choose another name"
            raise BadInput(f"there is a hook {hook.name!r} already", next=step)
        tell(home, f"hook:{hook.name}", {"to": mapping.source, "why": "made"}, now, entropy, by)
        hooks.append(hook)
    return Made(hook, drawn)


def remove(home: Home, name: str, *, now: int, entropy: Callable[[int], bytes], by: str = "") -> Hook:
    """Remove a hook: from the next post on nothing is taken there. What was taken is told nevertheless."""
    with changing(home.path / FILE, lambda: listed(home.path)) as hooks:
        gone = next((one for one in hooks if one.name == name), None)
        if gone is None:
            raise BadInput(f"there is no hook {name!r}", next="see `viewtrail connect hook list`")
        tell(home, f"hook:{name}", {"from": gone.rules.source, "why": "removed"}, now, entropy, by)
        hooks.remove(gone)
        return gone


def _kind(mapping: Mapping) -> str:
    if mapping.events:
        return "jsonl"
    if mapping.connector not in USUAL:
        known = ", ".join(USUAL)
        raise BadInput(
            f"{mapping.connector!r} is not posted",
            where="the mapping",
            next=f"connector is one of {known}; or say what an object is, as [[event]]",
        )
    assert found()[mapping.connector].follows
    return mapping.connector


def _check(asked: Asked, scheme: str, mapping: Mapping) -> None:
    if not _NAME.fullmatch(asked.name):
        raise BadInput(f"{asked.name!r} is no name for a hook", next="use a-z, 0-9 and dashes, at most 41")
    if scheme not in SCHEMES:
        raise BadInput(f"{scheme!r} is no scheme", next=f"one of {', '.join(SCHEMES)}")
    if mapping.source.split("/")[0] == OWN:
        raise BadInput(f"{mapping.source!r} is no source that a hook may send for", where="the mapping")
    if not _HEADER.fullmatch(asked.header.lower()):
        raise BadInput(f"{asked.header!r} is no name of a header", next="write it like X-Signature")
    told = urlsplit(asked.url)
    if told.scheme not in ("http", "https") or not told.netloc or told.query or told.fragment:
        raise BadInput(f"{asked.url!r} is no address", next="write it like https://hooks.example.com")
    if scheme in OF_ADDRESS and told.scheme != "https" and told.hostname not in ("127.0.0.1", "localhost"):
        raise BadInput(
            f"{asked.url!r} is not https", next="calls hold telephone numbers: post them encrypted"
        )
    if not asked.secret and scheme not in MADE_HERE:
        raise BadInput(f"{scheme} needs its secret from the vendor", next="give it with --secret-file")
    if not 0 <= asked.settle <= 3_600:
        raise BadInput("settle is not 0 to 3,600 seconds")
    _check_secret(scheme, asked.secret)


def _check_secret(scheme: str, secret: str) -> None:
    if scheme == "telnyx" and len(_unpacked(secret)) != 32:
        raise BadInput("that is no public key of Telnyx: 32 bytes in base64", next="copy it from the portal")
    if scheme == "standard" and secret and len(_unpacked(secret.removeprefix("whsec_"))) < 24:
        raise BadInput("that is no secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64")
    if scheme == "basic" and secret and ":" not in secret:
        raise BadInput("that is no user:password", next="write it like crm:secret")


def _unpacked(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except ValueError:
        return b""


def _drawn(scheme: str, name: str, entropy: Callable[[int], bytes]) -> str:
    word = base64.b32encode(entropy(32)).decode().rstrip("=").lower()
    if scheme == "standard":
        return "whsec_" + base64.b64encode(entropy(32)).decode()
    return f"{name}:{word}" if scheme == "basic" else f"vh_{word}"


def _try(hook: Hook) -> None:
    """Read nothing by the mapping, so that what does not fit is said now and not at the first call."""
    for _ in open_lines(b"", hook.name, kind=hook.kind, mapping=hook.rules):
        pass
