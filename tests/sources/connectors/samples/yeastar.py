"""Yeastar's events: a call out, one through a queue, one of an older system, one that cannot be read."""

from __future__ import annotations

from sources.connectors import test_yeastar as yeastar
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "yeastar.jsonl",
    (
        yeastar.event(),
        yeastar.queued(),
        yeastar.new_cdr(callid="1772436850.1", callto="22333444"),
        yeastar.event(call_id="1772436851.1", status="ODD"),
        yeastar.event(call_id="1772436852.1", type="Internal", call_to="212"),
    ),
    ids=frozenset(
        {"1772436843.362-211", "1772440443.9-212", "1772440443.9-in", "1772436850.1-211"},
    ),
    mapping=yeastar.MAPPING,
)
