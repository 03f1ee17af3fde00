"""Questions about the log, asked of its segments and the entries after them: one state of both an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from viewtrail import settings
from viewtrail.errors import BadInput
from viewtrail.log import LogReader
from viewtrail.log.entry import Logged
from viewtrail.log.merkle import leaf_hash
from viewtrail.measure.context import People
from viewtrail.store import (
    asking_calls,
    asking_common,
    asking_deeds,
    asking_exposure,
    asking_health,
    asking_hours,
    asking_people,
    asking_reasons,
    asking_sources,
    asking_told,
)
from viewtrail.store.asking_answers import (
    AgentDates,
    AgentSeen,
    CallGroup,
    Common,
    DayCounts,
    DeskCount,
    Exposed,
    Found,
    HourCount,
    SourceSeen,
    SourcesHeard,
    TalkBin,
)
from viewtrail.store.asking_follow import Source
from viewtrail.store.asking_near import Near
from viewtrail.store.asking_rows import Dwell, Row, rows
from viewtrail.store.asking_trail import EVER, Place, trail, types
from viewtrail.store.asking_view import Asking, View
from viewtrail.store.open_log import open_reader

LONGEST: Final = 8 * 86_400_000_000
"""How far from an opening its leaving may be (µs): a view lasts seven days at most, and clocks differ."""

MOST: Final = 10_000
"""Rows of one answer; who wants more pages on."""

PSEUDONYM: Final = re.compile(r"[ar]-[a-z2-7]{16}")

__all__ = ["Common", "Questions", "Row"]


class Questions:
    """Answers about the log in `home`. Safe to use from threads; each answer is of one state of the log.

    BadInput when there is no log, or when HOME/segments was made from another one.
    """

    def __init__(self, home: Path, reader: LogReader | None = None) -> None:
        self._source = Source(home, reader or open_reader(home))
        self._told = asking_told.Told(settings.read(home))

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Questions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        """How many entries an answer given now is about."""
        return self._source.now().size

    # -- entries ------------------------------------------------------------------------------------

    def entries(self, indexes: Iterable[int]) -> list[Row]:
        """These entries as they were told, in this order; BadInput for an index that is not in the log."""
        return self._rows([(index, None) for index in indexes])

    def leaves(self, indexes: Sequence[int]) -> list[bytes]:
        """The leaf hash of each of these entries (RFC 6962), from its exact bytes."""
        with self._source.log() as log:
            found = [log.storage.row(index) for index in indexes]
        if None in found:
            raise BadInput(f"entry {indexes[found.index(None)]} is not in the log")
        return [leaf_hash(row[2]) for row in found if row is not None]

    def agent_entries(self, agent: str, start: int, end: int, *, about: bool = True) -> list[Row]:
        """All that an agent did from `start` up to `end`, and with `about` what was told of them, by time.

        Views carry how long they lasted, also where that was told in a later entry; the leaving of a record
        has a row of its own only where its opening was never heard.
        """
        with self._source.asking() as ask:
            acts = ask.near(Near("acts", frozenset((agent,)), start - LONGEST, end + LONGEST))
            found = asking_deeds.entries(acts, start, end, about=about)
        return self._rows(_placed(found))

    def record_entries(self, record: str, limit: int = 200, before: Place | None = None) -> list[Row]:
        """All that touched a record, also lists and exports it was on, latest first; pages by `before`."""
        time, index = before or (EVER, EVER)
        with self._source.asking() as ask:
            found = ask(
                "record_entries",
                Near("touches", frozenset((record,))),
                record=record,
                limit=_most(limit),
                before_time=time,
                before_idx=index,
            )
        return self._rows(_placed(found))

    def trail(
        self,
        kinds: Sequence[str] = (),
        agent: str | None = None,
        record: str | None = None,
        start: int | None = None,
        end: int | None = None,
        limit: int = 200,
        after: Place | None = None,
    ) -> list[Row]:
        """The regulator's transactions, latest first; pages by `after`, the place of the last row shown.

        `kinds` are types ("status.changed") or their first words ("deposit"); none means all of them.
        """
        wanted, most = types(kinds), _most(limit)
        with self._source.asking() as ask:
            ends = self._latest(ask.view)
            found = trail(ask, wanted, (start, end), most, after, ends, agent=agent, record=record)
        return self._rows([(index, None) for index in found])

    # -- counts -------------------------------------------------------------------------------------

    def agent_days(self, agent: str, start: int, end: int) -> list[DayCounts]:
        """The agent's behaviour days that reach into the span; a day without an entry is left out."""
        with self._source.asking() as ask:
            return asking_people.days(ask, self._people(ask), [agent], start, end)[agent]

    def peer_days(self, agents: Sequence[str], start: int, end: int) -> dict[str, list[DayCounts]]:
        """The same for several agents at once."""
        with self._source.asking() as ask:
            return asking_people.days(ask, self._people(ask), list(dict.fromkeys(agents)), start, end)

    def desk_counts(self, start: int, end: int) -> list[DeskCount]:
        """What people did by desk, the busiest first; the span is taken in whole quarters of an hour."""
        with self._source.asking() as ask:
            return asking_people.desks(ask, self._people(ask), start, end)

    def active_days(self, start: int, end: int, zone: str = "UTC") -> int:
        """Days on which people did anything, each person's for itself; days are cut at 04:00 in `zone`."""
        with self._source.asking() as ask:
            return asking_people.active_days(ask, start, end, zone)

    def reasons(self, rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
        """By index, why each opening among these rows was made: "assigned", "task", "campaign", "inbound",
        "absent", "declared", "contact", "work", "own making", "none on file", or "unknown" where no feed
        tells. Ask for an agent's whole day, or all openings of some records: what depends on how many there
        were is judged by those given.
        """
        with self._source.asking() as ask:
            return asking_reasons.reasons(ask, self._logged, self._told, rows, self.view().sealed)

    def bands(self, records: Sequence[str]) -> dict[str, int | None]:
        """The value band told last of each of these records; None where nobody told one."""
        with self._source.asking() as ask:
            told = asking_exposure.bands(ask, records, EVER)
        return {record: told.get(record) for record in records}

    def calls(
        self, start: int, end: int, by: str = "agent", *, agent: str | None = None, zone: str = "UTC"
    ) -> list[CallGroup]:
        """Ended calls by "agent", "campaign", "direction", "hour" (of the day in `zone`), "agent-hour",
        "agent-campaign" or "all", most calls first."""
        with self._source.asking() as ask:
            return asking_calls.groups(ask, start, end, by, agent, zone)

    def calls_together(self, start: int, end: int, zone: str = "UTC") -> dict[str, list[CallGroup]]:
        """By "all", "agent", "campaign" and "hour", what `calls` answers: all four for the price of two."""
        with self._source.asking() as ask:
            return asking_calls.together(ask, start, end, zone)

    def talk_times(self, start: int, end: int, agent: str | None = None) -> list[TalkBin]:
        """How long people talked in answered calls, in bins from 0 s up."""
        with self._source.asking() as ask:
            return asking_calls.talk_times(ask, start, end, agent)

    def activity(self, start: int, end: int, zone: str = "UTC") -> list[HourCount]:
        """Openings, reveals and calls in each hour, beside the same weekday and hour before, in `zone`."""
        with self._source.asking() as ask:
            return asking_hours.activity(ask, start, end, zone)

    def agents(self) -> list[AgentSeen]:
        """Everybody the log knows, who acted last first."""
        with self._source.asking() as ask:
            return asking_people.agents(ask, self._people(ask))

    def dates(self, now: int) -> list[AgentDates]:
        """What was told of everybody's joining, notice and leave, as far as it matters at `now`."""
        with self._source.asking() as ask:
            return asking_people.dates(self._people(ask), now)

    def sources(self, now: int | None = None) -> list[SourceSeen]:
        """Each source with what came in the 24 hours before `now` (else: before its log's last event)."""
        with self._source.asking() as ask:
            return asking_sources.sources(ask, self._logged, now)

    def sources_heard(self, now: int) -> SourcesHeard:
        """The ways of each source up to `now`: what `viewtrail.app.source_health` judges by."""
        with self._source.asking() as ask:
            return asking_health.heard(ask, self._logged, now)

    def in_common(
        self, records: Sequence[str], start: int | None = None, end: int | None = None
    ) -> list[Common]:
        """For each agent, how many of these records they touched, against chance; most surprising first.

        The span, if none is given, is all of the log.
        """
        with self._source.asking() as ask:
            about = asking_common.asked(ask, records, start, end)
            found = asking_common.in_common(ask, about)
            openings = self.entries(about.views) if found else []
            told = [(one.index, one.type) for one in about.touches]
            why = asking_reasons.reasons(ask, self._logged, self._told, openings, self.view().sealed, told)
        return asking_common.with_reasons(found, openings, why)

    def exposure(self, agent: str, start: int, end: int) -> Exposed:
        """The records that an agent saw, had revealed or exported in a span, by value band."""
        with self._source.asking() as ask:
            return asking_exposure.exposed(ask, agent, start, end)

    def search(self, text: str) -> list[Found]:
        """What the log has under this exact pseudonym; nothing for any other text.

        A source's own id has to be turned into its pseudonym first (LogReader.pseudonym): nobody is found
        here by a name.
        """
        name = text.strip()
        if not PSEUDONYM.fullmatch(name):
            return []
        with self._source.asking() as ask:
            if name.startswith("a-"):
                found = ask("found_agent", name=name)
            else:
                found = ask("found_record", Near("touches", frozenset((name,))), name=name)
        return [Found(kind, name, *rest) for kind, *rest in found]

    # -- between ------------------------------------------------------------------------------------

    def view(self) -> View:
        """The state of the log that an answer given now is about."""
        return self._source.now()

    def _latest(self, view: View) -> int:
        """When what the last entry tells of happened (µs): about where a log ends."""
        found = self._logged([view.size - 1]) if view.size else []
        return rows(found, {})[0].time if found else 0

    def _people(self, ask: Asking) -> People:
        return self._told.people(ask, self._logged)

    def _logged(self, indexes: Sequence[int]) -> list[Logged]:
        with self._source.log() as log:
            size = log.size
            beyond = [index for index in indexes if not 0 <= index < size]
            if beyond:
                raise BadInput(f"entry {beyond[0]} is not in the log, which has {size:,}")
            return log.entries(indexes)

    def _rows(self, wanted: Sequence[tuple[int, Dwell | None]]) -> list[Row]:
        entries = self._logged([index for index, _ in wanted])
        return rows(entries, {index: dwell for index, dwell in wanted if dwell is not None})


def _placed(found: Iterable[Sequence[Any]]) -> list[tuple[int, Dwell | None]]:
    """(index, how long it lasted as another entry told) from index, time, dwell, active, complete."""
    return [(one[0], None if one[2] is None else Dwell(*one[2:5])) for one in found]


def _most(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise BadInput(f"{limit:,} rows asked for", where="limit", next=f"ask for 1 to {MOST:,}")
    return limit
