"""3CX's cdr.log: calls out, through a queue and straight to a phone."""

from __future__ import annotations

from sources.connectors import test_threecx as threecx
from sources.connectors.samples import Sample
from sources.telephony import MAPPING

SAMPLE = Sample(
    "cdr.log",
    (
        threecx.OUTGOING + "\n",
        threecx.QUEUED + "\n",
        "Call 1,oops\n",
        threecx.DIRECT.replace("_6532", "_7") + "\n",
    ),
    ids=frozenset(
        {
            "00000C21DE5C2470_6531-212",
            "00000C21DE5C2470_6532-212",
            "00000C21DE5C2470_6532-in",
        }
    ),
    mapping=MAPPING.replace("asterisk-cdr", "3cx"),
)
