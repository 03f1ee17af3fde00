"""SignalWire's callbacks: a call out, a call in."""

from __future__ import annotations

from sources.connectors import test_signalwire as signalwire
from sources.connectors import test_twilio as twilio
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "signalwire.jsonl",
    (
        twilio.as_forms(signalwire.posts(twilio.dialled())),
        twilio.as_json(signalwire.posts(twilio.came_in())),
        "CallSid=1&CallStatus=strange\n",
    ),
    ids=frozenset(
        {
            f"{signalwire.call_id(twilio.AGENT)}-alice",
            f"{signalwire.call_id(twilio.CALLER)}-alice",
            f"{signalwire.call_id(twilio.CALLER)}-in",
        }
    ),
    mapping=signalwire.MAPPING,
)
