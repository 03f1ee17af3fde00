"""Aircall's webhooks: calls out, in and missed, another event, a call of nobody."""

from __future__ import annotations

from sources.connectors import test_aircall as aircall
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "aircall.jsonl",
    (
        aircall.ended(),
        aircall.ended(**aircall.INBOUND),
        aircall.ended(**aircall.MISSED),
        aircall.ended().replace("call.ended", "call.created"),
        aircall.ended(id=815, user={"id": 1}),
    ),
    ids=frozenset({"812-456", "813-456", "813-in", "814-in"}),
    mapping=aircall.MAPPING,
)
