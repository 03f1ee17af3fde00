"""Was it the agent who sat there? Signs that it may have been somebody else: device, sessions, leave, a call.

The log knows accounts. Most findings can say no more than that; some can say that it is unsure, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from viewtrail.finding import ON_LEAVE
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import DAY, HOUR
from viewtrail.measure.counts import Mark
from viewtrail.measure.kept import Kept

NEEDS: Final = {
    "visit.started": {"visit", "device", "network"},
    "visit.ended": {"visit", "device", "network"},
    "record.viewed": {"visit", "on_behalf_of"},
    "call.ended": {"talk_ms", "ring_ms"},
    "leave.booked": {"from", "to"},
}

MOST_OF_IT: Final = 0.5
"""A sign counts where it is on at least half of what the finding is made of."""

USED_BEFORE: Final = 14 * DAY
"""So long an agent's devices must be known before another one is new."""

STILL_NEW: Final = DAY
"""So long after it was first seen a device is new."""

SAME_DESK_DAY: Final = 12 * HOUR
"""Somebody else at the same device so long before or after: the same workstation in one day."""

A_KIND: Final = 4
"""A device that so many agents use is a kind of machine, or a shared terminal; it tells nobody apart."""

TWICE_OVER: Final = 2
"""Changes between two devices, there and back, that make two sessions at once."""


class Sitting(NamedTuple):
    """Where a visit came from: a device and a network, as far as the source says."""

    device: str | None
    network: str | None


class Presence:
    """Folds visits: which agent sat at which device, from which network, since when."""

    def __init__(self) -> None:
        self.sittings: Kept[tuple[str, str], Sitting] = Kept()
        self.behalf: Kept[tuple[str, str], str] = Kept()
        "(source, id) of something done -> as whom it was done."
        self.first: dict[str, dict[str, int]] = {}
        "Agent -> device, or network where no device is told -> when it was first seen."
        self.users: dict[str, dict[str, tuple[int, int]]] = {}
        "Device -> agent -> first and last time."

    def visit(self, agent: str, visit: str, sitting: Sitting, t: int, now: int) -> None:
        """A visit started or ended."""
        self.sittings.keep((agent, visit), sitting, now)
        place = _place(sitting)
        if place is None:
            return
        known = self.first.setdefault(agent, {})
        known[place] = min(t, known.get(place, t))
        if sitting.device is not None:
            users = self.users.setdefault(sitting.device, {})
            first, last = users.get(agent, (t, t))
            users[agent] = min(first, t), max(last, t)

    def acted_for(self, identity: tuple[str, str], other: str, now: int) -> None:
        """Something was done as somebody else."""
        self.behalf.keep(identity, other, now)

    def doubts(self, day: AgentDay, marks: Sequence[Mark], known_by: int) -> tuple[str, ...]:
        """Why it is unsure that the agent did this; nothing where no sign says so."""
        if not marks:
            return ()
        least, found = MOST_OF_IT * len(marks), []
        places = [_place(self._of(day, mark)) for mark in marks]
        if (
            sum(self._is_new(day.person.agent, place, m.t) for place, m in zip(places, marks, strict=True))
            >= least
        ):
            found.append("it came from a device or network that the agent had not used before")
        if sum(self._is_shared(day, mark) for mark in marks) >= least:
            found.append("somebody else worked at the same workstation within half a day")
        if self._two_at_once(day, marks):
            found.append("two sessions on different devices were at work at once")
        if sum(day.person.on_leave(mark.t, known_by) for mark in marks) >= least:
            found.append(ON_LEAVE)
        if day.person.gone(day.day):
            found.append("the agent had left by then")
        if sum(_in_a_call(day, mark) for mark in marks) >= least:
            found.append("the agent was talking to somebody else on the telephone meanwhile")
        if sum(self.behalf.get(mark.identity) is not None for mark in marks) >= least:
            found.append("it was done on behalf of somebody else")
        return tuple(found)

    def _of(self, day: AgentDay, mark: Mark) -> Sitting | None:
        return self.sittings.get((day.person.agent, mark.visit)) if mark.visit is not None else None

    def _is_new(self, agent: str, place: str | None, t: int) -> bool:
        """Whether it was first seen just then, of somebody whose others have been known for long."""
        known = self.first.get(agent, {})
        if place is None or t - known.get(place, t) > STILL_NEW:
            return False
        return any(t - first >= USED_BEFORE for other, first in known.items() if other != place)

    def _is_shared(self, day: AgentDay, mark: Mark) -> bool:
        sitting = self._of(day, mark)
        users = self.users.get(sitting.device, {}) if sitting is not None and sitting.device else {}
        if not 1 < len(users) < A_KIND:
            return False
        others = (span for agent, span in users.items() if agent != day.person.agent)
        return any(first - SAME_DESK_DAY <= mark.t <= last + SAME_DESK_DAY for first, last in others)

    def _two_at_once(self, day: AgentDay, marks: Sequence[Mark]) -> bool:
        """Whether what was done meanwhile came from two devices in turn: one person sits at one of them."""
        first, last = marks[0].t, marks[-1].t
        inside = sorted((m.t, m.entry, m) for m in day.marks if first <= m.t <= last and m.visit is not None)
        sat = [sitting.device for _, _, m in inside if (sitting := self._of(day, m)) is not None]
        runs = [device for device, _ in groupby(device for device in sat if device is not None)]
        return len(runs) > TWICE_OVER


def _place(sitting: Sitting | None) -> str | None:
    """The device; the network where no device is told: one's own machine at home is still one's own."""
    if sitting is None:
        return None
    if sitting.device is not None:
        return sitting.device
    return None if sitting.network is None else f"network {sitting.network}"


def _in_a_call(day: AgentDay, mark: Mark) -> bool:
    """Whether the agent was in a call with another client at that moment."""
    return any(start < mark.t < end for start, end in _calls_with_others(day, mark.key))


def _calls_with_others(day: AgentDay, record: str) -> Iterable[tuple[int, int]]:
    for other, spans in day.contacts.items():
        if other != record:
            yield from spans
