"""Visits: when somebody signed in, from where and on which device."""

from __future__ import annotations

from typing import Final

import numpy as np

from viewtrail.simulate.people import SERVICE
from viewtrail.simulate.rows import Bools, Ints, Rows
from viewtrail.simulate.touches import Touches
from viewtrail.simulate.world import HOUR, MINUTE, Today

PARTS: Final = 4  # a behaviour day has a morning, an afternoon, work far outside the hours, and a service


def visits(today: Today, t: Touches) -> list[str]:
    """The visit of each opening, empty for services; tells when each visit started and ended."""
    code = t.agent * PARTS + _part(today, t)
    service = today.world.people.kind[t.agent] == SERVICE
    codes, place = np.unique(code, return_inverse=True)
    first = np.full(len(codes), np.iinfo(np.int64).max)
    last = np.zeros(len(codes), dtype=np.int64)
    np.minimum.at(first, place, t.time)
    np.maximum.at(last, place, t.time + t.dwell)
    away = np.zeros(len(codes), dtype=np.bool_)
    np.logical_or.at(away, place, t.away)
    keys = [f"v{today.day}-{c}" for c in codes.tolist()]
    human = today.world.people.kind[codes // PARTS] != SERVICE
    _tell(today, codes[human] // PARTS, first[human], last[human], away[human], np.array(keys)[human])
    return ["" if s else keys[p] for p, s in zip(place.tolist(), service.tolist(), strict=True)]


def _part(today: Today, t: Touches) -> Ints:
    start, end = today.start[t.agent], today.end[t.agent]
    late = (t.time > end + HOUR) | (t.time < start - HOUR)
    return np.where(late, 2, np.where(t.time > (start + end) // 2, 1, 0))


def _tell(today: Today, agent: Ints, first: Ints, last: Ints, away: Bools, keys: object) -> None:
    world, rng = today.world, today.rng
    names = world.people.fragments
    texts = [str(key) for key in np.asarray(keys).tolist()]
    network = np.where(away, 2 + agent % 2, 0)
    device = [f"d{(a * 2_654_435_761) % 2**32:08x}" for a in agent.tolist()]
    start = first - rng.integers(MINUTE // 2, 12 * MINUTE, len(agent))
    for type_, time in (
        ("visit.started", np.maximum(start, today.earliest)),
        ("visit.ended", last + rng.integers(MINUTE // 4, 25 * MINUTE, len(agent))),
    ):
        rows = Rows(world.ids, "/crm", type_, time)
        rows.agent([names[a] for a in agent.tolist()]).text("visit", texts)
        rows.truth("remote", away).word("network", network, ("office", "office", "home", "vpn"))
        rows.text("device", device)
        today.rows.append(rows)
