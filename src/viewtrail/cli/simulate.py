"""`viewtrail simulate`: an invented brokerage to measure on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from viewtrail.cli.common import say


def simulate(
    agents: Annotated[int, typer.Option("--agents", metavar="N", min=1, help="How many agents.")],
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, help="How many days.")],
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", min=0, help="The same seed gives the same bytes.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the files go; earlier ones are replaced.")
    ],
) -> None:
    """A simulated brokerage: DIR/events.jsonl to import and, apart, DIR/truth.jsonl with what was done."""
    from viewtrail.simulate import simulate as make

    made = make(agents, days, seed, out=out)
    say(f"{made.events}: {made.count:,} events of {made.agents:,} agents")
    say(f"{made.truth}: {made.thefts:,} thefts and {made.lookalikes:,} honest days that look like one")
