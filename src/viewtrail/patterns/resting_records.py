"""Did an agent open many records on which nobody had worked for a fortnight, where reasons cannot be seen?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="resting-records",
    question="Did an agent open many records on which nobody had done anything for a fortnight?",
    noun="records on which nobody had done anything for a fortnight",
    signals=(
        Signal("resting", "40m", floor=8, severity=1.5, seldom=True),
        Signal("resting", "day", floor=8, severity=1.5, seldom=True),
        Signal("resting_so_far", "40m", floor=8, severity=1.5, live=True, final=False, seldom=True),
        Signal("resting_so_far", "day", floor=8, severity=1.5, live=True, final=False, seldom=True),
    ),
    limits=(
        Limit(
            "resting_so_far", "day", 60, "sixty clients taken up again in one day is a list, not a day's work"
        ),
    ),
    needs=("assignment", "calls", "tasks", "campaigns", "declared", "notes", "inbound"),
    blind=(
        "records that the log had never named before, and the log's own first fortnight",
        "a list of clients on whom somebody is working anyway",
        "whether there was a reason that no feed tells of: it is asked only where reasons cannot be seen",
    ),
    ordinary=(
        "clients of long ago are taken up again: a campaign, a mailing, a review",
        "leads handed over or given out anew by somebody who has left",
        "records closed long ago that an auditor or the compliance desk asked for",
    ),
)
