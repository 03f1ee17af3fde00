"""Were an agent's answered calls over in seconds, one after another, when the colleagues' were not?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="short-calls",
    question="Were an agent's answered calls over in under 20 seconds again and again, and the peers' not?",
    noun="answered calls under 20 seconds",
    signals=(
        Signal("short_calls_out", "40m", floor=8, severity=0.7, live=True, notice=False),
        Signal("short_calls_out", "day", floor=8, severity=0.7, live=True, notice=False),
        Signal("short_calls_in", "40m", floor=8, severity=0.7, live=True, notice=False),
        Signal("short_calls_in", "day", floor=8, severity=0.7, live=True, notice=False),
    ),
    limits=(
        Limit("short_calls_out", "40m", 20, "a call under 20 seconds every two minutes"),
        Limit("short_calls_in", "40m", 20, "a call under 20 seconds every two minutes"),
    ),
    needs=("calls",),
    blind=(
        "who hung up, where the telephone system does not say",
        "calls whose answer or talk time is unknown: they are not counted as short",
    ),
    ordinary=(
        "a bad list: everybody's calls on it are short",
        "answering machines that the telephone system counts as answered",
        "a fault of the line or the carrier",
    ),
    queue="calls",
)
