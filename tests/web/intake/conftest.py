"""One running intake for the tests that leave nothing behind for each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from web.intake.running import Running, running


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An intake with a key for /crm; a test takes ids of its own."""
    with running(tmp_path_factory.mktemp("intake") / "home") as one:
        yield one
