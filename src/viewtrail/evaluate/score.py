"""Alerts against the truth: which thefts were found and how late, what was said of honest people and why."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from viewtrail.evaluate.alert import Alert
from viewtrail.evaluate.company import EXPORTED, OPENED, REVEALED, SHORT, AgentDay, Company
from viewtrail.evaluate.truth import AFTERWARDS, Incident, Person
from viewtrail.measure.clocks import DAY

ONCE_IN: Final = 7 * DAY
"""Several false alerts on one agent in so long are one: people look once."""

SAME_RECORDS: Final = 0.3
"""An alert is about an honest episode if at least so much of its records are the episode's."""

NEW: Final = timedelta(days=90)

COUNTED: Final = {"c": REVEALED, "f": SHORT, "i": EXPORTED}
"""What is taken, where it is not opened records."""

ORDINARY: Final = "ordinary day"

BLOCK: Final = 28
"""Days over which a realised rate is given: four weeks."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A theft and what was found of it. `lost` and `lost_by_close` are shares, of what was found alone."""

    theft: Incident
    early: bool
    by: tuple[Alert, ...]
    minutes: float | None = None
    lost: float | None = None
    lost_by_close: float | None = None

    @property
    def stands(self) -> bool:
        return any(alert.stands for alert in self.by)

    @property
    def named(self) -> bool:
        """Whether something told of it names what was taken, and does not only fall into its time.

        A theft that names no records, an export, is named by a finding about exports.
        """
        if not self.theft.records:
            return any(alert.pattern in ("exports", "limits") for alert in self.by)
        return any(alert.records & self.theft.records for alert in self.by)


