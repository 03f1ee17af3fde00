"""`viewtrail connect people`, `numbers`, `match`, `book`: tables of facts into directory and log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.app.clock import now
from viewtrail.cli.common import HomeOption, at, say
from viewtrail.errors import BadInput
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from viewtrail.sources import SetAside

SHOWN = 20  # places and conflicts that are listed one by one; the rest is counted

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]


def people(context: typer.Context, file: FileArgument, home: HomeOption = None) -> None:
    """Who is known by which extension, account and address, from when to when. A CSV table.

    Columns: agent, and any of crm_user, extension, pbx, sip_account, email, web_user, role, desk, manager,
    entity, time_zone, languages, hours, from, to. The rows of an agent replace what was known of them; the
    same table again adds nothing. Addresses and accounts stay in the home and never enter an event.
    """
    from viewtrail.app.connect_people import import_people

    done = import_people(at(context, home), file, now=now())
    say(
        f"{file.name}: {so_many(done.rows, 'row')}, {so_many(done.agents, 'agent')}, {done.names:,} "
        f"extensions, accounts and addresses; {so_many(done.told, 'event')} added; "
        f"directory version {done.version}"
    )
    if done.stayed:
        say(f"agents of earlier tables who are not in this one and stay as they were: {done.stayed:,}")
    _listed(done.conflicts, "conflicts")
    _aside(done.aside)


def numbers(
    context: typer.Context,
    file: FileArgument,
    country: Annotated[
        str, typer.Option("--country", metavar="CC", help="The country of numbers without a country code.")
    ] = "",
    home: HomeOption = None,
) -> None:
    """Which telephone numbers belong to which record. A CSV table: record, number, and country, from, to.

    Kept are keyed hashes, never numbers. Calls that are in the log and had no record are joined now.
    """
    from viewtrail.app.connect_numbers import import_numbers
    from viewtrail.sources.numbers import is_country

    if country and not is_country(country):
        raise BadInput(f"country {country!r} is unknown", where="--country", next='like "CY"')
    done = import_numbers(at(context, home), file, country=country, now=now())
    say(
        f"{file.name}: {so_many(done.rows, 'number')} of {so_many(done.records, 'record')}, "
        f"{done.fresh:,} of them new"
    )
    if done.shared:
        say(f"numbers in several records: {done.shared:,}; their calls stay without a record")
        _listed([f"{place}: the number is in another record too" for place in done.shared_at], "such rows")
    say(f"calls that had no record and are joined now: {done.matched:,}")
    _aside(done.aside)


def match(context: typer.Context, home: HomeOption = None) -> None:
    """Join calls that are in the log without a record to the numbers known by now."""
    from viewtrail.app.connect_numbers import match_calls

    done = match_calls(at(context, home), now=now())
    say(f"calls without a record: {done.waiting:,}; joined now: {done.matched:,}")


def book(
    context: typer.Context,
    file: FileArgument,
    taken: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="When the snapshot was taken; else the file's own time."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Who owns which record now. A CSV snapshot, held against the last one.

    Columns: record, and any of owner, since, desk, value_band, next_task, task_kind, task_by, campaign,
    time_zone. The first snapshot is a back-fill; the same one again adds nothing.
    """
    from viewtrail.app.connect_book import import_book
    from viewtrail.event import rfc3339

    done = import_book(at(context, home), file, at=_time(taken), now=now())
    what = "the first snapshot, a back-fill" if done.first else f"{done.changed:,} changed"
    say(
        f"{file.name}: {so_many(done.records, 'record')} as of {rfc3339(done.at)}, {done.fresh:,} new, "
        f"{what}; {so_many(done.told, 'event')} added"
    )
    if done.gone:
        say(
            f"records that are no longer in it: {len(done.gone):,}; whether closed, archived or filtered out "
            "is not known, and nothing is told of them"
        )
        _listed(done.gone, "records")
    _aside(done.aside)


def _time(told: str | None) -> int | None:
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise BadInput(f"{told!r} is no time", where="--at", next="like 2026-03-02T06:00:00+02:00") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)


def _listed(lines: Sequence[str], what: str) -> None:
    for line in lines[:SHOWN]:
        say(f"  {line}")
    if len(lines) > SHOWN:
        say(f"  and {len(lines) - SHOWN:,} more {what}")


def _aside(rows: Sequence[SetAside]) -> None:
    if rows:
        say(f"rows set aside: {len(rows):,}; put them right and import the table again")
        _listed([f"{row.place}: {row.reason}" for row in rows], "rows")
