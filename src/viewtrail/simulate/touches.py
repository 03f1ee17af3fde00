"""One row for each time somebody opens a record: who, which, when, why, and what followed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.rows import Bools, Floats, Ints

# Why a record was opened, as the generator knows it (the detector never sees this).
OWN, TASK, INBOUND, QUEUE, CAMPAIGN, COVER, NONE, KYC, WORK, SYNC = range(10)
CAUSES: Final = (
    "own",
    "task",
    "inbound",
    "queue",
    "campaign",
    "cover",
    "none",
    "kyc",
    "work",
    "sync",
)
VIA: Final = ("list", "search", "queue", "link", "task", "call", "campaign", "other")
VIA_BY_CAUSE: Final = np.cumsum(
    np.array(
        [
            (0.55, 0.15, 0.0, 0.15, 0.0, 0.10, 0.0, 0.05),
            (0.05, 0.05, 0.0, 0.05, 0.85, 0.0, 0.0, 0.0),
            (0.05, 0.25, 0.0, 0.10, 0.0, 0.60, 0.0, 0.0),
            (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
            (0.0, 0.0, 0.0, 0.0, 0.0, 0.15, 0.85, 0.0),
            (0.45, 0.35, 0.0, 0.20, 0.0, 0.0, 0.0, 0.0),
            (0.35, 0.35, 0.0, 0.25, 0.0, 0.0, 0.0, 0.05),
            (0.0, 0.10, 0.80, 0.10, 0.0, 0.0, 0.0, 0.0),
            (0.75, 0.15, 0.0, 0.10, 0.0, 0.0, 0.0, 0.0),
            (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
        ]
    ),
    axis=1,
)
"""How people come to a record, by cause: judgement."""

NO_CALL, OUT, IN = 0, 1, 2
DRAW, UNANSWERED = -1, -2


@dataclass(slots=True)
class Touches:
    """Arrays of equal length; times and durations in milliseconds, -1 where there is none."""

    agent: Ints
    rec: Ints
    time: Ints
    cause: Ints
    dwell: Ints
    call: Ints  # NO_CALL, OUT, IN
    talk: Ints  # DRAW, UNANSWERED or given before the draw; -1 unanswered after it
    ring: Ints
    call_at: Ints  # from the opening to the first ring
    machine: Ints
    ended_by: Ints  # 1 agent, 2 client, 0 not known
    note: Bools
    reveal: Bools
    message: Bools
    status: Bools
    done: Bools  # completes a task
    campaign: Ints
    place: Ints  # position in the list
    list: Ints  # 0 none, 1 own, 2 + desk
    via: Ints  # -1: drawn by cause
    away: Bools  # from outside the office
    episode: Ints

    def __len__(self) -> int:
        return len(self.agent)

    def where(self, mask: Any) -> Touches:
        return Touches(**{f.name: getattr(self, f.name)[mask] for f in fields(self)})


def touches(agent: Ints, rec: Ints, **given: Any) -> Touches:
    """Openings with defaults for what is not given; scalars are spread."""
    n = len(agent)
    columns: dict[str, Any] = {"agent": agent.astype(np.int64), "rec": rec.astype(np.int64)}
    for field in fields(Touches):
        if field.name in columns:
            continue
        truth = field.name in ("note", "reveal", "message", "status", "done", "away")
        base = {"talk": DRAW, "campaign": -1, "place": -1, "via": -1, "episode": -1, "ring": -1}
        value = given.get(field.name, base.get(field.name, 0))
        columns[field.name] = np.array(np.broadcast_to(value, n), dtype=np.bool_ if truth else np.int64)
    return Touches(**columns)


def join(parts: list[Touches]) -> Touches:
    return Touches(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Touches)})


def dwell(rng: Generator, n: int, skim: Floats | float, pace: Floats | float) -> Ints:
    """Time on a record when nothing else holds it: a share of glances under 8 s, the rest lognormal."""
    glance = rng.random(n) < skim
    seconds = np.where(glance, rng.uniform(1.5, 8.0, n), 8.0 + rng.lognormal(3.0, 0.8, n) * pace)
    return np.asarray(np.minimum(seconds * 1000, 1_500_000), dtype=np.int64)


def schedule(t: Touches, start: Ints, end: Ints, shape: Floats, rng: Generator) -> Touches:
    """Place each agent's touches one after the other in [start, end), with uneven gaps and a lunch.

    `t` is sorted by agent; `start`, `end`, `shape` are by touch. What does not fit into the day is not done.
    """
    if not len(t):
        return t
    first = np.r_[True, t.agent[1:] != t.agent[:-1]]
    group = np.cumsum(first) - 1
    gaps = rng.gamma(shape, 1.0) + 1e-6
    busy = np.bincount(group, t.dwell.astype(np.float64))
    lunch = rng.uniform(30, 60, len(busy)) * 60_000 * ((end - start)[first] > 6 * 3_600_000)
    idle = np.maximum((end - start)[first] - busy - lunch, 0.06 * (end - start)[first])
    # one more gap after the last touch, so that the day does not end with an opening
    total = np.bincount(group, gaps) + rng.gamma(shape[first], 1.0)
    step = gaps * (idle / total)[group]
    run = np.cumsum(step + t.dwell) - t.dwell
    base = run[first] - step[first]
    offset = run - base[group]
    noon = rng.uniform(0.38, 0.58, len(busy)) * (end - start)[first]
    offset = offset + np.where(offset > noon[group], lunch[group], 0)
    t.time = (start + offset).astype(np.int64)
    return t.where(t.time < end)
