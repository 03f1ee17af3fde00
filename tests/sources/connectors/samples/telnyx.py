"""Telnyx TeXML's callbacks: a call out, a call in."""

from __future__ import annotations

from sources.connectors import test_telnyx as telnyx
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "telnyx.jsonl",
    (
        telnyx.as_forms(telnyx.dialled()),
        telnyx.as_forms(telnyx.came_in()),
        "CallSid=v3:x&CallStatus=strange\n",
    ),
    ids=frozenset({f"{telnyx.AGENT}-alice", f"{telnyx.CALLER}-alice", f"{telnyx.CALLER}-in"}),
    mapping=telnyx.MAPPING,
)
