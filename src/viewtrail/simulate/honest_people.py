"""Honest days that look like thefts, made by one person: training, clean-up, cover, late shift, new hire."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.burst import Manner, pace, run
from viewtrail.simulate.honest_reviews import authority
from viewtrail.simulate.parameters import DECLARED, OCCASIONS, SIZES
from viewtrail.simulate.people import CONVERSION, RETENTION, SENIOR
from viewtrail.simulate.rows import Ints
from viewtrail.simulate.staff import ILL, ON_LEAVE
from viewtrail.simulate.touches import VIA
from viewtrail.simulate.trade import assigned_rows
from viewtrail.simulate.world import HOUR, MINUTE, Episode, Today, World

SALES = (CONVERSION, RETENTION, SENIOR)


def plan_people(world: World, counts: dict[str, int], spells: list[dict[str, Any]], rng: Generator) -> None:
    """Everything that one person's calendar or task brings."""
    people, days = world.people, world.company.days
    sellers = np.flatnonzero(np.isin(people.kind, SALES))
    acts = {"training": _training, "clean-up": _clean_up, "late-shift": _late_shift, "remote-work": _remote}
    for kind, act in acts.items():
        for _ in range(counts[kind]):
            agent = int(rng.choice(sellers))
            world.when_there(int(rng.integers(days)), agent, partial(act, agent=agent))
    for spell in spells:
        _plan_spell(world, spell, rng)
    for agent in sellers[people.joined[sellers] > 0].tolist():
        if rng.random() < OCCASIONS["new_hire"]:
            world.when_there(int(people.joined[agent]), agent, partial(_new_hire, agent=agent))


def _plan_spell(world: World, spell: dict[str, Any], rng: Generator) -> None:
    agent, first, last = spell["agent"], spell["first"], spell["last"]
    if world.people.kind[agent] not in SALES:
        return
    if spell["code"] == ON_LEAVE and last - first >= 5 and rng.random() < OCCASIONS["return_from_leave"]:
        world.when_there(last, agent, partial(_returns, agent=agent))
    if spell["code"] == ILL and rng.random() < OCCASIONS["cover"]:
        world.on(first, partial(_cover, ill=agent))


def _declare(
    today: Today, episode: Episode, agent: int, purpose: str, start: int, n: int, scope: dict[str, Any]
) -> None:
    """Have the agent's manager declare it beforehand, as often as such work is declared."""
    kind = episode.kind
    episode.facts["declared"] = bool(today.rng.random() < DECLARED[kind])
    if episode.facts["declared"]:
        ahead = int(today.rng.uniform(0.3, 6) * HOUR)
        span = (start - ahead, start + 24 * HOUR)
        today.declare(agent, authority(today, agent), purpose, start - ahead, span, int(n * 1.25), scope)


def _training(today: Today, agent: int) -> None:
    """A colleague is shown how things are done on the desk's records: looked at, nobody called."""
    world, rng = today.world, today.rng
    desk = int(world.people.desk[agent])
    pool = world.book.on_desk(desk)
    n = min(today.count(SIZES["training_records"]), len(pool))
    minutes = rng.uniform(60, 240)
    start = today.slot(agent, minutes)
    episode = world.episode("training", "Looks through the desk's records in a training", honest=True)
    _declare(today, episode, agent, "training", start, n, {"desk": world.company.desks[desk].name})
    manner = Manner(dwell_s=(4, 120), pause_s=pace(n, minutes, (4, 120)), away=bool(today.remote[agent]))
    run(today, episode, agent, rng.choice(pool, n, replace=False), start, manner)


