"""An event log file of Salesforce: two pages, a page that nobody asked for, a time that is none."""

from __future__ import annotations

from sources.connectors.samples import Sample
from sources.salesforce import log_file, row

_HEAD, *_ROWS = log_file(
    row(), row(REQUEST_ID="r-2"), row(USER_ID=""), row(TIMESTAMP_DERIVED="x"), row(REQUEST_ID="r-5")
).splitlines(keepends=True)

SAMPLE = Sample(
    "URI.csv",
    tuple(_ROWS),
    ids=frozenset(
        {
            "7tb3hvy47p3nmxxrza22mynxmhcnpgrvikrigdaotwzx2e5ajtva",
            "xk3urwcxayp4ioywi42cr7bit2ljzb4ymp2q6mxmrdlbsvtocqaa",
        }
    ),
    mapping='connector = "salesforce-elf"\nsource = "/salesforce"\n[salesforce]\nunlisted = "sf-"\n',
    head=_HEAD,
)
