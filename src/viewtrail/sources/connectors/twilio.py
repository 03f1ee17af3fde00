"""Twilio's calls: status callbacks as they are posted (forms, or saved as JSON lines), and lists of calls.

A callback has CallSid, ParentCallSid, CallStatus, From, To, Direction, CallDuration, SequenceNumber and
Timestamp (twilio.com/docs/voice/twiml/number#attributes-status-callback-event,
call-resource#statuscallback); a list of calls has the same as sid, parent_call_sid, status ...
(twilio.com/docs/voice/api/call-resource). Have callbacks sent for both lines: the number's or application's
own, and statusCallback of <Number>, <Client> and <Sip> with all four events.

An agent is `client:NAME` or `sip:NAME@...`, or a telephone number that the people's table has as an
extension. CallDuration counts from the answer of its own line; that of the line that dials out is the talk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.status_calls import Vendor, read_callbacks
from viewtrail.sources.streams import ByteSource

_SID: Final = re.compile(rb"(?:CallSid|\bsid)[\"']?\s*[=:]\s*[\"']?CA[0-9a-f]{32}\b")


def read_calls(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of callbacks or of a list of calls."""
    return read_callbacks(source, tally, asked, "/pbx/twilio", Vendor(talks=True))


def _looks_like(first: bytes) -> bool:
    return bool(_SID.search(first)) and b"specversion" not in first


CONNECTOR = Connector(
    name="twilio",
    reads="Twilio's status callbacks (forms or JSON, one a line, or as a webhook) and its lists of calls",
    suffixes=(),
    looks_like=_looks_like,
    read=read_calls,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "who hung up",
            "ringing, where only the last callback comes",
            "calls whose lines meet in a conference: they name no line that began them",
            "answering machines",
        ),
        latency="half a minute after the call as a webhook",
    ),
    follows=True,
)
