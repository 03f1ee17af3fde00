"""`viewtrail demo`: an invented company to look at in well under a minute."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import IntakePortOption, PortOption, note, now, say
from viewtrail.cli.findings import part, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from viewtrail.app.demo import Demo, Outcome
    from viewtrail.finding import Finding

WHERE = Path("demo-data")
SHOWN = 2  # days of an honest episode that are spelled out


def demo(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="Where the company goes, else ./demo-data; an earlier demo there is replaced.",
        ),
    ] = None,
    port: PortOption = 8420,
    intake_port: IntakePortOption = 8421,
    serve: Annotated[
        bool,
        typer.Option("--serve/--no-serve", help="Open a console over it; or only print what was found."),
    ] = True,
) -> None:
    """Ten weeks of an invented company with told thefts and honest days that look alike, and a console.

    It prints an address and who may sign in, and lives on: a Monday morning goes by, ten times as fast as
    usual, until ctrl-C. With --no-serve it prints instead what was found: each told theft as found or
    missed, each honest day as left alone or flagged, by comparing what was told with what was found.
    VIEWTRAIL_HOME is not looked at: a demo never touches a real log.
    """
    home = home or context.find_root().obj or WHERE
    if serve:
        _live(home, port, intake_port)
    else:
        _told_of(home)


def _live(home: Path, port: int, intake_port: int) -> None:
    """Fill the home, let people in, serve it, and let the Monday go by."""
    from viewtrail.app.demo import demo as make
    from viewtrail.app.demo_live import CAST, FASTER, PASSWORD, Trickle, let_in, start_clock
    from viewtrail.app.serve import Ports, Serve
    from viewtrail.cli.ports import check
    from viewtrail.cli.serve import Asked

    asked, ports = Asked(), Ports("127.0.0.1", port, intake_port)
    check(ports)  # before the half minute of telling
    done = make(home, now=now(), entropy=os.urandom, say=note, this_morning=True)
    note("letting people in ...")
    let_in(done.home)
    start_clock()
    trickle = Trickle(done.home, done.rest, ports.intake_url, os.urandom)
    opened = False

    def stopped() -> bool:
        trickle()
        return asked()

    def tell(line: str) -> None:
        nonlocal opened
        if line.startswith("console ") and not opened:
            opened = True
            _invite(done, ports.console_url)
            for one in CAST:
                say(f"  {one.email:32} {one.sees}")
            say(f"  password for all of them: {PASSWORD}")
            say()
            say(f"It is Monday, 6 April 2026 there, and time goes by {FASTER} times as fast: a first")
            say("finding of this morning comes after about a minute. Ctrl-C ends it; the data stay.")
            sys.stdout.flush()  # also where somebody pipes it: it goes on from here without an end
        elif not line.startswith("intake "):
            note(f"viewtrail: {line}")

    Serve(done.home, ports, tell).run(stopped)
    note("viewtrail: stopped")


def _invite(done: Demo, address: str) -> None:
    found = [one for one in done.outcomes if one.episode.unusual]
    alike = [one for one in done.outcomes if not one.episode.unusual]
    say(
        f"{done.events:,} events of ten weeks at Meridian Markets, an invented brokerage, in {done.home.path}"
    )
    say(f"told thefts found: {sum(one.right for one in found)} of {len(found)}")
    say(f"honest days that look alike left alone: {sum(one.right for one in alike)} of {len(alike)}")
    say()
    say(f"The console is at {address}")


def _told_of(home: Path) -> None:
    from viewtrail.app.demo import demo as make

    done = make(home, now=now(), entropy=os.urandom, say=note)
    say(f"{done.events:,} events of ten weeks at Meridian Markets, an invented brokerage, in {home}")
    say()
    say(f"FINDINGS ({len(done.answer.findings)})")
    say()
    show(done.answer.findings, done.home.settings.time_zone)
    say()
    _told(done, "WHAT WAS TOLD AS A THEFT", unusual=True)
    _told(done, "WHAT WAS TOLD AS HONEST WORK THAT LOOKS ALIKE", unusual=False)
    if done.untold:
        say(f"{done.untold} findings are about something that no story tells: false alarms")
        say()
    say("THE LOG")
    for line in done.report.lines():
        say(f"  {line}")
    say()
    say("took " + ", ".join(f"{seconds:.1f} s {what}" for what, seconds in done.seconds.items()))
    say(f"look further: viewtrail findings --home {home} --all")


def _told(done: Demo, title: str, *, unusual: bool) -> None:
    outcomes = [one for one in done.outcomes if one.episode.unusual is unusual]
    right = sum(one.right for one in outcomes)
    say(f"{title}: {right} of {len(outcomes)} {'found' if unusual else 'left alone'}")
    say()
    for one in outcomes:
        _outcome(one)
        say()


def _outcome(one: Outcome) -> None:
    told = one.episode
    if told.unusual:
        verdict = "FOUND" if one.found else "MISSED"
    else:
        verdict = "FLAGGED" if one.found else "left alone"
    say(f"{verdict}: {told.name.replace('_', ' ')} ({told.agent}, {told.day})")
    part("told", [" ".join(told.text.split("\n\n")[0].split())])
    part("found", [_found(finding, told.unusual) for finding in one.found])
    part("taken back", [f"{finding.pattern}: {finding.why}" for finding in one.taken_back])
    if told.unusual:
        return
    part("facts", one.facts.lines())
    for left in one.left[:SHOWN]:
        part("seen", [f"{left.agent} on {left.day}: {left.what}"])
        part("because", [f"{left.why} ({_reasons(left.reasons)})"])
    if len(one.left) > SHOWN:
        part("", [f"and {len(one.left) - SHOWN} more days of the same"])
    if not one.left and not one.found and not one.taken_back:
        part("because", ["no count of that day came near a line"])


def _reasons(reasons: Mapping[str, int]) -> str:
    return (
        ", ".join(f"{name} {count}" for name, count in reasons.items()) or "no openings to give reasons for"
    )


def _found(one: Finding, unusual: bool) -> str:
    if not unusual:
        return f"{one.pattern}, {one.severity}: a false alarm"
    after = f"{one.records_at_detection:,} of {len(one.records):,} records"
    return f"{one.pattern}, {one.severity}; seen after {after}"
