"""Did far more go past an agent's eyes in lists and search results than ever, with hardly a record opened?"""

from __future__ import annotations

from viewtrail.patterns.base import Limit, Pattern, Signal

PATTERN = Pattern(
    name="listed-records",
    question="Did an agent go through far more of lists and searches than ever, opening hardly a record?",
    noun="pages of 50 records shown and not opened",
    signals=(Signal("listed", "day", floor=4, severity=5.0, live=True, seldom=True),),
    limits=(Limit("listed", "day", 40, "ten pages of two hundred clients, and hardly one of them opened"),),
    needs=("declared",),
    blind=(
        "which of the rows on the screen were read, and whether telephone numbers stood in them",
        "pages turned slowly, where the source does not name the records of its lists",
        "lists that the CRM does not tell of, such as a report made outside it",
    ),
    ordinary=(
        "a list that loads itself again within seconds, where its records are not named",
        "a segment put together for a campaign, or a list cleaned of duplicates",
        "a first look through a book that was just handed over",
    ),
)
