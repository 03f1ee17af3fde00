"""`viewtrail replay`: the loop over the log."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viewtrail.cli.common import HomeOption, at, progress, say
from viewtrail.errors import BadInput
from viewtrail.log.report import entries

if TYPE_CHECKING:
    from viewtrail.app.replay import Replayed
    from viewtrail.app.spans import Span


def replay(
    context: typer.Context,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="D", help="Tell only what happened from this day or time on."),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="D", help="Tell only what happened before this day or time.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write transitions and findings there, as JSONL."),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="E", help="What computes; there is `local`.")
    ] = "local",
    home: HomeOption = None,
) -> None:
    """The loop over the log: findings and their transitions, into the projections of this home.

    The log itself is only read. It goes on from what an earlier run kept; `rebuild` starts over. --from and
    --to limit what is said and what --out writes; all history is folded and all findings go into the
    projections, whatever they are.
    """
    from viewtrail.app.replay import replay as fold
    from viewtrail.app.replay import write_out
    from viewtrail.app.spans import span

    if engine != "local":
        why = "cannot run on Spark" if engine == "spark" else f"knows no engine {engine!r}"
        raise BadInput(
            f"this release {why}", where="--engine", next="leave it out: `local` needs one machine"
        )
    place = at(context, home)
    within = span(start, end, place.settings.time_zone)
    with progress("replaying") as tell:
        done = fold(place, tell)
    if out is not None:
        write_out(out, done, within)
    summary(done, within)


def summary(done: Replayed, within: Span) -> None:
    """How much was folded, how long it took, and what came of it."""
    spared = f", {done.spared:,} of them by an earlier run" if done.spared else ""
    say(f"{entries(done.found.made.size)} folded{spared} in {done.seconds:.1f} seconds")
    kinds = Counter(one.kind for one in done.transitions(within))
    always = ("opened", "confirmed", "withdrawn")
    told = [f"{kinds[kind]:,} {kind}" for kind in always]
    told += [f"{count:,} {kind}" for kind, count in sorted(kinds.items()) if kind not in always]
    say(f"findings: {', '.join(told)}")
    standing = Counter(one.status for one in done.findings(within))
    living = standing["open"] + standing["confirmed"]
    say(f"{living:,} to look at: {standing['open']:,} open, {standing['confirmed']:,} confirmed")
