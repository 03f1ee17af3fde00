"""A folder in which a demo has been run, once for all pages that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.excerpt import made


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `demo-data` and, in `demo.txt`, what the demo printed."""
    folder = tmp_path_factory.mktemp("docs") / "here"
    folder.mkdir()
    made(folder)
    return folder
