"""Going through many records one after another: the shape a review, a clean-up and a harvest share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from viewtrail.stories import deeds
from viewtrail.stories.calendar import SECOND
from viewtrail.stories.company import Person
from viewtrail.stories.deeds import Opening
from viewtrail.stories.life import Life, Span

PAGE = 50  # rows on one page of a list


def starts(start: int, minutes: float, count: int, rng: Random) -> list[Span]:
    """`count` spans that fill `minutes`, some three times as long as others: nobody keeps a beat."""
    weights = [rng.uniform(0.5, 1.5) for _ in range(count)]
    scale = minutes * 60 * SECOND / (sum(weights) or 1)
    spans, now = [], float(start)
    for weight in weights:
        spans.append((int(now), int(now + weight * scale)))
        now += weight * scale
    return spans


def go_through(
    life: Life,
    person: Person,
    day: date,
    records: Sequence[str],
    start: int,
    minutes: float,
    rng: Random,
    *,
    dwell: tuple[float, float],
    name: str,
    notes: float = 0.0,
) -> list[Span]:
    """Opens the records of a list one after another; when each was opened and left.

    `notes` is the share of records on which something is written down.
    """
    spans = []
    for n, (time, until) in enumerate(starts(start, minutes, len(records), rng)):
        visit = life.visit_at(person.id, day, time)
        if n % PAGE == 0:
            deeds.view_list(life, person, time - 3 * SECOND, visit, name, PAGE)
        seconds = min(rng.uniform(*dwell), (until - time) / SECOND * 0.9)
        opening = Opening("list", visit, name, n + 1)
        end = deeds.open_record(life, person, records[n], time, seconds, opening, rng)
        if rng.random() < notes:
            deeds.note(life, person, records[n], end - SECOND)
        life.reason(person.id, day, records[n])
        spans.append((time, end))
    return spans
