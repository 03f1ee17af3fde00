"""Did an agent go through the best of the own clients and work on none of them?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="best-of-own-book",
    question="Did an agent go through the best of the own clients, far more than usual, and work on none?",
    noun="own clients of the better half, opened and not worked on",
    signals=(Signal("best_own", "day", floor=12, severity=3.0),),
    limits=(Limit("best_own", "day", 40, "a book of own clients is seldom larger than a hundred"),),
    needs=("assignment", "calls", "notes", "inbound"),
    blind=(
        "clients whose value nobody has told, and books of leads that have not paid in yet",
        "one or two clients a day, or all of the book alike, good and bad",
        "an agent with less than twenty such openings in the past",
    ),
    ordinary=(
        "preparing the week's calls to the most important clients",
        "a day on which the manager asks for the best clients to be looked after",
        "news of the market that concerns the larger accounts",
    ),
)
