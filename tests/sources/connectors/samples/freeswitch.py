"""FreeSWITCH's JSON records: a call out, a call in, one without an answer, one that cannot be read."""

from __future__ import annotations

from sources.connectors import test_freeswitch as freeswitch
from sources.connectors.samples import Sample

_OTHER = freeswitch.dialled(answer=None, bridge=None)[1:]
_OTHER[0]["variables"] |= {"uuid": "other-call", "call_uuid": "other-call"}

SAMPLE = Sample(
    "cdr.json",
    (
        freeswitch.lines(freeswitch.dialled()),
        freeswitch.lines(freeswitch.came_in()),
        '{"core-uuid": "x", "variables": {}}\n',
        freeswitch.lines(_OTHER),
    ),
    ids=frozenset({f"{freeswitch.A}-211", "other-call-211"}),
    mapping=freeswitch.MAPPING,
)
