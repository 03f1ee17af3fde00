"""`viewtrail patterns`: what is asked of behaviour, and what would have been said in the own past."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import HomeOption, at, progress, say
from viewtrail.errors import BadInput
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from viewtrail.app.backtest import Past, Tried
    from viewtrail.app.prove import Proved
    from viewtrail.patterns.base import Limit, Pattern

patterns = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What is asked of behaviour: list the questions, let them prove themselves, try limits on the past.",
)

BESIDE = {
    "bad-list": "Are the calls on a list short for everybody? Told of the list, not of who called it.",
    "look-back": "Somebody has given notice: from which day on were the own days out of the ordinary?",
    "one-list-split": "Did several open parts of a colleague's clients on a day, hardly any twice?",
    "silent-source": "Has a source fallen silent, lost something, or does it send far less than usual?",
}
"""What is told beside the patterns: of a list, a leaver, a group, a source."""

NOT_PROVED = 1
"""The exit code when a pattern does not hold on the settings in force."""

TRY = re.compile(r"([a-z_]+):(40m|day)=(\d+)")


@patterns.command("list")
def list_() -> None:
    """Every question, what it counts, what it needs, what it cannot see and what explains it as a rule."""
    from viewtrail.patterns.base import discovered

    for pattern in discovered():
        _one(pattern)
    say("Told beside these, of a list, a leaver, a group or a source:")
    for name, question in BESIDE.items():
        say(f"  {name:14} {question}")


def _one(pattern: Pattern) -> None:
    from viewtrail.app.backtest import words
    from viewtrail.patterns.base import SCALES

    say(f"{pattern.name}: {pattern.question}")
    say(f"  counts     {pattern.noun}")
    floors = {f"{words(s.count)} {SCALES[s.scale]}, from {s.floor}" for s in pattern.signals if s.final}
    for line in sorted(floors):
        say(f"  signal     {line}")
    for limit in pattern.limits:
        say(f"  limit      {_named(limit)} where no precedent is known ({limit.reason})")
    say(f"  needs      {', '.join(pattern.needs) or 'nothing but the events themselves'}")
    for line in pattern.blind:
        say(f"  blind to   {line}")
    for line in pattern.ordinary:
        say(f"  ordinary   {line}")
    say()


@patterns.command("backtest")
def backtest(
    context: typer.Context,
    limits: Annotated[
        list[str] | None,
        typer.Option("--limit", metavar="COUNT:SCALE=N", help="Try this limit instead, e.g. exports:day=20."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """What each limit, and the lines in force, would have said of the own past; nothing is switched on.

    Folds the whole log. With --limit, that limit is tried and not the patterns' own; it may be given more
    than once.
    """
    from viewtrail.app.backtest import of_home, tried

    asked = [_asked(text) for text in limits] if limits else None
    place = at(context, home)
    with progress("folding the past") as tell:
        found = of_home(place, tell=tell)
    if not found.days:
        raise BadInput("the log holds no day on which anybody did anything", where=str(place.path))
    days = sorted({one.day for one in found.days})
    say(
        f"{so_many(len(found.days), 'agent-day')} of {so_many(found.agents, 'agent')}, "
        f"{days[0]} to {days[-1]}"
    )
    say()
    for one in tried(found, asked):
        _tried(one, found)
    _findings(found)


@patterns.command("prove")
def prove(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One pattern; every one where none is named.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="table|json", help="table for people, json for programs.")
    ] = "table",
    home: HomeOption = None,
) -> None:
    """Each pattern on a told desk, with the settings of this home: does it speak, and is its twin left alone?

    Nothing of the log is read. Exit code 0 when all of it holds, 1 when some does not.
    """
    from viewtrail.app import prove as proving

    if form not in ("table", "json"):
        raise BadInput(f"{form!r} is no format", where="--format", next="write table or json")
    settings = at(context, home).settings
    proofs, found = proving.chosen(name), []
    with progress("proving") as tell:
        for n, proof in enumerate(proofs):
            tell(n, len(proofs), proof.pattern)
            found.append(proving.prove(proof, settings))
    if form == "json":
        print(json.dumps([{**asdict(one), "holds": one.holds} for one in found], ensure_ascii=False))
    else:
        for one in found:
            _proved(one)
    if not all(one.holds for one in found):
        raise typer.Exit(NOT_PROVED)


def _proved(one: Proved) -> None:
    say(f"{one.pattern}: {'holds' if one.holds else 'DOES NOT HOLD'}")
    told = f"{one.tier}, score {one.score:.1f}" if one.score is not None else "NOTHING: the line is too high"
    say(f"  speaks of  {one.example} ({told})")
    say(f"  silent on  {one.twin}{'' if one.silent else ' (NOT SILENT)'}")
    for claim in one.said_of_twin:
        say(f"             {claim}")


def _asked(text: str) -> tuple[str, Limit]:
    from viewtrail.patterns.base import Limit, discovered

    match = TRY.fullmatch(text)
    known = sorted({f"{signal.count}:{signal.scale}" for p in discovered() for signal in p.signals})
    if match is None or f"{match[1]}:{match[2]}" not in known or int(match[3]) < 1:
        step = f"write COUNT:SCALE=N; there are {', '.join(known)}"
        raise BadInput(f"{text!r} is not a limit", where="--limit", next=step)
    return "tried", Limit(match[1], match[2], int(match[3]), "asked for")


def _named(limit: Limit) -> str:
    from viewtrail.app.backtest import words
    from viewtrail.patterns.base import SCALES

    return f"{limit.at} {words(limit.count)} {SCALES[limit.scale]}"


def _tried(one: Tried, found: Past) -> None:
    rate = found.per_1000(one.agent_days)
    who = "agent" if one.agents == 1 else "agents"
    days = "agent-day" if one.agent_days == 1 else "agent-days"
    say(f"{one.pattern}: {_named(one.limit)}")
    say(f"  {one.agent_days:,} {days} of {one.agents:,} {who}, {rate:.1f} in 1,000")
    for agent, day, count in one.examples:
        say(f"  {agent} on {day}: {count:,}")
    say()


def _findings(found: Past) -> None:
    from viewtrail.watch.ledger import LIVING

    standing = [one for one in found.findings if one.status in LIVING]
    taken = len(found.findings) - len(standing)
    say("The lines in force, with precedent, reasons and peers")
    rate = found.per_1000(len(standing))
    say(f"  {so_many(len(standing), 'finding')}, {rate:.1f} in 1,000 agent-days; {taken:,} taken back")
