"""What was given to a first look: files, each with its kind or mapping, and the tables of who is who."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from viewtrail.app.connect import kinds
from viewtrail.app.connect_book import import_book
from viewtrail.app.connect_numbers import import_numbers
from viewtrail.app.connect_people import import_people
from viewtrail.app.home import Home
from viewtrail.app.import_files import Choice, Imported, alike
from viewtrail.errors import BadInput
from viewtrail.sources import Mapping, SetAside, read_mapping
from viewtrail.sources.book import COLUMNS as OF_BOOK
from viewtrail.sources.csv_rows import separator_of
from viewtrail.sources.people import COLUMNS as OF_PEOPLE
from viewtrail.sources.people import KNOWN_BY
from viewtrail.sources.phone_book import COLUMNS as OF_NUMBERS
from viewtrail.sources.streams import ByteSource

EXTENSION: Final = "ext-"
"""Before an extension that no table names: an agent as far as a first look goes."""

HOW: Final = re.compile(r"(.+\.toml|[a-z0-9][a-z0-9-]*)=(.+)")
"""KIND=FILE or MAP.toml=FILE, where a file's kind cannot be told from its name, or needs a mapping."""

TABLES: Final = ("people", "numbers", "book")
"""In the order they are read: whose a call is has to be known before the calls."""


@dataclass(frozen=True, slots=True)
class Given:
    """One file, and how it is to be read; `table` is one of TABLES, else ""."""

    path: Path
    choice: Choice
    table: str = ""


def given(text: str, otherwise: Choice) -> Given:
    """FILE, KIND=FILE or MAP.toml=FILE; what `text` does not say holds as `otherwise` has it."""
    match = None if Path(text).exists() else HOW.fullmatch(text)
    how, path = (match[1], Path(match[2])) if match else (otherwise.kind, Path(text))
    if how in TABLES:
        return Given(path, Choice(), how)
    if how is not None and how.endswith(".toml"):
        return Given(path, Choice(mapping=_lenient(read_mapping(Path(how)))))
    if how is not None and how not in {kind.name for kind in kinds()}:
        step = f"see `viewtrail connect list`; here also {', '.join(TABLES)}"
        raise BadInput(f"{how!r} is no kind of file", where=text, next=step)
    mapping = otherwise.mapping and _lenient(otherwise.mapping)
    return Given(path, Choice(how, mapping), _table(path) if how is None else "")


def _lenient(mapping: Mapping) -> Mapping:
    """Nobody has to be named for a first look: an extension that is nobody's is told under its number."""
    rules = mapping.calls
    if rules is None or rules.unlisted:
        return mapping
    return replace(mapping, calls=replace(rules, unlisted=EXTENSION))


def _table(path: Path) -> str:
    """Which of TABLES the file is by its header, or "": every column is one of the table's."""
    with ByteSource(path) as source:
        line = source.first().decode("utf-8-sig", "replace").partition("\n")[0]
    columns = {name.strip().strip('"').lower() for name in line.split(separator_of(line))}
    if columns <= {*OF_PEOPLE} and "agent" in columns and columns & {*KNOWN_BY}:
        return "people"
    if columns <= {*OF_NUMBERS} and {"record", "number"} <= columns:
        return "numbers"
    return "book" if columns <= {*OF_BOOK} and {"record", "owner"} <= columns else ""


def read_table(home: Home, one: Given, country: str, now: int, tell: Callable[[str], None]) -> Imported:
    """Who is who, whose numbers, or whose book, into the log of the look."""
    done = Imported(one.path.name)
    aside: Sequence[SetAside]
    if one.table == "people":
        people = import_people(home, one.path, now=now)
        done.read, done.added, aside = people.rows, people.told, people.aside
        for conflict in people.conflicts:
            tell(conflict)
    elif one.table == "numbers":
        numbers = import_numbers(home, one.path, country=country, now=now)
        done.read, done.added, aside = numbers.rows, numbers.fresh, numbers.aside
    else:
        book = import_book(home, one.path, at=None, now=now)
        done.read, done.added, aside = book.records, book.told, book.aside
    for row in aside:
        done.note(row.place, row.reason, alike(row.reason))
    done.read, done.set_aside = done.read + len(aside), len(aside)
    return done
