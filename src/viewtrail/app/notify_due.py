"""Which notices are due: a finding that opened or became graver, and one that nobody has opened in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.app.notify_settings import Notices, Quiet, Recipient
from viewtrail.app.source_owners import owner_of, source_of
from viewtrail.app.spans import local
from viewtrail.finding import PUSHED_TO_NOBODY, Finding, Transition
from viewtrail.measure.clocks import HOUR, MINUTE
from viewtrail.review.access import Concerned, Decider, refusal
from viewtrail.review.decisions import Decision
from viewtrail.store.board import Board

LONGEST: Final = 72 * HOUR
"""A notice that could not be sent so long is none any more: the digest and the console have it."""

QUARTER: Final = 15 * MINUTE

WEBHOOK: Final = "webhook"

OPENED: Final = "opened"
ESCALATED: Final = "escalated"
UNOPENED: Final = "unopened"


@dataclass(frozen=True, slots=True)
class Notice:
    """One finding to tell of, why now, and where to: an address or the webhook."""

    finding: Finding
    why: str
    to: str

    @property
    def name(self) -> str:
        """The same for the same thing to say: a receiver that hears it twice knows."""
        return f"{self.finding.id}.{self.why}"

    @property
    def key(self) -> str:
        return f"{self.name} {self.to}"


class Due:
    """Asks the board what is due now. `sent` are the keys of what was sent already, and when (µs)."""

    def __init__(self, board: Board, asked: Notices) -> None:
        self.board, self.asked = board, asked

    def notices(self, now: int, since: int, sent: Mapping[str, int]) -> list[Notice]:
        """Of findings whose news is later than `since`, in the order in which they were found."""
        found: list[Notice] = []
        edge = max(since, now - LONGEST)
        living = [one for one in self.board.findings(living=True) if one.queue not in PUSHED_TO_NOBODY]
        standing = [one for one in living if _lately(one, edge)]
        decisions = self.board.decisions(one.id for one in standing)
        quiet = self.asked.quiet.holds(local(now, self.asked.zone).time())
        for finding in reversed(standing):
            news = _news(self.board.transitions(finding.id), edge)
            decision = decisions.get(finding.id)
            if news and not _seen_since(decision, news[-1].at):
                found += self._first(finding, news[-1], quiet)
            if decision is None or decision.seen is None:
                found += self._unopened(finding, now, sent, quiet)
        return [one for one in found if one.key not in sent]

    def _first(self, finding: Finding, last: Transition, quiet: bool) -> Iterator[Notice]:
        why = OPENED if last.kind == OPENED else f"{ESCALATED}-{last.finding.severity}"
        if self.asked.webhook:  # a machine is not woken
            yield Notice(finding, why, WEBHOOK)
        if not quiet:
            duty = self._to(self._looking_after(finding), finding, why)
            yield from duty or self._to(self.asked.next, finding, why)

    def _looking_after(self, finding: Finding) -> Iterable[Recipient]:
        """Who is told first: of a source its owner, where the setting names one, else the duty person."""
        if finding.subject_kind == "source" and self.asked.owners:
            owner = owner_of(source_of(finding, self.board.heard()), self.asked.owners)
            return (Recipient(owner),) if owner else self.asked.duty
        return self.asked.duty

    def _unopened(self, finding: Finding, now: int, sent: Mapping[str, int], quiet: bool) -> Iterator[Notice]:
        """A provisional one waits: until its day has matured it is for the duty person alone."""
        told = [at for key, at in sent.items() if key.startswith(f"{finding.id}.") and _is_mail(key)]
        if not told or quiet or finding.tier == "provisional":
            return
        if awake(min(told), now, self.asked.quiet, self.asked.zone) >= self.asked.unopened_hours * HOUR:
            yield from self._to(self.asked.next, finding, UNOPENED)

    def _to(self, people: Iterable[Recipient], finding: Finding, why: str) -> list[Notice]:
        return [Notice(finding, why, one.address) for one in people if self.may_hear(one, finding)]

    def may_hear(self, recipient: Recipient, finding: Finding) -> bool:
        """Never the person it is about, nor who reports to them; findings about managers go to compliance.

        Answers about leavers and findings about several together wait for who may ask.
        """
        if finding.queue in PUSHED_TO_NOBODY:
            return False
        if recipient.person is None:
            return True
        known = self.board.person(recipient.person)
        decider = Decider(
            recipient.person, known.role if known else "", self.board.reports_to(recipient.person)
        )
        return refusal(decider, self._concerned(finding)) is None

    def _concerned(self, finding: Finding) -> list[Concerned]:
        named = [finding.agent] if finding.agent is not None else list(finding.agents)
        found = []
        for person in named:
            known = self.board.person(person)
            found.append(Concerned(person, known.role if known else "agent"))
        return found


def _lately(finding: Finding, edge: int) -> bool:
    return max(finding.last_at, finding.detected_at) >= edge - 24 * HOUR


def _news(life: Sequence[Transition], edge: int) -> list[Transition]:
    return [one for one in life if one.kind in (OPENED, ESCALATED) and one.at >= edge]


def _seen_since(decision: Decision | None, at: int) -> bool:
    return decision is not None and any(note.by and note.at >= at for note in decision.notes)


def awake(start: int, end: int, quiet: Quiet, zone: str) -> int:
    """The time between two moments that lies outside quiet hours, to the quarter of an hour."""
    first = max(start, end - LONGEST)
    loud = [at for at in range(first, end, QUARTER) if not quiet.holds(local(at, zone).time())]
    return sum(min(QUARTER, end - at) for at in loud)


def _is_mail(key: str) -> bool:
    return not key.endswith(f" {WEBHOOK}")


__all__ = ["Due", "Notice", "awake"]
