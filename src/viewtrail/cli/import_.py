"""`viewtrail import`: events from files into the log."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import HomeOption, KindOption, MapOption, Tell, at, note, now, progress, say
from viewtrail.errors import ViewtrailError
from viewtrail.log.report import entries, so_many

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from viewtrail.app.home import AnyLog
    from viewtrail.app.import_files import Choice, Imported, Progress


def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    kind: KindOption = None,
    map_file: MapOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Treat the files as if they had just arrived, not as history.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Events in: JSONL, JSON, Parquet, CSV or a connector's format, each also as gzip.

    Importing the same again adds nothing. What cannot be read is set aside: counted, shown with its place and
    reason, and kept. That is no failure: the exit code is 0 when every file was read to its end. An empty
    file is said to be empty, and the others are read.
    """
    from viewtrail.app.connect_numbers import choice_of
    from viewtrail.sources import read_mapping

    place = at(context, home)
    mapping = read_mapping(map_file) if map_file else None
    done: list[Imported] = []
    with place.writer() as log:
        choice = choice_of(place, kind, mapping, live=live)
        for path in files:
            try:
                done.append(_one(log, path, choice, place.settings.checkpoint_entries))
            except ViewtrailError:
                if done:
                    note(f"{len(done)} of {len(files)} files imported before this one; they stay")
                if len(files) > len(done) + 1:
                    note(f"not read: {', '.join(map(str, files[len(done) + 1 :]))}")
                raise
            report(done[-1])
        if len(files) > 1:
            say(f"together: {_counts(done)}")
        _end(done, log)


def _one(log: AnyLog, path: Path, choice: Choice, sign_every: int) -> Imported:
    from viewtrail.app.import_files import import_file

    with progress(path.name) as bar:
        every, tell = sign_every, _telling(bar)
        return import_file(log, path, choice, clock=now, sign_every=every, tell=tell, named=str(path))


def _telling(bar: Tell) -> Callable[[Progress], None]:
    """Moves the bar; without a terminal also a line for each signature: so much is safe."""
    last = -1

    def tell(told: Progress) -> None:
        nonlocal last
        bar(told.done, told.total, f"{told.read:,} read")
        if told.signed != last and last != -1 and not sys.stderr.isatty():
            note(f"{told.file}: {told.read:,} read; {entries(told.signed)} signed")
        last = told.signed

    return tell


def _counts(done: Sequence[Imported]) -> str:
    """One line of numbers; conflicts and rows that tell nothing only where there are some."""
    told = [
        f"{sum(one.read for one in done):,} read",
        f"{sum(one.added for one in done):,} added",
        f"{sum(one.repeated for one in done):,} repeated",
        f"{sum(one.set_aside for one in done):,} set aside",
    ]
    conflicts = sum(one.conflicts for one in done)
    skipped = sum(one.not_mapped.total() for one in done)
    told += [f"{conflicts:,} in conflict"] if conflicts else []
    told += [f"{skipped:,} skipped"] if skipped else []
    return ", ".join(told)


def report(done: Imported) -> None:
    """What became of one file: its counts, and the places of what was set aside."""
    if done.empty:
        say(f"{done.file}: empty file, nothing to read")
        return
    say(f"{done.file}: {_counts([done])}")
    for why, count in done.not_mapped.most_common():
        say(f"  {count:,} skipped: {why}")
    show_joins(done.joins)
    show_reasons(done.reasons, done.shown)


def show_joins(joins: Counter[str]) -> None:
    """Calls by what became of their number."""
    if joins:
        say(
            f"  {so_many(joins.total(), 'call')}: "
            + ", ".join(f"{n:,} {why}" for why, n in joins.most_common())
        )


def show_reasons(reasons: Counter[str], shown: dict[str, list[str]]) -> None:
    """Every kind of reason with its first places."""
    for kind, count in reasons.most_common():
        for line in shown[kind]:
            say(f"  {line}")
        if count > len(shown[kind]):
            say(f"  and {count - len(shown[kind]):,} more like these: {kind}")


def _end(done: Sequence[Imported], log: AnyLog) -> None:
    signed = log.latest_checkpoint()
    say(f"the log has {entries(log.size)}, {signed.size if signed else 0:,} signed")
    if any(one.set_aside for one in done):
        say("what was set aside is kept in the log, see `viewtrail set-aside`; nothing else was lost")
