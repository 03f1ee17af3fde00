"""How each theft is done on its day."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.burst import Manner, pace, run
from viewtrail.simulate.honest_company import start_campaign, top_of_book
from viewtrail.simulate.office import export
from viewtrail.simulate.parameters import THEFT_DISGUISE, THEFT_MIXED, THEFTS
from viewtrail.simulate.rows import Ints
from viewtrail.simulate.thefts import TEXTS, Plan, day_of
from viewtrail.simulate.touches import VIA
from viewtrail.simulate.world import HOUR, MINUTE, Episode, Today, World

LIST: Final = VIA.index("list")


def schedule_thefts(world: World, plans: list[Plan], rng: Generator) -> None:
    """Put every planned theft on the agenda of a day on which its agents are at work."""
    for plan in plans:
        agent = plan.agents[0]
        works = np.array([d for d in range(world.company.days) if world.workday(agent, d)], dtype=np.int64)
        if len(works) == 0:
            continue
        day = day_of(world.people, plan, works)
        _move_leaving(world, plan, day)
        episode = world.episode(plan.kind, TEXTS[plan.kind], honest=False)
        episode.facts["leaves"] = plan.leaves
        if plan.kind in ("d", "f"):
            low, high = THEFTS[plan.kind]["days"]
            length = int(rng.integers(int(low), int(high) + 1))
            for each in works[works >= day][:length].tolist():
                world.on(each, _act(plan, plan.agents[0], episode))
        elif plan.kind == "j":
            half: dict[int, Ints] = {}
            for number, each_agent in enumerate(plan.agents):
                act = _split(plan, each_agent, number, half, episode)
                world.when_there(day + number % 2 * (episode.number % 2), each_agent, act)
        else:
            if plan.kind == "k":
                desk = int(world.people.desk[agent])
                world.on(day, partial(start_campaign, kind="campaign", desk=desk))
            world.when_there(day, agent, _act(plan, agent, episode))


def _move_leaving(world: World, plan: Plan, day: int) -> None:
    """Last day and notice keep their distance to the day on which it is really done."""
    if plan.leaves:
        for agent in plan.agents:
            world.people.left[agent] += day - plan.day
            world.people.notice[agent] = max(0, world.people.notice[agent] + day - plan.day)


def _act(plan: Plan, agent: int, episode: Episode) -> Callable[[Today], None]:
    return lambda today: TAKE[plan.kind](today, agent, plan, episode) if today.there[agent] else None


def _size(today: Today, kind: str, name: str = "records") -> int:
    return today.count(THEFTS[kind][name])


def _others(today: Today, agent: int, n: int) -> Ints:
    """Records of the desk that are not the agent's own, the valuable ones rather; else of any desk."""
    world, rng = today.world, today.rng
    book = world.book
    pool = np.flatnonzero((book.desk == world.people.desk[agent]) & (book.owner != agent))
    if len(pool) < n:
        pool = np.flatnonzero(book.owner != agent)
    weight = 1.0 + book.value[pool] * (rng.random() < 0.6)
    return rng.choice(pool, min(n, len(pool)), replace=False, p=weight / weight.sum())


def _mixture(today: Today, agent: int, n: int) -> Ints:
    """Mostly other people's records, with some of the agent's own among them."""
    own = today.world.book.of(agent)
    mine = min(int(n * today.rng.uniform(0.0, 0.25)), len(own))
    found = np.r_[_others(today, agent, n - mine), today.rng.choice(own, mine, replace=False)]
    return today.rng.permutation(found).astype(np.int64)


def _manner(today: Today, agent: int, n: int, minutes: float, dwell_s: tuple[float, float]) -> Manner:
    rng = today.rng
    per_record = minutes * 60 / max(n, 1)
    dwell_s = (min(dwell_s[0], per_record * 0.4), min(dwell_s[1], per_record * 0.9))
    disguise = today.between(THEFT_DISGUISE)
    return Manner(
        dwell_s=dwell_s,
        pause_s=pace(n, minutes, dwell_s),
        via=LIST if rng.random() < 0.7 else -1,
        call=disguise * 0.5,
        note=disguise * 0.5,
        reveal=0.3 * float(rng.random() < 0.25),
        away=bool(today.remote[agent]),
        mixed=bool(rng.random() < THEFT_MIXED),
    )


