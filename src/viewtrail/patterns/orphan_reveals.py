"""Did an agent reveal many contacts and then contact nobody?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="orphan-reveals",
    question="Did an agent reveal many phone numbers or addresses and then contact nobody?",
    noun="contacts revealed with no call or message",
    signals=(
        Signal("orphan_reveals", "40m", floor=5, severity=1.5),
        Signal("orphan_reveals", "day", floor=5, severity=1.5),
        Signal("reveals_so_far", "40m", floor=8, severity=1.5, live=True, final=False),
        Signal("reveals_so_far", "day", floor=8, severity=1.5, live=True, final=False),
    ),
    limits=(Limit("reveals_so_far", "day", 60, "90 contacts in a morning is not 3; two thirds of that"),),
    needs=("calls",),
    blind=(
        "calls and messages outside the CRM: they make an honest reveal look like an orphan",
        "a number read without being revealed, where lists show it unmasked",
    ),
    ordinary=(
        "messaging clients outside the CRM (a one-tap reason exists for it)",
        "calling later the same day from a list prepared in the morning",
        "the telephone system's records arriving late",
    ),
)
