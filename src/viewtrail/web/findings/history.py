"""The life of one finding in order: what the loop said of it, and what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.finding import Transition
from viewtrail.review.decision import Decision, Note
from viewtrail.web import data

LOOP: Final = {
    "opened": "opened",
    "updated": "more entries joined it",
    "escalated": "became graver",
    "confirmed": "confirmed once the day had matured",
    "withdrawn": "withdrawn",
    "explained": "explained",
    "superseded": "went up in another finding",
}

PEOPLE: Final = {
    "viewed": "opened it",
    "taken": "looks after it",
    "asked": "asked",
    "answered": "answered",
    "heard": "says that the agent was heard",
    "snoozed": "put it off",
    "closed": "closed it",
    "proposed": "proposed to close it",
    "undone": "took back",
    "taken back": "(taken back)",
    "escalated": "came back: it became graver",
    "woken": "came back: the time was up",
    "hold": "placed a hold: nothing about it is deleted",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history."""

    at: int
    index: int
    who: str
    said: str
    what: str = ""
    words: str = ""


def steps(transitions: Sequence[Transition], decision: Decision | None) -> list[Step]:
    """Both, oldest first; updates that follow one another are one line."""
    told = [_loops(one) for one in transitions]
    names = data.deciders()
    told += [_peoples(note, names) for note in (decision.notes if decision is not None else ())]
    told.sort(key=lambda step: (step.at, step.index))
    found: list[Step] = []
    for step in told:
        if found and step.said == LOOP["updated"] and found[-1].said == step.said:
            found.pop()
        found.append(step)
    return found


def _loops(one: Transition) -> Step:
    return Step(one.at, one.index, "", LOOP.get(one.kind, one.kind), one.finding.why)


def _peoples(note: Note, names: Mapping[str, str]) -> Step:
    who = names.get(note.by, note.by)
    what = names.get(note.what, note.what)
    return Step(note.at, note.index, who, PEOPLE.get(note.said, note.said), what, words(note.index))


def words(index: int) -> str:
    """The free words that came with an act, out of the entry's encrypted detail; "" when there are none."""
    with data.home().reader() as log:
        detail = log.detail(index) if log.keys is not None and index < log.size else None
    return str(((detail or {}).get("data") or {}).get("words", ""))
