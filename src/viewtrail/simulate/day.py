"""An ordinary day: how many records each person opens, why, and what follows."""

from __future__ import annotations

from typing import Final

import numpy as np

from viewtrail.simulate.calls import draw_calls
from viewtrail.simulate.parameters import OPENINGS_A_DAY, REVEAL_WITHOUT_CALLS
from viewtrail.simulate.people import (
    ADMIN,
    BACK_OFFICE,
    COMPLIANCE,
    CONVERSION,
    MANAGER,
    RETENTION,
    SENIOR,
    SERVICE,
)
from viewtrail.simulate.rows import Bools, Floats, Ints
from viewtrail.simulate.touches import (
    COVER,
    INBOUND,
    KYC,
    NONE,
    OUT,
    OWN,
    QUEUE,
    SYNC,
    TASK,
    Touches,
    dwell,
    join,
    schedule,
    touches,
)
from viewtrail.simulate.world import Today

FULL_DAY: Final = 540.0
CALL_BY_CAUSE: Final = (0.62, 0.80, 0.35, 0.85, 0.9, 0.6, 0.0, 0.05, 0.0, 0.0)
"""Share of openings with an outgoing call, by cause as in CAUSES: judgement."""
CALL_BY_KIND: Final = (1.0, 0.85, 0.85, 0.12, 0.1, 0.05, 0.0, 0.0)
NOTE_ALONE: Final = (0.10, 0.15, 0.3, 0.15, 0.1, 0.15, 0.04, 0.5, 0.3, 0.0)
STATUS: Final = (0.06, 0.10, 0.06, 0.12, 0.10, 0.04, 0.01, 0.35, 0.05, 0.0)


def ordinary(today: Today) -> Touches | None:
    """The day's openings of everybody at work, without bursts; None when nobody is."""
    counts = _counts(today)
    agent = np.repeat(np.arange(len(counts)), counts)
    flow = _flow(today, agent)
    parts = [part for part in (flow, _due(today)) if part is not None and len(part)]
    if not parts:
        return None
    t = join(parts)
    t = t.where(t.rec >= 0)
    _follow(today, t)
    draw_calls(today.world, t, today.rng)
    t = t.where(np.lexsort((today.rng.random(len(t)), t.agent)))
    people = today.world.people
    t = schedule(t, today.start[t.agent], today.end[t.agent], people.burst[t.agent], today.rng)
    return _without(t, today.busy)


def _counts(today: Today) -> Ints:
    """Negative binomial: personal pace, and days shared by the desk and by the company."""
    world, rng = today.world, today.rng
    people, drawn = world.people, world.company.drawn
    mean = np.array(OPENINGS_A_DAY)[people.kind] * people.pace * drawn["work_rate"]
    mean = mean * people.length / FULL_DAY * today.load
    desk = rng.lognormal(0, drawn["desk_day_sd"], len(world.company.desks) + 1)
    mean = mean * desk[people.desk] * rng.lognormal(0, drawn["company_day_sd"])
    if world.company.date(today.day).weekday() == 4:
        mean = mean * drawn["friday"]
    on_desk = people.desk >= 0
    mean = np.where(on_desk, mean * world.push[today.day], mean)
    shape = drawn["day_shape"]
    found = rng.poisson(rng.gamma(shape, np.maximum(mean, 1e-9) / shape))
    return np.asarray(np.where(today.there, found, 0), dtype=np.int64)


def _flow(today: Today, agent: Ints) -> Touches | None:
    if not len(agent):
        return None
    cause = _causes(today, agent)
    rec = _records(today, agent, cause)
    return touches(agent, rec, cause=cause)


def _causes(today: Today, agent: Ints) -> Ints:
    world, rng = today.world, today.rng
    people = world.people
    kind = people.kind[agent]
    u = rng.random(len(agent))
    unreasoned = people.habits["unreasoned"][agent]
    unreasoned = np.where(kind == MANAGER, np.minimum(0.9, 0.15 + 2 * unreasoned), unreasoned)
    inbound = np.where(kind == BACK_OFFICE, 0.05, world.company.drawn["inbound_share"])
    cover = np.where(_short_handed(today)[agent], 0.05, 0.005)
    cause = np.full(len(agent), OWN)
    cause[u < unreasoned + inbound + cover] = COVER
    cause[u < unreasoned + inbound] = INBOUND
    cause[u < unreasoned] = NONE
    plain = cause == OWN
    sales = np.isin(kind, (CONVERSION, RETENTION, SENIOR))
    if world.company.pooled:
        desks = np.array([desk.retention for desk in world.company.desks] + [True])
        cause[plain & sales & ~desks[people.desk[agent]]] = QUEUE
    cause[plain & np.isin(kind, (COMPLIANCE, BACK_OFFICE, ADMIN))] = KYC
    cause[plain & (kind == MANAGER)] = QUEUE  # approvals and escalations reach a manager by the queue
    cause[kind == SERVICE] = SYNC
    return cause


