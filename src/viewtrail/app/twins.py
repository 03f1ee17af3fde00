"""What an honest day looks like in numbers, and what of it the CRM can tell: for showing, not for judging."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from viewtrail.event import Event
from viewtrail.stories import Episode

WINDOW: Final = 40 * 60_000_000
"""µs: the span in which openings are counted for people, as the patterns do."""

FOLLOW_UP: Final = frozenset(
    ("note.added", "call.ended", "message.sent", "status.changed", "record.updated", "task.completed")
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One agent's acts while an episode lasted, and what stood around them."""

    opened: int
    most: int
    followed_up: int
    assigned: int
    due: int
    declared: tuple[str, ...]

    def lines(self) -> list[str]:
        told = [f"{self.opened} records opened, at most {self.most} in 40 minutes"]
        told += [
            f"{self.followed_up} of them called, written to, noted or updated by the same agent that day"
        ]
        told += [f"{self.assigned} were assigned to the agent, {self.due} had a task or callback due"]
        return told + [f"declared for the agent: {purpose}" for purpose in self.declared]


def facts(episode: Episode, events: Iterable[Event]) -> Facts:
    """The facts of an episode from the told events; `events` in order of time."""
    agent, owner = episode.agent, dict[str, str]()
    tasks, worked = set[str](), set[str]()
    opened: list[tuple[int, str]] = []
    declared: list[str] = []
    day = episode.start - episode.start % 86_400_000_000
    for event in events:
        if event.time >= day + 86_400_000_000 and event.time > episode.end:
            break
        about, data = event.subject or "", event.data
        if event.type == "record.created" and "owner" in data:
            owner[about] = data["owner"]
        elif event.type == "record.assigned":
            owner[about] = data.get("to", "")
        elif event.type in ("task.due", "queue.offered") and data.get("agent") == agent:
            tasks.add(about)
        elif event.type == "work.declared" and about == agent:
            if _covers(event, episode):
                declared.append(data.get("purpose", "work"))
        elif data.get("agent") == agent and event.time >= day:
            if event.type == "record.viewed" and episode.start <= event.time < episode.end:
                opened.append((event.time, about))
            elif event.type in FOLLOW_UP:
                worked.add(about)
    records = {record for _, record in opened}
    own = {record for record in records if owner.get(record) == agent}
    return Facts(
        len(records), _most(opened), len(records & worked), len(own), len(records & tasks), tuple(declared)
    )


def _covers(event: Event, episode: Episode) -> bool:
    start, end = event.data.get("from"), event.data.get("to")
    if not isinstance(start, int) or not isinstance(end, int):
        return True
    return start < episode.end and end > episode.start


def _most(opened: Sequence[tuple[int, str]]) -> int:
    """The most different records in any 40 minutes."""
    times = [time for time, _ in opened]
    return max(
        (
            len({record for _, record in opened[n : bisect_right(times, time + WINDOW)]})
            for n, time in enumerate(times)
        ),
        default=0,
    )
