"""The business reason for each opening of a record: assigned, task, inbound, contact, work, absent, declared.

Each question takes the time of the opening and the time by which facts count as known, and answers alike in
whatever order they arrived. Unknown is not none: `Feeds` says which reasons could have been seen at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from viewtrail.measure.clocks import CLOSING, DAY, HOUR, LATE, MINUTE
from viewtrail.measure.lost import NO_LOSS, Gap
from viewtrail.measure.resting import LastWork

NEEDS: Final = {
    "record.viewed": {"campaign", "via"},
    "record.created": {"owner", "desk", "value_band"},
    "record.assigned": {"to", "desk", "effective_from", "known_from"},
    "record.valued": {"value_band"},
    "task.due": {"due_at", "agent", "by"},
    "task.cancelled": {"due_at", "agent"},
    "queue.offered": {"due_at", "agent"},
    "campaign.started": {"campaign", "agents", "desk", "desks", "from", "to", "records"},
    "campaign.ended": {"campaign"},
    "client.contacted": set(),
    "call.ended": {"answered", "machine", "ring_ms", "talk_ms", "direction", "campaign"},
    "message.sent": set(),
    "note.added": set(),
    "status.changed": set(),
    "record.updated": set(),
    "task.completed": set(),
    "document.uploaded": set(),
    "document.decided": set(),
    "account.opened": set(),
    "account.approved": set(),
    "account.closed": set(),
    "deposit.processed": set(),
    "withdrawal.requested": set(),
    "withdrawal.decided": set(),
    "consent.changed": set(),
}

ASSIGNED: Final = 1
TASK: Final = 2
CAMPAIGN: Final = 4
INBOUND: Final = 8
ABSENT: Final = 16
DECLARED: Final = 32
CONTACT: Final = 64
WORK: Final = 128
FRESH: Final = 256
UNKNOWN: Final = 1024
"""A campaign named by the event, of which no feed tells: not a reason, and not the lack of one."""
SELF_MADE: Final = 512
"""The only reason was made by the agent: a lead picked, a callback set for oneself."""

NAMES: Final = {
    ASSIGNED: "assigned",
    TASK: "task",
    CAMPAIGN: "campaign",
    INBOUND: "inbound",
    ABSENT: "absent",
    DECLARED: "declared",
    CONTACT: "contact",
    WORK: "work",
}

TASK_SPAN: Final = 2 * DAY
INBOUND_BEFORE: Final = 60 * MINUTE
INBOUND_AFTER: Final = 10 * MINUTE
FOLLOW_BEFORE: Final = 10 * MINUTE
FOLLOW_AFTER: Final = 30 * MINUTE
FRESH_SPAN: Final = 7 * DAY
OWNER_AWAY: Final = 2 * HOUR
"""The owner counts as absent when not seen by this long after their hours began."""

BY_CAMPAIGN: Final = frozenset((None, "other", "campaign", "queue", "call"))
"""Ways to a record that a campaign may take, or that say nothing of it."""

BROUGHT_UP: Final = frozenset(("campaign", "queue", "call"))
"""Ways to a record that the agent did not choose."""

MASS_MESSAGES: Final = 10
"""More messages than this within ten minutes before or after are a mailing, not follow-up to one client."""

KEPT_TOLD: Final = LATE + 3 * DAY
"""So long after a day closed it is known what was told since: it may be closed again, on whatever clock."""

SHORT_TALK_MS: Final = 20_000
"""An answered call below this is short; a real sales call, even a clear rejection, takes longer."""

LEAST_RING_MS: Final = 10_000
"""An unanswered call is contact only if it rang this long: a one-ring call costs nothing to fake."""


class Owned(NamedTuple):
    """A record's owner from `effective` on, as known since `known`."""

    effective: int
    known: int
    owner: str | None
    by: str | None

    def order(self) -> tuple[int, int, str, str]:
        """By time; nobody stands before somebody where all else is the same."""
        return self.effective, self.known, self.owner or "", self.by or ""


class Task(NamedTuple):
    """A task, callback or queue item for an agent, due at `due`, known since `known`."""

    agent: str
    due: int
    known: int
    self_made: bool


