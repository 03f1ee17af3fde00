"""Honest days that look like thefts, made by desks and by the company: campaigns, outages, quarter ends."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.random import Generator

from viewtrail.simulate.burst import Manner, run
from viewtrail.simulate.honest_reviews import quarter_end_days
from viewtrail.simulate.parameters import COMPANY_MONTH, GAP_REPORTED, QUARTER_END_PUSH, SIZES
from viewtrail.simulate.people import CONVERSION, RETENTION, SENIOR
from viewtrail.simulate.rows import Ints, stamp
from viewtrail.simulate.touches import CAMPAIGN, VIA
from viewtrail.simulate.world import HOUR, MINUTE, Episode, Today, World

RECORDS_AN_EVENT = 500


def plan_company(world: World, counts: dict[str, int], rng: Generator) -> None:
    """Campaigns, bad lists, outages, VIP days and quarter ends of the whole period."""
    days, desks = world.company.days, len(world.company.desks)
    for kind in ("campaign", "bad-list") if world.company.has_calls else ("campaign",):
        for _ in range(counts[kind]):
            desk = int(rng.integers(desks))
            world.on(int(rng.integers(days)), partial(start_campaign, kind=kind, desk=desk))
    for kind, act in (("pbx-outage", _outage), ("vip-day", _vip_day)):
        if kind == "pbx-outage" and not world.company.has_calls:
            continue
        for _ in range(rng.poisson(COMPANY_MONTH[kind] * days / 30)):
            world.on(int(rng.integers(days)), act)
    _quarter_ends(world, rng)


def _quarter_ends(world: World, rng: Generator) -> None:
    """Everybody pushes in the last working days: more of everything on every desk."""
    for end in quarter_end_days(world.company):
        factor = float(rng.uniform(*QUARTER_END_PUSH))
        days = [d for d in range(max(0, end - 6), end + 1) if world.company.date(d).weekday() < 5][-4:]
        world.push[days] = factor
        episode = world.episode(
            "quarter-end", f"Every desk does {factor:.2f} times its usual work", honest=True
        )
        for day in days:
            world.on(day, partial(_whole_day, episode=episode))


def _whole_day(today: Today, episode: Episode) -> None:
    for agent in np.flatnonzero(today.there).tolist():
        episode.saw(agent, int(today.start[agent]), int(today.end[agent]), [])


def start_campaign(today: Today, kind: str, desk: int) -> None:
    """A list is made, announced to the CRM, and dialled for a day or a few."""
    world, rng = today.world, today.rng
    crew = _sellers(today, desk)
    if len(crew) < 2:
        world.on(today.day + 1, partial(start_campaign, kind=kind, desk=desk))
        return
    days = today.count(SIZES["campaign_days"]) if kind == "campaign" else 1
    each = SIZES["campaign_records_each"] if kind == "campaign" else SIZES["bad-list_records_each"]
    pool = world.book.on_desk(desk)
    wanted = len(crew) * days * int(each[1])
    records = rng.choice(pool, min(wanted, len(pool)), replace=False)
    text = "Desk dials a campaign list" if kind == "campaign" else "Desk dials a list whose numbers are bad"
    episode = world.episode(kind, text, honest=True)
    number = episode.number
    at = today.earliest + 4 * HOUR
    _announce(today, number, desk, records, (at, int(world.company.midnight[0, today.day + 1])), days)
    parts = np.array_split(records, days)
    for offset, part in enumerate(parts):
        world.on(today.day + offset, partial(_dial, episode=episode, desk=desk, records=part, kind=kind))


def _announce(today: Today, number: int, desk: int, records: Ints, span: tuple[int, int], days: int) -> None:
    world = today.world
    end = span[0] + days * 24 * HOUR
    manager = world.people.manager_of(desk, today.day)
    for first in range(0, len(records), RECORDS_AN_EVENT):
        world.single.tell(
            "/crm",
            "campaign.started",
            span[0],
            f"c-{number}",
            agent=world.people.names[manager] if manager is not None else None,
            campaign=f"c-{number}",
            desk=world.company.desks[desk].name,
            from_=stamp(span[0]),
            to_=stamp(end),
            records=world.book.texts(records[first : first + RECORDS_AN_EVENT]),
        )
    world.single.tell("/crm", "campaign.ended", end, f"c-{number}", campaign=f"c-{number}")


def _dial(today: Today, episode: Episode, desk: int, records: Ints, kind: str) -> None:
    """The desk's people share the day's part of the list; most calls are short of an answer."""
    rng = today.rng
    crew = _sellers(today, desk)
    if not len(crew):
        return
    each = SIZES["campaign_records_each"] if kind == "campaign" else SIZES["bad-list_records_each"]
    for agent, share in zip(crew.tolist(), np.array_split(records, len(crew)), strict=True):
        part = share[: today.count(each)]
        today.load[agent] *= 0.5
        manner = Manner(
            dwell_s=(5, 30), pause_s=8, cause=CAMPAIGN, call=0.95, note=0.15, status=0.4,
            message=0.02, campaign=episode.number, away=bool(today.remote[agent]),
        )  # fmt: skip
        if kind == "bad-list":
            bad = rng.random(len(part)) < today.between(SIZES["bad-list_short"])
            short = Manner(
                dwell_s=(4, 15), pause_s=8, cause=CAMPAIGN, call=1.0, talk_s=(2, 18), status=0.3,
                campaign=episode.number, away=bool(today.remote[agent]),
            )  # fmt: skip
            start = today.slot(agent, len(part) * 0.9)
            t = run(today, episode, agent, part[bad], start, short)
            start = int(t.time[-1] + t.dwell[-1]) if len(t) else start
            run(today, episode, agent, part[~bad], start + MINUTE, manner)
        else:
            run(today, episode, agent, part, today.slot(agent, len(part) * 1.3), manner)


def _sellers(today: Today, desk: int) -> Ints:
    crew = today.at_desk(desk)
    return crew[np.isin(today.world.people.kind[crew], (CONVERSION, RETENTION, SENIOR))]


def _outage(today: Today) -> None:
    """The telephone feed is lost for hours; people worked as ever. The source admits it only sometimes."""
    world, rng = today.world, today.rng
    start = int(world.company.midnight[0, today.day] + (8 + 6 * rng.random()) * HOUR)
    end = start + int(today.between(SIZES["pbx-outage_hours"]) * HOUR)
    world.outages.append((start, end))
    told = bool(rng.random() < GAP_REPORTED)
    episode = world.episode("pbx-outage", "The calls of these hours never reached the log", honest=True)
    episode.facts["gap_reported"] = told
    for agent in np.flatnonzero(today.there & (world.people.desk >= 0)).tolist():
        episode.saw(agent, start, end, [])
    if told:
        world.single.tell(
            "/pbx",
            "capture.gap",
            end + int(rng.integers(1, 90)) * MINUTE,
            feed="calls",
            from_=stamp(start),
            to_=stamp(end),
            why="connection-lost",
        )


def _vip_day(today: Today) -> None:
    """An event for the best clients: retention agents go through their top ones, invite and call."""
    world = today.world
    crew = np.flatnonzero(today.there & np.isin(world.people.kind, (RETENTION, SENIOR)))
    if len(crew) < 2:
        return
    episode = world.episode("vip-day", "Retention agents invite their best clients to an event", honest=True)
    for agent in crew.tolist():
        best = top_of_book(world, agent, today.count(SIZES["vip-day_records"]))
        if not len(best) or today.rng.random() < 0.2:
            continue
        manner = Manner(
            dwell_s=(6, 40), pause_s=15, via=VIA.index("list"), call=0.35, message=0.55, note=0.3,
            away=bool(today.remote[agent]),
        )  # fmt: skip
        run(today, episode, agent, best, today.slot(agent, len(best) * 1.6), manner)


def top_of_book(world: World, agent: int, n: int) -> Ints:
    """The agent's own records, most valuable first."""
    own = world.book.of(agent)
    return own[np.argsort(-(world.book.value[own] + 0.01 * world.book.heat[own]), kind="stable")][:n]
