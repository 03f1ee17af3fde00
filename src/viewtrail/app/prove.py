"""Each pattern proves itself on these settings: it speaks on its example and is silent on the day's twin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.finding import Finding
from viewtrail.log.entry import Entry, Logged, Stored
from viewtrail.patterns.base import discovered
from viewtrail.settings import Settings
from viewtrail.stories.proofs import PROOFS, Proof
from viewtrail.stories.small_desk import Desk, at
from viewtrail.watch import Loop
from viewtrail.watch.ledger import LIVING

FEWEST: Final = 30
"""Ordinary working days before the day in question: as many as the stories need."""

MORE: Final = 10
"""Working days beyond those that the settings ask for before anybody has a precedent."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What a pattern said of its two days; `tier` and `score` are of what it said on the example."""

    pattern: str
    example: str
    twin: str
    speaks: bool
    silent: bool
    tier: str
    score: float | None
    said_of_twin: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.speaks and self.silent


def history(settings: Settings) -> int:
    """Ordinary working days that make a precedent under these settings."""
    return max(FEWEST, -(-settings.learning_days * 5 // 7) + MORE)


def chosen(name: str | None) -> list[Proof]:
    """The proof of the pattern of that name, or of every pattern; BadInput where there is none such."""
    known = {proof.pattern: proof for proof in PROOFS}
    missing = sorted({pattern.name for pattern in discovered()} - set(known))
    if missing:
        raise BadInput(f"no proof for {', '.join(missing)}", next="write one in stories/proofs.py")
    if name is None:
        return list(PROOFS)
    if name not in known:
        raise BadInput(f"no pattern is called {name!r}", next=f"there are {', '.join(known)}")
    return [known[name]]


def prove(proof: Proof, settings: Settings) -> Proved:
    """Tell both days of the proof to a loop with these settings."""
    days = history(settings)
    found = _said(proof.told(days, twin=False), days, settings)
    twin = _said(proof.told(days, twin=True), days, settings)
    standing = [one for one in found if one.pattern == proof.pattern and one.status in LIVING]
    best = max(standing, key=lambda one: one.score, default=None)
    return Proved(
        proof.pattern,
        proof.example,
        proof.twin,
        best is not None,
        not twin,
        "" if best is None else best.tier,
        None if best is None else best.score,
        tuple(one.claim for one in twin),
    )


def _said(desk: Desk, day: int, settings: Settings) -> list[Finding]:
    """What a loop says of that day, withdrawn or not."""
    loop = Loop(settings)
    for _ in loop.fold(_entries(desk)):
        pass
    loop.finish()
    return [one for one in loop.findings() if one.detected_at >= at(day, "04:00")]


def _entries(desk: Desk) -> Iterable[Logged]:
    heard = sorted((one for one in desk.said if one[1].type not in desk.silent), key=lambda one: one[0])
    for n, (known, event) in enumerate(heard):
        stored = Stored(
            data=dict(event.data),
            id=event.id,
            source=event.source,
            subject=event.subject,
            time=event.time,
            type=event.type,
        )
        yield Logged(n, known, Entry(event=stored, received=known, tenant="prove", v=1))
