"""Telnyx TeXML's status callbacks, in Twilio's shape, and lists of its calls.

A callback has CallSid (v3:...), ParentCallSid, CallStatus, From, To, SequenceNumber and Timestamp in ISO
8601; the last one also CallInitiatedAt, AnsweredTime, EndTime, HangupCause and HangupSource, caller or
callee (developers.telnyx.com/api-reference/callbacks/texml-call-completed). It names no Direction: a line
without a parent comes in, unless an own phone or an own number (`trunks`) began it. What CallDuration
counts is not said, so talk is the time from AnsweredTime, or the callback of the answer, to the end, and
else unknown.
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

_SID: Final = re.compile(rb"CallSid[\"']?\s*[=:]\s*[\"']?v\d(?::|%3A)", re.IGNORECASE)


def read_calls(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of callbacks."""
    return read_callbacks(source, tally, asked, "/pbx/telnyx", Vendor())


def _looks_like(first: bytes) -> bool:
    return bool(_SID.search(first)) and b"specversion" not in first


CONNECTOR = Connector(
    name="telnyx",
    reads="Telnyx TeXML's status callbacks (forms or JSON, one a line, or as a webhook)",
    suffixes=(),
    looks_like=_looks_like,
    read=read_calls,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "talk and ring, where neither the answer's callback nor AnsweredTime comes",
            "calls whose lines meet in a conference: they name no line that began them",
            "answering machines",
        ),
        latency="half a minute after the call as a webhook",
    ),
    follows=True,
)
