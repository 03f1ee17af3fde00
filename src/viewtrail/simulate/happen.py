"""Openings become events: what led to them, the view itself, and when the record was left."""

from __future__ import annotations

from typing import Final

import numpy as np

from viewtrail.simulate.follow import Teller, campaigns, tell_following
from viewtrail.simulate.people import SERVICE
from viewtrail.simulate.rows import Bools, Ints, Rows, stamps
from viewtrail.simulate.touches import (
    INBOUND,
    KYC,
    QUEUE,
    VIA,
    VIA_BY_CAUSE,
    Touches,
)
from viewtrail.simulate.visits import visits
from viewtrail.simulate.world import HOUR, MINUTE, Today, World

FILTERS: Final = (
    "",
    "status=?",
    "country=? and status=?",
    "name=?",
    "id=?",
    "language=? and last_contact<?",
    "country=? and deposits>?",
)


def tell_all(today: Today, t: Touches) -> None:
    """All events that the openings `t` leave in the sources."""
    teller = Teller(today)
    keys = visits(today, t)
    _views(teller, t, keys)
    _lists(teller, t, keys)
    _before(teller, t)
    tell_following(teller, t)


def list_names(world: World) -> list[str]:
    return ["", "mine", *(f"{desk.name}/all" for desk in world.company.desks)]


def _views(teller: Teller, t: Touches, keys: list[str]) -> None:
    world, rng, n = teller.world, teller.rng, len(t)
    drawn_via = (rng.random(n)[:, None] > VIA_BY_CAUSE[t.cause]).sum(axis=1)
    t.via = np.where(t.via >= 0, t.via, np.minimum(drawn_via, len(VIA) - 1))
    from_list = t.via == VIA.index("list")
    t.list = np.where(from_list & (t.list == 0), _usual_list(world, t), np.where(from_list, t.list, 0))
    place = np.where(t.place >= 0, t.place, rng.geometric(0.06, n))
    service = world.people.kind[t.agent] == SERVICE
    lost = teller.chance(n, world.company.drawn["beacon_lost"]) & ~service
    dwell_told = world.company.drawn["reports_dwell"] > 0.7
    view = teller.rows("record.viewed", t, t.time)
    view.word("record_kind", world.book.client[t.rec].astype(np.int64), ("lead", "client"))
    view.word("via", t.via, VIA).number("position", np.where(from_list, place, -1))
    view.word("list", t.list, list_names(world)).word("surface", service.astype(np.int64), ("ui", "api"))
    view.word("seen", (lost & teller.chance(n, 0.4)).astype(np.int64), ("", "unknown"))
    view.text("visit", keys)
    view.text("campaign", campaigns(t))
    if dwell_told:
        view.seconds("dwell_s", np.where(lost | service, -1, t.dwell))
        return
    closed = np.flatnonzero(~service & ~(lost & teller.chance(n, 0.5)))
    _left(teller, t.where(closed), np.array(view.ids)[closed], lost[closed], [keys[i] for i in closed])


def _left(teller: Teller, t: Touches, view: Ints, lost: Bools, keys: list[str]) -> None:
    rng, n = teller.rng, len(t)
    dwell = np.where(lost, t.dwell * rng.uniform(0.1, 0.9, n), t.dwell).astype(np.int64)
    active = (dwell * rng.beta(6, 2, n)).astype(np.int64)
    rows = teller.rows("record.left", t, t.time + dwell)
    rows.text("view", [f"/crm#{i}" for i in view.tolist()]).text("visit", keys)
    rows.seconds("dwell_s", dwell).seconds("active_s", active).truth("complete", ~lost)


def _usual_list(world: World, t: Touches) -> Ints:
    own = world.book.owner[t.rec] == t.agent
    return np.where(own, 1, 2 + np.maximum(world.book.desk[t.rec], 0))


def _lists(teller: Teller, t: Touches, keys: list[str]) -> None:
    """The list or the search that an opening came from; one list serves several openings."""
    world, rng = teller.world, teller.rng
    at = np.flatnonzero((t.via == VIA.index("list")) & teller.chance(len(t), 0.3))
    seen = t.where(at)
    names = world.people.fragments
    rows = Rows(world.ids, "/crm", "list.viewed", seen.time - rng.integers(1_500, 20_000, len(at)))
    rows.agent([names[i] for i in seen.agent.tolist()]).word("list", seen.list, list_names(world))
    rows.word("filter", rng.integers(0, len(FILTERS), len(at)), FILTERS)
    rows.number("rows", np.where(rng.random(len(at)) < 0.7, 50, rng.integers(3, 50, len(at))))
    rows.text("visit", [keys[i] for i in at])
    teller.today.rows.append(rows)
    at = np.flatnonzero(t.via == VIA.index("search"))
    found = t.where(at)
    rows = Rows(world.ids, "/crm", "search.performed", found.time - rng.integers(1_000, 9_000, len(at)))
    rows.agent([names[i] for i in found.agent.tolist()])
    rows.word("filter", rng.choice((2, 3, 3, 4, 4), len(at)), FILTERS)
    rows.number("rows", rng.geometric(0.25, len(at))).text("visit", [keys[i] for i in at])
    teller.today.rows.append(rows)


def _before(teller: Teller, t: Touches) -> None:
    """What came first: the client's own move, the queue's offer."""
    world, rng, today = teller.world, teller.rng, teller.today
    asked = t.where(t.cause == INBOUND)
    rang = asked.call == 2
    ahead = np.where(rang, np.maximum(0, -asked.call_at), rng.gamma(1.2, 9 * MINUTE, len(asked)))
    time = np.maximum(asked.time - ahead.astype(np.int64), today.earliest)
    rows = Rows(world.ids, "/platform", "client.contacted", time, world.book.subjects(asked.rec))
    other = rng.choice((1, 1, 2, 3), len(asked))
    rows.word("channel", np.where(rang, 0, other), ("call", "email", "chat", "ticket"))
    today.rows.append(rows)
    queued = t.where((t.cause == QUEUE) | ((t.cause == KYC) & (world.people.desk[t.agent] < 0)))
    lead = np.where(
        queued.cause == KYC, rng.gamma(1.5, HOUR, len(queued)), rng.gamma(1.5, 3 * MINUTE, len(queued))
    )
    time = np.maximum(queued.time - lead.astype(np.int64) - 5_000, today.earliest)
    rows = teller.rows("queue.offered", queued, time)
    rows.word("kind", (queued.cause == KYC).astype(np.int64), ("follow-up", "kyc"))
    rows.text("due_at", stamps(time + 4 * HOUR))
