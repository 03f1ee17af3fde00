"""Keys with which other systems send events: made, listed and taken back; each change is told in the log."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from viewtrail.app.home import Home
from viewtrail.app.kept_lists import OWN, changing, tell
from viewtrail.errors import BadInput, ViewtrailError

FILE: Final = Path("keys", "intake.json")
"""The source of the house's own entries: no key may send in its name."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_SECRET: Final = 32  # bytes; 256 bits need no slow hash


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key by its name; of the secret only the SHA-256 is kept. Times are µs; `revoked` is 0 while good."""

    name: str
    sha256: str
    sources: tuple[str, ...]
    made: int
    revoked: int = 0

    def covers(self, source: str) -> bool:
        """Whether events of this source may come with this key: one of its own, or below one of them."""
        return _covers(self.sources, source)


@lru_cache(maxsize=4_096)
def _covers(sources: tuple[str, ...], source: str) -> bool:
    return any(source == one or source.startswith(one.rstrip("/") + "/") for one in sources)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def listed(home: Path) -> list[ApiKey]:
    """All keys ever made, oldest first."""
    path = home / FILE
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [ApiKey(**{**row, "sources": tuple(row["sources"])}) for row in rows]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError) as error:
        step = "restore it, or remove it and make the keys anew"
        raise ViewtrailError(f"cannot be read: {error}", where=str(path), next=step) from error


def add(
    home: Home, name: str, sources: Sequence[str], *, now: int, entropy: Callable[[int], bytes], by: str = ""
) -> str:
    """Make a key for these sources; the secret, which is kept nowhere."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name for a key", next="use a-z, 0-9, dots and dashes, at most 63")
    for source in sources:
        if not 0 < len(source) <= 200 or not source.isprintable() or source.split("/")[0] == OWN:
            told = f"{source!r} is no source that a key may send for"
            raise BadInput(told, next="name it as its events do: /crm")
    if not sources:
        raise BadInput("a key for no source", next="name at least one, as its events do: --source /crm")
    secret = "vt_" + base64.b32encode(entropy(_SECRET)).decode().rstrip("=").lower()
    with changing(home.path / FILE, lambda: listed(home.path)) as keys:
        if any(key.name == name and not key.revoked for key in keys):
            step = "take it back first, or choose another name"
            raise BadInput(f"there is a key {name!r} already", next=step)
        tell(home, f"api-key:{name}", {"to": ",".join(sources), "why": "made"}, now, entropy, by)
        keys.append(ApiKey(name, digest(secret), tuple(sources), now))
    return secret


def revoke(home: Home, name: str, *, now: int, entropy: Callable[[int], bytes], by: str = "") -> ApiKey:
    """Take a key back: from the next request on it opens nothing."""
    with changing(home.path / FILE, lambda: listed(home.path)) as keys:
        found = [place for place, key in enumerate(keys) if key.name == name and not key.revoked]
        if not found:
            raise BadInput(f"there is no key {name!r} in force", next="see `viewtrail keys list`")
        held = keys[found[0]]
        tell(home, f"api-key:{name}", {"from": ",".join(held.sources), "why": "revoked"}, now, entropy, by)
        keys[found[0]] = replace(held, revoked=now)
        return keys[found[0]]


class KeyRing:
    """The keys in force, by their secrets; a change of the file is seen at the next request."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._read: tuple[int, ...] = ()
        self._good: dict[str, ApiKey] = {}

    def find(self, secret: str) -> ApiKey | None:
        """The key with this secret, if it is in force now."""
        self._follow()
        return self._good.get(digest(secret))

    def _follow(self) -> None:
        try:
            told = os.stat(self._home / FILE)
        except FileNotFoundError:
            self._read, self._good = (), {}
            return
        seen = (told.st_ino, told.st_mtime_ns, told.st_size)
        if seen != self._read:
            self._good = {key.sha256: key for key in listed(self._home) if not key.revoked}
            self._read = seen
