"""Master.csv: calls out, through a queue, between own phones, nobody's phone, rows with and without ids."""

from __future__ import annotations

from sources.connectors.samples import Sample
from sources.connectors.test_asterisk_cdr import INBOUND
from sources.telephony import MAPPING, UNANSWERED, cdr


def _queue(number: int) -> str:
    common = INBOUND | {"linkedid": f"177243700{number}.9"}
    caller = {"uniqueid": f"177243700{number}.9", "dstchannel": "Local/212@queue-00000004;1"}
    member = {
        "uniqueid": f"177243700{number}.12",
        "channel": "Local/212@queue-00000004;2",
        "start": "2026-03-02 09:34:20",
        "answer": "2026-03-02 09:34:26",
        "billsec": 106,
    }
    return cdr(**common | caller) + cdr(**common | member)


SAMPLE = Sample(
    "Master.csv",
    (
        cdr(),
        _queue(1),
        cdr("1772436849.1", **UNANSWERED),
        cdr("1772436850.1", dst="22333445"),
        "not,a,row\n",
        cdr("1772436851.1", channel="PJSIP/299-00000062"),
        # Rows without any id that are the same: told apart by counting, so they stay in one file
        cdr(columns=16, dst="99654321") * 2,
        cdr("1772436852.1", dst="212", dstchannel="PJSIP/212-00000051"),
        _queue(2),
        cdr("1772436853.1", columns=18),
    ),
    ids=frozenset(
        {
            "1772436843.1-211",
            "1772437001.9-212",
            "1772437001.9-in",
            "p7hlqkdwoxt2at776tdyoxkuqbxdf2wa7z26mefotjd6xkhps7ta-211",
            "cjmfnflk42ptpgxn4yyuclvgyhhnkhqbax2yiwov46jxugijfxmq-211",
        }
    ),
    mapping=MAPPING,
)
