"""The architecture on a page is that of the code: every room is named, every cited file and test is there."""

from __future__ import annotations

import re

from support import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "viewtrail"


def test_every_room_is_on_the_map() -> None:
    rooms = {f"{path.name}/" for path in SOURCE.iterdir() if [*path.glob("*.py")]}
    rooms |= {path.name for path in SOURCE.glob("*.py") if path.name != "__init__.py"}
    assert {room for room in rooms if f"`{room}`" not in TEXT} == set()


def test_every_room_on_the_map_is_there() -> None:
    _, _, after = TEXT.partition("## The map of")
    table, _, _ = after.partition("\n\n`__main__.py`")
    for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        for room in re.findall(r"`([^`]+)`", row):
            assert (SOURCE / room).exists(), room


def test_what_holds_is_held_and_tested_where_it_says() -> None:
    _, _, after = TEXT.partition("## What must hold")
    rows = re.findall(r"^\| .+? \| (`.+?) \| (`.+?) \|$", after.partition("\n## ")[0], re.MULTILINE)
    assert len(rows) >= 15
    for held, tested in rows:
        for place in re.findall(r"`([^`]+)`", held):
            assert (SOURCE / place).exists() or (ROOT / place).exists(), place
        for place in re.findall(r"`(tests/[^`]+)`", tested):
            assert (ROOT / place).exists(), place
