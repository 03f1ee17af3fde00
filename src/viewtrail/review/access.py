"""Who may decide about a finding: never the person it is about, nor anybody who reports to that person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from viewtrail.finding import Finding
from viewtrail.review.decision import BREACH, HEARD, OUTCOMES, Decision

OVERSIGHT: Final = frozenset({"compliance"})
"""Who decides about findings on managers: the people who report to them, and their peers, do not."""

LEADING: Final = frozenset({"manager", "compliance", "admin"})
"""Roles whose findings go to compliance."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody at the console: who they are in the log (a pseudonym), their role, and who they report to.

    `reports_to` is the whole line upwards, the nearest first.
    """

    person: str
    role: str
    reports_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concerned:
    """One person a finding is about, with the role the log says they have."""

    person: str
    role: str = "agent"


def concerned(finding: Finding, roles: dict[str, str]) -> list[Concerned]:
    """The people a finding is about; none for one about a list or a source."""
    named = [finding.agent] if finding.agent is not None else list(finding.agents)
    return [Concerned(person, roles.get(person, "agent")) for person in named]


def refusal(decider: Decider, about: Iterable[Concerned]) -> str | None:
    """Why this person may not decide on a finding about these people, or be sent it; None when they may."""
    for one in about:
        if one.person == decider.person:
            return "a finding about yourself is for others to decide"
        if one.person in decider.reports_to:
            return "a finding about somebody you report to is for compliance to decide"
        if one.role in LEADING and decider.role not in OVERSIGHT:
            return f"a finding about somebody in the role {one.role} is for compliance to decide"
    return None


def closing_refused(
    decider: Decider, about: Iterable[Concerned], outcome: str, decision: Decision | None
) -> str | None:
    """Why this person may not close a finding so; None when the closing may be entered.

    For an established breach the first closing is a proposal: it stands when a second person enters the
    same and the agent has been heard (`Decision.awaits` says what is missing).
    """
    if outcome not in OUTCOMES:
        return f"{outcome!r} is no outcome; there are {', '.join(OUTCOMES)}"
    why = refusal(decider, about)
    if why is not None:
        return why
    if decision is not None and decision.state == "closed":
        return "it is closed already; take that back first"
    if outcome == BREACH and decision is not None and _proposed_by(decision) == {decider.person}:
        return "you proposed this yourself: a second person has to agree"
    return None


def _proposed_by(decision: Decision) -> set[str]:
    return {note.by for note in decision.notes if note.said == "proposed"} if decision.awaits else set()


__all__ = ["HEARD", "Concerned", "Decider", "closing_refused", "concerned", "refusal"]
