"""The table of numbers: which telephone number belongs to which record, kept as keyed hashes."""

from __future__ import annotations

import re
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

EXPONENT: Final = re.compile(r"\d[.,]?\d*[eE]\+?\d+", re.ASCII)
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
                raise _no_number(line.get("number"), where)
            start, end = line.time("from"), line.time("to")
        except BadInput as error:
            yield aside("", error, line.place)
            continue
        span = (ALWAYS[0] if start is None else start, ALWAYS[1] if end is None else end)
        yield Linked(Link(record, *span), told, start, line.place)


def _no_number(told: str, country: str) -> BadInput:
    """Why it is none, without telling it: what stands in the column is somebody's, whatever it is."""
    if not told:
        return BadInput("number is empty")
    if EXPONENT.fullmatch(told):
        step = "its last digits are lost: export the column as text"
        return BadInput("number was rounded by a spreadsheet program (as in 3.57E+11)", next=step)
    if country:
        step = "write +357... with its own country code, and no extension after it"
        return BadInput(f"number is not a telephone number in {country}", next=step)
    return BadInput("number is not a telephone number with a country code", next="say --country, or +357...")


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
