"""One finding's decision: the acts of people about it, and where they leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from viewtrail.measure.clocks import HOUR

OUTCOMES: Final = (
    "ordinary-work",
    "declared-afterwards",
    "bad-list-or-data",
    "wrong-person",
    "tool-was-wrong",
    "breach-established",
)
"""Why a finding is closed."""

BREACH: Final = "breach-established"
"""The one outcome with consequences: it takes two persons, and the agent has been heard."""

ORDINARY: Final = tuple(outcome for outcome in OUTCOMES if outcome != BREACH)
"""Closed with an explanation that takes nobody to task."""

STATES: Final = ("open", "snoozed", "asked", "closed")

UNDONE: Final = "undone"
"""In `transition`: takes back the last standing act of that type on that finding."""
ANSWERED: Final = "answered"
"""In `transition` of finding.asked: the person asked has answered here."""
HEARD: Final = "heard"
"""In `transition` of finding.asked: the agent was heard elsewhere, as whoever enters it says."""
TAKEN: Final = "taken"
"""In `what` of finding.viewed: the viewer, or the person in `who`, looks after it from now on."""

TYPES: Final = frozenset("finding.viewed finding.asked finding.snoozed finding.closed hold.placed".split())

SECOND_PERSON: Final = "a second person"
TO_BE_HEARD: Final = "the agent to be heard"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was done. Words that came with it lie encrypted in the detail of entry `index`."""

    index: int
    at: int
    by: str
    said: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where one finding stands with people. Persons are pseudonyms, times microseconds UTC.

    `by` and `at` are of the act that led to `state`. `until`: a finding put off comes back then, or, when
    None, as soon as it escalates. `seen` is when somebody first opened it. `awaits` says what a closing that
    was asked for still needs.
    """

    finding: str
    state: str = "open"
    owner: str | None = None
    outcome: str | None = None
    reason: str = ""
    by: str | None = None
    at: int | None = None
    until: int | None = None
    notes: tuple[Note, ...] = ()
    seen: int | None = None
    awaits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """What one entry says was done about a finding."""

    index: int
    at: int
    by: str
    type: str
    data: Mapping[str, Any]

    def note(self, said: str, what: str = "") -> Note:
        return Note(self.index, self.at, self.by, said, what)


def folded(finding: str, acts: Iterable[Act]) -> Decision:
    """The decision that these acts, in order, come to."""
    building = _Building(finding)
    for act in standing(acts):
        building.take(act)
    return building.decision()


def standing(acts: Iterable[Act]) -> list[Act]:
    """The acts without those that were taken back; taking back stays, as a note."""
    found: list[Act] = []
    for act in acts:
        if act.data.get("transition") == UNDONE:
            last = next((n for n in reversed(range(len(found))) if _can_be_undone(found[n], act)), None)
            if last is not None:
                found[last] = Act(found[last].index, found[last].at, found[last].by, "taken back", {})
        found.append(act)
    return found


def _can_be_undone(act: Act, undoing: Act) -> bool:
    looked = act.type == "finding.viewed" and act.data.get("what") != TAKEN
    return act.type == undoing.type and act.data.get("transition") != UNDONE and not looked


class _Building:
    """A decision as it comes to be, act by act."""

    def __init__(self, finding: str) -> None:
        self.finding = finding
        self.notes: list[Note] = []
        self.owner: str | None = None
        self.seen: int | None = None
        self.heard = False
        self._open(None)

    def _open(self, act: Act | None) -> None:
        self.state = "open"
        self.outcome: str | None = None
        self.reason = ""
        self.by: str | None = act.by or None if act is not None else None
        self.at: int | None = act.at if act is not None else None
        self.until: int | None = None
        self.proposed: set[str] = set()

    def decision(self) -> Decision:
        awaits = []
        if self.proposed and self.state != "closed":
            awaits = [SECOND_PERSON] if len(self.proposed) < 2 else []
            awaits += [] if self.heard else [TO_BE_HEARD]
        return Decision(
            self.finding,
            self.state,
            self.owner,
            self.outcome,
            self.reason,
            self.by,
            self.at,
            self.until,
            tuple(self.notes),
            self.seen,
            tuple(awaits),
        )

    def take(self, act: Act) -> None:
        if act.data.get("transition") == UNDONE:
            self.notes.append(act.note(UNDONE, act.type))
            return
        if self.seen is None and act.by and act.type != "hold.placed":
            self.seen = act.at
        match act.type:
            case "finding.viewed":
                self._viewed(act)
            case "finding.asked":
                self._asked(act)
            case "finding.snoozed":
                self._snoozed(act)
            case "finding.closed":
                self._closed(act)
            case "escalated" | "woken":
                self.notes.append(act.note(act.type, act.data.get("severity", "")))
                self._open(act)
            case "hold.placed":
                self.notes.append(act.note("hold", act.data.get("why", "")))
            case _:
                self.notes.append(act.note(act.type))

    def _viewed(self, act: Act) -> None:
        if act.data.get("what") == TAKEN:
            self.owner = act.data.get("who") or act.by
            self.notes.append(act.note(TAKEN, self.owner))
        else:
            self.notes.append(act.note("viewed"))

    def _asked(self, act: Act) -> None:
        told = act.data.get("transition")
        if told in (ANSWERED, HEARD):
            self.heard = True
            self.notes.append(act.note(told))
            self._close_if_agreed(act)
            return
        self.owner = self.owner or act.by
        self.notes.append(act.note("asked", act.data.get("about") or act.data.get("what", "")))
        if self.state != "closed":
            self.state, self.by, self.at, self.until = "asked", act.by, act.at, None

    def _snoozed(self, act: Act) -> None:
        self.owner = self.owner or act.by
        hours = hours_of(act.data.get("to"))
        self.notes.append(act.note("snoozed", act.data.get("to", "")))
        self.state, self.by, self.at = "snoozed", act.by, act.at
        self.until = act.at + hours * HOUR if hours is not None else None

    def _closed(self, act: Act) -> None:
        outcome = act.data.get("what", "")
        self.owner = self.owner or act.by
        self.reason = act.data.get("why", "")
        if outcome == BREACH:
            self.proposed.add(act.by)
            self.notes.append(act.note("proposed", outcome))
            self._close_if_agreed(act)
            return
        self.notes.append(act.note("closed", outcome))
        self._close(act, outcome)

    def _close_if_agreed(self, act: Act) -> None:
        if self.state != "closed" and self.heard and len(self.proposed) >= 2:
            self.notes.append(act.note("closed", BREACH))
            self._close(act, BREACH)

    def _close(self, act: Act, outcome: str) -> None:
        self.state, self.outcome, self.by, self.at, self.until = "closed", outcome, act.by, act.at, None


def hours_of(text: object) -> int | None:
    """The hours in "72h"; None for anything else, which is: until it escalates."""
    if isinstance(text, str) and text[:-1].isascii() and text[:-1].isdigit() and text.endswith("h"):
        return min(int(text[:-1]), 24 * 366)
    return None
