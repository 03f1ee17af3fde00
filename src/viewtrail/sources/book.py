"""The book: who owns which record; a snapshot held against the last gives assignments, tasks, campaigns.

A snapshot says how things are and not who made them so: its events are the system's. What is no longer in it
may be closed, archived or only filtered out; that is counted and never told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event, derived_id, from_wire, rfc3339
from viewtrail.sources.intake import SetAside, aside
from viewtrail.sources.tables import Line, read_table

SOURCE: Final = "/book"
COLUMNS: Final = (
    "record", "owner", "since", "desk", "value_band", "next_task", "task_kind", "task_by", "campaign",
    "time_zone",
)  # fmt: skip
LISTED: Final = 1_000
"""Records of one campaign event: an entry has at most 65,535 bytes, and a longer list comes in several."""

BACKFILL: Final = "back-fill"


@dataclass(frozen=True, slots=True)
class Held:
    """One record as a snapshot has it; "" and None are what it does not say. Times in microseconds."""

    owner: str = ""
    since: int | None = None
    desk: str = ""
    value_band: int | None = None
    next_task: int | None = None
    task_kind: str = ""
    task_by: str = ""
    campaign: str = ""


Book = dict[str, Held]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a snapshot says that the last did not; `gone` records are no longer in it."""

    events: list[Event]
    fresh: int
    changed: int
    gone: list[str]


def read_book(path: Path) -> Iterator[tuple[str, Held] | SetAside]:
    """The records of a CSV snapshot; a bad row, or a second one of a record, is set aside as `name:line`."""
    seen: set[str] = set()
    for line in read_table(path, ("record",), COLUMNS):
        if isinstance(line, SetAside):
            yield line
            continue
        try:
            record, held = line.id("record"), _held(line)
            for told in _events_of(record, None, held, 0, first=True):
                from_wire(told)  # what no event can hold is refused here, with its place
            if record in seen:
                raise BadInput("the record stands in the snapshot twice", next="one row a record")
        except BadInput as error:
            yield aside(line.raw, error, line.place)
            continue
        seen.add(record)
        yield record, held


def _held(line: Line) -> Held:
    zone = line.get("time_zone")
    band = line.get("value_band")
    if band and not (band.isascii() and band.isdigit() and len(band) < 3):
        raise BadInput(f"value_band {band[:20]!r} is no whole number from 0 to 20")
    return Held(
        owner=line.get("owner"),
        since=line.time("since", zone),
        desk=line.get("desk"),
        value_band=int(band) if band else None,
        next_task=line.time("next_task", zone),
        task_kind=line.get("task_kind"),
        task_by=line.get("task_by"),
        campaign=line.get("campaign"),
    )


def changes(before: Book | None, now: Book, at: int) -> Changes:
    """The events between two snapshots, the second taken at `at`; without a first all is a back-fill."""
    told: list[dict[str, Any]] = []
    changed = 0
    for record, held in now.items():
        old = None if before is None else before.get(record)
        if old != held:
            changed += old is not None
            told += _events_of(record, old, held, at, first=before is None)
    told += _campaigns(before or {}, after(before, now), at)
    events = sorted((from_wire(one) for one in told), key=lambda event: event.time)
    known = before or {}
    gone = [record for record in known if record not in now]
    return Changes(events, sum(record not in known for record in now), changed, gone)


def after(before: Book | None, now: Book) -> Book:
    """What to hold the next snapshot against: records that are gone stay as they were last seen."""
    return {**(before or {}), **now}


def as_plain(book: Book) -> dict[str, Any]:
    return {record: asdict(held) for record, held in book.items()}


def from_plain(told: Mapping[str, Any]) -> Book:
    return {record: Held(**held) for record, held in told.items()}


def _events_of(record: str, old: Held | None, new: Held, at: int, *, first: bool) -> Iterator[dict[str, Any]]:
    was = old or Held()
    if (new.owner, new.since, new.desk) != (was.owner, was.since, was.desk) and (new.owner or was.owner):
        data = {"to": new.owner, "from": was.owner, "desk": new.desk, "reason": BACKFILL if first else ""}
        if new.since is not None:
            data["effective_from"] = rfc3339(new.since)
        if not first:
            data["known_from"] = rfc3339(at)
        # History is told for its own time; a later change is known from its snapshot on
        since = new.since if first and new.since is not None else at
        yield _event(
            "record.assigned", record, since, data, [new.owner, was.owner, new.desk, _text(new.since)]
        )
    if new.value_band is not None and new.value_band != was.value_band:
        yield _event("record.valued", record, at, {"value_band": new.value_band}, [str(new.value_band)])
    task, old_task = _task(new), _task(was)
    if task != old_task:
        if old_task is not None:
            yield _event("task.cancelled", record, at, old_task, [*old_task.values()])
        if task is not None:
            yield _event("task.due", record, at, task, [*task.values()])


def _task(held: Held) -> dict[str, str] | None:
    """The next task of a record's owner, as an event says it."""
    if held.next_task is None or not held.owner:
        return None
    by = {"by": held.task_by} if held.task_by else {}
    return {
        "agent": held.owner,
        "due_at": rfc3339(held.next_task),
        "kind": held.task_kind or "follow-up",
        **by,
    }


def _campaigns(before: Book, now: Book, at: int) -> Iterator[dict[str, Any]]:
    old, new = _by_campaign(before), _by_campaign(now)
    for campaign, records in sorted(new.items()):
        fresh = sorted(records - old.get(campaign, set()))
        for start in range(0, len(fresh), LISTED):
            part = fresh[start : start + LISTED]
            yield _event(
                "campaign.started", campaign, at, {"campaign": campaign, "records": part}, [campaign, *part]
            )
    for campaign in sorted(set(old) - set(new)):
        yield _event("campaign.ended", campaign, at, {"campaign": campaign}, [campaign])


def _by_campaign(book: Book) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for record, held in book.items():
        if held.campaign:
            found[held.campaign].add(record)
    return found


def _text(at: int | None) -> str | None:
    return None if at is None else str(at)


def _event(
    type_: str, subject: str, at: int, data: Mapping[str, Any], told: list[str | None]
) -> dict[str, Any]:
    """An event whose id has the snapshot's time: the same snapshot again gives the same events."""
    known = {name: value for name, value in data.items() if value != ""}
    return {
        "specversion": "1.0",
        "id": derived_id("book", SOURCE, [type_, subject, str(at), *told], 0),
        "source": SOURCE,
        "type": type_,
        "time": rfc3339(at),
        "subject": subject,
        "data": known if "agent" in known else {"agent": "system", "actor_kind": "system", **known},
    }
