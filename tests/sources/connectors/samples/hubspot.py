"""Rows of HubSpot's account activity as lines of JSON: a change, a sign-in, an export, a cut line."""

from sources.connectors.samples import Sample
from sources.crms import acted, lines, secured, signed_in

DORA = {"userId": 20, "userEmail": "dora@example.test"}

SAMPLE = Sample(
    "activity.jsonl",
    (
        lines(acted(1, actingUser=DORA)),
        lines(signed_in(1, userId=20, email="dora@example.test")),
        '{"id": "jAz", "category":\n',
        lines(secured(userId=20, actingUser="dora@example.test")),
        lines(acted(2, category="LOGIN", subCategory="LOGIN_FAILED", actingUser=DORA)),
        lines(acted(3, action="UPDATE", actingUser={"userEmail": "emil@example.test"})),
    ),
    ids=frozenset({"jAzNiQgaEZUTlJISRtE1", "security-5432653", "jAzNiQgaEZUTlJISRtE3"}),
)