@dataclass(slots=True)
class Record:
    """What the log says of one client record; tuples, since there are very many and most are short."""

    owners: tuple[Owned, ...] = ()
    tasks: tuple[Task, ...] = ()
    cancelled: tuple[Task, ...] = ()
    inbound: tuple[tuple[int, int], ...] = ()
    "When the client got in touch, and since when that is known."
    campaigns: tuple[tuple[str, int], ...] = ()
    "Campaigns whose list the record is on, and since when that is known."
    desk: str | None = None
    values: tuple[tuple[int, int], ...] = ()
    "(since when, value band), in order of time."

    def valued(self, t: int, band: int) -> None:
        later = not self.values or self.values[-1] <= (t, band)
        self.values += ((t, band),)
        if not later:
            self.values = tuple(sorted(self.values))

    def value_at(self, t: int) -> int | None:
        """The value band at `t`; None where none was told."""
        if self.values and self.values[-1][0] <= t:  # mostly the latest is asked for
            return self.values[-1][1]
        found = None
        for since, band in self.values:
            if since > t:
                break
            found = band
        return found

    def owner_at(self, t: int, known_by: int) -> Owned | None:
        """The owner at `t` by what was known at `known_by`: the latest effective of those."""
        owners = self.owners
        if not owners:
            return None
        last = owners[-1]
        if last.effective <= t and last.known <= known_by:
            return last
        for owned in reversed(owners):
            if owned.effective <= t and owned.known <= known_by:
                return owned
        return None

    def assign(self, owned: Owned) -> None:
        later = not self.owners or self.owners[-1].order() <= owned.order()
        self.owners += (owned,)
        if not later:
            self.owners = tuple(sorted(self.owners, key=Owned.order))

    def tasks_of(self, agent: str, t: int, known_by: int) -> Iterable[Task]:
        if not self.tasks:
            return
        dropped = self.cancelled and {(c.agent, c.due) for c in self.cancelled if c.known <= known_by}
        for task in self.tasks:
            near = -TASK_SPAN <= task.due - t <= TASK_SPAN
            if task.agent != agent or not near or task.known > known_by:
                continue
            if not dropped or (task.agent, task.due) not in dropped:
                yield task


@dataclass(slots=True)
class Campaign:
    """A list to be called: for these agents or desks, from then to then."""

    start: int
    end: int
    known: int
    agents: frozenset[str]
    desks: frozenset[str]
    makers: frozenset[str | None] = frozenset()
    records: set[str] = field(default_factory=set)

    def calls_on(self, agent: str, desk: str | None, t: int, known_by: int) -> bool:
        ours = agent in self.agents or desk in self.desks or not (self.agents or self.desks)
        return ours and self.known <= known_by and self.start <= t < self.end


