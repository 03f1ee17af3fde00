"""A finding in the words of its page: clauses that lead to what proves them, states, tiers, reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from viewtrail.finding import Finding
from viewtrail.patterns.base import SCALES
from viewtrail.review.decision import Decision

_BREAK: Final = re.compile(r"(; |, each open)")

TIERS: Final = {
    "final": "",
    "provisional": "provisional",
    "limit": "plain limit, no precedent known yet",
}

OUTCOME_WORDS: Final = {
    "ordinary-work": "Ordinary work",
    "declared-afterwards": "Declared afterwards",
    "bad-list-or-data": "A bad list or bad data",
    "wrong-person": "Attributed to the wrong person",
    "tool-was-wrong": "The tool was wrong",
    "breach-established": "A breach is established",
}

OF_NOBODY: Final = ("ordinary-work", "bad-list-or-data", "tool-was-wrong")
"""Outcomes that a finding about a source or a list can have; the others are about people."""

REASON_WORDS: Final = {
    "assigned": "the record was the agent's own",
    "task": "a task or callback was due",
    "campaign": "on a campaign list of the desk",
    "inbound": "the client had been in touch",
    "absent": "the record's owner was away",
    "declared": "work was declared",
    "contact": "a call or message to the client",
    "work": "a note or status change followed",
    "fresh": "assigned within the last week",
    "other": "other context",
    "none on file": "nobody gave one, and no feed shows one",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence and the part of the page that proves it."""

    text: str
    to: str


def proved(text: str) -> list[Clause]:
    """A claim in its clauses, each leading to the entries that prove it and to no others."""
    return [Clause(one.text, f"?proof={_proof_of(one.text)}#entries") for one in clauses(text, "")]


def _proof_of(clause: str) -> str:
    if clause.lstrip().startswith("each open"):
        return "open"
    return "peak" if SCALES["40m"] in clause else "all"


def clauses(text: str, to: str) -> list[Clause]:
    """The sentence in its clauses, each leading to the same proof; nothing of the text is lost."""
    parts = _BREAK.split(text)
    found = [parts[0]]
    for separator, part in zip(parts[1::2], parts[2::2], strict=True):
        if separator == "; ":
            found[-1] += ";"
            found.append(" " + part)
        else:
            found[-1] += ","
            found.append(separator[1:] + part)
    return [Clause(part, to) for part in found]


def outcomes(finding: Finding) -> dict[str, str]:
    """What a finding can be closed as."""
    somebody = is_about_somebody(finding)
    return {code: text for code, text in OUTCOME_WORDS.items() if somebody or code in OF_NOBODY}


def is_about_somebody(finding: Finding) -> bool:
    """Whether there is anybody to ask, to name or to judge: a source or a list is nobody."""
    return finding.agent is not None or bool(finding.agents)


def suits_nobody(act: str, said: Mapping[str, str]) -> bool:
    """Whether an act makes sense where a finding is about nobody."""
    return act in ("take", "snooze", "undo") or (act == "close" and said.get("outcome") in OF_NOBODY)


def state(finding: Finding, decision: Decision | None) -> str:
    """Where it stands with people, in a word or two."""
    if finding.status in ("withdrawn", "explained", "superseded"):
        return finding.status
    if decision is None:
        return "new"
    if decision.state == "closed":
        return f"closed: {OUTCOME_WORDS.get(decision.outcome or '', 'closed').lower()}"
    if decision.awaits:
        return "awaits " + " and ".join(decision.awaits)
    if decision.state == "snoozed":
        return "put off" if decision.until else "put off until it escalates"
    return {"asked": "asked", "open": "seen" if decision.owner is None else "looked after"}[decision.state]


def state_key(finding: Finding, decision: Decision | None) -> str:
    """The same as a word to filter by."""
    if finding.status in ("withdrawn", "explained", "superseded"):
        return finding.status
    return "new" if decision is None else decision.state


def reasons(told: Mapping[str, Any]) -> list[tuple[str, str, int | None]]:
    """(reason, what it means, openings) as the reader may see them; None where the feed is missing."""
    rows: list[tuple[str, str, int | None]] = [
        (name, REASON_WORDS.get(name, name), count) for name, count in told["reasons"].items()
    ]
    rows.sort(key=lambda row: (row[0] != "none on file", -(row[2] or 0)))
    for missing in told["unknown"]:
        name, _, why = str(missing).partition(":")
        rows.append((name, why.strip() or "not connected", None))
    return rows
