"""What followed an opening, as events: calls, notes, messages, reveals and new tasks."""

from __future__ import annotations

from typing import Final

import numpy as np

from viewtrail.simulate.rows import Bools, Ints, Rows, stamps
from viewtrail.simulate.touches import CAMPAIGN, NO_CALL, OUT, Touches
from viewtrail.simulate.world import HOUR, MINUTE, Today, World

STATUSES: Final = ("new", "no-answer", "interested", "callback", "not-interested", "dormant", "active")
CHANNELS: Final = ("", "email", "sms", "chat")


class Teller:
    """Builds the day's rows from its touches; fragments of agents and records are made once."""

    def __init__(self, today: Today) -> None:
        self.today = today
        self.world: World = today.world
        self.rng = today.rng

    def rows(self, type_: str, t: Touches, time: Ints, source: str = "/crm") -> Rows:
        """Rows with subject and agent, one for each of `t`."""
        made = Rows(self.world.ids, source, type_, time, self.world.book.subjects(t.rec))
        names = self.world.people.fragments
        made.agent([names[i] for i in t.agent.tolist()])
        self.today.rows.append(made)
        return made

    def chance(self, n: int, share: float) -> Bools:
        return np.asarray(self.rng.random(n) < share, dtype=np.bool_)


def tell_following(teller: Teller, t: Touches) -> None:
    """All events after the opening itself."""
    _calls(teller, t)
    _after(teller, t)
    _reveals(teller, t)
    _new_tasks(teller, t)


def campaigns(t: Touches) -> list[str]:
    return [f"c-{i}" if i >= 0 else "" for i in t.campaign.tolist()]


def _calls(teller: Teller, t: Touches) -> None:
    world, rng = teller.world, teller.rng
    if not world.company.has_calls:
        return
    c = t.where(t.call != NO_CALL)
    start = c.time + c.call_at
    end = start + c.ring + np.maximum(c.talk, 0)
    kept = np.ones(len(c), dtype=np.bool_)
    for from_, to in world.outages:
        kept &= (end < from_) | (end >= to)
    c, start, end = c.where(kept), start[kept], end[kept]
    keys = [f"k{teller.today.day}-{i}" for i in range(len(c))]
    direction = (c.call == OUT).astype(np.int64)
    power = ((c.cause == CAMPAIGN) & (c.call == OUT)).astype(np.int64)
    if world.company.drawn["reports_call_start"] > 0.6:
        rows = teller.rows("call.started", c, start, "/pbx").text("call", keys)
        rows.word("direction", direction, ("in", "out")).word("dialer", power, ("manual", "power"))
    rows = teller.rows("call.ended", c, end, "/pbx").text("call", keys)
    rows.word("direction", direction, ("in", "out")).word("dialer", power, ("manual", "power"))
    unsure = rng.random(len(c)) < 0.004
    rows.truth("answered", np.where(unsure, -1, c.talk >= 0)).seconds("ring_s", c.ring)
    rows.seconds("talk_s", np.where(unsure, -1, np.maximum(c.talk, 0)))
    rows.word("ended_by", c.ended_by, ("", "agent", "client"))
    rows.truth("machine", np.where(c.talk >= 0, c.machine, -1)).text("campaign", campaigns(c))


def _after(teller: Teller, t: Touches) -> None:
    """Notes, status changes, messages, tasks completed: shortly before the record is left."""
    rng = teller.rng

    def late(part: Touches) -> Ints:
        return part.time + (part.dwell * rng.uniform(0.75, 0.99, len(part))).astype(np.int64)

    noted = t.where(t.note)
    teller.rows("note.added", noted, late(noted)).raw(',"fields":["note"]')
    moved = t.where(t.status)
    rows = teller.rows("status.changed", moved, late(moved)).raw(',"field":"status"')
    before = rng.integers(0, len(STATUSES), len(moved))
    rows.word("from", before, STATUSES)
    rows.word("to", (before + rng.integers(1, len(STATUSES), len(moved))) % len(STATUSES), STATUSES)
    sent = t.where(t.message)
    rows = teller.rows("message.sent", sent, late(sent)).word(
        "channel", rng.choice((1, 1, 1, 2, 3), len(sent)), CHANNELS
    )
    rows.text("campaign", campaigns(sent))
    done = t.where(t.done & (rng.random(len(t)) < 0.85))
    teller.rows("task.completed", done, late(done)).raw(',"kind":"callback"')


def _reveals(teller: Teller, t: Touches) -> None:
    rng = teller.rng
    seen = t.where(t.reveal)
    wait = np.minimum(rng.uniform(1_500, 12_000, len(seen)), seen.dwell * 0.8).astype(np.int64)
    rows = teller.rows("contact.revealed", seen, seen.time + wait)
    rows.word("field", rng.choice((0, 0, 0, 0, 1), len(seen)), ("phone", "email")).raw(',"surface":"ui"')
    rows.seconds("shown_s", np.clip(rng.lognormal(2.2, 0.7, len(seen)) * 1000, 800, 60_000).astype(np.int64))


def _new_tasks(teller: Teller, t: Touches) -> None:
    """After a real conversation, and sometimes after a missed one, the disciplined set a callback."""
    world, rng, today = teller.world, teller.rng, teller.today
    chance = world.people.habits["task"][t.agent] * np.where(t.talk > 20_000, 0.45, 0.15)
    set_ = t.where((t.call == OUT) & (rng.random(len(t)) < chance) & (t.campaign < 0))
    days = rng.choice((1, 1, 2, 3, 5, 7), len(set_))
    minute = rng.integers(0, 480, len(set_)) * MINUTE
    weekday = world.company.date(today.day).weekday()
    over = (weekday + days) % 7
    days = days + np.where(over == 5, 2, np.where(over == 6, 1, 0))
    keys = np.arange(len(set_)) + world.next_task
    world.next_task += len(set_)
    rows = teller.rows("task.due", set_, set_.time + set_.dwell)
    rows.word("kind", (rng.random(len(set_)) < 0.7).astype(np.int64), ("follow-up", "callback"))
    due = set_.time - set_.time % (24 * HOUR) + days * 24 * HOUR + 7 * HOUR + minute
    rows.text("due_at", stamps(due))
    names = world.people.names
    rows.text("by", [names[i] for i in set_.agent.tolist()]).text("task", [f"t{k}" for k in keys.tolist()])
    for agent, rec, day, key in zip(set_.agent.tolist(), set_.rec.tolist(), days.tolist(), keys, strict=True):
        world.tasks[today.day + day].append((agent, rec, int(key)))
