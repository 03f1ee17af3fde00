"""An independent reading of a told company: which reasons for an opening stand in the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from viewtrail.event import Event
from viewtrail.stories import Episode

MINUTE = 60 * 1_000_000
DAY = 24 * 60 * MINUTE
WORK = ("call.ended", "message.sent", "note.added", "status.changed", "record.updated")


class Reasons:
    """Reads all events once; `of` says which reasons an agent had for a record at a time."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.owners: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self.tasks: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.inbound: dict[str, list[int]] = defaultdict(list)
        self.worked: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.campaigns: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.declared: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for event in events:
            self._read(event)

    def _read(self, event: Event) -> None:
        data, subject = event.data, event.subject or ""
        if event.type == "record.assigned":
            since = data.get("effective_from", event.time)
            self.owners[subject].append((since, event.time, data["to"]))
        elif event.type in ("task.due", "queue.offered"):
            self.tasks[(data["agent"], subject)].append(data["due_at"])
        elif event.type == "client.contacted":
            self.inbound[subject].append(event.time)
        elif event.type in WORK:
            self.worked[(data["agent"], subject)].append(event.time)
        elif event.type == "campaign.started":
            for record in data["records"]:
                self.campaigns[record].append((data["from"], data["to"]))
        elif event.type == "work.declared":
            self.declared[subject].append((data["from"], data["to"]))

    def owner(self, record: str, time: int) -> str | None:
        """In truth, whenever the CRM came to know it."""
        known = [entry for entry in self.owners[record] if entry[0] <= time]
        return max(known)[2] if known else None

    def of(self, agent: str, record: str, time: int) -> set[str]:
        found = {
            "assigned": self.owner(record, time) == agent,
            "task": any(abs(due - time) <= 2 * DAY for due in self.tasks[(agent, record)]),
            "inbound": any(-60 * MINUTE <= at - time <= 10 * MINUTE for at in self.inbound[record]),
            "work": any(-10 * MINUTE <= at - time <= 30 * MINUTE for at in self.worked[(agent, record)]),
            "campaign": any(a <= time < b for a, b in self.campaigns[record]),
            "declared": any(a <= time < b for a, b in self.declared[agent]),
        }
        return {name for name, holds in found.items() if holds}


def openings(events: Iterable[Event], episode: Episode) -> list[Event]:
    """The views of the episode's records by its agent, within its time."""
    wanted = set(episode.records)
    return [
        event
        for event in events
        if event.type == "record.viewed"
        and event.data["agent"] == episode.agent
        and event.subject in wanted
        and episode.start <= event.time < episode.end
    ]


def share_with(reason: str, reasons: Reasons, views: Sequence[Event]) -> float:
    """The share of views for which this reason stands."""
    holding = [reason in reasons.of(e.data["agent"], e.subject or "", e.time) for e in views]
    return sum(holding) / len(holding)


def unexplained(reasons: Reasons, views: Sequence[Event]) -> list[Event]:
    return [e for e in views if not reasons.of(e.data["agent"], e.subject or "", e.time)]
