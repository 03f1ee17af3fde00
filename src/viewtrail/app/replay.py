"""The loop over the log: findings and their transitions, into this home's projections and a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from viewtrail import __version__
from viewtrail.app.home import Home
from viewtrail.app.spans import Span
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.finding import Finding, Transition, to_json
from viewtrail.log import Logged
from viewtrail.store.projections import Made, Projections, write_projections
from viewtrail.watch import Loop

EVERY = 4_096  # entries between two words about progress


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to, and how long the fold took."""

    found: Projections
    seconds: float

    def transitions(self, span: Span) -> list[Transition]:
        return [one for one in self.found.transitions if span.holds(one.at)]

    def findings(self, span: Span) -> list[Finding]:
        return [one for one in self.found.findings if span.holds(one.detected_at)]


def replay(home: Home, tell: Callable[[int, int], None] | None = None) -> Replayed:
    """Fold the whole log and replace the projections of `home`; the log itself is only read.

    `tell` hears (entries folded, of). A day that imported history leaves open is closed at its end.
    """
    loop = Loop(home.settings)
    began = time.perf_counter()
    with home.reader() as reader:
        seen = _Seen()
        transitions = list(loop.fold(seen.passing(reader.read_known(), reader.size, tell)))
        if seen.history:
            transitions += loop.finish()
        made = Made(seen.count, reader.root(seen.count).hex(), __version__, home.settings.version())
    found = Projections(made, loop.findings(), transitions, loop.left_alone())
    write_projections(home.path, found)
    return Replayed(found, time.perf_counter() - began)


class _Seen:
    """Counts the entries on their way into the loop; `history` when the last one was imported as such."""

    def __init__(self) -> None:
        self.count = 0
        self.history = False

    def passing(
        self, entries: Iterable[Logged], total: int, tell: Callable[[int, int], None] | None
    ) -> Iterator[Logged]:
        logged = None
        for logged in entries:
            yield logged
            self.count += 1
            if tell is not None and self.count % EVERY == 0:
                tell(self.count, total)
        self.history = logged is not None and logged.entry.backfill
        if tell is not None:
            tell(self.count, total)


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
