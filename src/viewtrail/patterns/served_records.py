"""Was far more sent to an agent's sign-in than ever before, which nobody is known to have looked at?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="served-records",
    question="Were many records served to an agent's sign-in which nobody is known to have been shown?",
    noun="records served without being shown",
    signals=(
        Signal("served", "40m", floor=20, severity=1.0, live=True, seldom=True),
        Signal("served", "day", floor=40, severity=1.0, live=True, seldom=True),
        Signal("served_all", "day", floor=200, severity=1.0, live=True, seldom=True),
    ),
    limits=(
        Limit("served", "40m", 80, "80 records in 40 minutes, the figure the trade asks about"),
        Limit(
            "served_all", "day", 300, "nobody reads 300 records in a day; a script fetches them in minutes"
        ),
    ),
    needs=("assignment", "calls", "tasks", "declared"),
    blind=(
        "whether a person, a browser that fetches ahead or a script asked for them",
        "what is fetched where the CRM's server is not asked: the database, the vendor's own support",
        "a script that also answers as a shown page would: its records count as opened",
    ),
    ordinary=(
        "a browser or an extension that blocks the beacon: whatever is looked at then counts as served",
        "a browser that fetches pages ahead of being asked",
        "a tool that somebody set up under the own sign-in and not under a service account",
    ),
)
