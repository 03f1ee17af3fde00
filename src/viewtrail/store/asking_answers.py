"""What the questions answer: frozen values, ids as pseudonyms, times in microseconds UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DayCounts:
    """One agent's behaviour day (04:00 to 04:00 of the agent's clock), `start` to `end`.

    `openings` are views, `opened` different records; so are `reveals` and `revealed`. `unknown`: calls of
    which the source does not know whether they were answered. `short`: answered by a person, talk below 20 s.
    """

    day: date
    start: int
    end: int
    entries: int
    openings: int
    opened: int
    reveals: int
    revealed: int
    calls: int
    answered: int
    unknown: int
    short: int
    talk_s: float
    messages: int
    exports: int
    exported_rows: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DeskCount:
    """What `agents` people of one desk, as they belong to it now, did in a span; None: no desk was told."""

    desk: str | None
    agents: int
    openings: int
    reveals: int
    calls: int


@dataclass(frozen=True, slots=True)
class CallGroup:
    """Ended calls that have `agent`, `campaign`, `direction` and `hour` (of the day) in common, where told.

    `share` of the answered calls with a known talk time (`timed`) was short; with so few calls it may as
    well be anything from `low` to `high` (Wilson, 95 %). `machines` answered are no persons and not timed.
    """

    agent: str | None
    campaign: str | None
    direction: str | None
    hour: int | None
    calls: int
    answered: int
    unanswered: int
    unknown: int
    timed: int
    short: int
    machines: int
    share: float | None
    low: float | None
    high: float | None
    median_talk_s: float | None
    ended_by_agent: int
    ended_by_client: int
    ended_by_unknown: int


@dataclass(frozen=True, slots=True)
class TalkBin:
    """So many answered calls had a talk of `low_s` up to and without `high_s`; None: no upper end."""

    low_s: int
    high_s: int | None
    calls: int


@dataclass(frozen=True, slots=True)
class HourCount:
    """One hour from `start`, and the median of the same hour of the same weekday in up to eight weeks before.

    `weeks` is how many of those the log knows of; the usual is None where it knows of none.
    """

    start: int
    openings: int
    reveals: int
    calls: int
    usual_openings: float | None
    usual_reveals: float | None
    usual_calls: float | None
    weeks: int


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """Somebody the log knows. `role` and `desk` are None until somebody told them; `human`: no service."""

    agent: str
    role: str | None
    desk: str | None
    last_seen: int | None
    events: int
    first_seen: int | None
    human: bool
    manager: str | None
    entity: str | None
    time_zone: str | None
    left: bool


@dataclass(frozen=True, slots=True)
class AgentDates:
    """What was told of somebody's dates: `joined`, `left`, since when `notice` is known, `last_day` as told,
    and `leaves` that stand, from and to. Times in µs; None: not told. `zone` is the person's clock."""

    agent: str
    role: str | None
    desk: str | None
    zone: str
    joined: int | None
    left: int | None
    notice: int | None
    last_day: str
    leaves: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is proved missing of a source: numbers of its own counting, or what it said that it lost."""

    first: str
    last: str
    lost: int | None
    why: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A source: how much came in the last 24 hours, what is usual on this weekday, and what is missing."""

    source: str
    last_seen: int
    events_24h: int
    gaps: tuple[Gap, ...]
    usual_24h: float | None
    events: int
    missing: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many events came in one quarter of an hour (its number since 1970), received `first` to `last`."""

    quarter: int
    events: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class BrowserSeen:
    """Of `pages` with a record sent to this kind of browser, `unseen` gave no sign of being seen."""

    browser: str
    pages: int
    unseen: int


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source's ways. `begun` and `last`: when it first and last sent by itself (None: files alone).

    `skew_ms` is the middle of the last day's; `unmatched` of `calls` have no record known; `served` records
    gave no sign of being seen, `viewed` did; `silent_since` is what the log says, None where it says no such
    thing.
    """

    seen: SourceSeen
    begun: int | None
    last: int | None
    arrivals: tuple[Arrival, ...]
    skew_ms: int | None
    calls: int
    unmatched: int
    served: int
    viewed: int
    silent_since: int | None
    browsers: tuple[BrowserSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class SourcesHeard:
    """All sources, and the quarters of an hour in which the product itself was there to hear them."""

    facts: tuple[SourceFacts, ...]
    listened: frozenset[int]


@dataclass(frozen=True, slots=True)
class Common:
    """How many of the `asked` records one agent had to do with, and how many chance alone would give.

    `touched` were opened, revealed, called or exported, by `via` as the openings say; `reasons` say how many
    of the openings had which. The agent opened `distinct` of the `company` records that anybody opened in the
    span: were these records drawn by lot, it would have opened `expected` of them, and `opened` or more with
    `probability` (`surprise` is that as a number of zeros). `owned` of the touched are assigned to the agent
    at the end of the span: own work, which no lot explains. Where the records are too few to say (`enough` is
    False) the three are None.
    """

    agent: str
    asked: int
    touched: int
    opened: int
    revealed: int
    called: int
    exported: int
    owned: int
    records: tuple[str, ...]
    via: dict[str, int]
    reasons: dict[str, int]
    first: int
    last: int
    distinct: int
    company: int
    expected: float | None
    probability: float | None
    surprise: float | None
    enough: bool


@dataclass(frozen=True, slots=True)
class BandSeen:
    """Records of one value band (None: nobody told) that an agent saw or had revealed in a span."""

    value_band: int | None
    records: int
    opened: int
    revealed: int
    exported: int
    new: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """What an agent saw from `start` to `end`: different records, by value band as last told.

    `new`: never touched by the agent before the span. No word about what became of it.
    """

    agent: str
    start: int
    end: int
    records: int
    opened: int
    revealed: int
    exported: int
    exported_rows: int
    new: int
    bands: tuple[BandSeen, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands behind a pseudonym: an agent or a record, and how much the log has of it."""

    kind: str
    name: str
    entries: int
    first: int
    last: int
