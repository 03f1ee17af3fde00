"""Hooks of every scheme for tests, and posts signed as their vendors sign them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

URL = "https://hooks.example.com"
TELNYX = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
SECRETS = {
    "twilio": "12345",
    "signalwire": "PSK_7TruNcSNTxp4zNrykMj4EPzF",
    "telnyx": base64.b64encode(TELNYX.public_key().public_bytes_raw()).decode(),
    "aircall": "45XXYYZZa08",
    "yeastar": "b0uN8e0b9x6QDk2N8e0b9x6QDk2N8e0b",
    "hmac-sha256": "a shared secret",
    "standard": "whsec_" + base64.b64encode(b"s" * 32).decode(),
    "basic": "freeswitch:secret",
    "token": "vh_token",
}

Signed = tuple[str, dict[str, str]]
"""The query and the headers that go with a body."""


def compatible(address: str, form: bytes, secret: str) -> str:
    told = sorted(parse_qsl(form.decode(), keep_blank_values=True))
    text = address + "".join(name + value for name, value in told)
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()


def twilio(address: str, body: bytes, kind: str, now: int, secret: str = SECRETS["twilio"]) -> Signed:
    if "json" in kind:
        query = f"?bodySHA256={hashlib.sha256(body).hexdigest()}"
        return query, {"x-twilio-signature": compatible(address + query, b"", secret)}
    return "", {"x-twilio-signature": compatible(address, body, secret)}


def signalwire(address: str, body: bytes, kind: str, now: int) -> Signed:
    secret = SECRETS["signalwire"]
    if "json" in kind:
        mac = hmac.digest(secret.encode(), address.encode() + body, "sha1").hex()
        return "", {"x-signalwire-signature": mac}
    return "", {"x-signalwire-signature": compatible(address, body, secret)}


def telnyx(address: str, body: bytes, kind: str, now: int) -> Signed:
    at = str(now // 1_000_000)
    mac = base64.b64encode(TELNYX.sign(at.encode() + b"|" + body)).decode()
    return "", {"telnyx-signature-ed25519": mac, "telnyx-timestamp": at}


def yeastar(address: str, body: bytes, kind: str, now: int) -> Signed:
    mac = hmac.digest(SECRETS["yeastar"].encode(), body, "sha256")
    return "", {"x-signature": base64.b64encode(mac).decode()}


def plain_hmac(address: str, body: bytes, kind: str, now: int) -> Signed:
    mac = hmac.digest(SECRETS["hmac-sha256"].encode(), body, "sha256").hex()
    return "", {"x-signature": f"sha256={mac}"}


def standard(address: str, body: bytes, kind: str, now: int) -> Signed:
    at = datetime.fromtimestamp(now // 1_000_000, UTC)
    mac = Webhook(SECRETS["standard"]).sign("msg_1", at, body.decode())
    told = {"webhook-id": "msg_1", "webhook-timestamp": str(now // 1_000_000), "webhook-signature": mac}
    return "", told


def basic(address: str, body: bytes, kind: str, now: int) -> Signed:
    shown = base64.b64encode(SECRETS["basic"].encode()).decode()
    return "", {"authorization": f"Basic {shown}"}


def token(address: str, body: bytes, kind: str, now: int) -> Signed:
    return f"?token={SECRETS['token']}", {}


def aircall(address: str, body: bytes, kind: str, now: int) -> Signed:
    """Nothing besides: the token stands in the body."""
    assert json.loads(body)["token"] == SECRETS["aircall"]
    return "", {}


SIGN: dict[str, Callable[[str, bytes, str, int], Signed]] = {
    "twilio": twilio,
    "signalwire": signalwire,
    "telnyx": telnyx,
    "aircall": aircall,
    "yeastar": yeastar,
    "hmac-sha256": plain_hmac,
    "standard": standard,
    "basic": basic,
    "token": token,
}
