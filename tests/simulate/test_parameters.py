"""Every number the simulation is drawn from is documented with its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewtrail.simulate import parameters

DOC = Path(__file__).parents[2] / "docs" / "explanation" / "simulation.md"
NAMES = [
    name
    for name in vars(parameters)
    if name.isupper() and name not in ("KINDS", "STRUCTURES", "THEFTS", "SIZES", "RANGES")
]
ITEMS = [
    *parameters.RANGES,
    *parameters.EPISODES_MONTH,
    *parameters.COMPANY_MONTH,
    *parameters.OCCASIONS,
    *parameters.SIZES,
]


@pytest.mark.parametrize("name", [*NAMES, *ITEMS, *parameters.STRUCTURES])
def test_a_number_is_in_the_document(name: str) -> None:
    assert f"`{name}`" in DOC.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", parameters.RANGES)
def test_a_range_in_the_document_is_the_one_in_force(name: str) -> None:
    low, high = parameters.RANGES[name]
    row = next(
        line for line in DOC.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{name}`")
    )
    assert f"| {low:g} to {high:g} |" in row
