"""Events as they would look if one of the company's feeds were not connected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from viewtrail.errors import BadInput
from viewtrail.event import Event

FEEDS: dict[str, frozenset[str]] = {
    "assignment": frozenset({"record.assigned"}),
    "tasks": frozenset({"task.due", "task.cancelled", "task.completed", "queue.offered"}),
    "calls": frozenset({"call.started", "call.ended", "call.matched"}),
    "notes": frozenset({"note.added"}),
    "inbound": frozenset({"client.contacted"}),
    "hr": frozenset({"notice.given", "notice.withdrawn", "leave.booked", "leave.cancelled"}),
    "declared": frozenset({"work.declared", "work.cancelled"}),
    "campaigns": frozenset({"campaign.started", "campaign.ended"}),
    "values": frozenset({"record.valued"}),
}
FIELDS = {"assignment": "owner", "values": "value_band"}
"""What the feed also says when a record is created."""


def without(events: Iterable[Event], feed: str) -> list[Event]:
    """All events but those of `feed`. What is left keeps its id and sequence.

    The directory (joined, changed, left) is no part of "hr": without it nobody has a role.
    """
    if feed not in FEEDS:
        raise BadInput(f"no feed is called {feed!r}", next=f"the feeds are {', '.join(FEEDS)}")
    return [_bare(event, FIELDS.get(feed)) for event in events if event.type not in FEEDS[feed]]


def _bare(event: Event, field: str | None) -> Event:
    if event.type != "record.created" or field not in event.data:
        return event
    return replace(event, data={name: value for name, value in event.data.items() if name != field})
