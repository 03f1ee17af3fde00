"""Which of the loop's transitions the log does not hold yet, and the entries that say them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from viewtrail.event import Event
from viewtrail.finding import Finding, Gone, Transition
from viewtrail.log import Stored

SOURCE: Final = "viewtrail"
UPDATED: Final = "finding.updated"
BY: Final = "loop"
GONE: Final = frozenset(("withdrawn", "explained", "superseded"))

Said = tuple[str, str, str, int]
"""The id of an entry, its transition and tier, and the time of it (µs)."""


@dataclass(slots=True)
class Written:
    """What the log holds of the loop's own words: by finding, in the order of the entries."""

    entries: dict[str, list[Said]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    "Findings of which something was noted since this was last emptied."

    def take(self, event: Stored) -> None:
        """Note the entry when it is one of the loop's."""
        if event.type != UPDATED or event.source != SOURCE:
            return
        data = event.data
        said = (event.id, data.get("transition", ""), data.get("tier", ""), event.time)
        finding = data.get("finding", "")
        told = self.entries.setdefault(finding, [])
        if said not in told[-8:]:
            told.append(said)
            self.touched.add(finding)

    def gone(self, told: Mapping[str, object]) -> list[Gone]:
        """What the log says of findings that are not `told` any more, in the order of the log."""
        return [
            Gone(id, said[0][3], said[-1][3], said[-1][1], said[-1][2])
            for id, said in self.entries.items()
            if id not in told
        ]


def entry_of(transition: Transition) -> Event:
    """The entry that says it. Its id is made of all it says, so that saying it again adds nothing."""
    return _updated(transition.finding, transition.kind, transition.index, transition.at)


def _updated(finding: Finding, kind: str, index: int, at: int) -> Event:
    said = "\x00".join((finding.id, kind, finding.tier, str(index), str(at)))
    return _entry(said, finding.id, kind, finding.tier, at)


def _entry(said: str, finding: str, kind: str, tier: str, at: int) -> Event:
    name = "u-" + hashlib.sha256(said.encode()).hexdigest()[:24]
    data = {"finding": finding, "transition": kind, "tier": tier, "by": BY, "actor_kind": "system"}
    return Event(SOURCE, name, UPDATED, at, data)


def unwritten(transitions: Iterable[Transition], written: Mapping[str, list[Said]], now: int) -> list[Event]:
    """What of a whole fold the log still has to be told, in the order of the fold.

    1. What follows the last transition that the log holds: it was cut off by a crash.
    2. A finding of which the log holds nothing: all of its life.
    3. A finding of which the log holds other transitions than these, as history that was imported since
       moved their causes: only where it stands now, and only if that is news.
    4. A finding that the fold no longer comes to: that it was taken back.
    """
    lives: dict[str, list[tuple[int, Event]]] = {}
    for place, one in enumerate(transitions):
        lives.setdefault(one.finding.id, []).append((place, entry_of(one)))
    found: list[tuple[int, Event]] = []
    for id, life in lives.items():
        found += _news(life, written.get(id, []))
    told = [event for _, event in sorted(found, key=lambda pair: pair[0])]
    return told + [_taken_back(id, said, now) for id, said in written.items() if _is_lost(id, said, lives)]


def _news(life: list[tuple[int, Event]], said: list[Said]) -> list[tuple[int, Event]]:
    names = {one[0] for one in said}
    last = next((n for n in reversed(range(len(life))) if life[n][1].id in names), None)
    if last is not None:  # 1
        return life[last + 1 :]
    if not said:  # 2
        return life
    place, event = life[-1]  # 3
    same = (event.data["transition"], event.data["tier"]) == said[-1][1:3]
    return [] if same else [(place, event)]


def _is_lost(id: str, said: list[Said], lives: Mapping[str, object]) -> bool:
    return id not in lives and bool(said) and said[-1][1] not in GONE


def _taken_back(id: str, said: list[Said], now: int) -> Event:
    name, _, tier, _ = said[-1]  # 4
    return _entry(f"{id}\x00gone\x00{name}", id, "withdrawn", tier, now)
