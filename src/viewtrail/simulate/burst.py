"""A run of openings at stated times: how lookalikes and thefts enter the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewtrail.simulate.calls import draw_calls
from viewtrail.simulate.rows import Floats, Ints
from viewtrail.simulate.touches import DRAW, OUT, WORK, Touches, touches
from viewtrail.simulate.world import MINUTE, Episode, Today


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run is walked: seconds on each record, seconds between, and the shares of what follows."""

    dwell_s: tuple[float, float] = (8, 40)
    pause_s: float = 3.0
    cause: int = WORK
    via: int = -1
    listed: int = 0
    in_order: bool = False
    even: bool = False
    call: float = 0.0
    talk_s: tuple[float, float] | None = None
    note: float = 0.0
    message: float = 0.0
    status: float = 0.0
    reveal: float = 0.0
    campaign: int = -1
    away: bool = False
    mixed: bool = False


def pace(records: int, minutes: float, dwell_s: tuple[float, float]) -> float:
    """The mean pause that spreads `records` over `minutes`."""
    return max(0.5, minutes * 60 / max(records, 1) - (dwell_s[0] + dwell_s[1]) / 2)


def run(
    today: Today, episode: Episode | None, agent: int, records: Ints, start: int, manner: Manner
) -> Touches:
    """Add `agent` opening `records` one after the other from `start` (ms); tells the episode of it."""
    rng, n = today.rng, len(records)
    t = touches(
        np.full(n, agent),
        records,
        cause=manner.cause,
        via=manner.via,
        dwell=rng.uniform(*manner.dwell_s, n) * 1000,
        note=rng.random(n) < manner.note,
        message=rng.random(n) < manner.message,
        status=rng.random(n) < manner.status,
        reveal=rng.random(n) < manner.reveal,
        call=np.where(rng.random(n) < manner.call, OUT, 0),
        talk=DRAW if manner.talk_s is None else rng.uniform(*manner.talk_s, n) * 1000,
        campaign=manner.campaign,
        list=manner.listed,
        place=np.arange(n) + int(rng.integers(0, 40)) if manner.in_order else -1,
        away=manner.away,
        episode=-1 if episode is None else episode.number,
    )
    draw_calls(today.world, t, rng)
    t.time = start + _times(today, t, manner)
    if n == 0:
        return t
    end = int(t.time[-1] + t.dwell[-1])
    if not manner.mixed:
        today.busy.append((agent, start, end))
    if episode is not None:
        episode.saw(agent, int(t.time[0]), end, records.tolist())
    today.parts.append(t)
    return t


def _times(today: Today, t: Touches, manner: Manner) -> Ints:
    n = len(t)
    pause: Floats = (
        today.rng.uniform(0.3, 0.7, n) if manner.even else manner.pause_s * today.rng.gamma(0.8, 1 / 0.8, n)
    )
    step = t.dwell + np.maximum(pause, 0.2) * 1000
    found: Ints = np.r_[0, np.cumsum(step)[:-1]].astype(np.int64) if n else np.array([], dtype=np.int64)
    return found


def clip_to_minutes(records: Ints, minutes: float) -> Ints:
    """No more records than one each two seconds."""
    return records[: max(1, int(minutes * MINUTE / 2_000))]
