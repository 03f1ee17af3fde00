"""Twilio's callbacks as forms: calls out and in, one of nobody, one that is not over."""

from __future__ import annotations

from sources.connectors import test_twilio as twilio
from sources.connectors.samples import Sample

_NOBODY = [
    post | {"CallSid": f"CA{9:032x}", "From": "client:zoe", "To": "client:zoe2"}
    for post in twilio.dialled()[1:2]
]
_UNDER_WAY = [post | {"CallSid": f"CA{8:032x}"} for post in twilio.dialled()[:1]]

SAMPLE = Sample(
    "twilio.jsonl",
    (
        twilio.as_forms(twilio.dialled()),
        twilio.as_json(twilio.came_in()),
        "not a callback\n",
        twilio.as_forms(_UNDER_WAY),
        twilio.as_json(_NOBODY),
        '{"CallSid": "CA1", "CallStatus": "strange"}\n',
    ),
    ids=frozenset({f"{twilio.AGENT}-alice", f"{twilio.CALLER}-alice", f"{twilio.CALLER}-in"}),
    mapping=twilio.MAPPING,
)
