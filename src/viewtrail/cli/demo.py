"""`viewtrail demo`: an invented company to look at in well under a minute."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import note, now, say
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
) -> None:
    """Ten weeks of an invented company with told thefts and honest days that look alike: what is found of it.

    Each told theft is listed as found or missed, each honest day as left alone or flagged, by comparing what
    was told with what was found. VIEWTRAIL_HOME is not looked at: a demo never touches a real log.
    """
    from viewtrail.app.demo import demo as make

    home = home or context.find_root().obj or WHERE
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
