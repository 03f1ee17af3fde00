"""The loop over the log: findings and their transitions, into this home's projections and a file."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from viewtrail.app.fold import Fold, Tell, few_collections, keep, resumed, whole
from viewtrail.app.home import Home
from viewtrail.app.spans import Span
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.finding import Finding, Transition, to_json
from viewtrail.store.loop_lock import LoopLock
from viewtrail.store.projections import Projections, as_shown, write_projections

BUSY: Final = "a running `viewtrail serve` keeps the findings here current"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to, how long the fold took, and how many entries a snapshot spared it."""

    found: Projections
    seconds: float
    spared: int

    def transitions(self, span: Span) -> list[Transition]:
        return [one for one in self.found.transitions if span.holds(one.at)]

    def findings(self, span: Span) -> list[Finding]:
        """As people left them, with what is known by now of the time they are about."""
        decisions = {one.finding: one for one in self.found.decisions}
        found = [as_shown(one, decisions.get(one.id), self.found.heard) for one in self.found.findings]
        return [one for one in found if span.holds(one.detected_at)]


def replay(home: Home, tell: Tell | None = None, *, fresh: bool = False) -> Replayed:
    """Fold the log and replace the projections of `home`; the log itself is only read.

    Starts from the last snapshot of this code and these settings, and leaves one, unless `fresh`; the
    outcome is the same. LogBusy while a running loop keeps the projections.
    `tell` hears (entries folded, of). A day that imported history leaves open is closed at its end.
    """
    began = time.perf_counter()
    with home.reader() as reader, few_collections():
        step = "see `viewtrail findings`, or stop it and do this again"
        with LoopLock(home.path, what=BUSY, next=step):
            fold = resumed(home, reader, tell) if not fresh else None
            fold = fold or whole(home, reader, tell)
            if not fresh:
                keep(home, reader, fold)
            _close_history(fold)
            found = fold.projections(fold.made(home, reader))
            write_projections(home.path, found)
    return Replayed(found, time.perf_counter() - began, fold.spared)


def _close_history(fold: Fold) -> None:
    if fold.history:
        fold.finish()


def write_out(path: Path, replayed: Replayed, span: Span) -> None:
    """JSONL of the transitions, then of the findings, that lie in `span`."""
    lines = [
        {
            "line": "transition",
            "kind": one.kind,
            "index": one.index,
            "at": rfc3339(one.at),
            "finding": to_json(one.finding),
        }
        for one in replayed.transitions(span)
    ]
    lines += [{"line": "finding", **to_json(one)} for one in replayed.findings(span)]
    try:
        path.write_bytes(b"".join([msgspec.json.encode(line) + b"\n" for line in lines]))
    except OSError as error:
        raise BadInput(
            f"cannot be written ({error.strerror})", where=str(path), next="choose another --out"
        ) from error
