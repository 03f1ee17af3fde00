"""The findings as they open, grow and settle: one open finding for each agent, queue and episode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from viewtrail.finding import SEVERITIES, Finding
from viewtrail.measure.clocks import DAY

Key = tuple[str, str]

MOST_ENTRIES = 2_000
"""A finding names at most this many entries; the records are all named."""

LIVING = ("open", "confirmed")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a live finding does not hold once its day has matured."""

    status: str
    why: str
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a closed day says of one agent and queue: a finding that holds, or why a live one does not."""

    key: Key
    finding: Finding | None
    doubt: Doubt | None


@dataclass(slots=True)
class Ledger:
    """What is claimed now. `step` is told of every change; a copy can be taken to compute days again."""

    episode: int
    limit_cap: int
    current: dict[Key, str] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    opened_on: dict[str, date] = field(default_factory=dict)
    limit_times: list[int] = field(default_factory=list)
    capped: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)
    "Finding -> when (µs) people closed it; kept elsewhere, and the same for every copy."

    def copy(self) -> Ledger:
        return Ledger(
            self.episode,
            self.limit_cap,
            dict(self.current),
            dict(self.findings),
            dict(self.opened_on),
            list(self.limit_times),
            self.capped,
            self.ended,
        )

    def living(self, key: Key, first_at: int) -> Finding | None:
        """The open finding that something beginning at `first_at` joins.

        What begins after people closed it does not: what they explained must not hide the next.
        """
        found = self.findings.get(self.current.get(key, ""))
        if found is None or found.status not in LIVING or first_at - found.last_at > self.episode:
            return None
        if first_at > self.ended.get(found.id, first_at):
            return None
        return found

    def crossed(self, finding: Finding, day: date, step: Callable[[str, Finding], None]) -> None:
        """A line was crossed live: a finding opens, or the open one grows."""
        key = (finding.agent or "", finding.queue)
        standing = self.living(key, finding.first_at)
        if standing is not None:
            self._grow(standing, finding, step)
        elif finding.tier != "limit" or self._within_cap(finding.detected_at):
            self._open(key, finding, day, step)

    def settled(
        self,
        key: Key,
        day: date,
        finding: Finding | None,
        doubt: Doubt | None,
        step: Callable[[str, Finding], None],
    ) -> None:
        """A day closed: `finding` is what its matured counts say, None if they stay below the line."""
        standing = self.findings.get(self.current.get(key, ""))
        opened_today = standing is not None and self.opened_on.get(standing.id) == day
        if standing is not None and opened_today and standing.status == "open":
            if finding is None:
                why = doubt or Doubt("withdrawn", "", {})
                gone = standing.after(why.status, why.why, reasons=why.reasons)
                self._keep(gone, gone.status, step)
            else:
                self._keep(_confirmed(standing, finding), "confirmed", step)
        elif finding is not None:
            joined = self.living(key, finding.first_at)
            if joined is not None:
                self._grow(joined, finding, step)
            else:
                self._open(key, finding.after("confirmed"), day, step)

    def _open(self, key: Key, finding: Finding, day: date, step: Callable[[str, Finding], None]) -> None:
        self.current[key] = finding.id
        self.opened_on[finding.id] = day
        self._keep(finding, "opened", step)

    def _grow(self, standing: Finding, more: Finding, step: Callable[[str, Finding], None]) -> None:
        grown = merged(standing, more)
        if grown != standing:
            worse = SEVERITIES.index(grown.severity) > SEVERITIES.index(standing.severity)
            self._keep(grown, "escalated" if worse else "updated", step)

    def _keep(self, finding: Finding, kind: str, step: Callable[[str, Finding], None]) -> None:
        self.findings[finding.id] = finding
        step(kind, finding)

    def _within_cap(self, t: int) -> bool:
        self.limit_times = [when for when in self.limit_times if t - when < 7 * DAY]
        if len(self.limit_times) >= self.limit_cap:
            self.capped += 1
            return False
        self.limit_times.append(t)
        return True


def merged(standing: Finding, more: Finding) -> Finding:
    """The standing finding with what came later; the stronger of the two gives the words."""
    words = more if more.score >= standing.score else standing
    unsure = tuple(dict.fromkeys((*standing.attribution, *more.attribution)))
    return replace(
        words,
        id=standing.id,
        tier=max(standing.tier, more.tier, key=("limit", "provisional", "final").index),
        status=standing.status,
        first_at=min(standing.first_at, more.first_at),
        last_at=max(standing.last_at, more.last_at),
        detected_at=standing.detected_at,
        records=tuple(dict.fromkeys((*standing.records, *more.records))),
        records_at_detection=standing.records_at_detection,
        entries=tuple(sorted({*standing.entries, *more.entries}))[:MOST_ENTRIES],
        owner=standing.owner,
        attribution=unsure,
        severity=capped(words.severity, unsure),
    )


def capped(severity: str, unsure: object) -> str:
    """The severity where it is unsure who did it, or whether it was asked for: never the highest."""
    return SEVERITIES[-2] if unsure and severity == SEVERITIES[-1] else severity


def _confirmed(standing: Finding, final: Finding) -> Finding:
    return replace(
        final,
        id=standing.id,
        tier="limit" if standing.tier == "limit" else "final",
        status="confirmed",
        detected_at=standing.detected_at,
        records_at_detection=standing.records_at_detection,
        owner=standing.owner,
    )
