"""`viewtrail common`: who opened or had revealed most of these records, and what chance would give."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from viewtrail.cli.common import HomeOption, at, note, now, progress, say
from viewtrail.cli.findings import Format, Ids
from viewtrail.errors import BadInput
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from viewtrail.app.in_common import InCommon


def common(
    context: typer.Context,
    records: Annotated[
        list[str],
        typer.Argument(
            metavar="RECORD...",
            help="The source's own ids, or pseudonyms (r-...); - reads them from stdin, one a line.",
            show_default=False,
        ),
    ],
    form: Annotated[
        Format,
        typer.Option("--format", metavar="table|jsonl", help="table for people, jsonl for programs."),
    ] = Format.table,
    ids: Annotated[
        Ids,
        typer.Option(
            "--ids",
            metavar="pseudonym|source",
            help="source: the source's own ids; needs the log's keys and is logged.",
        ),
    ] = Ids.pseudonym,
    home: HomeOption = None,
) -> None:
    """Who opened, had revealed, called or exported most of these records, and the overlap expected by chance.

    Own work is marked: a record assigned to the agent is no surprise. Of fewer than five records nothing is
    said about chance. Asking with --ids source is an event in the log (identity.unmasked).
    """
    from viewtrail.app.in_common import in_common

    if form is Format.csv:
        raise BadInput("there is no csv of this", where="--format", next="take table or jsonl")
    with progress("sealing") as tell:
        answer = in_common(
            at(context, home),
            _named(records),
            source_ids=ids is Ids.source,
            now=now(),
            entropy=os.urandom,
            tell=tell,
        )
    if answer.unmet:
        some = ", ".join(answer.unmet[:5]) + (" ..." if len(answer.unmet) > 5 else "")
        note(f"{len(answer.unmet):,} of {so_many(answer.asked, 'record')} never met in this log: {some}")
    if form is Format.jsonl:
        for one in answer.shown:
            print(json.dumps(one, ensure_ascii=False, separators=(",", ":")))
    else:
        show(answer)


def _named(records: list[str]) -> list[str]:
    if records != ["-"]:
        return records
    told = [line.strip() for line in sys.stdin.read().splitlines()]
    return [line for line in told if line]


def show(answer: InCommon) -> None:
    """A table for people, and what may be read from it."""
    if not answer.shown:
        say("nobody opened, had revealed, called or exported any of these records")
        return
    width = max(len("agent"), *(len(one["agent"]) for one in answer.shown))
    head = ("opened", "revealed", "called", "exported", "own", "by chance", "chance of as many")
    say(f"{'agent':<{width}}  " + "  ".join(head) + "  reasons of the openings")
    for one in answer.shown:
        cells = [f"{_told(one, name):>{len(title)}}" for name, title in zip(NAMES, head, strict=True)]
        ways = ", ".join(f"{way} {count:,}" for way, count in one["reasons"].items())
        say(f"{one['agent']:<{width}}  " + "  ".join(cells) + f"  {ways}".rstrip())
    say()
    if answer.shown[0]["enough"]:
        say(f"Of {so_many(answer.asked, 'record')}. Own: assigned to the agent.")
        say("By chance: how many of them the agent would have opened, were all records dealt out by lot.")
        say("People work on books and campaigns, not by lot: look at own records and at reasons first.")
    else:
        few = so_many(answer.asked, "record is", "records are")
        say(f"{few} too few to say whether it is more than chance: give five or more")


NAMES = ("opened", "revealed", "called", "exported", "owned", "expected", "probability")


def _told(one: dict[str, Any], name: str) -> str:
    value = one[name]
    if value is None:
        return "-"
    if name == "expected":
        return f"{value:.1f}"
    if name != "probability":
        return f"{value:,}"
    if value >= 0.01:
        return f"{value:.2f}"
    return "below 1 in a million" if value < 1e-6 else f"1 in {1 / value:,.0f}"
