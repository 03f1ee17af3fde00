"""A finding about several agents whose days look like parts of one list: pushed to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from viewtrail.finding import RINGS, Count, Finding, finding_id
from viewtrail.measure.counts import OPENED, Mark
from viewtrail.measure.reasons import Book
from viewtrail.measure.rings import Ring
from viewtrail.watch.facts import FOR_EVER
from viewtrail.watch.ledger import MOST_ENTRIES
from viewtrail.watch.zone_day import ZoneDay

WORTH_SAYING: Final = 1.0
"""Clients opened twice by chance, of which fewer are not worth a word."""


@dataclass(slots=True)
class Ringed:
    """The days on which the same agents, or some of them, stood together, by their start (µs)."""

    agents: set[str]
    days: dict[int, tuple[Ring, tuple[Mark, ...]]] = field(default_factory=dict)
    finding: str = ""

    def holds(self, ring: Ring, start: int, episode: int) -> bool:
        """Whether that day's ring is this one: two agents at least are the same, within an episode."""
        near = any(abs(start - one) <= episode for one in self.days)
        return near and len(self.agents.intersection(ring.agents)) > 1

    def take(self, zone_day: ZoneDay, ring: Ring | None) -> None:
        """What a closed day says of them; a day closed again replaces what it said before."""
        if ring is None:
            self.days.pop(zone_day.start, None)
        else:
            self.days[zone_day.start] = ring, _marks(zone_day, ring)
        self.agents = {agent for one, _ in self.days.values() for agent in one.agents}


def _marks(zone_day: ZoneDay, ring: Ring) -> tuple[Mark, ...]:
    found = [
        mark
        for agent in ring.agents
        for mark in zone_day.agents[agent].marks
        if mark.kind == OPENED and mark.key in ring.records[agent]
    ]
    return tuple(sorted(found, key=lambda mark: (mark.t, mark.identity)))


def sizes_of_books(book: Book, t: int) -> Mapping[str, int]:
    """Owner -> clients at `t`, which lies so far back that nothing of it is on its way any more."""
    found: dict[str, int] = {}
    for record in book.records.values():
        owned = record.owner_at(t, FOR_EVER)
        if owned is not None and owned.owner is not None:
            found[owned.owner] = found.get(owned.owner, 0) + 1
    return found


def about_ring(ringed: Ringed, now: int, version: Mapping[str, str]) -> Finding:
    """The finding that their days are together."""
    days = [ringed.days[start] for start in sorted(ringed.days)]
    rings, marks = [one for one, _ in days], [mark for _, of in days for mark in of]
    agents = tuple(sorted(ringed.agents))
    records = tuple(dict.fromkeys(mark.key for mark in marks))
    twice, by_chance = sum(one.twice for one in rings), sum(one.by_chance for one in rings)
    parts = {name: len({key for one in rings for key in one.records.get(name, ())}) for name in agents}
    return Finding(
        id=ringed.finding or finding_id("ring", "\x00".join(rings[0].agents), marks[0].identity),
        subject_kind="ring",
        agent=None,
        agents=agents,
        pattern="one-list-split",
        queue=RINGS,
        tier="final",
        severity="low",
        status="open",
        first_at=marks[0].t,
        last_at=marks[-1].t,
        detected_at=now,
        score=0.0,
        rarity_per_1000=None,
        budget=0.0,
        claim=(
            f"{_named(agents)} opened {len(records)} clients of {_whose(rings)} for no reason on file "
            f"{_when(marks)}, {_none_of(twice)} by more than one of them: "
            f"{', '.join(f'{name} {n}' for name, n in parts.items())}."
        ),
        usual=_usual(rings, by_chance),
        counts={
            "split:ring": Count(len(records), 0.0, "clients opened for no reason on file, by all of them"),
            "twice:ring": Count(twice, round(by_chance, 1), "of these, by more than one of them"),
        },
        contributions=(),
        records=records,
        records_at_detection=len(records),
        entries=tuple(sorted(mark.entry for mark in marks))[:MOST_ENTRIES],
        reasons={},
        ordinary=(
            "a list that was shared out among them and that nobody declared",
            "a handover, a clean-up or a cover that they did together",
            "a cause that both have alone: a new task, an event on the clients' side",
        ),
        against=(
            "only who has a finding of their own stood out alone; for the others this says no more than that "
            "their day was rare too, on the same day, among the same colleagues' clients",
            "two who never talked to each other can look like this: beside a few findings in a hundred "
            "somebody does",
            "the log shows which accounts acted, not who sat there",
        ),
        unknown=(),
        context=(("whoever shares out lists here can say whether this was one", "none"),),
        coverage=1.0,
        state="scoreable",
        version=version,
    )


def _named(agents: Sequence[str]) -> str:
    return f"{', '.join(agents[:-1])} and {agents[-1]}"


def _whose(rings: Sequence[Ring]) -> str:
    return "the same colleagues or of nobody" if any(one.pool for one in rings) else "the same colleagues"


def _none_of(twice: int) -> str:
    return f"{twice} of them" if twice else "none"


def _usual(rings: Sequence[Ring], by_chance: float) -> str:
    told = sorted({agent for one in rings for agent in one.told})
    own = f"{_named(told)} have findings" if len(told) > 1 else f"{told[0]} has a finding"
    text = f"{own} of their own on {'these days' if len(rings) > 1 else 'that day'}"
    if by_chance >= WORTH_SAYING:
        text += (
            f"; had each gone through these books alone, about {by_chance:.0f} would have been opened twice"
        )
    return f"{text}."


def _when(marks: Sequence[Mark]) -> str:
    first, last = (datetime.fromtimestamp(one.t // 1_000_000, UTC) for one in (marks[0], marks[-1]))
    if first.date() == last.date():
        return f"on {first:%-d %B %Y}"
    return f"from {first:%-d %B} to {last:%-d %B %Y}"
