"""Whether a post is from whom a hook was made for: each vendor's own way, compared in constant time.

The answer is a word for whoever looks after the hooks; the sender is never told what did not fit.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from viewtrail.app.hooks import Hook, digest

WINDOW: Final = 300
"""Seconds by which a signed time may be off, where the scheme has one: as its vendors say."""

MISSING: Final = "no signature"
WRONG: Final = "wrong signature"
OLD: Final = "signed at another time"
GENUINE: Final = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A request: its query as it came, its headers by their lower-case names, its body, and when it came."""

    query: str
    headers: Mapping[str, str]
    body: bytes
    now: int  # µs

    @property
    def is_form(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def judged(hook: Hook, post: Posted) -> str:
    """GENUINE, or what did not fit."""
    return _SCHEMES[hook.scheme](hook, post)


def _same(told: str | bytes, wanted: str | bytes) -> bool:
    left = told.encode("utf-8", "surrogateescape") if isinstance(told, str) else told
    right = wanted.encode() if isinstance(wanted, str) else wanted
    return hmac.compare_digest(left, right)


def _mac(hook: Hook, text: bytes, how: str) -> bytes:
    return hmac.digest(hook.secret.encode(), text, how)


def _compatible(hook: Hook, post: Posted, header: str) -> str:
    """Twilio's way (twilio.com/docs/usage/security#validating-requests): the address, then each parameter's
    name and value in the order of the names; of a body that is no form, bodySHA256 stands in the address."""
    told = post.headers.get(header, "")
    parameters = signed_of_form(post.body) if post.is_form else _signed_elsewhere(post)
    if not told:
        return MISSING
    if parameters is None:  # a signature of the address alone says nothing of what was posted there
        return WRONG
    for address in _addresses(hook, post):
        if _same(told, compatible(hook.secret, address, parameters)):
            return GENUINE
    return WRONG


def compatible(secret: str, address: str, parameters: str) -> str:
    """The signature as Twilio writes it into its header."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{address}{parameters}".encode(), "sha1")).decode()


def signed_of_form(body: bytes) -> str | None:
    """What of a form is signed: its names, sorted, each with its values; None when it cannot be read."""
    try:
        told = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        return None
    return "".join(f"{name}{value}" for name in sorted(told) for value in sorted(set(told[name])))


def _signed_elsewhere(post: Posted) -> str | None:
    """Nothing of a body whose digest stands in the address; None where it does not."""
    wanted = parse_qs(post.query).get("bodySHA256", [""])[0]
    return "" if _same(hashlib.sha256(post.body).hexdigest(), wanted) else None


def _addresses(hook: Hook, post: Posted) -> Iterator[str]:
    """The address as the vendor may have had it: with and without the port that is usual anyway."""
    query = f"?{post.query}" if post.query else ""
    told = hook.address(query)
    yield told
    parts = urlsplit(told)
    usual = {"https": 443, "http": 80}[parts.scheme]
    if parts.port is None:
        yield urlunsplit(parts._replace(netloc=f"{parts.netloc}:{usual}"))
    elif parts.port == usual:
        yield urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))


def _twilio(hook: Hook, post: Posted) -> str:
    return _compatible(hook, post, "x-twilio-signature")


def _signalwire(hook: Hook, post: Posted) -> str:
    """Forms as Twilio signs them; other bodies as hex of HMAC-SHA1 over address and body."""
    told = post.headers.get("x-signalwire-signature", "")
    for address in _addresses(hook, post):
        if told and _same(told, _mac(hook, address.encode() + post.body, "sha1").hex()):
            return GENUINE
    judgement = _compatible(hook, post, "x-signalwire-signature")
    return judgement if told else _compatible(hook, post, "x-twilio-signature")


def _telnyx(hook: Hook, post: Posted) -> str:
    """Ed25519 over time|body (developers.telnyx.com/docs/development/api-fundamentals/webhooks)."""
    told, at = post.headers.get("telnyx-signature-ed25519", ""), post.headers.get("telnyx-timestamp", "")
    if not told or not at:
        return MISSING
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(hook.secret))
        key.verify(base64.b64decode(told, validate=True), at.encode() + b"|" + post.body)
    except (InvalidSignature, ValueError):
        return WRONG
    is_number = at.isascii() and at.isdigit() and len(at) < 15
    return GENUINE if is_number and abs(int(at) - post.now // 1_000_000) <= WINDOW else OLD


def _aircall(hook: Hook, post: Posted) -> str:
    """The token that Aircall gave the webhook stands in every body (developer.aircall.io/api-references)."""
    try:
        told = json.loads(post.body)
    except (ValueError, RecursionError):
        return MISSING
    token = told.get("token") if isinstance(told, dict) else None
    if not isinstance(token, str) or not token:
        return MISSING
    return GENUINE if _same(digest(token), hook.digest) else WRONG


def _yeastar(hook: Hook, post: Posted) -> str:
    """help.yeastar.com, P-Series developer guide, monitor-events-via-webhook."""
    return _signed_body(hook, post, "x-signature")


def _hmac(hook: Hook, post: Posted) -> str:
    return _signed_body(hook, post, hook.header)


def _signed_body(hook: Hook, post: Posted, header: str) -> str:
    told = post.headers.get(header, "").strip().removeprefix("sha256=")
    if not told:
        return MISSING
    wanted = _mac(hook, post.body, "sha256")
    fits = _same(told.lower(), wanted.hex()) | _same(told, base64.b64encode(wanted))
    return GENUINE if fits else WRONG


def _standard(hook: Hook, post: Posted) -> str:
    if "webhook-signature" not in post.headers:
        return MISSING
    try:
        Webhook(hook.secret).verify(post.body, dict(post.headers), json_parse=False)
    except WebhookVerificationError as error:
        return OLD if "too" in str(error) else WRONG
    except ValueError:
        return WRONG
    return GENUINE


def _basic(hook: Hook, post: Posted) -> str:
    how, _, told = post.headers.get("authorization", "").partition(" ")
    if how.lower() != "basic" or not told:
        return MISSING
    try:
        shown = base64.b64decode(told.strip(), validate=True).decode("utf-8", "surrogateescape")
    except ValueError:
        return WRONG
    return GENUINE if _same(digest(shown), hook.digest) else WRONG


def _token(hook: Hook, post: Posted) -> str:
    told = parse_qs(post.query).get("token", [""])[0]
    if not told:
        return MISSING
    return GENUINE if _same(digest(told), hook.digest) else WRONG


_SCHEMES: Final[dict[str, Callable[[Hook, Posted], str]]] = {
    "twilio": _twilio,
    "signalwire": _signalwire,
    "telnyx": _telnyx,
    "aircall": _aircall,
    "yeastar": _yeastar,
    "hmac-sha256": _hmac,
    "standard": _standard,
    "basic": _basic,
    "token": _token,
}
