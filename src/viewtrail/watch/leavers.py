"""When somebody gives notice: the first day of theirs out of the ordinary, and what they have seen since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from viewtrail.finding import LEAVERS, Count, Finding, finding_id
from viewtrail.measure.context import Person
from viewtrail.measure.counts import EXPORT_ROWS
from viewtrail.measure.look_back import FEWEST_PAST, RARE, PastDay, Turn, turn

LOOKED_BACK: Final = 30
"""Active days told of where none was out of the ordinary: what somebody has seen lately."""

ORDINARY: Final = "that no day stands out does not say that nothing was taken: the own book shows little"

BANDS: Final = ("0 or not known", "1 to 6", "7 to 13", "14 to 20")


@dataclass(slots=True)
class Asked:
    """A notice that was given: whose, by which entry, since when (µs) it is known."""

    agent: str
    identity: tuple[str, str]
    index: int
    since: int
    finding: str = ""


def answer(
    asked: Asked, past: Sequence[PastDay], person: Person, now: int, version: Mapping[str, str]
) -> Finding:
    """What the closed days so far say; it is an answer to who may ask, and no accusation."""
    found = turn([one.unlikely for one in past], [one.told for one in past])
    since = past[found.first :] if found is not None else past[-LOOKED_BACK:]
    place = ", ".join(part for part in (person.role, person.desk) if part)
    notice = person.notice_at(now)
    last = f"last working day {notice[1]}" if notice is not None else "last working day not known"
    return Finding(
        id=finding_id("agent", asked.agent, asked.identity),
        subject_kind="agent",
        agent=asked.agent,
        agents=(),
        pattern="look-back",
        queue=LEAVERS,
        tier="final",
        severity="low",
        status="open",
        first_at=since[0].start if since else asked.since,
        last_at=since[-1].end if since else asked.since,
        detected_at=now,
        score=0.0,
        rarity_per_1000=None,
        budget=0.0,
        claim=f"{asked.agent} ({place}) has given notice. {_claim(found, past)}",
        usual=_usual(found, past),
        counts=_seen(since, found is not None),
        contributions=(),
        records=(),
        records_at_detection=0,
        entries=(asked.index,),
        reasons={},
        ordinary=(
            "a review, a clean-up or a handover that nobody declared",
            "a new task, a new campaign or another way of working",
            "an honest leaver who puts the own book in order",
        ),
        against=(
            ORDINARY if found is None else "a day out of the ordinary is no breach, whatever it came before",
            "the log shows which account acted, not who sat there",
        ),
        unknown=(),
        context=((last, "hr"),),
        coverage=1.0,
        state="scoreable" if len(past) >= FEWEST_PAST else "learning",
        version=version,
    )


def _claim(found: Turn | None, past: Sequence[PastDay]) -> str:
    if len(past) < FEWEST_PAST:
        return f"Only {len(past)} active days are known: too few to say which was out of the ordinary."
    if found is None:
        return f"None of the {len(past)} active days known was out of the ordinary for the role here."
    first, low, high = (_day(past[place]) for place in (found.first, found.low, found.high))
    told = f"First day out of the ordinary: {first}"
    near = f" (any day from {low} to {high} accounts for it nearly as well)"
    return f"{told}{near if found.low < found.high else ''}."


def _usual(found: Turn | None, past: Sequence[PastDay]) -> str:
    told = f"Looked at: {len(past)} active days{f' since {_day(past[0])}' if past else ''}"
    if found is not None:
        days = found.last - found.first + 1
        before = past[: found.first]
        which = f"{found.odd} of the {days} from then to {_day(past[found.last])} are each"
        told += (
            f"; {which if days > 1 else 'that day is'} rarer than one in twenty of the role's, "
            f"{sum(one.unlikely >= RARE for one in before)} of the {len(before)} before; "
            f"the rarest of all was {_day(max(past, key=lambda one: one.unlikely))}"
        )
    return f"{told}. By chance an ordinary year shows as much about once in ten."


def _seen(since: Sequence[PastDay], turned: bool) -> dict[str, Count]:
    """What went past the agent's eyes in these days; a record opened on two days counts twice."""
    when = "since then" if turned else f"in the last {len(since)} active days"
    found = {
        "opened": Count(sum(one.opened for one in since), 0.0, f"records opened {when}, day by day"),
        "revealed": Count(sum(one.revealed for one in since), 0.0, f"contacts revealed {when}, day by day"),
        "exported": Count(
            sum(one.blocks for one in since) * EXPORT_ROWS, 0.0, f"rows exported {when}, at most"
        ),
        "served": Count(sum(one.served for one in since), 0.0, f"records served and not shown {when}"),
    }
    for n, band in enumerate(BANDS):
        count = sum(one.bands[n] for one in since)
        found[f"opened:band{n}"] = Count(count, 0.0, f"of those opened, value band {band}")
    return found


def _day(one: PastDay) -> str:
    return date.fromordinal(one.day).strftime("%-d %B %Y")
