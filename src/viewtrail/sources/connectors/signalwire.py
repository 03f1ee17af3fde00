"""SignalWire's compatibility API: status callbacks in Twilio's shape, and lists of calls.

A callback has CallSid (a UUID), ParentCallSid, CallStatus, From, To, Direction, SequenceNumber and
Timestamp in RFC 2822
(developer.signalwire.com/compatibility-api/guides/signalwire-status-callbacks/voice-status-callbacks). From
what moment CallDuration counts is not said there, so talk is the time from the answer's callback to the
last one's, and unknown without it: have all four events sent.
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

_UUID: Final = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SID: Final = re.compile(rb"(?:AccountSid|account_sid)[\"']?\s*[=:]\s*[\"']?" + _UUID)


def read_calls(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of callbacks or of a list of calls."""
    return read_callbacks(source, tally, asked, "/pbx/signalwire", Vendor())


def _looks_like(first: bytes) -> bool:
    is_telnyx = re.search(rb"CallSid[\"']?\s*[=:]\s*[\"']?v\d(?::|%3A)", first, re.IGNORECASE)
    return bool(_SID.search(first)) and not is_telnyx and b"specversion" not in first


CONNECTOR = Connector(
    name="signalwire",
    reads="SignalWire's status callbacks (forms or JSON, one a line, or as a webhook) and its lists of calls",
    suffixes=(),
    looks_like=_looks_like,
    read=read_calls,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "who hung up",
            "talk and ring, where the answer's callback does not come",
            "calls whose lines meet in a conference: they name no line that began them",
            "answering machines",
        ),
        latency="half a minute after the call as a webhook",
    ),
    follows=True,
)
