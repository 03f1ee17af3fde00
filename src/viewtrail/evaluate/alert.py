"""What somebody was told of an agent, by the loop or by a plain limit, in the form that scores need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from viewtrail.finding import Finding, Transition


class Telling(NamedTuple):
    """One time at which it was told or grew: when, and the span of what was done, as then known."""

    at: int
    first: int
    last: int
    live: bool


class Alert(NamedTuple):
    """One finding. `signal` is the count and scale of its words; `told` every time it was told."""

    agent: str
    queue: str
    pattern: str
    signal: str
    tier: str
    status: str
    first_at: int
    last_at: int
    detected_at: int
    score: float
    records: frozenset[str]
    told: tuple[Telling, ...]

    @property
    def stands(self) -> bool:
        return self.status in ("open", "confirmed")


GONE = ("withdrawn", "superseded", "explained")


def alerts(findings: Iterable[Finding], transitions: Iterable[Transition]) -> list[Alert]:
    """Every finding that was ever told, withdrawn or not, in the order of detection."""
    told: dict[str, list[Telling]] = {}
    for step in transitions:
        if step.kind not in GONE:
            told.setdefault(step.finding.id, []).append(_telling(step))
    found = [_alert(one, tuple(told.get(one.id, ()))) for one in findings if one.agent is not None]
    return sorted(found, key=lambda alert: (alert.detected_at, alert.agent, alert.queue))


def _telling(step: Transition) -> Telling:
    finding = step.finding
    at = finding.detected_at if step.kind == "opened" else step.at
    live = finding.tier != "final" and step.kind != "confirmed"
    return Telling(at, finding.first_at, finding.last_at, live)


def _alert(finding: Finding, told: tuple[Telling, ...]) -> Alert:
    return Alert(
        finding.agent or "",
        finding.queue,
        finding.pattern,
        next(reversed([*finding.counts]), ""),
        finding.tier,
        finding.status,
        finding.first_at,
        finding.last_at,
        finding.detected_at,
        finding.score,
        frozenset(finding.records),
        told,
    )
