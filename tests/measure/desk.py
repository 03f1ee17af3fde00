"""One agent, one record, one opening: a small world in which each reason can be tried at its edges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import DAY, HOUR, bounds, micros
from viewtrail.measure.context import People
from viewtrail.measure.counts import OPENED, REVEALED, Mark
from viewtrail.measure.judge import Judge
from viewtrail.measure.matured import Matured, mature
from viewtrail.measure.reasons import NAMES, SELF_MADE, Book, Campaign, Owned, Task

T = micros(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
"""The opening: a Tuesday, eleven in the morning in Nicosia."""

FOR_EVER = 2**53
ME, COLLEAGUE, BOSS = "a-1", "a-2", "m-1"
RECORD = "r-1"


class Desk:
    """`me` is on desk d-1 with a colleague and a manager; nothing else is known until it is told."""

    def __init__(self) -> None:
        self.people, self.book = People("Europe/Nicosia"), Book()
        self.seen: dict[str, int] = {}
        self.judge = Judge(self.people, self.book, self._seen_before)
        for agent, role in ((ME, "agent"), (COLLEAGUE, "agent"), (BOSS, "manager")):
            self.person(
                agent, "agent.joined", T - 300 * DAY, role=role, desk="d-1", time_zone="Europe/Nicosia"
            )
        me = self.people.get(ME)
        self.day = AgentDay(me, *bounds(me.clock, T))

    def _seen_before(self, agent: str, day: date, t: int) -> bool:
        return agent in self.seen and self.seen[agent] < t

    def person(self, agent: str, type_: str, at: int, /, **data: Any) -> Desk:
        self.people.tell(agent, type_, at, {name.rstrip("_"): value for name, value in data.items()})
        return self

    def owned(
        self,
        owner: str | None,
        effective: int,
        known: int | None = None,
        by: str = "system",
        record: str = RECORD,
    ) -> Desk:
        self.book.get(record).assign(Owned(effective, effective if known is None else known, owner, by))
        return self

    def task(self, due: int, known: int = T - DAY, *, own: bool = False, record: str = RECORD) -> Desk:
        self.book.get(record).tasks += (Task(ME, due, known, own),)
        return self

    def inbound(self, when: int, known: int | None = None) -> Desk:
        self.book.get(RECORD).inbound += ((when, when if known is None else known),)
        return self

    def campaign(self, start: int = T - HOUR, end: int = T + HOUR, known: int = T - DAY, **who: Any) -> Desk:
        told = {
            "agents": frozenset(),
            "desks": frozenset(),
            "makers": frozenset({BOSS}),
            "records": {RECORD},
            **who,
        }
        self.book.campaigns["c-1"] = Campaign(start, end, known, **told)
        for record in told["records"]:
            self.book.get(record).campaigns += (("c-1", known),)
        return self

    def declared(self, known: int, *, by: str = BOSS, entered: str | None = None, **data: Any) -> Desk:
        told = {"from": T - HOUR, "to": T + HOUR, "scope": {"desk": "all"}, "records_expected": 10, **data}
        told = {name: value for name, value in told.items() if value is not None}
        work = {"purpose": "clean-up", "declared_by": by, "agent": entered or by, "work": "w-1"}
        return self.person(ME, "work.declared", known, **work, **told)

    # -- answers ------------------------------------------------------------------------------------

    def opening(self, t: int = T, record: str = RECORD, kind: str = OPENED, **named: Any) -> Mark:
        mark = Mark(t, kind, record, 1, len(self.day.marks), ("/crm", f"e-{len(self.day.marks)}"), **named)
        self.day.marks.append(mark)
        return mark

    def reasons(self, mark: Mark | None = None) -> set[str]:
        """What was known when the record was opened; a reason of the agent's own making is "self-made"."""
        return _named(self.judge.at_opening(self.day, mark or self.opening()))

    def later(
        self, mark: Mark | None = None, known_by: int = FOR_EVER, following: AgentDay | None = None
    ) -> set[str]:
        """What stands once all is known, of an opening that had no reason when made."""
        return _named(self.judge.matured(self.day, mark or self.opening(), following, known_by))

    def closed(self, records: Iterable[str], step: int = 30_000_000) -> Matured:
        """Open these, one after the other, and let the day close: the counts that are scored."""
        for n, record in enumerate(records):
            mark = self.opening(T + n * step, record)
            if not self.judge.at_opening(self.day, mark):
                self.day.unexplained_at.append(mark)
        return mature(self.day, self.judge, None, FOR_EVER, frozenset())

    def revealed(self, t: int = T) -> Mark:
        return self.opening(t, kind=REVEALED)


def _named(bits: int) -> set[str]:
    found = {name for bit, name in NAMES.items() if bits & bit}
    return found | {"self-made"} if bits & SELF_MADE else found
