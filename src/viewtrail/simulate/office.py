"""Exports, and the tasks that managers set for their people."""

from __future__ import annotations

from typing import Final

import numpy as np

from viewtrail.simulate.people import BACK_OFFICE, COMPLIANCE, MANAGER, RETENTION, SENIOR
from viewtrail.simulate.rows import stamp
from viewtrail.simulate.world import HOUR, Today

MANAGER_TASKS_A_DAY: Final = 1.2
SHARED_EXPORTS_MONTH: Final = {MANAGER: 1.0, COMPLIANCE: 0.8, BACK_OFFICE: 0.8, SENIOR: 0.06, RETENTION: 0.02}
"""Exports a month and person, relative to the company's rate for managers."""


def exports(today: Today) -> None:
    """Ordinary exports: managers' reports, now and then a senior's."""
    world, rng = today.world, today.rng
    people = world.people
    rate = np.zeros(len(people))
    for kind, share in SHARED_EXPORTS_MONTH.items():
        rate[people.kind == kind] = share * world.company.drawn["export_manager_month"] / 21
    who = np.flatnonzero(today.there & (rng.random(len(people)) < rate))
    for agent in who.tolist():
        size = 4.9 if people.kind[agent] == MANAGER else 4.0
        rows = int(np.clip(rng.lognormal(size, 1.0), 5, 3_000))
        export(today, agent, today.slot(agent, 5), rows, masked=bool(rng.random() < 0.7))


def export(today: Today, agent: int, at: int, rows: int, *, masked: bool) -> None:
    world = today.world
    desk = int(world.people.desk[agent])
    world.single.tell(
        "/crm",
        "export.created",
        at,
        agent=world.people.names[agent],
        rows=rows,
        masked=masked,
        format="xlsx" if today.rng.random() < 0.5 else "csv",
        fields=["name", "country", "status"] + ([] if masked else ["phone", "email"]),
        list=f"{world.company.desks[desk].name}/all" if desk >= 0 else "all",
    )


def manager_tasks(today: Today) -> None:
    """Managers set follow-ups for their people, not always on the agent's own records."""
    world, rng = today.world, today.rng
    people = world.people
    for manager in np.flatnonzero(today.there & (people.kind == MANAGER)).tolist():
        mates = today.at_desk(int(people.desk[manager]))
        mates = mates[mates != manager]
        n = int(rng.poisson(MANAGER_TASKS_A_DAY * len(mates) / 8)) if len(mates) else 0
        if n == 0:
            continue
        agents = rng.choice(mates, n)
        records = world.book.by_owner(len(people)).pick(agents, rng, 1.0)
        stray = world.book.by_desk(len(world.company.desks)).pick(people.desk[agents], rng, 1.0)
        records = np.where((records < 0) | (rng.random(n) < 0.3), stray, records)
        for agent, record in zip(agents.tolist(), records.tolist(), strict=True):
            set_task(today, manager, agent, record)


def set_task(today: Today, by: int, agent: int, record: int) -> None:
    """A follow-up for tomorrow, set by somebody else."""
    if record < 0:
        return
    world = today.world
    key = world.next_task
    world.next_task += 1
    at = today.slot(by, 1)
    names = world.people.names
    world.single.tell(
        "/crm",
        "task.due",
        at,
        world.book.names[record],
        agent=names[agent],
        by=names[by],
        kind="follow-up",
        task=f"t{key}",
        due_at=stamp(at + 24 * HOUR),
    )
    world.tasks[today.day + 1].append((agent, record, key))
