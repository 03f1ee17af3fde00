"""The three keys of one log, handed in by whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Keys:
    """Each 32 bytes. Without `master` details and names are lost, without `tenant` pseudonyms change."""

    tenant: bytes = field(repr=False)  # pseudonyms, content digests
    master: bytes = field(repr=False)  # wraps detail keys, seals the pseudonym map
    signing: bytes = field(repr=False)  # Ed25519 seed that signs checkpoints

    def __post_init__(self) -> None:
        for name in ("tenant", "master", "signing"):
            if len(getattr(self, name)) != 32:
                raise ValueError(f"the {name} key must have 32 bytes")
