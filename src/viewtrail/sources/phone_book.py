"""The table of numbers: which telephone number belongs to which record, kept as keyed hashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.event import Event, derived_id
from viewtrail.sources.directory import ALWAYS, Link
from viewtrail.sources.intake import SetAside, aside
from viewtrail.sources.numbers import Numbers, is_country
from viewtrail.sources.people import SOURCE
from viewtrail.sources.tables import read_table

COLUMNS: Final = ("record", "number", "country", "from", "to")


@dataclass(frozen=True, slots=True)
class Linked:
    """One row: the record, the hash of its number, and since when (None: as long as is known)."""

    link: Link
    hash: str
    start: int | None
    place: str


def read_numbers(path: Path, numbers: Numbers, country: str) -> Iterator[Linked | SetAside]:
    """The links of a CSV file; `country` is that of numbers without a country code, unless the row has one.

    A bad row is set aside as `name:line`, without its number: it is never kept.
    """
    for line in read_table(path, ("record", "number"), COLUMNS):
        if isinstance(line, SetAside):
            yield SetAside(line.place, line.reason, "")
            continue
        try:
            record = line.id("record")
            where = line.get("country") or country
            if where and not is_country(where):
                raise BadInput(f"country {where[:20]!r} is unknown", next="two capital letters, like CY")
            told = numbers.hash(line.get("number"), where)
            if told is None:
                at = f"in {where}" if where else "with a country code"
                raise BadInput(f"number is not a telephone number {at}", next="say --country, or +357...")
            start, end = line.time("from"), line.time("to")
        except BadInput as error:
            yield aside("", error, line.place)
            continue
        span = (ALWAYS[0] if start is None else start, ALWAYS[1] if end is None else end)
        yield Linked(Link(record, *span), told, start, line.place)


def linked(one: Linked, now: int) -> Event:
    """The event that a record has a number: the hash stands for it."""
    told = [one.link.record, one.hash, None if one.start is None else str(one.start)]
    return Event(
        SOURCE,
        derived_id("numbers", SOURCE, told, 0),
        "contact.linked",
        now if one.start is None else one.start,
        {"agent": "system", "actor_kind": "system", "hash": one.hash},
        one.link.record,
    )
