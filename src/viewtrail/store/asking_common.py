"""Who do these records have in common, and is it more than chance would give?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.store.asking_answers import Common
from viewtrail.store.asking_chance import expected, log10_at_least
from viewtrail.store.asking_rows import Row

Ask = Callable[..., list[Any]]

LEAST: Final = 5
"""Of fewer records nobody can say whether it is more than chance: a colleague's cover makes three or four."""

EVER: Final = 2**62
"""Later than any time in a log (µs)."""

MOST: Final = 1_000
"""Records asked about at once."""

EACH: Final = 5_000
"""Openings whose reasons are looked at one by one; of more only the numbers are told."""

WAYS: Final = {
    "record.viewed": "opened",
    "contact.revealed": "revealed",
    "call.ended": "called",
    "call.matched": "called",
    "export.created": "exported",
}
"""What counts as having to do with a record, by what was done."""


@dataclass(frozen=True, slots=True)
class Touch:
    """An entry that touches one of the records. `looked`: a person did it, no service and no prefetch."""

    record: str
    time: int
    index: int
    type: str
    agent: str | None
    via: str | None
    looked: bool


@dataclass(slots=True)
class _Part:
    """One agent's part in it."""

    records: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    "Way -> records."
    via: Counter[str] = field(default_factory=Counter)
    first: int = EVER
    last: int = 0

    def take(self, touch: Touch) -> None:
        self.records[WAYS[touch.type]].add(touch.record)
        self.first, self.last = min(self.first, touch.time), max(self.last, touch.time)
        if touch.type == "record.viewed":
            self.via[touch.via or "unknown"] += 1


@dataclass(frozen=True, slots=True)
class Asked:
    """The records asked about, all that ever touched them by time, and the span that is asked for."""

    records: tuple[str, ...]
    touches: tuple[Touch, ...]
    start: int | None
    end: int | None

    @property
    def within(self) -> Iterable[Touch]:
        """What people did with the records in the span."""
        start, end = self.start or 0, EVER if self.end is None else self.end
        return (
            one
            for one in self.touches
            if one.looked and one.agent is not None and one.type in WAYS and start <= one.time < end
        )

    @property
    def views(self) -> list[int]:
        """The openings among it; none where there are too many to look at each."""
        found = list(dict.fromkeys(one.index for one in self.within if one.type == "record.viewed"))
        return found if len(found) <= EACH else []


def asked(ask: Ask, records: Sequence[str], start: int | None, end: int | None) -> Asked:
    """All that the log has of these records."""
    wanted = tuple(dict.fromkeys(records))
    if not 1 <= len(wanted) <= MOST:
        raise BadInput(f"{len(wanted):,} records asked about", next=f"give 1 to {MOST:,}")
    found = ask("touches_of_records", records=list(wanted))
    return Asked(wanted, tuple(Touch(*row) for row in found), start, end)


def in_common(ask: Ask, about: Asked) -> list[Common]:
    """Everybody who touched one of the records: most surprising first, then those who touched most."""
    parts: dict[str, _Part] = defaultdict(_Part)
    opened: set[str] = set()
    for touch in about.within:
        parts[touch.agent or ""].take(touch)
        if touch.type == "record.viewed":
            opened.add(touch.record)
    if not parts:
        return []
    held, company = _opened(ask, sorted(parts), about)
    at = EVER if about.end is None else about.end
    owners = dict(ask("owners", records=list(about.records), at=at))
    box = company + len(about.records) - len(opened)  # what nobody opened could be drawn too
    found = [
        _common(agent, part, len(about.records), held.get(agent, 0), box, owners)
        for agent, part in parts.items()
    ]
    return sorted(found, key=lambda one: (-(one.surprise or 0.0), -one.touched, -one.opened, one.agent))


def _opened(ask: Ask, agents: list[str], about: Asked) -> tuple[dict[str, int], int]:
    """How many different records each of them opened, and how many anybody."""
    if about.start is None and about.end is None:
        ((company,),) = ask("opened_by_anybody")
        return dict(ask("opened_by_agent", agents=agents)), company
    span = {"start": about.start or 0, "end": EVER if about.end is None else about.end}
    ((company,),) = ask("opened_by_anybody_in_span", **span)
    return dict(ask("opened_by_agent_in_span", agents=agents, **span)), company


def _common(
    agent: str, part: _Part, asked: int, held: int, box: int, owners: dict[str, str | None]
) -> Common:
    ways = part.records
    touched = sorted(set().union(*ways.values()))
    enough = asked >= LEAST
    zeros = abs(log10_at_least(len(ways["opened"]), asked, held, box)) if enough else None
    return Common(
        agent=agent,
        asked=asked,
        touched=len(touched),
        opened=len(ways["opened"]),
        revealed=len(ways["revealed"]),
        called=len(ways["called"]),
        exported=len(ways["exported"]),
        owned=sum(1 for record in touched if owners.get(record) == agent),
        records=tuple(touched),
        via=dict(part.via.most_common()),
        reasons={},
        first=part.first,
        last=part.last,
        distinct=held,
        company=box,
        expected=expected(asked, held, box) if enough else None,
        probability=None if zeros is None else 10**-zeros,
        surprise=zeros,
        enough=enough,
    )


def with_reasons(
    found: Sequence[Common], openings: Sequence[Row], why: dict[int, tuple[str, ...]]
) -> list[Common]:
    """The same with how often each agent had which reason."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in openings:
        if row.agent is not None:
            counts[row.agent].update(why.get(row.index, ()))
    return [replace(one, reasons=dict(counts[one.agent].most_common())) for one in found]
