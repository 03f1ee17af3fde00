"""The log that questions are asked of: unsealed, sealed, and sealed in part."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from store import asked
from store.asked import Plain
from viewtrail.store.asking import Questions


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("asked") / "home"
    asked.fill(home)
    return home


@pytest.fixture(scope="module")
def plain(filled: Path) -> Plain:
    return Plain(asked.entries(filled))


@pytest.fixture(
    scope="module", params=["tail", "sealed", pytest.param("sealed in part", marks=pytest.mark.slow)]
)
def questions(request: pytest.FixtureRequest, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = Path(shutil.copytree(filled, tmp_path_factory.mktemp("home") / "home"))
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "sealed":
            assert asked.seal_small(home, patch) > 0
        elif request.param == "sealed in part":
            assert asked.seal_small(home, patch, largest=4_000, least=10**9) > 0
    with Questions(home) as found:
        view = found.view()
        assert len(view.segments) > 1 or request.param == "tail"
        assert view.tail.num_rows > 1_000 or request.param == "sealed"
        assert view.sealed + view.tail.num_rows == view.size
        yield found
