"""What is told beside the findings on agents' days: answers about leavers, findings about lists and rings.

They draw on no budget of pushed findings and never join one. They are folded by the same loop from the same
entries, so that live and replay say the same; `drain` gives what was said since it was last asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from viewtrail.finding import Finding, Transition
from viewtrail.log.entry import Stored
from viewtrail.measure.bad_lists import BadList, bad_lists
from viewtrail.measure.clocks import DAY, LATE, Clock
from viewtrail.measure.lists import Call
from viewtrail.measure.rings import Ring, rings
from viewtrail.watch.leavers import Asked, answer
from viewtrail.watch.listed import Listed, about_list
from viewtrail.watch.ringed import Ringed, about_ring, sizes_of_books
from viewtrail.watch.zone_day import ZoneDay

if TYPE_CHECKING:
    from viewtrail.watch.days import Closed
    from viewtrail.watch.facts import Facts
    from viewtrail.watch.learned import Learned

KEPT_OF_LISTS: Final = 56 * DAY
"""How long a list's own days are kept: eight weeks, as for everything else that is usual."""


@dataclass(slots=True)
class Beside:
    """Folds notices and closed days; `told` is everything it ever said, as it stands now."""

    facts: Facts
    version: dict[str, str]
    episode: int
    learning: int
    "How long the telephones must have been heard before a list is told of (µs)."
    told: dict[str, Finding] = field(default_factory=dict)
    leaving: dict[str, Asked] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)
    own: dict[str, dict[tuple[int, Clock], tuple[int, int]]] = field(default_factory=dict)
    "By list and closed day, the answered and short calls, of days on which it was not told of."
    rings: list[Ringed] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    "Days closed, or closed again, of which nothing was said yet."
    out: list[Transition] = field(default_factory=list)

    def drain(self) -> list[Transition]:
        """What was said since this was last asked."""
        out, self.out = self.out, []
        return out

    def notice(self, event: Stored, index: int, now: int, learned: Learned) -> None:
        """HR says that somebody leaves, or stays after all."""
        agent = event.subject
        if agent is None:
            return
        if event.type == "notice.withdrawn":
            asked = self.leaving.pop(agent, None)
            if asked is not None and asked.finding in self.told:
                gone = self.told[asked.finding].after("withdrawn", "the notice was taken back")
                self._step("withdrawn", gone, index, now)
            return
        if agent not in self.leaving:
            self.leaving[agent] = Asked(agent, (event.source, event.id), index, now)
        self._look(self.leaving[agent], index, now, learned)

    def advanced(self, index: int, now: int, learned: Learned) -> None:
        """Days have closed: what they say of lists, and of those who leave."""
        days, self.closed = self.closed, []
        for one in days:
            self._lists_of(one.zone_day, one.learned.lists, index, now)
            self._rings_of(one.zone_day, index, now)
        for agent in sorted(self.leaving) if days else ():
            asked = self.leaving[agent]
            if self.facts.people.get(agent).notice_at(now) is None and now > asked.since + DAY:
                del self.leaving[agent]  # gone: the answer stands as it is
            else:
                self._look(asked, index, now, learned)

    def _look(self, asked: Asked, index: int, now: int, learned: Learned) -> None:
        past = learned.past.get(asked.agent, ())
        found = answer(asked, past, self.facts.people.get(asked.agent), now, self.version)
        asked.finding = found.id
        self._say(found, index, now)

    # -- lists ----------------------------------------------------------------------------------------

    def _lists_of(self, zone_day: ZoneDay, known: tuple[float, float], index: int, now: int) -> None:
        calls = {agent: day.calls for agent, day in zone_day.agents.items() if day.calls}
        found: dict[str, BadList] = {}
        if zone_day.start - self.facts.feeds.first.get("calls", zone_day.start) >= self.learning:
            found = {one.name: one for one in bad_lists(calls, known, self._own(zone_day.start))}
        self._keep_own(zone_day, calls, found)
        for name in sorted(
            {*found, *(name for name, one in self.lists.items() if zone_day.start in one.days)}
        ):
            listed = self.lists.get(name)
            if listed is None or (name in found and listed.is_over(zone_day.start, self.episode)):
                listed = self.lists[name] = Listed(name)
            listed.take(zone_day, found.get(name))
            self._say_of_list(listed, index, now)

    def _own(self, start: int) -> dict[str, tuple[int, int]]:
        """(answered, short) of each list on the days before that are kept."""
        days = {name: [own[at] for at in own if at[0] < start] for name, own in self.own.items()}
        return {name: (sum(n for n, _ in of), sum(short for _, short in of)) for name, of in days.items()}

    def _keep_own(
        self, zone_day: ZoneDay, calls: Mapping[str, Sequence[Call]], found: Mapping[str, BadList]
    ) -> None:
        """What the day says of lists that are like others or like themselves; a bad day is nobody's usual."""
        place = (zone_day.start, zone_day.clock)
        for own in self.own.values():
            own.pop(place, None)
            for old in [at for at in own if at[0] < zone_day.start - KEPT_OF_LISTS]:
                del own[old]
        for call in (call for of in calls.values() for call in of):
            if call.campaign is not None and call.campaign not in found:
                own = self.own.setdefault(call.campaign, {})
                answered, short = own.get(place, (0, 0))
                own[place] = (answered + 1, short + bool(call.short))
        self.own = {name: own for name, own in self.own.items() if own}

    def _say_of_list(self, listed: Listed, index: int, now: int) -> None:
        if listed.days:
            found = about_list(listed, self.facts, now, self.version)
            listed.finding = found.id
            self._say(found, index, now)
        elif listed.finding in self.told:
            why = "with what arrived late its calls were like others"
            self._step("withdrawn", self.told[listed.finding].after("withdrawn", why), index, now)

    # -- rings ----------------------------------------------------------------------------------------

    def _rings_of(self, zone_day: ZoneDay, index: int, now: int) -> None:
        before = [one for one in self.rings if zone_day.start in one.days]
        active = sum(bool(day.last) for day in zone_day.agents.values())
        found = rings(zone_day.parts, active, lambda: sizes_of_books(self.facts.book, zone_day.start - LATE))
        spoken: list[Ringed] = []
        for ring in found:
            ringed = self._ringed(ring, zone_day.start, spoken)
            ringed.take(zone_day, ring)
            spoken.append(ringed)
        for one in before:
            if not any(one is said for said in spoken):
                one.take(zone_day, None)
                spoken.append(one)
        for ringed in spoken:
            self._say_of_ring(ringed, index, now)
        oldest = zone_day.start - self.episode - 2 * LATE
        self.rings = [one for one in self.rings if one.days and max(one.days) >= oldest]

    def _ringed(self, ring: Ring, start: int, spoken: Sequence[Ringed]) -> Ringed:
        """The ring that these agents are already, or a new one."""
        for one in self.rings:
            if one.holds(ring, start, self.episode) and not any(one is said for said in spoken):
                return one
        self.rings.append(Ringed(set(ring.agents)))
        return self.rings[-1]

    def _say_of_ring(self, ringed: Ringed, index: int, now: int) -> None:
        if ringed.days:
            found = about_ring(ringed, now, self.version)
            ringed.finding = found.id
            self._say(found, index, now)
        elif ringed.finding in self.told:
            why = "with what arrived late the days are no parts of one list"
            self._step("withdrawn", self.told[ringed.finding].after("withdrawn", why), index, now)

    # -- telling --------------------------------------------------------------------------------------

    def _say(self, found: Finding, index: int, now: int) -> None:
        before = self.told.get(found.id)
        if before is None:
            self._step("opened", found, index, now)
        elif before.after("open", detected_at=0) != found.after("open", detected_at=0):
            self._step("updated", found.after("open", detected_at=before.detected_at), index, now)

    def _step(self, kind: str, found: Finding, index: int, now: int) -> None:
        self.told[found.id] = found
        self.out.append(Transition(kind, index, now, found))
