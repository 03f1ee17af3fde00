"""Fixtures for every suite."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

TESTS: Final = Path(__file__).parent

# The same examples on every run: a red run can be repeated, and nothing is written into the tree.
settings.register_profile("viewtrail", deadline=None, derandomize=True, database=None)
settings.load_profile("viewtrail")

WHOLE: Final = frozenset(
    "app bench browser capture cli evaluate faults replay simulate store stories web".split()
)
"""Folders whose tests start processes, browsers and databases or fold whole companies: all are slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(TESTS).parts[0] in WHOLE:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory that the command line uses."""
    folder = tmp_path / "viewtrail-data"
    folder.mkdir()
    monkeypatch.setenv("VIEWTRAIL_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test never works on the data of the person who runs it."""
    monkeypatch.delenv("VIEWTRAIL_HOME", raising=False)
