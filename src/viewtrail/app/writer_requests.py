"""What local producers may ask the writer for over its socket, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from viewtrail.app.writer import Writer
from viewtrail.errors import BadInput
from viewtrail.store.writer_frames import events_of

PATIENCE: Final = 30.0
"""Seconds that a local producer waits for room in the queue: an import is slowed down, not refused."""


class Requests:
    """Answers requests as `RemoteLog` sends them; `drain` is what stops the intake."""

    def __init__(self, writer: Writer, drain: Callable[[], None]) -> None:
        self._writer = writer
        self._drain = drain

    def __call__(self, request: tuple[Any, ...]) -> Any:
        name, *values = request
        match name:
            case "append":
                return self._append(*values)
            case "put_aside":
                return self._put_aside(*values)
            case "checkpoint":
                return self._writer.checkpoint().result().note
            case "latest_checkpoint":
                return self._writer.signed.note if self._writer.signed else ""
            case "size":
                return self._writer.size
            case "wait":
                return self._writer.wait(*values)
            case "drain":
                return self._drain()
        step = "use one version of viewtrail for all of it"
        raise BadInput(f"the log's writer knows no {name!r}", next=step)

    def _append(
        self, parts: list[Any], received: int | None, backfill: bool, skew: int, masked: bool
    ) -> list[tuple[int | None, str, str]]:
        done = self._writer.submit(
            events_of(parts),
            received=received,
            backfill=backfill,
            skew=skew,
            masked=masked,
            patience=PATIENCE,
        )
        return [(one.index, one.outcome, one.why) for one in done.result()]

    def _put_aside(self, at: int, items: list[tuple[str, str, bytes]]) -> None:
        self._writer.submit((), aside=items, received=at, patience=PATIENCE).result()