@dataclass(frozen=True, slots=True)
class False_:
    """An alert that touches no theft of its agent: what honest work it was about, in which groups."""

    alert: Alert
    early: bool
    about: str
    declared: bool | None
    groups: tuple[str, ...]
    block: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One company by one method. `false` is de-duplicated; days and groups are honest and after learning."""

    company: str
    structure: str
    taken: tuple[Taken, ...]
    false: tuple[False_, ...]
    days: int
    early_days: int
    groups: Counter[str]
    episodes: Counter[str]
    flagged: Counter[str]
    blocks: Counter[int] = field(default_factory=Counter)
    "Honest agent-days by four weeks, counted from the end of the first calibration."

    def scored(self) -> list[Taken]:
        return [one for one in self.taken if not one.early]

    def false_in(self, queue: str) -> list[False_]:
        return [one for one in self.false if one.alert.queue == queue and not one.early]


def score(company: Company, found: Sequence[Alert]) -> Outcome:
    """Hold what was told of a company against its truth."""
    truth = company.truth
    thefts, edge = truth.thefts(), truth.scored_from
    groups_of = _Groups(company)
    honest = [day for day in company.days if not _steals(day, thefts)]
    scored = [day for day in honest if day.day >= truth.scored_on]
    false = list(_once(alert for alert in found if not _touches(alert, thefts)))
    lookalikes = [one for one in truth.lookalikes() if one.start >= edge]
    return Outcome(
        truth.name,
        truth.structure,
        tuple(_taken(company, theft, found) for theft in thefts),
        tuple(_false(company, alert, groups_of) for alert in false),
        len(scored),
        len(honest) - len(scored),
        Counter(group for day in scored for group in groups_of.of(day)),
        Counter(_named(one) for one in lookalikes),
        Counter(_named(one) for one in lookalikes if any(_about(alert, one) for alert in false)),
        Counter((day.day - truth.scored_on).days // BLOCK for day in scored),
    )


def _steals(day: AgentDay, thefts: Iterable[Incident]) -> bool:
    return any(theft.touched(day.agent, day.start, day.end) for theft in thefts)


def _touches(alert: Alert, thefts: Iterable[Incident]) -> bool:
    return any(theft.touched(alert.agent, alert.first_at, alert.last_at) for theft in thefts)


# -- thefts -----------------------------------------------------------------------------------------


def _taken(company: Company, theft: Incident, found: Sequence[Alert]) -> Taken:
    by = tuple(a for a in found if theft.touched(a.agent, a.first_at, a.last_at))
    early = theft.start < company.truth.scored_from
    if not by:
        return Taken(theft, early, by)
    told = [one for alert in by for one in alert.told if one.last >= theft.start and one.at >= theft.start]
    if not told:
        return Taken(theft, early, by)
    first = min(one.at for one in told)
    closes = [one.at for one in told if not one.live]
    taken = _times(company, theft)
    return Taken(
        theft,
        early,
        by,
        (first - theft.start) / 60e6,
        _gone(taken, first),
        _gone(taken, min(closes)) if closes else None,
    )


def _times(company: Company, theft: Incident) -> list[tuple[int, int]]:
    """(when, how much) of everything taken."""
    kind = COUNTED.get(theft.kind, OPENED)
    found = []
    for agent in theft.agents:
        acts = company.acts.get(agent, [])
        # A call counts when it ends, up to an hour after its record was opened
        for act in acts[bisect_left(acts, (theft.start,)) : bisect_left(acts, (theft.end + AFTERWARDS + 1,))]:
            if act.kind == kind and (act.key in theft.records or not act.key):
                found.append((act.t, act.weight))
    return found


def _gone(taken: Sequence[tuple[int, int]], t: int) -> float | None:
    """The share that was taken at or before `t`."""
    total = sum(weight for _, weight in taken)
    return sum(weight for when, weight in taken if when <= t) / total if total else None


# -- honest people ----------------------------------------------------------------------------------


def _once(found: Iterable[Alert]) -> Iterable[Alert]:
    last: dict[tuple[str, str], int] = {}
    for alert in sorted(found, key=lambda one: one.detected_at):
        key = (alert.agent, alert.queue)
        if key not in last or alert.detected_at - last[key] > ONCE_IN:
            last[key] = alert.detected_at
            yield alert


def _false(company: Company, alert: Alert, groups: _Groups) -> False_:
    about = [one for one in company.truth.lookalikes() if _about(alert, one)]
    about.sort(key=lambda one: (-len(alert.records & one.records), one.end - one.start))
    day = next((d for d in company.days if d.agent == alert.agent and d.start <= alert.last_at < d.end), None)
    return False_(
        alert,
        alert.detected_at < company.truth.scored_from,
        _named(about[0]) if about else ORDINARY,
        about[0].facts.get("declared") if about else None,
        groups.of(day) if day is not None else (),
        (alert.detected_at - company.truth.scored_from) // (BLOCK * DAY),
    )


def _about(alert: Alert, episode: Incident) -> bool:
    """Of its agent and time and, where the episode names records, about them."""
    if not episode.touched(alert.agent, alert.first_at, alert.last_at):
        return False
    shared = len(alert.records & episode.records)
    return not episode.records or shared >= SAME_RECORDS * max(len(alert.records), 1)


def _named(episode: Incident) -> str:
    declared = episode.facts.get("declared")
    return episode.kind if declared is None else f"{episode.kind}, {'' if declared else 'un'}declared"


class _Groups:
    """The groups of people that a rate is given for, by agent-day."""

    def __init__(self, company: Company) -> None:
        self.people, self.back = company.truth.people, company.back
        self.name = company.truth.name

    def of(self, day: AgentDay) -> tuple[str, ...]:
        person = self.people[day.agent]
        found = [f"role: {person.role}", f"language: {person.language}", f"desk: {self.name}, {person.desk}"]
        return tuple(found + [name for name, holds in self._traits(person, day) if holds])

    def _traits(self, person: Person, day: AgentDay) -> list[tuple[str, bool]]:
        return [
            ("tenure under 90 days", day.day - person.joined < NEW),
            ("part-time", person.part_time),
            ("night shift", person.night_shift),
            ("first day back from leave or sickness", (day.agent, day.day) in self.back),
        ]