def _sweep(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    """(a), (b), (k): so many records in so many minutes."""
    n = _size(today, plan.kind)
    manner = _manner(today, agent, n, plan.minutes, (3, 25))
    run(today, episode, agent, _mixture(today, agent, n), today.slot(agent, plan.minutes), manner)


def _reveals(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    n = _size(today, "c")
    manner = Manner(
        dwell_s=(6, 30), pause_s=pace(n, plan.minutes, (6, 30)), via=LIST, reveal=0.95,
        call=today.between(THEFTS["c"]["called"]), away=bool(today.remote[agent]),
        mixed=bool(today.rng.random() < THEFT_MIXED),
    )  # fmt: skip
    start = int(today.start[agent]) + int(today.rng.integers(3, 40)) * MINUTE
    run(today, episode, agent, _mixture(today, agent, n), start, manner)


def _slowly(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    n = _size(today, "d")
    records = _others(today, agent, n)
    fresh = records[~np.isin(records, episode.records)]
    manner = Manner(dwell_s=(5, 35), via=-1, away=bool(today.remote[agent]), mixed=True)
    for part in np.array_split(fresh, int(today.rng.integers(1, 5))):
        run(today, episode, agent, part, today.slot(agent, 15), manner)


def _own_best(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    n = _size(today, "e")
    best = top_of_book(today.world, agent, n)
    if today.world.book.value[best].sum() == 0:  # a book of leads without value: the warmest
        own = today.world.book.of(agent)
        best = own[np.argsort(-today.world.book.heat[own])][:n]
    if not len(best):  # pooled leads: nobody has a book, the desk's best stand in
        best = _others(today, agent, n)
    manner = Manner(
        dwell_s=(8, 60), pause_s=pace(len(best), plan.minutes, (8, 60)), via=LIST, listed=1,
        note=today.between(THEFT_DISGUISE) * 0.3, mixed=bool(today.rng.random() < THEFT_MIXED),
        away=bool(today.remote[agent]),
    )  # fmt: skip
    run(today, episode, agent, best, today.slot(agent, plan.minutes), manner)


def _short_calls(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    n = _size(today, "f", "calls")
    own = today.world.book.of(agent)
    pool = own if len(own) >= n else today.world.book.on_desk(int(today.world.people.desk[agent]))
    today.load[agent] *= 0.6
    manner = Manner(
        dwell_s=(3, 12), pause_s=20, call=1.0, talk_s=THEFTS["f"]["talk_s"],
        away=bool(today.remote[agent]), mixed=bool(today.rng.random() < THEFT_MIXED),
    )  # fmt: skip
    records = today.rng.choice(pool, min(n, len(pool)), replace=False)
    run(today, episode, agent, records, today.slot(agent, n * 1.2), manner)


def _walk(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    n = _size(today, "g")
    desk = int(today.world.people.desk[agent])
    middle = today.rng.uniform(*THEFTS["g"]["dwell_s"])
    manner = Manner(
        dwell_s=(middle - 0.7, middle + 0.7), via=LIST, listed=2 + desk, in_order=True, even=True,
        away=bool(today.remote[agent]), mixed=bool(today.rng.random() < 0.3),
    )  # fmt: skip
    run(today, episode, agent, _others(today, agent, n), today.slot(agent, n * 0.1), manner)


def _at_night(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    """Four to seven hours after the shift ends, from outside; before the behaviour day is cut."""
    n = _size(today, "h")
    manner = _manner(today, agent, n, plan.minutes, (4, 40))
    remote = Manner(dwell_s=manner.dwell_s, pause_s=manner.pause_s, via=manner.via, away=True)
    start = int(today.end[agent] + today.rng.uniform(3.0, 6.0) * HOUR)
    cut = int(today.world.company.midnight[today.world.people.zone[agent], today.day + 1]) + 4 * HOUR
    if today.end[agent] < cut:
        start = min(start, cut - int((plan.minutes + 15) * MINUTE))
    run(today, episode, agent, _mixture(today, agent, n), start, remote)


def _exports(today: Today, agent: int, plan: Plan, episode: Episode) -> None:
    world = today.world
    at = today.slot(agent, 40)
    total = 0
    for _ in range(_size(today, "i", "exports")):
        rows = int(np.exp(today.rng.uniform(*np.log(THEFTS["i"]["rows"]))))
        export(today, agent, at, rows, masked=bool(today.rng.random() < 0.2))
        episode.saw(agent, at, at, [])
        total += rows
        at += int(today.rng.integers(2, 20)) * MINUTE
    episode.facts["rows"] = total
    episode.facts["desk"] = world.company.desks[world.people.desk[agent]].name


def _split(
    plan: Plan, agent: int, number: int, half: dict[int, Ints], episode: Episode
) -> Callable[[Today], None]:
    """(j): the first of the two draws the list; each opens a half."""

    def act(today: Today) -> None:
        n = _size(today, "j")
        if not half:
            found = _others(today, agent, 2 * n)
            half[0], half[1] = found[::2], found[1::2]
        records = half[number]
        manner = _manner(today, agent, len(records), plan.minutes, (3, 25))
        run(today, episode, agent, records, today.slot(agent, plan.minutes), manner)

    return act


TAKE: Final[dict[str, Callable[[Today, int, Plan, Episode], None]]] = {
    "a": _sweep,
    "b": _sweep,
    "c": _reveals,
    "d": _slowly,
    "e": _own_best,
    "f": _short_calls,
    "g": _walk,
    "h": _at_night,
    "i": _exports,
    "k": _sweep,
}
