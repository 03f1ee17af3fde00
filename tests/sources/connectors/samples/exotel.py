"""Exotel's callbacks: a call out, a call in, one that names nobody."""

from __future__ import annotations

from sources.connectors import test_exotel as exotel
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "exotel.jsonl",
    (
        exotel.callback(),
        exotel.callback(**exotel.INBOUND),
        exotel.callback(CallSid="c-3", From=None, To=None),
        exotel.callback(CallSid="c-4", EventType="answered"),
    ),
    ids=frozenset({f"{exotel.CALL}-line-{exotel.CALL[-8:]}", f"{exotel.CALL[::-1]}-in"}),
    mapping=exotel.MAPPING,
)
