"""Whatever the bytes are, reading them ends: items that account for every piece, or BadInput.

For connectors the same law stands in tests/contracts/test_connectors.py.
"""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.event import canonical
from viewtrail.sources import SetAside, open_source
from viewtrail.sources.mapping import parse_mapping

EVENT = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/crm",
    "type": "record.viewed",
    "time": "2026-03-02T09:14:03Z",
    "subject": "L-1",
    "data": {"agent": "a-1"},
}
TEXT = json.dumps(EVENT).encode()
CSV = b"id,source,type,time,subject,agent\ne1,/crm,record.viewed,2026-03-02T09:14:03Z,L-1,a-1\n"
XES = (
    b'<log><trace><string key="concept:name" value="1"/><event><string key="org:resource" value="a"/>'
    b'<date key="time:timestamp" value="2011-10-01T11:45:13+02:00"/></event></trace></log>'
)
MAPPING = parse_mapping(
    'connector="a"\nsource="/a"\n[[event]]\ntype="record.viewed"\ntime="time"\nsubject="subject"\nagent="agent"',
    "map.toml",
)


def parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({name: [value] for name, value in EVENT.items() if name != "data"}), sink)
    return sink.getvalue().to_pybytes()


SEEDS = {
    "jsonl": TEXT + b"\n" + TEXT,
    "json": b"[" + TEXT + b"," + TEXT + b"]",
    "csv": CSV,
    "xes": XES,
    "parquet": parquet(),
    "": TEXT,
}


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """A good file with some of its bytes changed, cut out or repeated."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        content[at : at + length] = draw(st.binary(max_size=8) | st.just(bytes(content[at : at + 40])))
    return bytes(content)


def exhaust(path, kind, mapping):
    try:
        reading = open_source(path, kind=kind or None, mapping=mapping)
        items = [item for batch in reading for item in batch]
    except BadInput as error:
        str(error).encode()
        return
    tally = reading.tally
    assert tally.read == tally.kept + tally.set_aside + sum(tally.not_mapped.values())
    assert len(items) == tally.events + tally.set_aside
    for item in items:
        if isinstance(item, SetAside):
            (item.place + item.reason + item.raw).encode()
        else:
            canonical(item).decode()


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_of_any_kind_never_break_the_reader(tmp_path, kind, data):
    content = data.draw(damaged(SEEDS[kind]) | st.binary(max_size=60))
    if data.draw(st.booleans()):
        content = gzip.compress(content)
        content = data.draw(damaged(content))
    path = tmp_path / "file"
    path.write_bytes(content)
    exhaust(path, kind, MAPPING if kind in ("csv", "parquet") and data.draw(st.booleans()) else None)
