"""The settings of notices, read once into what they mean: addresses, quiet hours, the server, secrets."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from viewtrail.app.source_owners import SETTING, owners
from viewtrail.app.spans import zone_of
from viewtrail.errors import SettingError
from viewtrail.settings import Settings

WEBHOOK_SECRET: Final = "webhook.secret"
MAIL_SECRET: Final = "mail.secret"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, and the pseudonym of whose it is where the setting says so."""

    address: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server."""

    host: str
    port: int
    user: str
    password: str

    @property
    def here(self) -> bool:
        """On this machine: nothing leaves it, and nobody signs a certificate for it."""
        return self.host in LOOPBACK


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time of day to another, perhaps over midnight; none when both are the same."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class Notices:
    """Who is told what, when and how."""

    duty: tuple[Recipient, ...]
    next: tuple[Recipient, ...]
    digest: tuple[Recipient, ...]
    webhook: str
    webhook_secret: str
    quiet: Quiet
    unopened_hours: int
    digest_at: time
    zone: str
    console: str
    sender: str
    server: Server
    owners: Mapping[str, str] = field(default_factory=dict)


def notices(settings: Settings, keys: Path, pseudonym: Callable[[str], str]) -> Notices:
    """The settings as they are meant; SettingError says which one cannot be.

    `keys` is HOME/keys: a webhook's secret is drawn there the first time. `pseudonym` is of an agent's id.
    """
    zone_of(settings.time_zone)

    def people(name: str) -> tuple[Recipient, ...]:
        return tuple(
            _recipient(name, part, pseudonym) for part in getattr(settings, name).split(",") if part.strip()
        )

    if settings.notify_webhook and urlsplit(settings.notify_webhook).scheme not in ("http", "https"):
        raise SettingError("is not an http or https address", where="notify_webhook")
    return Notices(
        people("notify_mail"),
        people("notify_escalation_mail"),
        people("digest_mail"),
        settings.notify_webhook,
        _webhook_secret(keys) if settings.notify_webhook else "",
        _quiet(settings.notify_quiet),
        settings.notify_unopened_hours,
        _time("digest_at", settings.digest_at),
        settings.time_zone,
        settings.console_url.rstrip("/"),
        _address("mail_from", settings.mail_from),
        _server(settings, keys),
        {source: _address(SETTING, one) for source, one in owners(settings.source_owners).items()},
    )


def _recipient(name: str, text: str, pseudonym: Callable[[str], str]) -> Recipient:
    address, _, person = text.strip().partition("=")
    return Recipient(_address(name, address.strip()), pseudonym(person.strip()) if person.strip() else None)


def _address(name: str, text: str) -> str:
    try:
        return str(Address(addr_spec=text).addr_spec)
    except (ValueError, IndexError, MessageError):
        raise SettingError(f"{text!r} is not an address", where=name) from None


def _quiet(text: str) -> Quiet:
    start, dash, end = text.partition("-")
    if not dash:
        raise SettingError(f"{text!r} is not like 20:00-07:30", where="notify_quiet")
    return Quiet(_time("notify_quiet", start.strip()), _time("notify_quiet", end.strip()))


def _time(name: str, text: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise SettingError(f"{text!r} is not a time of day such as 07:30", where=name) from None
    return found.replace(tzinfo=None)


def _server(settings: Settings, keys: Path) -> Server:
    host, colon, port = settings.mail_server.rpartition(":")
    if not colon or not port.isdigit():
        raise SettingError(f"{settings.mail_server!r} is not like mail.example.com:587", where="mail_server")
    password = _secret(keys / MAIL_SECRET, "mail_user") if settings.mail_user else ""
    return Server(host.strip("[]"), int(port), settings.mail_user, password)


def _secret(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(
            f"needs the secret in {path} ({error.strerror})", where=name, next="put it there, mode 0600"
        ) from None


def _webhook_secret(keys: Path) -> str:
    path = keys / WEBHOOK_SECRET
    if not path.exists():
        made = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(made + "\n")
    return _secret(path, "notify_webhook")
