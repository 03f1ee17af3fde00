"""A HAR file: a record, a list, an entry that is none, a page that was not found."""

from __future__ import annotations

import json

from sources.connectors.samples import Sample
from sources.web_log import MAPPING, entry

_ENTRIES = (entry(), entry("https://crm.example.test/leads"), {}, entry(status=404))

SAMPLE = Sample(
    "crm.har",
    tuple(json.dumps(told, indent=2) for told in _ENTRIES),
    ids=frozenset(
        {
            "orfsahefcpvrzb5qobd3mzfsqycr4r5bnfbbfbomzm4suixnuu4q",
            "5qde3zyz6qetiagd5jvdicl2zdrixc4tu7zuml5rg36h52frylga",
        }
    ),
    mapping=MAPPING.replace("access-log", "har").replace("remote_user", "sent_http_x_user"),
    head='{\n  "log": {\n    "version": "1.2",\n    "entries": [\n',
    between=",\n",
    tail="\n]}}",
    lines=False,
)
