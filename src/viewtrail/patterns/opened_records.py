"""Did an agent open far more records than ever before, where not every reason can be seen?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="opened-records",
    question="Did an agent open far more different records than they or their peers ever do?",
    noun="different records that nothing connected accounts for",
    signals=(
        Signal("unaccounted", "40m", floor=20, severity=1.0),
        Signal("unaccounted", "day", floor=40, severity=1.0),
        Signal("unaccounted", "week", floor=60, severity=1.0, seldom=True),
        Signal("unaccounted_so_far", "40m", floor=20, severity=1.0, live=True, final=False, seldom=True),
        Signal("unaccounted_so_far", "day", floor=40, severity=1.0, live=True, final=False, seldom=True),
    ),
    limits=(
        Limit("unaccounted_so_far", "40m", 80, "80 records in 40 minutes, the figure the trade asks about"),
        Limit("unaccounted_so_far", "day", 150, "150 records in one session is a list being built"),
    ),
    needs=("assignment", "calls", "tasks", "campaigns", "declared", "inbound"),
    blind=(
        "whether there was a reason that no feed tells of: it is asked only where not all can be seen",
        "a theft that stays within the agent's own busiest days",
    ),
    ordinary=(
        "a campaign or a redistribution of leads",
        "a review before the quarter's end, a complaint or an audit that nobody declared",
        "the first day back from leave",
    ),
)
