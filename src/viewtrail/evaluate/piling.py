"""Whether what somebody does piles up just above a known figure: 8 s of dwell, 20 s of talk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scipy.stats import binom

from viewtrail.evaluate.company import AgentDay
from viewtrail.log import Stored

WIDE: Final = 3_000
"""Milliseconds above the edge that are looked at; the same twice over above them is compared with."""

RARE: Final = 0.001
"""So unlikely a pile is told of."""

FEWEST: Final = 8
"""So many above the edge at least: fewer are no way of working."""

SPAN: Final = 20
"""Active days of an honest person that are looked at together."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One such figure: where it is told, and from how many milliseconds on."""

    name: str
    field: str
    at: int

    def sides(self, values: Iterable[int]) -> tuple[int, int]:
        """(just above the edge, just above it or a little further)."""
        near = far = 0
        for value in values:
            near += self.at <= value < self.at + WIDE
            far += self.at + WIDE <= value < self.at + 3 * WIDE
        return near, near + far


EDGES: Final = (Edge("8 s of dwell", "dwell_ms", 8_000), Edge("20 s of talk", "talk_ms", 20_000))

Done = Mapping[tuple[str, str], Sequence[tuple[int, int]]]
"""(edge, agent) -> (when, milliseconds) in order of time."""


def told(events: Iterable[Stored]) -> Done:
    """How long records stayed open and calls were talked, by agent."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for event in events:
        for edge in EDGES:
            value, agent = event.data.get(edge.field), event.data.get("agent")
            if value and agent is not None:
                found.setdefault((edge.name, agent), []).append((event.time, value))
    return {key: sorted(done) for key, done in found.items()}


class Piles:
    """Asks of one person's span whether so many lie just above an edge, given how it is in the company."""

    def __init__(self, done: Done) -> None:
        self.done = done
        self.share = {edge.name: self._usual(edge) for edge in EDGES}
        "Of what lies above the edge or a little further, the share that lies just above it here."

    def _usual(self, edge: Edge) -> float:
        values = (ms for (name, _), found in self.done.items() if name == edge.name for _, ms in found)
        near, all_ = edge.sides(values)
        return (near + 1) / (all_ + 2)

    def up(self, edge: Edge, agent: str, first: int, last: int, more: Iterable[int] = ()) -> bool:
        """Whether what the agent did from `first` to `last` piles up, with `more` on top of it."""
        found = self.done.get((edge.name, agent), ())
        here = found[bisect_left(found, (first, 0)) : bisect_left(found, (last + 1, 0))]
        near, all_ = edge.sides([*(ms for _, ms in here), *more])
        return near >= FEWEST and float(binom.sf(near - 1, all_, self.share[edge.name])) < RARE

    def honest(self, edge: Edge, days: Sequence[AgentDay]) -> tuple[int, int]:
        """(spans of so many active days that pile up, all such spans)."""
        by: dict[str, list[AgentDay]] = {}
        for day in days:
            by.setdefault(day.agent, []).append(day)
        spans = [own[n : n + SPAN] for own in by.values() for n in range(0, len(own) - SPAN + 1, SPAN)]
        return sum(self.up(edge, of[0].agent, of[0].start, of[-1].end) for of in spans), len(spans)
