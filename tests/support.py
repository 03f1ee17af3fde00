"""What a test may need and not find: asked for here, so that a skip is one clear line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

REAL_DATA = Path(os.environ.get("VIEWTRAIL_REAL_DATA", ROOT.parent / "shared" / "data"))
"""Real logs lie beside the project, not in it: what is measured on them is not everybody's to have."""


def everything_is_required() -> bool:
    """True where a missing tool is a failure and not a skip: in continuous integration."""
    return os.environ.get("VIEWTRAIL_REQUIRE_ALL") == "1"


def require(condition: object, what: str, how_to_get_it: str) -> None:
    """Skip this test if `condition` is false, in one line; fail it with VIEWTRAIL_REQUIRE_ALL=1."""
    if condition:
        return
    told = f"needs {what}: {how_to_get_it}"
    if everything_is_required():
        pytest.fail(told, pytrace=False)
    pytest.skip(told)


def real_data(name: str) -> Path:
    """The file of a real log, or a skip even where everything is required."""
    path = REAL_DATA / name
    if not path.exists():
        pytest.skip(f"needs the real log {name}: put it into {REAL_DATA} or set VIEWTRAIL_REAL_DATA")
    return path
