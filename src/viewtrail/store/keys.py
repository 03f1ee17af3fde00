"""The log's keys as files: made on first use, readable by their owner alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from viewtrail.errors import KeyMissing
from viewtrail.log.keys import Keys

FILES = {"tenant": "tenant.key", "master": "master.key", "signing": "log-signing.key"}
LENGTH = 32


def load_keys(
    home: Path,
    *,
    elsewhere: Mapping[str, Path] | None = None,
    make: bool = False,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Keys:
    """The three keys from HOME/keys or from the files named in `elsewhere` ("tenant", "master", "signing").

    With `make`, a missing file under HOME/keys is created (mode 0600, durable); one named elsewhere never is.
    """
    given = elsewhere or {}
    found = {}
    for name, file in FILES.items():
        path = Path(given[name]) if name in given else home / "keys" / file
        if make and name not in given and not path.exists():
            _create(path, entropy(LENGTH))
        found[name] = _read(path)
    return Keys(**found)


def _read(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise KeyMissing(
            f"the key cannot be read: {error.strerror}",
            where=str(path),
            next="put the key file back; without it the log can be neither continued nor opened",
        ) from error
    if len(raw) != LENGTH:
        raise KeyMissing(f"the key has {len(raw)} bytes, not {LENGTH}", where=str(path))
    return raw


def _create(path: Path, key: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written whole under another name first: a crash must not leave half a key under the real one.
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.link(part, path)  # fails when somebody else made one meanwhile: a key is never replaced
    os.unlink(part)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new or renamed file survives a power cut only after its folder is synced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
