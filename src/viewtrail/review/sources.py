"""What the log says of its sources: stretches that are known incomplete, and the finding about a silent one.

A source that has fallen silent is a finding about the source. It is folded from the entries that say so, like
everything that people see, so that a rebuild comes to the same; whoever looks after it decides as about any
other finding, and it ends by itself when the source is heard again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from viewtrail.event.vocabulary import BEHAVIOUR
from viewtrail.finding import Finding, Transition, finding_id
from viewtrail.log.entry import Logged, Stored
from viewtrail.measure.clocks import Clock, instant
from viewtrail.measure.lost import CAME_LATE, HOUSE, MISSING, NO_LOSS, NO_ORDER, Gap, complete, gap_of
from viewtrail.measure.reasons import FEEDS

QUEUE: Final = "capture"
"""The queue of findings about sources: whoever keeps capture running looks after it."""

SILENT: Final = "source.silent"
GAP: Final = "capture.gap"
NOTHING_HEARD: Final = "nothing-heard"
HEARD_AGAIN: Final = "heard-again"

CALLS: Final = frozenset(("call.started", "call.ended", "call.matched", "campaign.started"))
ACCESS: Final = frozenset(
    (*BEHAVIOUR, "record.created", *(name for names in FEEDS.values() for name in names))
)
"""What findings about records rely on: what people did, and the feeds that give reasons for it."""

_UTC: Final = Clock()


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end` (µs; None: it goes on) less came of `source` than was there. `index` says so."""

    source: str
    start: int
    end: int | None
    why: str
    index: int


@dataclass(slots=True)
class Sources:
    """Folds what is said of sources; `changed` when that is more than what was last shown."""

    version: Mapping[str, str]
    speaks: dict[tuple[str, str], int] = field(default_factory=dict)
    "(source, type) -> index of the first entry of it."
    stretches: dict[tuple[str, ...], Stretch] = field(default_factory=dict)
    told: dict[str, Finding] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    "source -> the finding about its silence that stands."
    changed: bool = False

    def take(self, logged: Logged) -> list[Transition]:
        """Fold one entry; what it says about a finding on a source."""
        event = logged.entry.event
        kind = (event.source, event.type)
        if kind not in self.speaks:
            self.speaks[kind] = logged.index
            self.changed = True
        if event.type == SILENT and event.source == HOUSE:
            return self._silence(logged, event)
        if event.type == GAP:
            self._gap(logged, event)
        return []

    # -- silence ------------------------------------------------------------------------------------

    def _silence(self, logged: Logged, event: Stored) -> list[Transition]:
        feed = event.data.get("feed")
        if not isinstance(feed, str):
            return []
        start = instant(event.data.get("from"), _UTC)
        if event.data.get("why") == HEARD_AGAIN:
            end = instant(event.data.get("to"), _UTC, end=True)
            return self._heard(logged, feed, event.time if end is None else end)
        if feed in self.silent:
            return []
        begun = event.time if start is None else start
        self.stretches[SILENT, feed, str(begun)] = Stretch(feed, begun, None, NOTHING_HEARD, logged.index)
        self.changed = True
        found = self._finding(logged, feed, begun)
        self.silent[feed] = found.id
        return [self._step("opened", logged, found)]

    def _heard(self, logged: Logged, feed: str, at: int) -> list[Transition]:
        standing = self.silent.pop(feed, None)
        if standing is None:
            return []
        found = self.told[standing]
        key = (SILENT, feed, str(found.first_at))
        self.stretches[key] = replace(self.stretches[key], end=at)
        self.changed = True
        why = f"heard again {_clock(at)}"
        entries = (*found.entries, logged.index)
        return [self._step("explained", logged, found.after("explained", why, last_at=at, entries=entries))]

    def _step(self, kind: str, logged: Logged, found: Finding) -> Transition:
        self.told[found.id] = found
        return Transition(kind, logged.index, logged.known, found)

    def _finding(self, logged: Logged, feed: str, since: int) -> Finding:
        event = logged.entry.event
        return Finding(
            id=finding_id("source", feed, (event.source, event.id)),
            subject_kind="source",
            agent=None,
            agents=(),
            pattern="silent-source",
            queue=QUEUE,
            tier="final",
            severity="medium",
            status="open",
            first_at=since,
            last_at=since,
            detected_at=logged.known,
            score=0.0,
            rarity_per_1000=None,
            budget=0.0,
            claim=f"The source {feed} is silent: nothing came of it since {_clock(since)}.",
            usual="In the four weeks before, something came at these hours of these weekdays.",
            counts={},
            contributions=(),
            records=(),
            records_at_detection=0,
            entries=(logged.index,),
            reasons={},
            ordinary=(
                "the system is being maintained, or a new version of it was put in",
                "a network, an address or a key has changed",
                "a day off that the setting days_off does not name",
            ),
            against=("it says nothing about any person: only that their work is not heard of",),
            unknown=(),
            context=((f"what was done in {feed} since then is not known", "none"),),
            coverage=0.0,
            state="unscoreable",
            version=self.version,
        )

    # -- gaps ---------------------------------------------------------------------------------------

    def _gap(self, logged: Logged, event: Stored) -> None:
        """What was lost, as a stretch; taken back where it came after all."""
        gap = gap_of(event)
        if gap is None:
            return
        if gap.why in NO_LOSS:
            self._came_after_all(gap)
            return
        key = (GAP, gap.source, gap.numbers, str(gap.start), str(gap.end))
        if key not in self.stretches:
            self.stretches[key] = Stretch(gap.source, gap.start, gap.end, gap.why, logged.index)
            self.changed = True

    def _came_after_all(self, gap: Gap) -> None:
        """Those numbers came late; or the numbers between have no order and prove nothing."""
        for key, one in list(self.stretches.items()):
            if key[0] != GAP or one.end is None:
                continue
            if gap.takes_back(Gap(one.source, one.start, one.end, key[2], one.why)):
                del self.stretches[key]
                self.changed = True


def relied_on(queue: str) -> frozenset[str]:
    """The types of event that a finding of this queue is made from: without them it would be another one."""
    if queue == QUEUE:
        return frozenset()
    return CALLS if queue == "calls" else ACCESS


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M UTC")


__all__ = [
    "CAME_LATE",
    "HOUSE",
    "MISSING",
    "NO_ORDER",
    "QUEUE",
    "Sources",
    "Stretch",
    "complete",
    "relied_on",
]
