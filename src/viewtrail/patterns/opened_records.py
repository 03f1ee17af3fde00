"""Did an agent open far more different records than ever before, where reasons cannot be seen?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="opened-records",
    question="Did an agent open far more different records than they or their peers ever do?",
    noun="different records",
    signals=(
        Signal("opened", "40m", floor=20, severity=1.0, live=True),
        Signal("opened", "day", floor=40, severity=1.0, live=True),
    ),
    limits=(
        Limit("opened", "40m", 80, "80 records in 40 minutes, the figure the trade asks about"),
        Limit("opened", "day", 150, "150 records in one session is a list being built"),
    ),
    needs=("assignment", "calls", "tasks", "declared"),
    blind=(
        "whether there was a reason: it is asked only where reasons cannot be seen",
        "a theft that stays within the agent's own busiest days",
    ),
    ordinary=(
        "a campaign or a redistribution of leads",
        "a review before the quarter's end",
        "the first day back from leave",
    ),
)
