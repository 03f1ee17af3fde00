"""A company with all the oddities a log may hold, and each question answered by going through its entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from viewtrail.event import Event
from viewtrail.event.vocabulary import SUBJECT, TRANSACTIONS
from viewtrail.log.entry import Logged
from viewtrail.store import open_log, open_reader, segments
from viewtrail.stories import only

SECOND = 1_000_000
DAY = 86_400 * SECOND
START = 1_774_000_000_000_000  # 2026-03-20T09:46:40Z


def odd_events() -> list[Event]:
    """Dwell told twice, before its view, for no view; lists, exports, jobs, services, gaps, nonsense."""
    made: list[Event] = []

    def say(
        kind: str,
        seconds: float,
        subject: str | None = None,
        *,
        id: str = "",
        source: str = "/crm",
        **data: Any,
    ) -> None:
        sequence = data.pop("sequence", None)
        name = id or f"odd-{len(made)}"
        made.append(
            Event(source, name, kind, START + int(seconds * SECOND), data, subject=subject, sequence=sequence)
        )

    say(
        "agent.joined",
        0,
        "odd-a",
        agent="hr",
        role="senior",
        desk="d-9",
        time_zone="Asia/Kolkata",
        entity="E",
    )
    say("record.viewed", 10, "odd-r", id="v-1", agent="odd-a", via="list")
    say("record.left", 40, "odd-r", agent="odd-a", view="/crm#v-1", dwell_ms=30_000, active_ms=9_000)
    say("record.left", 41, "odd-r", agent="odd-a", view="/crm#v-1", dwell_ms=31_000, complete=False)
    say("record.left", 59, "odd-r", agent="odd-a", view="/crm#v-2", dwell_ms=1_000)
    say("record.viewed", 60, "odd-r", id="v-2", agent="odd-a", via="search", dwell_ms=5_500, active_ms=5_000)
    say("record.viewed", 70, "odd-r", id="v-3", agent="odd-b", dwell_ms=7_000)
    say("record.left", 80, "odd-r", agent="odd-b", view="/crm#v-3")
    say("record.left", 90, "odd-r", agent="odd-a", view="/crm#never-heard", dwell_ms=2_000)
    say("record.left", 95, "odd-r", agent="odd-a")
    say("record.viewed", 96, "odd-r", id="v-4", agent="odd-robot", actor_kind="service", via="other")
    say("record.viewed", 97, "odd-r", id="v-5", agent="odd-a", surface="job")
    say("record.viewed", 8 * 86_400 - 5, "odd-r2", id="v-6", agent="odd-a")
    say("record.left", 9 * 86_400, "odd-r2", agent="odd-a", view="/crm#v-6", dwell_ms=60_000)
    say("list.viewed", 100, agent="odd-b", records=["odd-r", "odd-r2", "odd-r"], rows=3)
    say("export.created", 110, agent="odd-b", records=["odd-r", "odd-r3"], rows=2)
    say("export.created", 111, agent="odd-b", rows=700)
    say("call.ended", 120, agent="odd-a", call="c-1", direction="out", answered=True, talk_ms=19_999)
    say("call.matched", 121, agent="odd-a", call="c-1", record="odd-r")
    say(
        "call.ended",
        130,
        "odd-r",
        agent="odd-a",
        answered=True,
        talk_ms=20_000,
        ended_by="client",
        campaign="k",
    )
    say("call.ended", 131, "odd-r", agent="odd-a", answered=True, talk_ms=500, machine=True, campaign="k")
    say("call.ended", 132, "odd-r", agent="odd-b", ring_ms=4_000)
    say("call.ended", 133, "odd-r", agent="odd-b", answered=False)
    say("contact.revealed", 140, "odd-r", agent="odd-b", field="phone", reason="callback")
    say("record.created", 1, "odd-r", agent="odd-b", owner="odd-a", value_band=7, record_kind="client")
    say("record.assigned", 150, "odd-r", agent="odd-m", to="odd-b", effective_from=START + DAY)
    say("record.assigned", 151, "odd-r2", agent="odd-m", to="odd-b")
    say("record.assigned", 152, "odd-r2", agent="odd-m")
    say("record.valued", 160, "odd-r", agent="odd-m", value_band=11)
    say(
        "status.changed",
        161,
        "odd-r",
        **{"agent": "odd-m", "field": "=cmd()", "from": "+new", "to": "<b>hot</b>"},
    )
    say("deposit.processed", 162, "odd-r", agent="odd-m", amount="-12.50", currency="@EUR", account="odd-acc")
    say("consent.changed", 163, "odd-r", agent="odd-m", purpose="-mail", given=False)
    say("notice.given", 170, "odd-a", agent="hr", last_day="2026-04-30")
    say("timeline.viewed", 171, agent="odd-m", about="odd-a", record="odd-r", why="check")
    say(
        "coffee.poured",
        172,
        "odd-r",
        agent="odd-a",
        rows="many",
        answered="perhaps",
        talk_ms=True,
        records="all",
    )
    say(
        "capture.gap",
        173,
        **{"feed": "/pbx", "lost": 12, "why": "spool-full", "from": START, "to": START + 9},
    )
    for number in (1, 2, 5, 6, 9):
        say("note.added", 200 + number, "odd-r", agent="odd-a", sequence=str(number), source="/notes")
    for number in (3, 4, 8):
        say("note.added", 300 + number, "odd-r", agent="odd-a", sequence=f"boot'7/{number}", source="/notes")
    say("note.added", 400, "odd-r", agent="odd-a", sequence="no number\nat all", source="/notes")
    say("note.added", 401, "odd-r3", id="'; DROP TABLE entries; --", agent="odd-a", source='=HYPERLINK("x")')
    return made


def fill(home: Path, history: int = 8) -> None:
    """A told week with a theft in it, in pieces: history, then live on several days, with a wrong clock."""
    told = only("forty_seven_in_an_hour", history_days=history).events
    odd = odd_events()
    last = max(event.time for event in (*told, *odd))
    third = len(told) // 3
    with open_log(home) as log:
        log.append(told[:third], received=last, backfill=True)
        log.append(odd[:20], received=last + DAY)
        log.append(told[third : 2 * third], received=last + DAY, skew=1_234)
        log.append(odd[20:], received=last + 2 * DAY)
        log.append(told[2 * third :], received=last + 3 * DAY)


def seal_small(home: Path, patch: pytest.MonkeyPatch, largest: int = 1_000, least: int = 100) -> int:
    """Seal in pieces small enough that a test's log has dozens, merged in several steps."""
    patch.setattr(segments, "LARGEST", largest)
    patch.setattr(segments, "LEAST", least)
    patch.setattr(segments, "FAN", 3)
    patch.setattr(segments, "TIERS", (500, 1_500, 4_000))
    return segments.seal_due(home)


