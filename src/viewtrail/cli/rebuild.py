"""`viewtrail rebuild`: the projections again, from the log."""

from __future__ import annotations

import typer

from viewtrail.cli.common import HomeOption, at, progress
from viewtrail.cli.replay import summary


def rebuild(context: typer.Context, home: HomeOption = None) -> None:
    """The projections again, from the whole log: the same log, code and settings give the same bytes."""
    from viewtrail.app.replay import replay as fold
    from viewtrail.app.spans import Span

    with progress("rebuilding") as tell:
        done = fold(at(context, home), tell, fresh=True)
    summary(done, Span())
