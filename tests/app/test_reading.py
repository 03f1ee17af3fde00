"""A file read beside gives what it gives when read here, to the last item."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from viewtrail.app.reading import BATCH, Steps, read_beside, read_here
from viewtrail.errors import BadInput
from viewtrail.event import COLUMNS, from_wire, to_flat, to_wire
from viewtrail.sources import Item, Mapping, Tally, read_mapping
from viewtrail.stories import only

MAPPING = """
connector = "acme"
source = "/acme"
detail = ["note"]
[time]
column = "at"
time_zone = "Europe/Nicosia"
[[skip]]
when = { lead = { present = false } }
why = "names no lead"
[[event]]
type = "record.viewed"
subject = "lead"
agent = "who"
"""


def all_of(steps: Steps) -> tuple[list[Item], Tally, list[int]]:
    items: list[Item] = []
    sizes = []
    for step in steps:
        items += step.items
        sizes.append(len(step.items))
        tally = step.tally
    return items, tally, sizes


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Mapping | None]]:
    folder = tmp_path_factory.mktemp("files")
    wire = [to_wire(event) for event in only("six_second_calls", history_days=3).events][:5_000]
    wire[7]["data"]["remark"] = {"free": ["text", 1.5, None, True]}
    lines = [json.dumps(one) for one in wire]
    lines[100:100] = ["{broken", "", "[" + ",".join(lines[200:230]) + ", 7]"]
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "a.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode())[:-40])
    (folder / "a.json").write_text(json.dumps(wire[:3_000]))
    (folder / "map.toml").write_text(MAPPING)
    rows = [
        f"{n % 9},{'' if n % 50 == 0 else f'L-{n}'},2026-03-02 09:{n % 70:02}:00,x{n}" for n in range(4_321)
    ]
    (folder / "m.csv").write_text("who,lead,at,note\n" + "\n".join(rows))
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = [to_flat(one) for one in wire[:3_000]]
    pq.write_table(
        pa.table({name: [str(row[name] or "") for row in flat] for name in COLUMNS}), folder / "a.parquet"
    )
    mapping = read_mapping(folder / "map.toml")
    names = ("a.jsonl", "a.jsonl.gz", "a.json", "a.parquet")
    return {**{name: (folder / name, None) for name in names}, "m.csv": (folder / "m.csv", mapping)}


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.parquet", "m.csv"])
def test_beside_is_as_here(files: dict[str, tuple[Path, Mapping | None]], name: str) -> None:
    path, mapping = files[name]
    here = all_of(read_here(path, kind=None, mapping=mapping))
    assert all_of(read_beside(path, kind=None, mapping=mapping)) == here
    items, tally, sizes = here
    assert tally.read == tally.kept + tally.set_aside + tally.not_mapped.total()
    assert len(items) > 2_000
    assert set(sizes[:-1]) == {BATCH}


def test_a_file_that_cannot_be_read_is_the_same_error(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0\1")
    told = []
    for read in (read_here, read_beside):
        with pytest.raises(BadInput) as caught:
            all_of(read(tmp_path / "a.bin", kind=None, mapping=None))
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_what_the_reader_sends_are_events(files: dict[str, tuple[Path, Mapping | None]]) -> None:
    path, _ = files["a.json"]
    first = next(read_beside(path, kind=None, mapping=None)).items[0]
    assert first == from_wire(json.loads(path.read_text())[0])
