"""Honest days from books changing hands: leavers, handovers synced late, redistributions; and sweeps."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.burst import Manner, pace, run
from viewtrail.simulate.honest_reviews import authority, other_authority
from viewtrail.simulate.parameters import DECLARED, OCCASIONS, SIZES
from viewtrail.simulate.people import COMPLIANCE, CONVERSION, NEVER, RETENTION, SENIOR
from viewtrail.simulate.rows import Ints
from viewtrail.simulate.touches import VIA
from viewtrail.simulate.trade import assigned_rows
from viewtrail.simulate.world import HOUR, Today, World


def plan_books(world: World, counts: dict[str, int], leavers: Ints, rng: Generator) -> None:
    """Handovers and redistributions at random, sweeps by compliance, and each leaver's last days."""
    days, desks = world.company.days, len(world.company.desks)
    for kind, act in (("handover", _handover), ("redistribution", _redistribution)):
        for _ in range(counts[kind]):
            desk = int(rng.integers(desks))
            world.on(int(rng.integers(days)), partial(act, desk=desk))
    officers = np.flatnonzero(world.people.kind == COMPLIANCE)
    for _ in range(counts["compliance-sweep"]):
        officer = int(rng.choice(officers))
        world.when_there(int(rng.integers(days)), officer, partial(_sweep, officer=officer))
    for agent in leavers.tolist():
        if rng.random() < OCCASIONS["leaver_handover"]:
            day = int(world.people.left[agent]) - int(rng.integers(0, 4))
            if world.people.notice[agent] <= day:
                world.when_there(day, agent, partial(_leaver_writes, agent=agent))


def plan_inheritance(world: World) -> None:
    """On the day after a last day the book goes to the desk, with or without lookalikes."""
    for agent in np.flatnonzero(world.people.left < NEVER).tolist():
        day = int(world.people.left[agent]) + 1
        world.on(day, partial(_inherit, gone=agent))


def _inherit(today: Today, gone: int) -> None:
    world = today.world
    book = world.book
    records = book.of(gone)
    mates = _sellers(today, int(world.people.desk[gone]), gone)
    if not len(records):
        return
    if not len(mates):
        world.on(today.day + 1, partial(_inherit, gone=gone))
        return
    to = today.rng.choice(mates, len(records))
    _give(today, records, to, today.earliest + 7 * HOUR, "leaver", gone)


def _give(
    today: Today,
    records: Ints,
    to: Ints,
    at: int,
    reason: str,
    gone: int | None,
    *,
    effective: int | None = None,
) -> None:
    world = today.world
    desk = int(world.people.desk[to[0]])
    manager = world.people.manager_of(desk, today.day)
    before = world.book.owner[records].copy()
    world.book.owner[records] = to
    world.book.desk[records] = world.people.desk[to]
    world.book.changed()
    at = max(at, today.earliest)
    assigned_rows(
        today,
        records,
        to,
        at + np.arange(len(records)) * 40,
        reason,
        f"b{today.day}-{gone if gone is not None else desk}-{reason}",
        by=manager,
        from_=before,
        effective=effective,
    )


def _sellers(today: Today, desk: int, but: int) -> Ints:
    crew = today.at_desk(desk)
    kinds = np.isin(today.world.people.kind[crew], (CONVERSION, RETENTION, SENIOR))
    return np.asarray(crew[kinds & (crew != but)])


