"""Did an agent open many others' records for which what the agent did is the only reason?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="own-reasons-alone",
    question="Did an agent open many records for which what the agent did is the only reason?",
    noun="records for which the agent's own calls, changes or callbacks are the only reason",
    signals=(
        Signal("own_reason", "40m", floor=30, severity=0.7, seldom=True),
        Signal("own_reason", "day", floor=30, severity=0.7, seldom=True),
        Signal("own_reason", "run", floor=60, severity=0.7, seldom=True),
    ),
    limits=(
        Limit(
            "own_reason",
            "day",
            100,
            "more than the busiest newcomer of a real loan office worked on in a day",
        ),
    ),
    needs=("assignment", "calls", "tasks", "campaigns", "declared", "notes", "inbound"),
    blind=(
        "the agent's own clients, and whoever called in or was due",
        "fewer than thirty a day, or a list mixed with as many openings of other kinds",
        "an agent who works so every day: their own usual is what they do",
        "a client assigned to oneself, or work declared by a friend with the authority",
    ),
    ordinary=(
        "a list handed over by word of mouth, or a campaign that is not connected",
        "colleagues' clients called for them: a cover that nobody entered",
        "a clean-up of data that nobody declared",
    ),
)
