"""Did an agent export far more rows than they ever do?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="exports",
    question="Did an agent export far more rows than they or their peers ever do?",
    noun="blocks of 50 exported rows",
    signals=(
        Signal("exports", "day", floor=2, severity=6.0, live=True),
        Signal("exports", "run", floor=6, severity=12.0, seldom=True),
    ),
    limits=(Limit("exports", "day", 10, "500 rows: a book, not a report"),),
    needs=(),
    blind=(
        "a list copied from the screen or photographed",
        "an export made by the vendor's support or on the database itself",
    ),
    ordinary=(
        "a monthly report",
        "a mailing prepared for marketing",
        "a handover list asked for by the manager",
    ),
)
