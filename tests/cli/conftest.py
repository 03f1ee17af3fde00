"""A home with one told theft in it, imported and replayed once for all tests of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.commands import jsonl, viewtrail
from viewtrail.event import to_wire
from viewtrail.stories import only


@pytest.fixture(scope="session")
def theft_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    events = only("forty_seven_in_an_hour", history_days=42).events
    return jsonl(tmp_path_factory.mktemp("told") / "crm.jsonl", [to_wire(event) for event in events])


@pytest.fixture(scope="session")
def replayed(theft_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("replayed") / "home"
    assert viewtrail("import", theft_file, home=home).code == 0
    done = viewtrail("replay", home=home)
    assert done.code == 0, done.err
    return home


@pytest.fixture
def theft(replayed: Path, tmp_path: Path) -> Path:
    """A copy of that home, for tests that write to it."""
    return Path(shutil.copytree(replayed, tmp_path / "theft"))