def _handover(today: Today, desk: int) -> None:
    """A colleague takes over part of a book; works on it at once, while the CRM learns of it days later."""
    world, rng = today.world, today.rng
    crew = _sellers(today, desk, -1)
    if len(crew) < 2:
        return
    giver, taker = (int(a) for a in rng.choice(crew, 2, replace=False))
    own = world.book.of(giver)
    n = min(today.count(SIZES["handover_records"]), len(own) // 2)
    if n < 10:
        return
    records = rng.choice(own, n, replace=False)
    start = today.slot(taker, n * 2.0)
    late = today.count(SIZES["handover_sync_late_days"])
    episode = world.episode(
        "handover", f"Takes over records; the CRM hears of it {late} days later", honest=True
    )
    episode.facts["declared"] = bool(rng.random() < DECLARED["handover"])
    if episode.facts["declared"]:
        scope = {"agents": [world.people.names[giver]]}
        span = (start - HOUR, start + 72 * HOUR)
        boss = authority(today, taker)
        today.declare(taker, boss, "handover", start - 3 * HOUR, span, n + 10, scope)
    effective = start - HOUR
    to = np.full(n, taker)
    world.on(
        today.day + late,
        lambda day: _give(day, records, to, day.earliest + 9 * HOUR, "handover", giver, effective=effective),
    )
    manner = Manner(
        dwell_s=(15, 90), pause_s=20, via=VIA.index("link"), call=0.45, note=0.4, message=0.1,
        away=bool(today.remote[taker]),
    )  # fmt: skip
    run(today, episode, taker, records, start, manner)


def _redistribution(today: Today, desk: int) -> None:
    """The manager deals cold leads out again; everybody looks at what they got."""
    world, rng = today.world, today.rng
    crew = _sellers(today, desk, -1)
    if len(crew) < 3:
        return
    pool = world.book.on_desk(desk)
    cold = pool[np.argsort(world.book.heat[pool] + 0.2 * rng.random(len(pool)))]
    each = today.count(SIZES["redistribution_records_each"])
    records = cold[: each * len(crew)]
    to = np.resize(crew, len(records))
    if not world.company.pooled:
        _give(today, records, to, today.earliest + 5 * HOUR, "redistribution", None)
    episode = world.episode("redistribution", "Leads are dealt out again and looked through", honest=True)
    for agent in crew.tolist():
        part = records[to == agent]
        manner = Manner(
            dwell_s=(4, 35), pause_s=10, via=VIA.index("list"), call=0.4, note=0.1,
            listed=1, away=bool(today.remote[agent]),
        )  # fmt: skip
        run(today, episode, agent, part, today.slot(agent, len(part) * 1.3), manner)


def _sweep(today: Today, officer: int) -> None:
    """Compliance goes through many records of the whole company on one question."""
    world, rng = today.world, today.rng
    clients = np.flatnonzero(world.book.client)
    if len(clients) < 40:
        return
    n = min(today.count(SIZES["compliance-sweep_records"]), len(clients))
    minutes = rng.uniform(150, 400)
    start = today.slot(officer, minutes)
    declared = bool(rng.random() < DECLARED["compliance-sweep"])
    episode = world.episode("compliance-sweep", "Compliance checks records across the company", honest=True)
    episode.facts["declared"] = declared
    if declared:
        boss = other_authority(today, officer)
        span = (start - 4 * HOUR, start + 48 * HOUR)
        today.declare(
            officer, boss, "compliance-sweep", start - 5 * HOUR, span, int(n * 1.3), {"desk": "all"}
        )
    manner = Manner(dwell_s=(6, 60), pause_s=pace(n, minutes, (6, 60)), via=VIA.index("search"), note=0.1)
    run(today, episode, officer, rng.choice(clients, n, replace=False), start, manner)


def _leaver_writes(today: Today, agent: int) -> None:
    """In the last days, an honest leaver goes through the own book and writes down how things stand."""
    world, rng = today.world, today.rng
    own = world.book.of(agent)
    n = min(today.count(SIZES["leaver-handover_records"]), len(own))
    if n < 10:
        return
    declared = bool(rng.random() < DECLARED["leaver-handover"])
    minutes = n * rng.uniform(1.0, 2.5)
    start = today.slot(agent, minutes)
    episode = world.episode("leaver-handover", "Leaver writes handover notes on the own book", honest=True)
    episode.facts["declared"] = declared
    if declared:
        by = authority(today, agent)
        scope = {"agents": [world.people.names[agent]]}
        today.declare(
            agent, by, "handover", start - 4 * HOUR, (start - 4 * HOUR, start + 72 * HOUR), n, scope
        )
    manner = Manner(
        dwell_s=(12, 80), pause_s=pace(n, minutes, (12, 80)), via=VIA.index("list"), note=0.8,
        listed=1, call=0.05, away=bool(today.remote[agent]),
    )  # fmt: skip
    run(today, episode, agent, rng.choice(own, n, replace=False), start, manner)
