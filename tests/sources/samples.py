"""A small file of every connector's own format, by its name: what the connector is held against."""

from __future__ import annotations

from dataclasses import dataclass

from sources.connectors import test_asterisk_cel as cel
from sources.connectors import test_hr_roster as hr
from sources.connectors import test_threecx as threecx
from sources.connectors.test_asterisk_cdr import INBOUND
from sources.salesforce import log_file, row
from sources.telephony import MAPPING, UNANSWERED, cdr
from sources.web_log import MAPPING as WEB
from sources.web_log import entry, har, json_line, line
from viewtrail.sources.mapping import Mapping, parse_mapping


@dataclass(frozen=True)
class Sample:
    """`parts` in the order of the file; between two of them no call or record is torn apart.

    `lines`: every line of a part can be read by itself, so the file may be cut at any of them.
    """

    name: str
    parts: tuple[str, ...]
    mapping: str = ""
    lines: bool = True

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def rules(self) -> Mapping | None:
        return parse_mapping(self.mapping, "map.toml") if self.mapping else None


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


_CDR = (
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
)
_OTHER_CALL = [
    row.replace("1772436843.1", "1772436843.91").replace("1772436843.2", "1772436843.92")
    for row in cel.incoming()
]
_XES_STEP = (
    '<event><string key="org:resource" value="a{n}"/><string key="concept:name" value="O_SENT"/>'
    '<string key="lifecycle:transition" value="COMPLETE"/>'
    '<date key="time:timestamp" value="2011-10-01T11:45:1{n}+02:00"/></event>'
)

SAMPLES = {
    "asterisk-cdr": Sample("Master.csv", _CDR, MAPPING),
    "asterisk-cel": Sample(
        "cel.csv",
        ("".join(cel.outgoing()), "not,a,row\n", "".join(_OTHER_CALL)),
        MAPPING.replace("asterisk-cdr", "asterisk-cel"),
    ),
    "3cx": Sample(
        "cdr.log",
        (
            threecx.OUTGOING + "\n",
            threecx.QUEUED + "\n",
            "Call 1,oops\n",
            threecx.DIRECT.replace("_6532", "_7") + "\n",
        ),
        MAPPING.replace("asterisk-cdr", "3cx"),
    ),
    "xes": Sample(
        "log.xes",
        (
            '<log><trace><string key="concept:name" value="1"/>'
            + "".join(_XES_STEP.format(n=n) for n in range(4))
            + "</trace></log>",
        ),
        lines=False,
    ),
    "access-log": Sample(
        "access.log",
        (
            line(),
            line("/leads?country=CY", status=304),
            "not a line\n",
            line("/static/app.css", user="-"),
            json_line(request_uri="/export/leads.csv"),
            line(user="zoe"),
            line("/api/leads/L-7/phone", method="POST") * 2,
            line("/search?q=x", user="cleo"),
        ),
        WEB,
    ),
    "har": Sample(
        "crm.har",
        (har(entry(), entry("https://crm.example.test/leads"), {}, entry(status=404)),),
        WEB.replace("access-log", "har").replace("remote_user", "sent_http_x_user"),
        lines=False,
    ),
    "hr-roster": Sample(
        "roster.csv",
        (hr.HEADER, hr.CLEO, hr.CLEO.replace("cleo", "nobody"), hr.CLEO.replace("cleo", "dora")),
        'connector = "hr-roster"\nsource = "/hr"\n[hr]\nas_of = "2026-05-01"\n',
        lines=False,
    ),
    "salesforce-elf": Sample(
        "URI.csv",
        (log_file(row(), row(REQUEST_ID="r-2"), row(USER_ID=""), row(TIMESTAMP_DERIVED="x")),),
        'connector = "salesforce-elf"\nsource = "/salesforce"\n[salesforce]\nunlisted = "sf-"\n',
        lines=False,
    ),
}
