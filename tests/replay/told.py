"""Stories as log entries, delivered in time or late, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from viewtrail.event import Event
from viewtrail.finding import Finding, Transition
from viewtrail.log import Entry, Logged, Stored
from viewtrail.settings import Settings
from viewtrail.watch import Loop

HOUR = 3_600_000_000


def entry(index: int, event: Event, *, received: int, backfill: bool) -> Logged:
    since = event.data.get("known_from")
    known = (since if isinstance(since, int) else event.time) if backfill else received
    stored = Stored(
        data=dict(event.data),
        id=event.id,
        sequence=event.sequence,
        source=event.source,
        subject=event.subject,
        time=event.time,
        type=event.type,
    )
    return Logged(index, known, Entry(backfill=backfill, event=stored, received=received, tenant="t", v=1))


def history(events: Iterable[Event]) -> list[Logged]:
    """As files that were imported: in the order in which things became known."""
    entries = [entry(n, event, received=0, backfill=True) for n, event in enumerate(events)]
    return sorted(entries, key=lambda one: (one.known, one.index))


def arriving(events: Sequence[Event], delay: Callable[[Event], int]) -> list[Logged]:
    """As a live log: each event is received `delay` (µs) after it happened, in the order of receipt."""
    order = sorted(range(len(events)), key=lambda n: (events[n].time + delay(events[n]), n))
    return [
        entry(index, events[n], received=events[n].time + delay(events[n]), backfill=False)
        for index, n in enumerate(order)
    ]


def replay(entries: Iterable[Logged], settings: Settings | None = None) -> tuple[Loop, list[Transition]]:
    loop = Loop(settings or Settings())
    transitions = list(loop.fold(entries))
    return loop, transitions + loop.finish()


def standing(loop: Loop) -> list[Finding]:
    """What is claimed in the end."""
    return [finding for finding in loop.findings() if finding.status in ("open", "confirmed")]


def pushed(loop: Loop) -> list[Finding]:
    """Everything that people were ever shown, withdrawn or not: it counts against the budget."""
    return loop.findings()


def matured(loop: Loop, entries: Iterable[Logged]) -> dict[str, object]:
    """What stands, with (source, id) for indexes, so that logs in another order can be compared."""
    named = {one.index: (one.entry.event.source, one.entry.event.id) for one in entries}
    return {
        f.id: (
            *(f.agent, f.pattern, f.tier, f.status, f.severity, f.first_at, f.last_at, f.detected_at),
            *(f.score, f.rarity_per_1000, f.claim, f.usual, f.records, f.records_at_detection),
            *(f.contributions, tuple(f.reasons.items()), f.against, f.context, f.unknown),
            tuple(sorted(named[index] for index in f.entries)),
        )
        for f in standing(loop)
    }
