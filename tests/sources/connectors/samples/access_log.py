"""An access log of a CRM: openings, lists, searches, exports, reveals, static files, a stranger."""

from __future__ import annotations

from sources.connectors.samples import Sample
from sources.web_log import MAPPING, json_line, line

SAMPLE = Sample(
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
    ids=frozenset(
        {
            "6yjni2ntjosw556kywb7ak7kvtk2ffeoz4fdznr2ruvqvvpi577q",
            "0f4f2a9c5d1e4b7f8a6b3c2d1e0f9a8b",
            "5yopkoclj6iz26u6tq6kc4epl3itryplpfa4jldzmsm4zdiqhqua",
            "a7vrzsncbwqojul4kv55bxzseu3dkif724r4eyyd4hp4q7eqglna",
        }
    ),
    mapping=MAPPING,
)
