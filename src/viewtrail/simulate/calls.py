"""How a call goes: ring, answer, talk, who ends it; short ones and machines among them."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.rows import Bools, Floats, Ints
from viewtrail.simulate.touches import IN, OUT, UNANSWERED, Touches
from viewtrail.simulate.world import World

CANCELLED = 0.04
"""Share of unanswered calls given up before they ring long."""
SHORTEST_MS, LONGEST_MS = 1_500, 5_400_000


def draw_calls(world: World, t: Touches, rng: Generator) -> None:
    """Fill in what happens on the line, in place, and keep the record open for as long as the call lasts."""
    at = np.flatnonzero(t.call > 0)
    if not len(at):
        return
    n, drawn = len(at), world.company.drawn
    clients = world.book.client[t.rec[at]]
    inbound = t.call[at] == IN
    reached = np.where(clients, drawn["answered_retention"], drawn["answered_conversion"])
    answered = rng.random(n) < np.where(inbound, 0.93, reached)
    given = t.talk[at]
    answered = np.where(given == UNANSWERED, False, np.where(given >= 0, True, answered))
    machine = answered & ~inbound & (given < 0) & (rng.random(n) < drawn["machine"])
    talk = np.where(given >= 0, given, _talk(world, t.agent[at], clients, machine, rng))
    t.talk[at] = np.where(answered, talk, -1)
    t.machine[at] = machine
    t.ring[at] = _ring(answered, inbound, rng)
    by_agent = rng.random(n) < np.where(talk < 20_000, 0.35, 0.5)
    t.ended_by[at] = np.where(answered, np.where(by_agent, 1, 2), np.where(rng.random(n) < 0.8, 1, 0))
    t.call_at[at] = np.where(inbound, -t.ring[at] - 1_500, rng.uniform(3_000, 35_000, n))
    wrap = rng.lognormal(2.3, 0.8, n) * 1000
    length = np.maximum(t.call_at[at], 0) + t.ring[at] * (t.call[at] == OUT) + np.maximum(t.talk[at], 0)
    t.dwell[at] = np.maximum(t.dwell[at] * 0.5, length + wrap).astype(np.int64)


def _talk(world: World, agent: Ints, clients: Bools, machine: Bools, rng: Generator) -> Ints:
    drawn, n = world.company.drawn, len(agent)
    median = np.where(clients, drawn["talk_median_retention_s"], drawn["talk_median_conversion_s"])
    long: Floats = 20 + rng.lognormal(np.log(np.maximum(median - 20, 5)), drawn["talk_sigma"], n)
    short = rng.random(n) < world.people.habits["short"][agent]
    seconds = np.where(short, rng.gamma(2.5, 4.2, n).clip(1.5, 19.9), long)
    seconds = np.where(machine, rng.uniform(3, 28, n), seconds)
    return np.asarray(np.clip(seconds * 1000, SHORTEST_MS, LONGEST_MS), dtype=np.int64)


def _ring(answered: Bools, inbound: Bools, rng: Generator) -> Ints:
    n = len(answered)
    seconds = np.where(answered, rng.gamma(3, 3.5, n), 12 + rng.gamma(3, 5.5, n))
    seconds = np.where(~answered & (rng.random(n) < CANCELLED), rng.uniform(0.5, 6, n), seconds)
    seconds = np.where(inbound, rng.gamma(3, 2.2, n), seconds)
    return np.asarray(np.clip(seconds, 0.5, 60) * 1000, dtype=np.int64)