def _clean_up(today: Today, agent: int) -> None:
    """Old leads of the desk are put in order: many records, quickly, with few notes and no calls."""
    world, rng = today.world, today.rng
    desk = int(world.people.desk[agent])
    pool = world.book.on_desk(desk)
    old = pool[np.argsort(world.book.heat[pool])][: max(60, len(pool) // 2)]
    n = min(today.count(SIZES["clean-up_records"]), len(old))
    minutes = n * rng.uniform(0.25, 1.0)
    start = today.slot(agent, minutes)
    episode = world.episode("clean-up", "Puts old leads of the desk in order", honest=True)
    _declare(today, episode, agent, "clean-up", start, n, {"desk": world.company.desks[desk].name})
    manner = Manner(
        dwell_s=(3, 14), pause_s=pace(n, minutes, (3, 14)), via=VIA.index("list"), listed=2 + desk,
        in_order=True, status=rng.uniform(0.15, 0.7), note=rng.uniform(0.0, 0.3),
        away=bool(today.remote[agent]),
    )  # fmt: skip
    run(today, episode, agent, rng.choice(old, n, replace=False), start, manner)


def _cover(today: Today, ill: int) -> None:
    """Somebody is ill and a colleague looks after the day's most pressing clients."""
    world, rng = today.world, today.rng
    crew = today.at_desk(int(world.people.desk[ill]))
    crew = crew[np.isin(world.people.kind[crew], SALES) & (crew != ill)]
    own = world.book.of(ill)
    if not len(crew) or len(own) < 15 or today.there[ill]:
        return
    agent = int(rng.choice(crew))
    n = min(today.count(SIZES["cover_records"]), len(own))
    warm = own[np.argsort(-world.book.heat[own])][: n * 2]
    start = today.slot(agent, n * 2.2)
    episode = world.episode("cover", "Looks after the clients of a sick colleague", honest=True)
    _declare(today, episode, agent, "cover", start, n, {"agents": [world.people.names[ill]]})
    manner = Manner(
        dwell_s=(8, 60), pause_s=25, call=0.55, note=0.35, message=0.15, via=VIA.index("link"),
        away=bool(today.remote[agent]),
    )  # fmt: skip
    run(today, episode, agent, rng.choice(warm, min(n, len(warm)), replace=False), start, manner)


def _returns(today: Today, agent: int) -> None:
    """First day back: a look through the own book to see what happened meanwhile."""
    world, rng = today.world, today.rng
    own = world.book.of(agent)
    n = min(today.count(SIZES["return_records"]), len(own))
    if n < 8:
        return
    episode = world.episode("return-from-leave", "Catches up with the own book after leave", honest=True)
    manner = Manner(
        dwell_s=(4, 40), pause_s=8, via=VIA.index("list"), listed=1, call=0.15, note=0.1, message=0.1,
        away=bool(today.remote[agent]),
    )  # fmt: skip
    start = int(today.start[agent]) + int(rng.integers(5, 60)) * MINUTE
    run(today, episode, agent, rng.choice(own, n, replace=False), start, manner)


def _late_shift(today: Today, agent: int) -> None:
    """Works some hours later than usual, because clients are reached in the evening."""
    world = today.world
    later = int(today.between(SIZES["late-shift_hours"]) * HOUR)
    today.start[agent] += later
    today.end[agent] += later
    episode = world.episode("late-shift", "Works later hours than usual", honest=True)
    episode.saw(agent, int(today.start[agent]), int(today.end[agent]), [])


def _remote(today: Today, agent: int) -> None:
    """Some days from home, at slightly different hours."""
    episode = today.world.episode("remote-work", "Works from home for some days", honest=True)
    for offset in range(today.count(SIZES["remote-work_days"])):
        if offset == 0:
            _from_home(today, episode, agent)
        elif today.world.workday(agent, today.day + offset):
            today.world.on(today.day + offset, partial(_from_home, episode=episode, agent=agent))


def _from_home(today: Today, episode: Episode, agent: int) -> None:
    if not today.there[agent]:
        return
    today.remote[agent] = True
    shift = int(today.rng.normal(0, 60)) * MINUTE
    today.start[agent] += shift
    today.end[agent] += shift
    episode.saw(agent, int(today.start[agent]), int(today.end[agent]), [])


def _new_hire(today: Today, agent: int) -> None:
    """The first weeks: a small book, much reading of other people's records, fewer calls."""
    world = today.world
    episode = world.episode("new-hire", "Reads the desk's records while learning the work", honest=True)
    manager = world.people.manager_of(int(world.people.desk[agent]), today.day)
    _first_book(today, agent, manager)
    days = today.count(SIZES["new-hire_days"])
    for offset in range(days):
        if offset == 0:
            _reads(today, episode, agent, 1.0)
        else:
            share = 1 - 0.7 * offset / days
            world.on(today.day + offset, partial(_reads, episode=episode, agent=agent, share=share))


def _first_book(today: Today, agent: int, manager: int | None) -> None:
    world = today.world
    desk = int(world.people.desk[agent])
    if world.company.pooled and not world.company.desks[desk].retention:
        return
    pool: Ints = np.flatnonzero((world.book.desk == desk) & (world.book.owner < 0))
    records = today.rng.choice(pool, min(len(pool), 50), replace=False)
    if not len(records):
        return
    world.book.owner[records] = agent
    world.book.changed()
    at = np.full(len(records), today.earliest + 6 * HOUR)
    assigned_rows(today, records, np.full(len(records), agent), at, "first-book", f"h{agent}", by=manager)


def _reads(today: Today, episode: Episode, agent: int, share: float) -> None:
    if not today.there[agent]:
        return
    world, rng = today.world, today.rng
    pool = world.book.on_desk(int(world.people.desk[agent]))
    n = min(int(today.count(SIZES["new-hire_records"]) * share), len(pool))
    today.load[agent] *= 1 - 0.6 * share
    minutes = rng.uniform(60, 200)
    manner = Manner(dwell_s=(6, 150), pause_s=pace(n, minutes, (6, 150)), call=0.05, note=0.04)
    run(today, episode, agent, rng.choice(pool, n, replace=False), today.slot(agent, minutes), manner)
