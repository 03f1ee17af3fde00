"""The console's own secrets: files under HOME/keys that their owner alone can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from viewtrail.errors import KeyMissing

FILE = "console.secret"


def session_key(home: Path) -> str:
    """The key that signs sessions and links, made on first use."""
    path = home / "keys" / FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{FILE}.{os.getpid()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # whoever was first has made it: a key is never replaced
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text(encoding="ascii").strip()


def oidc_secret(home: Path) -> str:
    """The secret that the OpenID Connect provider has given this console."""
    path = home / "keys" / "oidc-client.secret"
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise KeyMissing(
            f"the provider's secret cannot be read: {error.strerror}",
            where=str(path),
            next="put it there with mode 0600, or take oidc_issuer out of the settings",
        ) from error
