"""`viewtrail findings`: what was found, for people or for programs."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from viewtrail.cli.common import AgentOption, HomeOption, at, note, now, say
from viewtrail.log.report import entries, so_many


class Format(StrEnum):
    """How findings are written."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


class Queue(StrEnum):
    """What findings draw on: two budgets, and what is told beside them."""

    access = "access"
    calls = "calls"
    leavers = "leavers"
    rings = "rings"
    capture = "capture"


class Ids(StrEnum):
    """Which ids stand in them."""

    pseudonym = "pseudonym"
    source = "source"


def findings(
    context: typer.Context,
    form: Annotated[
        Format,
        typer.Option(
            "--format", metavar="table|jsonl|csv", help="table for people, jsonl or csv for programs."
        ),
    ] = Format.table,
    agent: AgentOption = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="T",
            help="Only what was detected, or still went on, at this day or time or later.",
        ),
    ] = None,
    queue: Annotated[
        Queue | None,
        typer.Option(
            "--queue",
            metavar="access|calls|leavers|rings|capture",
            help=(
                "Only of this queue: leavers answer a notice given, rings are several agents together, "
                "capture is about sources."
            ),
        ),
    ] = None,
    ids: Annotated[
        Ids,
        typer.Option(
            "--ids",
            metavar="pseudonym|source",
            help="source: the source's own ids; needs the log's keys and is logged.",
        ),
    ] = Ids.pseudonym,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were withdrawn, explained, superseded or closed.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """The findings as the last replay left them: those that are open or confirmed.

    Asking with --ids source, or for an agent by the source's own id, is an event in the log
    (identity.unmasked).
    """
    from viewtrail.app.findings import Asked
    from viewtrail.app.findings import findings as find

    place = at(context, home)
    answer = find(
        place,
        Asked(agent, since, everything, ids is Ids.source, queue.value if queue is not None else None),
        now=now(),
        entropy=os.urandom,
    )
    if answer.behind:
        note(f"{entries(answer.behind)} came since these findings were made: run `viewtrail replay`")
    if answer.unmet:
        note(f"--agent: {agent!r} was never met in this log; ids are the source's own, capitals included")
    match form:
        case Format.jsonl:
            for one in answer.findings:
                print(json.dumps(one, ensure_ascii=False, separators=(",", ":")))
        case Format.csv:
            write_csv(answer.findings)
        case Format.table:
            show(answer.findings, place.settings.time_zone)
            if answer.hidden:
                note(f"{answer.hidden:,} more were withdrawn, explained or superseded: --all shows them")


def write_csv(found: Sequence[dict[str, Any]]) -> None:
    """One row a finding, on stdout."""
    from viewtrail.app.findings import COLUMNS, flat

    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow(COLUMNS)
    out.writerows(flat(one) for one in found)


def show(found: Sequence[dict[str, Any]], zone: str) -> None:
    """The findings for people, one under the other, no wider than a page."""
    if not found:
        say("no findings")
    for number, one in enumerate(found):
        if number:
            say()
        _one(one, zone)


def _one(one: dict[str, Any], zone: str) -> None:
    who = one["agent"] or ", ".join(one["agents"]) or one["subject_kind"]
    say(f"{one['severity'].upper():<6}  {who}  {_when(one, zone)}  {one['pattern']}, {one['status']}")
    part("claim", [one["claim"]])
    part("usual", [one["usual"]])
    part("reasons", [", ".join(f"{name} {count}" for name, count in one["reasons"].items())])
    part("unsure", one["attribution"])
    part("against", [text for text in one["against"] if text not in one["attribution"]])
    part("ordinary", one["ordinary"])
    part("context", one["context"])
    part("not known", one["unknown"])
    part("why", [one["why"]])
    part("id", [f"{one['id']}, {so_many(len(one['records']), 'record')}, {entries(len(one['entries']))}"])


def _when(one: dict[str, Any], zone: str) -> str:
    from viewtrail.app.spans import local, moment

    first, last = (local(moment(one[name], zone, name) or 0, zone) for name in ("first_at", "last_at"))
    name = first.tzname() or zone
    if first.date() == last.date():
        return f"{first:%Y-%m-%d %H:%M}-{last:%H:%M} {name}"
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


LABEL = 11


def part(label: str, texts: Sequence[str]) -> None:
    """A labelled paragraph for each text; nothing for an empty one."""
    width = max(50, min(100, shutil.get_terminal_size((100, 24)).columns - 1))
    for number, text in enumerate(text for text in texts if text):
        lead = f"  {label if number == 0 else '':<{LABEL}}"
        mark = "- " if len(texts) > 1 else ""
        say(
            textwrap.fill(
                text, width, initial_indent=lead + mark, subsequent_indent=" " * (len(lead) + len(mark))
            )
        )
