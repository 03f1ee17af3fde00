"""Channel events: a call out and a call in, each step by step."""

from __future__ import annotations

from sources.connectors import test_asterisk_cel as cel
from sources.connectors.samples import Sample
from sources.telephony import MAPPING

_OTHER_CALL = [
    row.replace("1772436843.1", "1772436843.91").replace("1772436843.2", "1772436843.92")
    for row in cel.incoming()
]

SAMPLE = Sample(
    "cel.csv",
    ("".join(cel.outgoing()), "not,a,row\n", "".join(_OTHER_CALL)),
    ids=frozenset(
        {
            "1772436843.1-211",
            "1772436843.91-211",
            "1772436843.91-in",
        }
    ),
    mapping=MAPPING.replace("asterisk-cdr", "asterisk-cel"),
)