class Book:
    """All records, tasks and campaigns the log has told of."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.named_since: int | None = None
        "Since when openings say that they belong to a campaign; None while none ever did."
        self.told = self.told_of_all = 0
        "How often something was told that concerns a closed day, and when it could concern any opening."
        self._told_of: deque[str] = deque()
        "The records of the latest of these, in order."
        self._closes: deque[tuple[int, int]] = deque()
        "Until when days had closed, and how often something had been told by then."
        self._since: dict[int, frozenset[str]] = {}
        self.closed_to = 0
        "What holds from here (µs) on concerns no closed day."
        self.last_work = LastWork()
        "Of each record: when anybody did anything with it."
        self.at_work = LastWork()
        "Of each agent: when they did anything at all."

    def names_campaigns(self, t: int) -> None:
        """An opening at `t` said that it belongs to a campaign."""
        if self.named_since is None or t < self.named_since:
            self.named_since = t
            self._tell_of("")
            self.told_of_all = self.told

    def get(self, record: str, holds: int = 0) -> Record:
        """The record, to tell something of it that matters to openings from `holds` (µs) on."""
        found = self.records.get(record)
        if found is None:
            found = self.records[record] = Record()
        if holds < self.closed_to:
            self._tell_of(record)
        return found

    def _tell_of(self, record: str) -> None:
        self.told += 1
        self._told_of.append(record)
        if self._since:
            self._since = {}

    def told_since(self, told: int) -> frozenset[str]:
        """The records of which something was told since the book had been told that often.

        Of days that can still be closed again: what was told before those closed is forgotten.
        """
        found = self._since.get(told)
        if found is None:
            first = len(self._told_of) - (self.told - told)
            found = self._since[told] = frozenset(islice(self._told_of, max(first, 0), None))
        return found

    def closed(self, end: int) -> None:
        """A day that ended at `end` closes: what holds later does not concern it."""
        self.closed_to = max(self.closed_to, end + CLOSING)
        self._closes.append((self.closed_to, self.told))
        while self._closes[0][0] < self.closed_to - KEPT_TOLD:
            _, told = self._closes.popleft()
            for _ in range(len(self._told_of) - (self.told - told)):
                self._told_of.popleft()

    def touched(self, record: str, t: int) -> None:
        """Somebody did something with the record at `t`: from then on it does not rest."""
        self.last_work.touched(record, t)
        if t < self.closed_to:
            self.get(record, t)

    def told_of_campaign(self, key: str, holds: int, *, unlisted: bool) -> None:
        """A campaign changed: that concerns the records on its list; one `unlisted` may concern any."""
        if holds >= self.closed_to:
            return
        for record in self.campaigns[key].records:
            self.get(record)
        if unlisted:
            self._tell_of("")
            self.told_of_all = self.told

    def on_campaign(
        self,
        record: Record,
        named: str | None,
        via: str | None,
        agent: str,
        desk: str | None,
        t: int,
        known_by: int,
    ) -> int:
        """CAMPAIGN when a campaign of the agent's calls on the record, SELF_MADE when the agent started it.

        To stand on the list of a campaign is a reason for whoever comes to the record by the campaign; its
        list may be a whole desk's for days. Unknown is not none: where an opening does not say how it came
        about, or openings here never name campaigns, the list is enough. A campaign whose list was not sent
        counts when the event itself names it.
        """
        found = 0
        if record.campaigns and self._came_by_campaign(named, via, t):
            for key, since in record.campaigns:
                campaign = self.campaigns[key]
                if since <= known_by and campaign.calls_on(agent, desk, t, known_by):
                    found |= SELF_MADE if campaign.makers == {agent} else CAMPAIGN
        started = self.campaigns.get(named) if named is not None else None
        if started is not None and not started.records and started.calls_on(agent, desk, t, known_by):
            found |= SELF_MADE if started.makers == {agent} else CAMPAIGN
        return found

    def _came_by_campaign(self, named: str | None, via: str | None, t: int) -> bool:
        """Whether an opening came about by a campaign, or nothing is known of how it did."""
        if named is not None or via in BY_CAMPAIGN:
            return True
        return self.named_since is None or t < self.named_since


def is_contact(answered: bool | None, ring_ms: int | None, talk_ms: int | None) -> bool:
    """Whether a call is follow-up: answered for 20 s, or rang for 10 s; unknown counts for the agent."""
    if answered or (answered is None and talk_ms):
        return talk_ms is None or talk_ms >= SHORT_TALK_MS
    return ring_ms is None or ring_ms >= LEAST_RING_MS


def is_short(answered: bool | None, talk_ms: int | None, machine: bool | None = None) -> bool:
    """Answered by a person and talked below 20 s. An unknown answer or talk time stays unknown: not short."""
    return answered is True and machine is not True and talk_ms is not None and talk_ms < SHORT_TALK_MS


FEEDS: Final = {
    "assignment": ("record.assigned",),
    "tasks": ("task.due", "queue.offered"),
    "campaigns": ("campaign.started",),
    "declared": ("work.declared",),
    "calls": ("call.ended",),
    "notes": ("note.added", "status.changed", "record.updated", "task.completed"),
    "inbound": ("client.contacted",),
    "hr": ("agent.joined", "agent.changed", "notice.given", "leave.booked"),
}
"""feed -> the types that show that it is connected (a record created with its owner shows assignment too)."""

SILENT_AFTER: Final = 5 * DAY
"""A feed that speaks on working days and was not heard for this long is silent: a long weekend and a day."""

STEADY: Final = frozenset({"calls", "notes"})
"""Feeds that speak every working day in every brokerage; the others may rest for weeks."""


class Feeds:
    """When each feed was first and last heard, and which hours a source declared lost."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.sources: dict[str, set[str]] = {}
        "feed -> the sources that speak of it."
        self.gaps: list[Gap] = []

    def heard(self, feed: str, t: int, source: str = "") -> None:
        if source:
            self.sources.setdefault(feed, set()).add(source)
        if feed not in self.first:
            self.first[feed] = self.last[feed] = t
        elif t > self.last[feed]:
            self.last[feed] = t
        elif t < self.first[feed]:
            self.first[feed] = t

    def lost(self, gap: Gap) -> None:
        """A source says that it lost something, or that what was missing came after all."""
        if gap.why in NO_LOSS:
            self.gaps = [one for one in self.gaps if not gap.takes_back(one)]
        elif gap not in self.gaps:
            self.gaps.append(gap)

    def missing(self, t: int) -> list[str]:
        """The feeds that say nothing about `t`: not connected by then, silent, or declared lost."""
        return [feed for feed in FEEDS if not self._says(feed, t)]

    def connected(self, feed: str, t: int) -> bool:
        """Whether the feed says anything about `t`."""
        return self._says(feed, t)

    def _says(self, feed: str, t: int) -> bool:
        start = self.first.get(feed)
        if start is None or start > t or (feed in STEADY and t - self.last[feed] > SILENT_AFTER):
            return False
        alone = self.sources.get(feed)
        return not any(
            gap.start <= t < gap.end and (gap.source == feed or alone == {gap.source}) for gap in self.gaps
        )

    def scoreable(self, t: int) -> bool:
        """Whether unexplained openings can be counted: assignment, and calls or tasks, are connected."""
        return self._says("assignment", t) and (self._says("calls", t) or self._says("tasks", t))
