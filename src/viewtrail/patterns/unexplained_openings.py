"""Did an agent open many different records for which no business reason is on file?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="unexplained-openings",
    question="Did an agent open many different records for which no business reason is on file?",
    noun="records without a reason on file",
    signals=(
        Signal("unexplained", "40m", floor=8, severity=1.0),
        Signal("unexplained", "day", floor=8, severity=1.0),
        Signal("unexplained_hard", "40m", floor=8, severity=1.0),
        Signal("unexplained_hard", "day", floor=8, severity=1.0),
        Signal("unexplained", "run", floor=24, severity=1.0),
        Signal("unexplained", "week", floor=24, severity=1.0, seldom=True),
        Signal("unexplained_so_far", "40m", floor=8, severity=1.0, live=True, final=False),
        Signal("unexplained_so_far", "day", floor=8, severity=1.0, live=True, final=False),
    ),
    limits=(
        Limit("unexplained_so_far", "40m", 40, "half of 80 in 40 minutes, the figure the trade asks about"),
        Limit(
            "unexplained_so_far", "day", 45, "47 records between 9 and 10, none with a reason, is a question"
        ),
    ),
    needs=("assignment", "calls", "tasks", "campaigns", "declared", "notes", "inbound"),
    blind=(
        "the agent's own clients: every opening of them has a reason",
        "a photograph of the screen: it leaves no event",
        "a slow theft of two or three records a day, or one with long pauses",
        "a list divided among several people: each is asked about alone",
    ),
    ordinary=(
        "a handover or cover not yet entered in the CRM",
        "a review or clean-up that the manager asked for",
        "a list whose campaign was not connected",
    ),
)
