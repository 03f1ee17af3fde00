"""The encrypted detail beside an entry: what was sent besides the allow-listed fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from viewtrail.errors import BadInput, KeyMissing
from viewtrail.log.entry import encode_json
from viewtrail.log.pseudonyms import hmac_sha256

SALT, NONCE, KEY = 16, 12, 32
KEYS_HELD = 20_000  # opened detail keys kept in memory


def key_name(agent: str | None, source: str, time: int) -> str:
    """Detail is erasable by agent and month (no agent: by source and month): "a-…/2026-03"."""
    month = datetime.fromtimestamp(time // 1_000_000, UTC).strftime("%Y-%m")
    return f"{agent or 'source:' + source}/{month}"


def commitment(salt: bytes, plain: bytes) -> bytes:
    """Binds an entry to its detail; with the salt gone it tells nothing about it."""
    return hmac_sha256(salt)(plain)


class DetailKeys:
    """Detail keys by name, wrapped by the master key; `stored` finds a wrapped one."""

    def __init__(
        self, master_key: bytes, entropy: Callable[[int], bytes], stored: Callable[[str], bytes | None]
    ) -> None:
        self._box = AESGCM(master_key)
        self._entropy = entropy
        self._stored = stored
        self._open: dict[str, AESGCM] = {}
        self._new: list[tuple[str, bytes]] = []

    def get(self, name: str) -> AESGCM | None:
        """The key, or None when there is none (any more)."""
        held = self._open.get(name)
        if held is None:
            wrapped = self._stored(name)
            if wrapped is None:
                return None
            held = self._hold(name, self._unwrap(name, wrapped))
        return held

    def get_or_make(self, name: str) -> AESGCM:
        return self._open.get(name) or self.get(name) or self._make(name)

    def _make(self, name: str) -> AESGCM:
        key, nonce = self._entropy(KEY), self._entropy(NONCE)
        self._new.append((name, nonce + self._box.encrypt(nonce, key, name.encode())))
        return self._hold(name, key)

    def _hold(self, name: str, key: bytes) -> AESGCM:
        if len(self._open) >= KEYS_HELD:
            self._open.clear()
        self._open[name] = AESGCM(key)
        return self._open[name]

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        try:
            return self._box.decrypt(wrapped[:NONCE], wrapped[NONCE:], name.encode())
        except InvalidTag as error:
            raise KeyMissing(f"the master key does not open the detail key {name}") from error

    def take_new(self) -> list[tuple[str, bytes]]:
        new, self._new = self._new, []
        return new

    def forget(self) -> None:
        self._open.clear()
        self._new.clear()


def plain_detail(extra: Mapping[str, Any]) -> bytes:
    """The bytes of an event's extra that are sealed; BadInput when it has none."""
    try:
        return encode_json(extra)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise BadInput(f"the detail cannot be written as JSON: {error}") from error


def seal_detail(key: AESGCM, plain: bytes, entropy: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """(commitment, sealed blob) of an event's extra, written as `plain_detail` does."""
    salt, nonce = entropy(SALT), entropy(NONCE)
    bound = commitment(salt, plain)
    return bound, nonce + key.encrypt(nonce, salt + plain, bound)


def open_detail(key: AESGCM, sealed: bytes, bound: bytes) -> dict[str, Any] | None:
    """The extra of an entry; None when the blob is not the one the entry's commitment `bound` is about."""
    try:
        opened = key.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError):
        return None
    salt, plain = opened[:SALT], opened[SALT:]
    if commitment(salt, plain) != bound:
        return None
    extra: dict[str, Any] = msgspec.json.decode(plain)
    return extra
