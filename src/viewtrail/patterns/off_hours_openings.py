"""Did an agent open records outside the own working hours, with nobody to call and nothing to do?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="off-hours-openings",
    question="Did an agent open many records outside the own working hours without working on them?",
    noun="records opened outside working hours and not worked on",
    signals=(
        Signal("off_hours", "40m", floor=6, severity=1.0),
        Signal("off_hours", "day", floor=6, severity=1.0),
        Signal("off_hours_so_far", "40m", floor=8, severity=1.0, live=True, final=False),
        Signal("off_hours_so_far", "day", floor=8, severity=1.0, live=True, final=False),
    ),
    limits=(
        Limit("off_hours_so_far", "day", 40, "half of the 80 of a list walked off with, when nobody works"),
    ),
    needs=("hr", "calls", "notes", "inbound"),
    blind=(
        "agents whose working hours nobody has told, and what is done within the hour around them",
        "a theft during the working day",
        "public holidays: they are taken for working days",
    ),
    ordinary=(
        "overtime, a swapped or a late shift that the roster does not show",
        "preparing the next day's calls in the evening",
        "a traveller in another time zone",
    ),
)
