"""Campaigns: a desk dials a list of leads with the power dialler, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from viewtrail.stories import deeds
from viewtrail.stories.calendar import HOUR, MINUTE, SECOND, at
from viewtrail.stories.company import DESKS, MANAGER, Person, desk_of
from viewtrail.stories.deeds import Call, Opening
from viewtrail.stories.diary import CRM
from viewtrail.stories.life import Life, Span

Answers = Callable[[Random], Call]
TUESDAY = 1
EACH = 40  # leads an agent dials in an ordinary campaign


def campaign_answers(rng: Random) -> Call:
    """Cold leads: two in three do not answer, most of the others say no within seconds."""
    if rng.random() < 0.66:
        return Call(rng.uniform(12, 26), 0)
    if rng.random() < 0.6:
        return Call(rng.uniform(4, 16), rng.uniform(4, 19), "client" if rng.random() < 0.9 else "agent")
    return Call(rng.uniform(4, 16), rng.uniform(25, 240), "client")


def bad_list_answers(rng: Random) -> Call:
    """A bought list: wrong numbers and people who never asked; nobody stays on the line."""
    if rng.random() < 0.3:
        return Call(rng.uniform(12, 26), 0)
    return Call(rng.uniform(4, 14), rng.uniform(4, 13), "client" if rng.random() < 0.92 else "agent")


def announce(life: Life, desk: str, start: int, records: Sequence[str]) -> str:
    """The manager enters the campaign half an hour before the first call, a hundred records an event."""
    number = life.number("c")
    for n in range(0, len(records), 100):
        told = {
            "agent": MANAGER[desk],
            "campaign": number,
            "desk": desk,
            "from": start - 30 * MINUTE,
            "to": start + 8 * HOUR,
            "records": list(records[n : n + 100]),
        }
        life.diary.write(CRM, "campaign.started", start - 30 * MINUTE + n * 1000, told, number)
    return number


def dial(
    life: Life, person: Person, day: date, start: int, number: str, records: Sequence[str], answers: Answers
) -> list[Span]:
    """The dialler opens the record as it rings; the agent talks to whoever answers."""
    rng = life.random("dial", person.id, day)
    spans: list[Span] = []
    now = start
    for record in records:
        time = now + deeds.pause(rng, 2, 15)
        how = replace(answers(rng), campaign=number, dialer="power")
        hung_up = deeds.call(life, person, record, time, how)
        opening = Opening("campaign", life.visit_at(person.id, day, time), campaign=number)
        wrap_up = rng.uniform(10, 60) if how.talk >= 20 else rng.uniform(1, 5)
        dwell = (hung_up - time) / SECOND + wrap_up
        now = deeds.open_record(life, person, record, time + SECOND, dwell, opening, rng)
        if how.talk >= 20 and rng.random() < 0.7:
            deeds.note(life, person, record, now - SECOND)
        spans.append((time, now))
    return spans


def planned(life: Life, day: date) -> str | None:
    """The desk with an ordinary campaign today: each in turn on Tuesdays, every fourth Tuesday none."""
    turn = day.isocalendar().week % 4
    if day.weekday() != TUESDAY or turn >= len(DESKS):
        return None
    desk = tuple(DESKS)[turn]
    told = any(life.has_story_near(person.id, day, 3) for person in desk_of(desk))
    return None if told else desk


def keep_time_free(life: Life, desk: str, day: date) -> None:
    start = at(day, "10:05")
    for person in life.desk_at_work(desk, day):
        life.busy[(person.id, day)].append((start, start + 50 * MINUTE))


def run(life: Life, desk: str, day: date) -> None:
    """An ordinary campaign: forty of the desk's cold leads for everybody who is there."""
    rng = life.random("campaign", desk, day)
    people = life.desk_at_work(desk, day)
    cold = sorted(r.id for r in life.book.values() if r.desk == desk and r.kind == "lead" and r.alive)
    chosen = rng.sample(cold, min(len(cold), EACH * len(people)))
    number = announce(life, desk, at(day, "10:05"), chosen)
    for n, person in enumerate(people):
        mine = chosen[n * EACH : (n + 1) * EACH]
        dial(life, person, day, at(day, "10:05"), number, mine, campaign_answers)
