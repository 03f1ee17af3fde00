"""`viewtrail connect`: what can be read, what a file would give, and the tables that join sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli import connect_tables
from viewtrail.cli.common import HomeOption, KindOption, MapOption, at, progress, say
from viewtrail.cli.hooks import hook
from viewtrail.cli.import_ import show_joins, show_reasons
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from collections import Counter

    from viewtrail.app.connect import Quality

connect = typer.Typer(help="Kinds of files, and the tables that join them: people, numbers, the book.")
connect.command()(connect_tables.people)
connect.command()(connect_tables.numbers)
connect.command()(connect_tables.match)
connect.command()(connect_tables.book)
connect.add_typer(hook, name="hook")

LISTED = 20  # types and sources that are listed by name; the rest is counted


@connect.command("list")
def list_() -> None:
    """The kinds of files that can be read."""
    from viewtrail.app.connect import kinds

    known = kinds()
    width = max(len(kind.name) for kind in known)
    for kind in known:
        say(f"{kind.name:<{width}} {', '.join(kind.suffixes):<20} {kind.reads}")
    say("each may be gzip; any other table is read with a mapping: docs/how-to/import-files.md")


@connect.command()
def explain(kind: Annotated[str, typer.Argument(metavar="KIND", show_default=False)]) -> None:
    """What one kind reads, what it tells and cannot tell, and which patterns can be judged by it."""
    from viewtrail.app.connect import explain as ask

    told, more = ask(kind)
    say(f"{told.name}: {told.reads}")
    known = ", ".join(told.suffixes) or "its first line"
    say(f"known by {known}, else say --as {told.name}")
    if more:
        say(more)
    if told.gives is None:
        return
    say()
    say(f"tells: {', '.join(told.gives.types)}")
    say(f"how soon: {told.gives.latency}")
    for what in told.gives.unknown:
        say(f"cannot tell: {what}")
    say("patterns, by this source alone:")
    for judged in told.judged:
        lacks = f" (not told: {', '.join(judged.lacks)})" if judged.lacks else ""
        say(f"  {judged.pattern:<24} {judged.how}{lacks}")


@connect.command("try")
def try_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    kind: KindOption = None,
    map_file: MapOption = None,
    home: HomeOption = None,
) -> None:
    """Read a file as an import would and say what is in it; nothing is imported.

    With a home, its people and numbers say whose calls these are.
    """
    from viewtrail.app.connect import choice_to_try, try_file
    from viewtrail.sources import read_mapping

    choice = choice_to_try(at(context, home), kind, read_mapping(map_file) if map_file else None)
    with progress(file.name) as tell:
        quality = try_file(file, choice, tell)
    _show(file, quality)


def _show(file: Path, quality: Quality) -> None:
    from viewtrail.event import rfc3339

    aside = quality.aside
    if aside.empty:
        say(f"{file.name}: empty file, nothing to read")
        return
    skipped = quality.not_mapped.total()
    say(
        f"{file.name}: {quality.read:,} read, {so_many(quality.events, 'event')}, "
        f"{aside.set_aside:,} set aside, {skipped:,} skipped"
    )
    for why, count in quality.not_mapped.most_common():
        say(f"  {count:,} skipped: {why}")
    show_joins(quality.joins)
    show_reasons(aside.reasons, aside.shown)
    if quality.first is None or quality.last is None:
        return
    say(f"from {rfc3339(quality.first)} to {rfc3339(quality.last)}")
    say(f"{so_many(len(quality.agents), 'agent')}, {so_many(len(quality.records), 'record')}")
    _listed("sources", quality.sources)
    _listed("types", quality.types)
    total = quality.events
    for count, what in (
        (quality.no_agent, "name no agent"),
        (quality.no_sequence, "have no sequence number: a lost one could not be noticed"),
        (quality.more, "carry more than the vocabulary holds: it goes to the encrypted detail"),
        (
            sum(quality.unknown_types.values()),
            "are of a type that is not in the vocabulary: kept, never analysed",
        ),
    ):
        if count:
            say(f"{count:,} of {total:,} {what}")
    if quality.missing:
        say("not in this file:")
        for what in quality.missing:
            say(f"  {what}")


def _listed(what: str, counts: Counter[str]) -> None:
    say(f"{what}:")
    for name, count in counts.most_common(LISTED):
        say(f"  {count:>9,}  {name}")
    if len(counts) > LISTED:
        say(f"  and {len(counts) - LISTED:,} more")
