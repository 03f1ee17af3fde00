"""The period from its first day to its last: plans, then one day after the other, then the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.book import first_book
from viewtrail.simulate.company import DAY_MS, draw_company
from viewtrail.simulate.day import ordinary
from viewtrail.simulate.happen import tell_all
from viewtrail.simulate.honest_books import plan_books, plan_inheritance
from viewtrail.simulate.honest_company import plan_company
from viewtrail.simulate.honest_people import plan_people
from viewtrail.simulate.honest_reviews import plan_reviews
from viewtrail.simulate.office import exports, manager_tasks
from viewtrail.simulate.parameters import EPISODES_MONTH, OCCASIONS, STRUCTURES
from viewtrail.simulate.people import NEVER, SERVICE, hire_all
from viewtrail.simulate.rows import Ints, stamp
from viewtrail.simulate.staff import describe, draw_absence, draw_moves, draw_turnover, tell_staff
from viewtrail.simulate.taking import schedule_thefts
from viewtrail.simulate.thefts import Plan, plan_thefts
from viewtrail.simulate.touches import CAUSES, NONE, WORK, Touches, join
from viewtrail.simulate.trade import (
    assigned_rows,
    client_moves,
    converted,
    created_rows,
    new_leads,
)
from viewtrail.simulate.world import HOUR, Episode, Today, World
from viewtrail.simulate.write import EventFile, write_truth

COMPANY, PEOPLE, THEFT, HONEST, DAYS = range(5)
"""Streams of chance, so that taking the thefts away leaves the company as it was."""


@dataclass(slots=True)
class Summary:
    """What was written and where."""

    events: Path
    truth: Path
    count: int
    agents: int
    thefts: int
    lookalikes: int
    drawn: dict[str, float] = field(default_factory=dict)
    openings: dict[str, int] = field(default_factory=dict)

    @property
    def unreasoned(self) -> float:
        """The share of honest ordinary openings with no recorded reason."""
        total = sum(self.openings.values())
        return self.openings.get("none", 0) / total if total else 0.0


def simulate(
    agents: int,
    days: int,
    seed: int,
    *,
    out: Path,
    structure: str = "standard",
    thefts: bool = True,
    honest: bool = True,
    clean: bool = False,
    flat: bool = False,
    theft_seed: int = 0,
) -> Summary:
    """Write `out`/events.jsonl (or .parquet if `flat`) in time order and, apart, `out`/truth.jsonl.

    The same arguments give the same bytes. `clean` leaves the thefts out, `honest=False` the lookalikes.
    Another `theft_seed` puts other thefts, by other agents on other days, into the same company.
    Raises SettingError for a company that cannot be simulated. Existing files are replaced.
    """
    others = (theft_seed,) if theft_seed else ()
    world, plans, spells = _world(agents, days, seed, structure, thefts and not clean, others)
    kind = STRUCTURES.index(structure)
    chance = _stream(seed, kind, HONEST)
    leavers = np.flatnonzero(world.people.left < NEVER)
    thieves = {agent for plan in plans for agent in plan.agents}
    if honest:
        _plan_honest(world, spells, leavers[~np.isin(leavers, list(thieves))], chance)
    draw_moves(world, chance)
    schedule_thefts(world, plans, _stream(seed, kind, THEFT, 1, *others))
    plan_inheritance(world)
    people = describe(world)
    tell_staff(world, spells)
    file = EventFile(out, flat=flat)
    _load_book(world, file, _stream(seed, kind, DAYS, 1_000_000))
    for day in range(days):
        _one_day(world, day, _stream(seed, kind, DAYS, day), file)
    file.close()
    told = [episode for episode in world.episodes if episode.start >= 0]
    facts = _company_line(world, seed) | ({"theft_seed": theft_seed} if theft_seed else {})
    truth = write_truth(out, [facts, *people, *_truth(world, told)])
    return Summary(
        events=file.path,
        truth=truth,
        count=file.written,
        agents=len(people) - 1,
        thefts=sum(not episode.honest for episode in told),
        lookalikes=sum(episode.honest for episode in told),
        drawn=dict(world.company.drawn),
        openings=dict(world.reasons),
    )


def _apart(others: tuple[int, ...]) -> tuple[int, ...]:
    """Planning other thefts takes no stream that something else takes."""
    return (2, *others) if others else ()


def _stream(seed: int, *path: int) -> Generator:
    return np.random.default_rng([seed, *path])


def _world(
    agents: int, days: int, seed: int, structure: str, thefts: bool, others: tuple[int, ...] = ()
) -> tuple[World, list[Plan], list[dict[str, Any]]]:
    kind = STRUCTURES.index(structure) if structure in STRUCTURES else 0
    company = draw_company(agents, days, structure, _stream(seed, kind, COMPANY))
    chance = _stream(seed, kind, PEOPLE)
    people = draw_turnover(company, hire_all(company, chance), chance)
    away, spells = draw_absence(company, people, chance)
    plans = plan_thefts(company, people, _stream(seed, kind, THEFT, *_apart(others))) if thefts else []
    book = first_book(company, people, chance)
    return World(company, people, book, away), plans, spells


def _plan_honest(world: World, spells: list[dict[str, Any]], leavers: Ints, rng: Generator) -> None:
    scale = (len(world.people) - 1) / 100 * world.company.days / 30
    counts = {kind: int(rng.poisson(rate * scale)) for kind, rate in EPISODES_MONTH.items()}
    plan_company(world, counts, rng)
    plan_books(world, counts, leavers, rng)
    plan_people(world, counts, spells, rng)
    plan_reviews(world, (OCCASIONS["review_quarter_end"], OCCASIONS["review_month_end"]), rng)


def _load_book(world: World, file: EventFile, rng: Generator) -> None:
    """The book as it was before: each record created and assigned on its day in the past."""
    today = Today(world, 0, rng)
    records = np.arange(len(world.book))
    time = world.company.midnight[0, 0] + world.book.created * DAY_MS + rng.integers(0, DAY_MS, len(records))
    time = np.minimum(time, today.earliest - HOUR)
    created_rows(today, records, time)
    owned = records[world.book.owner >= 0]
    to = world.book.owner[owned]
    since = np.maximum(time[owned], world.company.midnight[0, 0] + world.people.joined[to] * DAY_MS)
    hours = rng.integers(8, 18, len(owned)) * 3_600_000
    assigned_rows(today, owned, to, np.minimum(since + hours, today.earliest - 1), "book", "book")
    file.day(today.rows, world.single.until(today.earliest), today.earliest)


def _one_day(world: World, day: int, rng: Generator, file: EventFile) -> None:
    """1 what is planned, 2 the business, 3 ordinary work around it, 4 what the sources saw, 5 the file."""
    today = Today(world, day, rng)
    if day:
        world.book.cool(rng)
    while acts := world.agenda.pop(day, []):  # an act may put another one on the same day
        for act in acts:
            act(today)
    new_leads(today)
    client_moves(today)
    exports(today)
    manager_tasks(today)
    plain = ordinary(today)
    parts = today.parts + ([plain] if plain is not None else [])
    if parts:
        whole = join(parts)
        _count_reasons(world, whole)
        tell_all(today, whole)
        converted(today, whole)
    limit = int(world.company.midnight[:, day + 1].min())
    file.day(today.rows, world.single.until(limit), limit)


def _count_reasons(world: World, t: Touches) -> None:
    honest = np.array([e.honest for e in world.episodes] + [True])[t.episode]
    human = world.people.kind[t.agent] != SERVICE
    contact = (t.call > 0) | t.message | t.note
    cause = np.where((t.cause == NONE) & contact, WORK, t.cause)
    for code, n in enumerate(np.bincount(cause[honest & human & (t.episode < 0)], minlength=len(CAUSES))):
        world.reasons[CAUSES[code]] += int(n)


def _company_line(world: World, seed: int) -> dict[str, Any]:
    company = world.company
    return {
        "line": "company",
        "structure": company.structure,
        "seed": seed,
        "start": company.start.isoformat(),
        "days": company.days,
        "zones": company.zones,
        "desks": len(company.desks),
        "drawn": company.drawn,
        "openings_by_reason": world.reasons,
    }


def _truth(world: World, episodes: list[Episode]) -> list[dict[str, Any]]:
    """A line for each incident and each honest episode, by start."""
    people, book = world.people, world.book
    return [
        {
            "line": "incident",
            "kind": episode.kind,
            "honest": episode.honest,
            "agents": [people.names[a] for a in episode.agents],
            "start": stamp(episode.start),
            "end": stamp(episode.end),
            "records": list(dict.fromkeys(book.names[r] for r in episode.records)),
            "description": episode.description,
            **episode.facts,
        }
        for episode in sorted(episodes, key=lambda e: (e.start, e.number))
    ]
