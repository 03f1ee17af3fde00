"""A finding about a list on which everybody's calls are over in seconds: for whoever runs campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from viewtrail.finding import Count, Finding, finding_id
from viewtrail.measure.bad_lists import BadList, Cut
from viewtrail.measure.counts import SHORT_IN, SHORT_OUT, Mark
from viewtrail.watch.ledger import MOST_ENTRIES
from viewtrail.watch.zone_day import ZoneDay

if TYPE_CHECKING:
    from viewtrail.watch.facts import Facts

MANY_SHORT: Final = 200
"""Short calls from which it matters more: an hour of a desk's work was spent on them."""

FEWEST_SHOWN: Final = 3
"""Answered calls from which the share of an hour or an agent is worth a word."""


@dataclass(slots=True)
class Listed:
    """One list: the days on which it was bad, by their start (µs), and the short calls on it."""

    name: str
    days: dict[int, tuple[BadList, tuple[Mark, ...]]] = field(default_factory=dict)
    finding: str = ""

    def is_over(self, start: int, episode: int) -> bool:
        """Whether a day that starts then is too far from the others to be told with them."""
        return bool(self.days) and start - max(self.days) > episode

    def take(self, zone_day: ZoneDay, bad: BadList | None) -> None:
        """What a closed day says of the list; a day closed again replaces what it said before."""
        if bad is None:
            self.days.pop(zone_day.start, None)
            return
        marks = (mark for day in zone_day.agents.values() for mark in day.marks)
        short = [m for m in marks if m.kind in (SHORT_OUT, SHORT_IN) and m.campaign == self.name]
        self.days[zone_day.start] = bad, tuple(sorted(short, key=lambda mark: (mark.t, mark.entry)))


def about_list(listed: Listed, facts: Facts, now: int, version: Mapping[str, str]) -> Finding:
    """The finding that the bad days of a list are; nobody who dialled it is named."""
    told = [listed.days[start] for start in sorted(listed.days)]
    days, marks = [one[0] for one in told], [mark for one in told for mark in one[1]]
    answered, short = sum(one.whole.answered for one in days), sum(one.whole.short for one in days)
    agents = {cut.name for one in days for cut in one.agents}
    campaign = facts.book.campaigns.get(listed.name)
    makers = sorted(name for name in (campaign.makers if campaign is not None else ()) if name)
    makers = [name for name in makers if facts.people.get(name).introduced]
    return Finding(
        id=listed.finding or finding_id("campaign", listed.name, marks[0].identity),
        subject_kind="campaign",
        agent=None,
        agents=(),
        pattern="bad-list",
        queue="calls",
        tier="final",
        severity="medium" if short >= MANY_SHORT else "low",
        status="open",
        first_at=marks[0].t,
        last_at=marks[-1].t,
        detected_at=now,
        score=0.0,
        rarity_per_1000=None,
        budget=0.0,
        claim=(
            f"On the list {listed.name} the calls were over in seconds for everybody who dialled it "
            f"{_when(marks)}: {short} of {answered} answered calls ({short / answered:.0%}) under "
            f"20 seconds, by {len(agents)} agents."
        ),
        usual=_usual(days),
        counts={
            "short_calls:list": Count(
                short, round(answered * days[-1].usual, 1), "answered calls under 20 seconds on the list"
            ),
            "answered:list": Count(answered, 0.0, "answered calls on the list"),
            "agents:list": Count(len(agents), 0.0, "agents who dialled it"),
        },
        contributions=(),
        records=tuple(dict.fromkeys(mark.key for mark in marks if mark.key)),
        records_at_detection=len({mark.key for mark in marks if mark.key}),
        entries=tuple(sorted({mark.entry for mark in marks}))[:MOST_ENTRIES],
        reasons={},
        ordinary=(
            "a bought list: wrong numbers, and people who never asked to be called",
            "a dialler that puts the agent through too late, or a caller's number marked as spam",
            "a fault of the line or the carrier for the numbers on the list",
        ),
        against=(
            "it says nothing about anybody who dialled it: their short calls on it are left out",
            "answering machines that the telephone system counts as answered look the same",
        ),
        unknown=(),
        context=(("who bought or built the list decides about it", "none"),),
        coverage=1.0,
        state="scoreable",
        version=version,
        owner=makers[0] if len(makers) == 1 else None,
    )


def _when(marks: Sequence[Mark]) -> str:
    first, last = (datetime.fromtimestamp(one.t // 1_000_000, UTC) for one in (marks[0], marks[-1]))
    if first.date() == last.date():
        return f"on {first:%-d %B %Y}"
    return f"from {first:%-d %B} to {last:%-d %B %Y}"


def _usual(days: Sequence[BadList]) -> str:
    """Where it lies and where not: other lists, agents, hours, telephone systems, the agents' other calls."""
    parts = [f"On lists here {days[-1].usual:.0%} are short as a rule"]
    for what, cuts in (
        ("agent", [cut for one in days for cut in one.agents]),
        ("hour", [cut for one in days for cut in one.hours]),
        ("telephone system", [cut for one in days for cut in one.lines]),
    ):
        shares = [cut.share for cut in _joined(cuts) if cut.answered >= FEWEST_SHOWN]
        if len(shares) > 1:
            parts.append(f"by {what} from {min(shares):.0%} to {max(shares):.0%}")
    rest = _joined(one.elsewhere for one in days if one.elsewhere is not None)
    if rest:
        parts.append(f"of the same agents' other calls on those days {rest[0].share:.0%}")
    return "; ".join(parts) + "."


def _joined(cuts: Iterable[Cut]) -> list[Cut]:
    found: dict[str, tuple[int, int]] = {}
    for cut in cuts:
        answered, short = found.get(cut.name, (0, 0))
        found[cut.name] = (answered + cut.answered, short + cut.short)
    return [Cut(name, *found[name]) for name in sorted(found)]
