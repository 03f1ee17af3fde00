"""A server that keeps what it is sent, and clients that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capture.keeping import KEY, Kept, serving
from viewtrail.capture import Client


@pytest.fixture
def kept() -> Iterator[Kept]:
    with serving() as server:
        yield server


@pytest.fixture
def clients(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Makes clients of one source and one spool, as the processes of one host are."""
    made: list[Client] = []

    def make(url: str, **more: Any) -> Client:
        told: dict[str, Any] = {"key": KEY, "source": "/crm", "spool": tmp_path / "spool", **more}
        made.append(Client(url, **told))
        return made[-1]

    yield make
    for client in made:
        client.close(0.0)


@pytest.fixture
def client(kept: Kept, clients: Callable[..., Client]) -> Client:
    return clients(kept.url)