def _short_handed(today: Today) -> Bools:
    """By person: somebody of the desk is away today, so that the others look after more than their own."""
    people = today.world.people
    due = people.employed(today.day) & (people.desk >= 0)
    away = np.bincount(people.desk[due & ~today.there], minlength=len(today.world.company.desks) + 1)
    return np.asarray((away > 0)[people.desk] & (people.desk >= 0), dtype=np.bool_)


def _records(today: Today, agent: Ints, cause: Ints) -> Ints:
    """Own ones for own work, the desk's for most other, the whole company's for the office."""
    world, rng = today.world, today.rng
    people, book = world.people, world.book
    own = book.by_owner(len(people))
    desk = book.by_desk(len(world.company.desks))
    own_picks = own.pick(agent, rng, 1.5)
    group = np.where(people.desk[agent] >= 0, people.desk[agent], 0)
    desk_picks = desk.pick(group, rng, 1.2)
    anywhere = rng.integers(0, len(book), len(agent))
    mine = (cause == OWN) | (cause == INBOUND)
    rec = np.where(mine, np.where(own_picks >= 0, own_picks, desk_picks), desk_picks)
    strays = (cause == NONE) & (rng.random(len(agent)) < 0.3)
    office = (people.desk[agent] < 0) | strays
    rec = np.where(office, anywhere, rec)
    return _absent_owners(today, agent, cause, rec)


def _absent_owners(today: Today, agent: Ints, cause: Ints, rec: Ints) -> Ints:
    """Cover is for a colleague who is away: take a record of one of them."""
    people, rng = today.world.people, today.rng
    own = today.world.book.by_owner(len(people))
    for at in np.flatnonzero(cause == COVER).tolist():
        mates = np.flatnonzero((people.desk == people.desk[agent[at]]) & ~today.there)
        if len(mates) and people.desk[agent[at]] >= 0:
            found = int(own.pick(rng.choice(mates, 1), rng, 1.3)[0])
            rec[at] = found if found >= 0 else rec[at]
    return rec


def _due(today: Today) -> Touches | None:
    """Tasks due today: most are done; of the rest some slip to tomorrow."""
    world, rng = today.world, today.rng
    due = world.tasks.pop(today.day, [])
    if not due:
        return None
    agent = np.array([row[0] for row in due])
    rec = np.array([row[1] for row in due])
    there = today.there[agent]
    done = there & (rng.random(len(due)) < 0.8)
    later = ~done & (rng.random(len(due)) < 0.6)
    for at in np.flatnonzero(later).tolist():
        world.tasks[today.day + 1].append(due[at])
    return touches(agent[done], rec[done], cause=TASK, done=True)


def _follow(today: Today, t: Touches) -> None:
    """What comes of each opening: call, message, note, status, reveal, and how long it stays open."""
    world, rng, n = today.world, today.rng, len(t)
    habits, kind = world.people.habits, world.people.kind[t.agent]
    call = rng.random(n) < np.array(CALL_BY_CAUSE)[t.cause] * np.array(CALL_BY_KIND)[kind]
    t.call = np.where(call, OUT, 0)
    rang_in = (t.cause == INBOUND) & ~call & (rng.random(n) < 0.6)
    t.call[rang_in] = 2
    quiet = (t.cause == SYNC) | (t.cause == NONE)
    t.message = (rng.random(n) < habits["message"][t.agent]) & ~quiet
    contact = (t.call > 0) | t.message
    note = np.where(contact, habits["note"][t.agent], np.array(NOTE_ALONE)[t.cause])
    t.note = rng.random(n) < note
    t.status = rng.random(n) < np.array(STATUS)[t.cause]
    t.reveal = _reveals(today, t, contact)
    pace: Floats = habits["dwell"][t.agent]
    t.dwell = dwell(rng, n, np.where(contact | t.note, 0.0, habits["skim"][t.agent]), pace)
    t.away = today.remote[t.agent]


def _reveals(today: Today, t: Touches, contact: Bools) -> Bools:
    """Mostly before a contact; some with none on record, the message having gone by the agent's own phone."""
    world, rng, n = today.world, today.rng, len(t)
    habits, kind = world.people.habits, world.people.kind[t.agent]
    share = habits["reveal"][t.agent] * np.where(np.isin(kind, (SENIOR, MANAGER)), 2.5, 1.0)
    if not world.company.has_calls:
        share = np.maximum(share, REVEAL_WITHOUT_CALLS)
    orphan = habits["orphan"][t.agent]
    chance = np.where(contact, share * (1 - orphan), share * orphan)
    return np.asarray((rng.random(n) < chance) & (t.cause != SYNC), dtype=np.bool_)


def _without(t: Touches, busy: list[tuple[int, int, int]]) -> Touches:
    """Nobody does ordinary work in the middle of something else."""
    keep = np.ones(len(t), dtype=np.bool_)
    for agent, start, end in busy:
        keep &= ~((t.agent == agent) & (t.time + t.dwell > start) & (t.time < end))
    return t.where(keep)
