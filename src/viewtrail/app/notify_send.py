"""Sends one notice: a mail through the company's server, or a signed request to its webhook."""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from viewtrail.app.notify_settings import Server
from viewtrail.errors import ViewtrailError

PATIENCE: Final = 15.0
"""Seconds for one answer of a server."""

TLS_FROM_THE_START: Final = 465


class NotSent(ViewtrailError):
    """It could not be handed over; it is tried again."""


def send_mail(message: EmailMessage, server: Server) -> None:
    """Handed to the server when it returns; NotSent when not."""
    try:
        with _connected(server) as wire:
            if server.user:
                wire.login(server.user, server.password)
            wire.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"mail to {message['To']} was not taken: {error}") from error


def _connected(server: Server) -> smtplib.SMTP:
    if server.port == TLS_FROM_THE_START:
        return smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE, context=ssl.create_default_context()
        )
    wire = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    try:
        wire.ehlo()
        if wire.has_extn("starttls") and not server.here:
            wire.starttls(context=ssl.create_default_context())
            wire.ehlo()
        elif server.user and not server.here:
            raise NotSent("the mail server offers no TLS: the password is not sent in clear")
    except BaseException:
        wire.close()
        raise
    return wire


def post(url: str, secret: str, name: str, body: Mapping[str, Any], now: int) -> None:
    """Taken by the receiver (2xx) when it returns; NotSent when not. Redirects are not followed.

    Signed as standardwebhooks.com says; `name` stays the same when the same is sent again.
    """
    raw = json.dumps(body, ensure_ascii=False, sort_keys=True)
    at = datetime.fromtimestamp(now // 1_000_000, UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "viewtrail",
        "webhook-id": name,
        "webhook-timestamp": str(now // 1_000_000),
        "webhook-signature": Webhook(secret).sign(name, at, raw),
    }
    where = urlsplit(url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    wire = kind(where.hostname or "", where.port, timeout=PATIENCE)
    try:
        path = f"{where.path or '/'}{'?' + where.query if where.query else ''}"
        wire.request("POST", path, raw.encode(), headers)
        status = wire.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(f"{where.hostname} could not be reached: {error}") from error
    finally:
        wire.close()
    if not 200 <= status < 300:
        raise NotSent(f"{where.hostname} answered {status}")
