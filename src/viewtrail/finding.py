"""A claim about behaviour: what was done, what is usual, the entries that prove it, what would explain it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from viewtrail.event import rfc3339

TIERS: Final = ("limit", "provisional", "final")
STATES: Final = ("scoreable", "learning", "unscoreable")
STATUSES: Final = ("open", "confirmed", "withdrawn", "explained", "superseded", "closed")
TRANSITIONS: Final = ("opened", "updated", "escalated", "confirmed", "withdrawn", "explained", "superseded")
LEAVERS: Final = "leavers"
"""The queue of answers about those who have given notice: for who may read HR's facts, pushed to nobody."""
RINGS: Final = "rings"
"""The queue of findings about several agents together: beside their own, on no budget, pushed to nobody."""
PUSHED_TO_NOBODY: Final = frozenset((LEAVERS, RINGS))
SEVERITIES: Final = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of the score; `needs` says who may see it: "hr" or "none" (everybody)."""

    factor: str
    amount: float
    needs: str = "none"


@dataclass(frozen=True, slots=True)
class Count:
    """How many were seen, how many are usual, and of what."""

    seen: int
    usual: float
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What people are asked to look at. Agents and records are pseudonyms; times are microseconds UTC.

    `id` is made of the subject and the entry that first crossed the line and never changes. `detected_at` is
    the time at which that was known: the event's for live tiers, the day's close for the final one.
    """

    id: str
    subject_kind: str
    agent: str | None
    agents: tuple[str, ...]
    pattern: str
    queue: str
    tier: str
    severity: str
    status: str
    first_at: int
    last_at: int
    detected_at: int
    score: float
    rarity_per_1000: float | None
    budget: float
    claim: str
    usual: str
    counts: Mapping[str, Count]
    contributions: tuple[Contribution, ...]
    records: tuple[str, ...]
    records_at_detection: int
    entries: tuple[int, ...]
    reasons: Mapping[str, int]
    ordinary: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    context: tuple[tuple[str, str], ...]
    coverage: float
    state: str
    version: Mapping[str, str]
    why: str = ""
    owner: str | None = None
    superseded_by: str | None = None
    attribution: tuple[str, ...] = ()
    "Why it is unsure that the agent did it; empty where no sign says so."

    def after(self, status: str, why: str = "", **changed: Any) -> Finding:
        """The same finding in another status."""
        return replace(self, status=status, why=why, **changed)


@dataclass(frozen=True, slots=True)
class Transition:
    """One step in the life of a finding, caused by the entry at `index`."""

    kind: str
    index: int
    at: int
    finding: Finding


def finding_id(subject_kind: str, subject: str, identity: tuple[str, str]) -> str:
    """The id of a finding about `subject` whose line was first crossed by the entry of that (source, id)."""
    told = "\x00".join((subject_kind, subject, *identity))
    return "f-" + hashlib.sha256(told.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Reader:
    """What a reader may see: without `hr`, clauses and contributions that need it become "other context"."""

    hr: bool = True


ALL: Final = Reader()


def to_json(finding: Finding, reader: Reader = ALL) -> dict[str, Any]:
    """The public form of a finding, as `reader` may see it. Contributions sum to the score either way."""
    if finding.queue == LEAVERS and not reader.hr:
        finding = _veiled(finding)
    return {
        "id": finding.id,
        "subject_kind": finding.subject_kind,
        "agent": finding.agent,
        "agents": list(finding.agents),
        "pattern": finding.pattern,
        "queue": finding.queue,
        "tier": finding.tier,
        "severity": finding.severity,
        "status": finding.status,
        "owner": finding.owner,
        "first_at": rfc3339(finding.first_at),
        "last_at": rfc3339(finding.last_at),
        "detected_at": rfc3339(finding.detected_at),
        "score": finding.score,
        "rarity_per_1000": finding.rarity_per_1000,
        "budget": finding.budget,
        "claim": finding.claim,
        "usual": finding.usual,
        "counts": {n: {"seen": c.seen, "usual": c.usual, "unit": c.unit} for n, c in finding.counts.items()},
        "contributions": _contributions(finding, reader),
        "records": list(finding.records),
        "records_at_detection": finding.records_at_detection,
        "entries": list(finding.entries),
        "reasons": _reasons(finding, reader),
        "ordinary": list(finding.ordinary),
        "against": list(finding.against),
        "attribution": [_hidden_leave(text, reader) for text in finding.attribution],
        "unknown": list(finding.unknown),
        "context": [text for text, needs in finding.context if reader.hr or needs == "none"],
        "coverage": finding.coverage,
        "state": finding.state,
        "why": finding.why if reader.hr else finding.why.replace("absent", "other"),
        "superseded_by": finding.superseded_by,
        "version": dict(finding.version),
    }


ON_LEAVE: Final = "the agent was on leave then"


def _hidden_leave(text: str, reader: Reader) -> str:
    """That somebody was on leave is HR's to say."""
    return text if reader.hr or text != ON_LEAVE else "what else is known of the day speaks against it"


def _veiled(finding: Finding) -> Finding:
    """That somebody leaves is HR's to say: without that right there is an answer, and nothing in it."""
    hidden = "For whoever may read what HR says."
    return replace(finding, claim=hidden, usual="", counts={}, context=(), why="", entries=(), against=())


def _reasons(finding: Finding, reader: Reader) -> dict[str, int]:
    """Openings by reason; that an owner was absent is a fact about a colleague's leave."""
    found: dict[str, int] = {}
    for name, count in finding.reasons.items():
        shown = "other" if name == "absent" and not reader.hr else name
        found[shown] = found.get(shown, 0) + count
    return found


def _contributions(finding: Finding, reader: Reader) -> list[dict[str, Any]]:
    shown = [c for c in finding.contributions if reader.hr or c.needs == "none"]
    if len(shown) < len(finding.contributions):
        # An amount of its own would tell which term it is: what is hidden goes in with what is at stake.
        hidden = sum(c.amount for c in finding.contributions if c not in shown)
        last = shown.pop() if shown else Contribution("", 0.0)
        factor = f"{last.factor}, and other context" if last.factor else "other context"
        shown.append(Contribution(factor, round(last.amount + hidden, 9)))
    return [{"factor": c.factor, "amount": c.amount, "needs": c.needs} for c in shown]


_empty: Final[Mapping[str, int]] = {}


@dataclass(frozen=True, slots=True)
class Left:
    """Something that looked alike and was left alone, and why: shown, so that silence can be questioned."""

    agent: str
    day: str
    what: str
    why: str
    reasons: Mapping[str, int] = field(default_factory=lambda: _empty)


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding that the log speaks of and that history which came later does not come to any more.

    Told first at `first_at` and last at `last_at` (µs), by `transition`, in `tier`.
    """

    id: str
    first_at: int
    last_at: int
    transition: str
    tier: str
