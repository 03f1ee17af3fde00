"""What people decided about findings, folded from their own entries in the log."""

from __future__ import annotations

from typing import Final

from viewtrail.finding import Transition
from viewtrail.log.entry import Logged
from viewtrail.review.decision import (
    BREACH,
    ORDINARY,
    OUTCOMES,
    STATES,
    TAKEN,
    TYPES,
    Act,
    Decision,
    Note,
    folded,
)

ENDLESS: Final = 2**53


class Decisions:
    """Folds entries and the loop's transitions; `changed` names the findings whose decision moved."""

    def __init__(self) -> None:
        self._acts: dict[str, list[Act]] = {}
        self._made: dict[str, Decision] = {}
        self.due = ENDLESS
        self.changed: set[str] = set()

    def take(self, logged: Logged) -> None:
        """Fold one entry, after the loop has: what is put off until a time comes back by an entry."""
        if logged.known >= self.due:
            self._wake(logged)
        event = logged.entry.event
        if event.type not in TYPES:
            return
        data = event.data
        finding = data.get("finding")
        if not isinstance(finding, str):
            return
        self._add(finding, Act(logged.index, event.time, data.get("agent", ""), event.type, data))

    def told(self, transition: Transition) -> None:
        """The loop changed a finding: what was put off or closed comes back when it has become graver."""
        decision = self._made.get(transition.finding.id)
        if transition.kind != "escalated" or decision is None or decision.state not in ("snoozed", "closed"):
            return
        self._add(
            transition.finding.id,
            Act(transition.index, transition.at, "", "escalated", {"severity": transition.finding.severity}),
        )

    def of(self, finding: str) -> Decision | None:
        """What was decided about this finding; None when nobody has looked at it yet."""
        return self._made.get(finding)

    def all(self) -> list[Decision]:
        """Every decision, in the order in which findings were first looked at."""
        return list(self._made.values())

    def _wake(self, logged: Logged) -> None:
        now = logged.known
        for finding, decision in list(self._made.items()):
            if decision.state == "snoozed" and decision.until is not None and decision.until <= now:
                self._add(finding, Act(logged.index, decision.until, "", "woken", {}))
        self._set_due()

    def _set_due(self) -> None:
        put_off = [d.until for d in self._made.values() if d.state == "snoozed" and d.until is not None]
        self.due = min(put_off, default=ENDLESS)

    def _add(self, finding: str, act: Act) -> None:
        acts = self._acts.setdefault(finding, [])
        looked = act.type == "finding.viewed" and act.data.get("what") != TAKEN
        if looked and any(one.type == act.type and one.by == act.by for one in acts):
            return  # each opening is an entry of its own; a decision names who has looked, once
        acts.append(act)
        before, made = self._made.get(finding), folded(finding, acts)
        self._made[finding] = made
        self.changed.add(finding)
        if made.until is not None or (before is not None and before.until is not None):
            self._set_due()


__all__ = ["BREACH", "ORDINARY", "OUTCOMES", "STATES", "Decision", "Decisions", "Note"]
