"""A server that keeps what it is sent, and clients that end with their test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capture.keeping import KEY, Kept, serving
from viewtrail.capture import Client


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """What a test begins ends with it: a thread that goes on would be the next test's surprise."""
    before = set(threading.enumerate())
    yield
    end = time.monotonic() + 30
    while left := [one for one in set(threading.enumerate()) - before if one.name.startswith("viewtrail-")]:
        assert time.monotonic() < end, f"threads that were not ended: {left}"
        time.sleep(0.01)


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
