"""`viewtrail first-look`: files in, one page out, no server and no home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import KindOption, MapOption, note, now, say
from viewtrail.errors import BadInput
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from viewtrail.app.first_look import Look


def first_look(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Files, each as FILE, KIND=FILE or MAP.toml=FILE.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the page goes; replaced when it is there.")
    ] = Path("first-look.html"),
    kind: KindOption = None,
    map_file: MapOption = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", metavar="ZONE", help="The company's time zone; else the setting, else UTC."),
    ] = None,
    ids: Annotated[
        str,
        typer.Option("--ids", metavar="IDS", help="pseudonym, or source: the files' own agents and records."),
    ] = "pseudonym",
) -> None:
    """No server: call records, access logs, exports, HR and book files in, one page out.

    Each is FILE, KIND=FILE or MAP.toml=FILE: --as and --map hold for those that do not say it themselves. The
    tables of `connect people`, `numbers` and `book` are known by their headers and read first.

    It says what can be seen in them and what cannot, whether short calls are about a list or an agent, what
    plain limits would have said in this past, and what stands out. The files are read in a temporary folder
    that is removed; the page loads nothing and sends nothing.
    """
    from dataclasses import replace

    from viewtrail import settings
    from viewtrail.app.first_look import look
    from viewtrail.app.import_files import Choice
    from viewtrail.app.spans import zone_of
    from viewtrail.sources import read_mapping

    if ids not in ("pseudonym", "source"):
        raise BadInput(f"{ids!r} is neither pseudonym nor source", where="--ids")
    # No home: the settings come from the environment alone
    known = settings.read(Path(os.devnull).parent / "no-home")
    known = replace(known, time_zone=zone or known.time_zone)
    zone_of(known.time_zone)
    look(
        files,
        known,
        lambda found: _write(found, out),
        choice=Choice(kind, read_mapping(map_file) if map_file else None),
        source_ids=ids == "source",
        clock=now,
        tell=note,
    )


def _write(found: Look, out: Path) -> None:
    from viewtrail.app.first_look import page
    from viewtrail.watch.ledger import LIVING

    try:
        out.write_text(page(found), encoding="utf-8")
    except OSError as error:
        step = "choose another --out"
        raise BadInput(f"cannot be written ({error.strerror})", where=str(out), next=step) from error
    events, aside = sum(found.seen.types.values()), sum(one.set_aside for one in found.files)
    standing = sum(one.status in LIVING for one in found.past.findings)
    agents, read = len(found.seen.agents), len(found.files)
    say(
        f"{so_many(events, 'event')} of {so_many(agents, 'agent')} in {so_many(read, 'file')}, "
        f"{aside:,} set aside"
    )
    say(f"{so_many(len(found.past.days), 'agent-day')}, {so_many(standing, 'finding')}")
    say(f"the page is {out}")
