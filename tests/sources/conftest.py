"""Reading a file in a test: its items, its tally, and the law that nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from viewtrail.event import Event
from viewtrail.sources import Item, Mapping, SetAside, Tally, open_source
from viewtrail.sources.directory import Directory

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Read:
    items: list[Item]
    tally: Tally
    batches: list[int]

    @property
    def events(self) -> list[Event]:
        return [item for item in self.items if isinstance(item, Event)]

    @property
    def aside(self) -> list[SetAside]:
        return [item for item in self.items if isinstance(item, SetAside)]

    @property
    def ids(self) -> list[str]:
        return [event.id for event in self.events]


def read(
    path: Path, mapping: Mapping | None = None, kind: str | None = None, directory: Directory | None = None
) -> Read:
    reading = open_source(path, kind=kind, mapping=mapping, directory=directory)
    items: list[Item] = []
    batches = []
    for batch in reading:
        batches.append(len(batch))
        items += batch
    found = Read(items, reading.tally, batches)
    tally = reading.tally
    assert tally.read == tally.kept + tally.set_aside + sum(tally.not_mapped.values())
    assert (tally.events, tally.set_aside) == (len(found.events), len(found.aside))
    assert max(batches, default=1) <= 2_000
    assert reading.done == reading.total
    return found


@pytest.fixture
def reads() -> Callable[..., Read]:
    return read


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., Read]:
    """Writes bytes or text to a file of this name and reads it."""

    def tell(
        content: bytes | str,
        name: str,
        mapping: Mapping | None = None,
        kind: str | None = None,
        directory: Directory | None = None,
    ) -> Read:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path, mapping, kind, directory)

    return tell


@pytest.fixture(scope="session")
def real() -> Callable[[str], Path]:
    """A file of the real data, or a skipped test that says where it was looked for."""
    folder = Path(os.environ.get("VIEWTRAIL_REAL_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"no real data: {folder / name} is absent (set VIEWTRAIL_REAL_DATA)")
        return folder / name

    return find