def entries(home: Path) -> list[Logged]:
    with open_reader(home) as reader:
        return list(reader.read())


def names(home: Path, kind: str, *ids: str) -> list[str]:
    with open_reader(home) as reader:
        return [reader.pseudonym(kind, id) for id in ids]


class Plain:
    """The same questions by going through all entries."""

    def __init__(self, entries: Iterable[Logged]) -> None:
        self.all = list(entries)
        self.left: dict[str, tuple[int, dict[str, Any]]] = {}
        for one in self.all:
            event = one.entry.event
            if event.type == "record.left" and "dwell_ms" in event.data and "view" in event.data:
                self.left[event.data["view"]] = one.index, event.data
        self.openings = {
            f"{one.entry.event.source}#{one.entry.event.id}"
            for one in self.all
            if self.kind(one) == "record.viewed"
        }

    def agents(self) -> list[str]:
        """Everybody who did anything."""
        return sorted({self.agent(one) for one in self.all if self.agent(one)})

    def span(self) -> tuple[int, int]:
        """From the first entry's time up to behind the last one's."""
        times = [self.time(one) for one in self.all]
        return min(times), max(times) + 1

    @staticmethod
    def kind(one: Logged) -> str:
        return one.entry.event.type

    @staticmethod
    def time(one: Logged) -> int:
        return one.entry.event.time - one.entry.skew * 1000

    @staticmethod
    def agent(one: Logged) -> Any:
        return one.entry.event.data.get("agent")

    @staticmethod
    def record(one: Logged) -> Any:
        event = one.entry.event
        return event.subject if SUBJECT.get(event.type) == "record" else event.data.get("record")

    @staticmethod
    def about(one: Logged) -> Any:
        event = one.entry.event
        return event.subject if SUBJECT.get(event.type) == "agent" else event.data.get("about")

    def human(self, one: Logged) -> bool:
        return bool(one.entry.event.data.get("actor_kind", "human") == "human")

    def dwell(self, one: Logged) -> tuple[Any, Any, bool]:
        """(ms open, ms active, whether at least that): as told last, by the view or by its leaving."""
        data = one.entry.event.data
        if self.kind(one) == "record.viewed":
            told = self.left.get(f"{one.entry.event.source}#{one.entry.event.id}")
            if told is not None and (told[0] > one.index or "dwell_ms" not in data):
                data = told[1]
        return data.get("dwell_ms"), data.get("active_ms"), data.get("complete") is False

    def folded(self, one: Logged) -> bool:
        """Whether the entry has no row of its own: a leaving whose opening is there."""
        return self.kind(one) == "record.left" and one.entry.event.data.get("view") in self.openings

    def touched(self, one: Logged) -> set[str]:
        data, found = one.entry.event.data, {self.record(one)}
        if self.kind(one) in ("list.viewed", "search.performed", "export.created"):
            found.update(data.get("records", ()))
        return {record for record in found if isinstance(record, str)}

    def agent_entries(self, agent: str, start: int, end: int, about: bool = True) -> list[int]:
        found = [
            one
            for one in self.all
            if start <= self.time(one) < end
            and (self.agent(one) == agent or (about and self.about(one) == agent))
            and not self.folded(one)
        ]
        return [one.index for one in sorted(found, key=lambda one: (self.time(one), one.index))]

    def record_entries(self, record: str) -> list[int]:
        found = [one for one in self.all if record in self.touched(one) and not self.folded(one)]
        return [one.index for one in sorted(found, key=lambda one: (self.time(one), one.index), reverse=True)]

    def trail(self, kinds: Sequence[str] = tuple(TRANSACTIONS), **wanted: Any) -> list[int]:
        found = [
            one
            for one in self.all
            if self.kind(one) in kinds
            and wanted.get("agent") in (None, self.agent(one))
            and wanted.get("record") in (None, self.record(one))
            and wanted.get("start", 0) <= self.time(one) < wanted.get("end", 2**62)
        ]
        return [one.index for one in sorted(found, key=lambda one: (self.time(one), one.index), reverse=True)]

    def looked(self, one: Logged) -> bool:
        return (
            self.human(one) and one.entry.event.data.get("surface") != "job" and self.agent(one) is not None
        )

    def common(self, records: Sequence[str]) -> dict[str, dict[str, set[str]]]:
        """agent -> what was done -> records of these."""
        ways = {
            "record.viewed": "opened",
            "contact.revealed": "revealed",
            "call.ended": "called",
            "call.matched": "called",
            "export.created": "exported",
        }
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for one in self.all:
            if self.kind(one) in ways and self.looked(one):
                for record in self.touched(one) & set(records):
                    found[self.agent(one)][ways[self.kind(one)]].add(record)
        return found

    def opened(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for one in self.all:
            if self.kind(one) == "record.viewed" and self.looked(one):
                found[self.agent(one)].add(self.record(one))
        return found

    def owner(self, record: str, at: int) -> Any:
        """To whom the record was given last, by when that takes effect."""
        given: list[tuple[int, int, Any]] = []
        for one in self.all:
            data = one.entry.event.data
            if self.record(one) != record:
                continue
            if self.kind(one) == "record.assigned":
                given.append((data.get("effective_from", self.time(one)), one.index, data.get("to")))
            elif self.kind(one) == "record.created" and "owner" in data:
                given.append((self.time(one), one.index, data["owner"]))
        return max((one for one in given if one[0] < at), default=(0, 0, None))[2]

    def calls(self, start: int, end: int) -> list[Logged]:
        return [one for one in self.all if self.kind(one) == "call.ended" and start <= self.time(one) < end]

    def count(self, kinds: Sequence[str], start: int, end: int) -> int:
        return sum(
            self.kind(one) in kinds and start <= self.time(one) < end and self.looked_or_not(one)
            for one in self.all
        )

    def looked_or_not(self, one: Logged) -> bool:
        return self.kind(one) != "record.viewed" or one.entry.event.data.get("surface") != "job"

    def missing(self) -> Counter[str]:
        """By source, the numbers missing between others, and what was reported lost."""
        seen: dict[tuple[str, str], set[int]] = defaultdict(set)
        found: Counter[str] = Counter()
        for one in self.all:
            event = one.entry.event
            if event.type == "capture.gap":
                found[event.data["feed"]] += event.data["lost"]
            digits = len(event.sequence or "") - len((event.sequence or "").rstrip("0123456789"))
            if event.sequence and 0 < digits <= 15:
                seen[event.source, event.sequence[:-digits]].add(int(event.sequence[-digits:]))
        for (source, _), numbers in seen.items():
            found[source] += sum(after - before - 1 for before, after in pairwise(sorted(numbers)))
        return found
