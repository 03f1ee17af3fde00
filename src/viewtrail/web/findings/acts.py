"""What people do about a finding: look after it, ask, put it off, close it, take that back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from viewtrail.finding import Finding
from viewtrail.review.decision import BREACH, HEARD, OUTCOMES, TAKEN, UNDONE
from viewtrail.web import access
from viewtrail.web.findings.words import OUTCOME_WORDS, is_about_somebody, suits_nobody
from viewtrail.web.visit import Visit

LONGEST: Final = 2_000
"""Characters of free words: an entry has room for them, and nobody reads more."""

TYPES: Final = ("finding.asked", "finding.snoozed", "finding.closed", "finding.viewed")


@dataclass(frozen=True, slots=True)
class Done:
    """An act that is in the log: what to say of it, its entry, and the type that takes it back."""

    said: str
    index: int
    undo: str = ""


class Refused(Exception):
    """What was asked for may not or cannot be done; says why."""


def act(visit: Visit, finding: Finding, what: str) -> Done:
    """Do it and tell the log; Refused with the reason, NotLogged when the log is away."""
    why = access.why_not_theirs(visit.viewer, finding, visit.staff)
    if why is not None:
        raise Refused(why)
    suits(visit, finding, what)
    found = ACTS.get(what)
    if found is None:
        raise Refused(f"{what[:40]!r} is nothing that one can do here")
    return found(visit, finding)


def suits(visit: Visit, finding: Finding, what: str) -> None:
    """Refused where a finding is about nobody and the act is about a person."""
    if not is_about_somebody(finding) and not suits_nobody(what, visit.request.POST):
        kind = finding.subject_kind.replace("campaign", "list")
        raise Refused(f"this is about a {kind}: there is nobody to ask, to name or to judge")


def take(visit: Visit, finding: Finding) -> Done:
    index = _tell(visit, finding, "finding.viewed", what=TAKEN, who=visit.pseudonym)
    return Done("You look after it now.", index, "finding.viewed")


def ask(visit: Visit, finding: Finding) -> Done:
    """A hold first: from here on nothing that belongs to it is deleted. Then the question."""
    words = _words(visit, "question", least=10)
    whom = visit.request.POST.get("whom", "agent")
    seen = visit.staff.get(finding.agent or "")
    asked = finding.agent if whom == "agent" else (seen.manager if seen is not None else None)
    if not asked:
        raise Refused(f"the log does not say who is the {whom}, so the question would reach nobody")
    if asked == visit.viewer.agent:
        raise Refused("that would ask yourself")
    _tell(visit, finding, "hold.placed", why="asked")
    index = _tell(visit, finding, "finding.asked", about=asked, what=whom, words=words)
    return Done(f"Asked. The {whom} reads it on My trail, without learning a score.", index, "finding.asked")


def heard(visit: Visit, finding: Finding) -> Done:
    index = _tell(visit, finding, "finding.asked", transition=HEARD, words=_words(visit, "words", least=10))
    return Done("Noted that the agent was heard.", index, "finding.asked")


def snooze(visit: Visit, finding: Finding) -> Done:
    until = visit.request.POST.get("until", "")
    if until not in ("", "24h", "72h", "168h"):
        raise Refused("put it off until it escalates, or for 1, 3 or 7 days")
    index = _tell(visit, finding, "finding.snoozed", to=until)
    return Done("Put off until it escalates." if not until else "Put off.", index, "finding.snoozed")


def close(visit: Visit, finding: Finding) -> Done:
    outcome = visit.request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Refused("choose the reason for which it is closed")
    decision = visit.board.decision(finding.id)
    why = access.closing_refused(visit.viewer, visit.pseudonym, finding, visit.staff, outcome, decision)
    if why is not None:
        raise Refused(why)
    words = _words(visit, "words", least=20 if outcome == BREACH else 0)
    index = _tell(visit, finding, "finding.closed", what=outcome, words=words)
    if outcome == BREACH:
        said = "Proposed. It stands once a second person has agreed and the agent has been heard."
    else:
        said = f"Closed: {OUTCOME_WORDS[outcome].lower()}."
    return Done(said, index, "finding.closed")


def undo(visit: Visit, finding: Finding) -> Done:
    type_ = visit.request.POST.get("type", "")
    if type_ not in TYPES:
        raise Refused("there is nothing of that kind to take back")
    return Done("Taken back.", _tell(visit, finding, type_, transition=UNDONE))


ACTS: Final[dict[str, Callable[[Visit, Finding], Done]]] = {
    "take": take,
    "ask": ask,
    "heard": heard,
    "snooze": snooze,
    "close": close,
    "undo": undo,
}


def _tell(visit: Visit, finding: Finding, type_: str, **told: Any) -> int:
    return visit.tell(type_, **{"finding": finding.id, "about": finding.agent or "", **told})


def _words(visit: Visit, field: str, least: int = 0) -> str:
    words = visit.request.POST.get(field, "").strip()
    if len(words) < least:
        raise Refused(f"say it in at least {least} characters: it is what others will read")
    if len(words) > LONGEST:
        raise Refused(f"{len(words):,} characters; {LONGEST:,} are kept")
    return words
