"""The reason of an opening, asked afterwards, is the one that the loop weighed."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import asked
from viewtrail.event import Event
from viewtrail.log.entry import Logged
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import CLOSING, LATE
from viewtrail.measure.counts import OPENED, Mark
from viewtrail.measure.reasons import NAMES, SELF_MADE, UNKNOWN
from viewtrail.settings import Settings
from viewtrail.store import open_log, open_reader
from viewtrail.store.asking import Questions
from viewtrail.store.asking_reasons import NONE, OWN, UNTOLD
from viewtrail.store.asking_told import HEEDED
from viewtrail.store.asking_view import question_sql
from viewtrail.store.segments_files import table_sql
from viewtrail.stories import only
from viewtrail.stories.telling import Told
from viewtrail.watch import Loop
from viewtrail.watch.acts import ABOUT_RECORDS
from viewtrail.watch.zone_day import ZoneDay


@pytest.fixture(scope="module")
def told() -> Told:
    return only("forty_seven_in_an_hour", history_days=12)


@pytest.fixture(scope="module")
def home(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reasons") / "home"
    with open_log(folder) as log:
        log.append(told.events, received=max(event.time for event in told.events), backfill=True)
    return folder


def names_of(bits: int) -> tuple[str, ...]:
    named = tuple(name for bit, name in NAMES.items() if bits & bit)
    return named or ((OWN,) if bits & SELF_MADE else (UNTOLD,) if bits & UNKNOWN else (NONE,))


def judged(loop: Loop, day: AgentDay, mark: Mark, following: AgentDay | None) -> tuple[str, ...]:
    bits = loop.judge.at_opening(day, mark)
    if not any(bits & bit for bit in NAMES):
        bits |= loop.judge.matured(day, mark, following, day.end + CLOSING + LATE)
    return names_of(bits)


def days_at_hand(entries: list[Logged]) -> tuple[Loop, list[ZoneDay]]:
    loop = Loop(Settings())
    list(loop.fold(entries))
    return loop, [*(closed.zone_day for closed in loop.days.closed), *loop.days.open.values()]


def test_the_reasons_of_whole_days_are_those_of_the_loop(home: Path) -> None:
    with open_reader(home) as reader:
        loop, zone_days = days_at_hand(list(reader.read_known()))
    seen = 0
    kinds = set()
    with Questions(home) as questions:
        for zone_day in zone_days:
            after = [one for one in zone_days if (one.clock, one.start) == (zone_day.clock, zone_day.end)]
            for agent, day in zone_day.agents.items():
                why = questions.reasons(questions.agent_entries(agent, day.start, day.end))
                following = after[0].agents.get(agent) if after else None
                marks = sorted(
                    (one for one in day.marks if one.kind == OPENED), key=lambda one: (one.t, one.entry)
                )
                fresh = day.fresh()
                assert set(why) == {mark.entry for mark in marks}
                for mark in marks:
                    assert why[mark.entry] == judged(loop, fresh, mark, following)
                    kinds.update(why[mark.entry])
                    seen += 1
    assert seen > 500
    assert {"assigned", "inbound", "none on file"} <= kinds


def test_an_opening_has_the_same_reasons_alone_and_among_those_of_other_records(home: Path) -> None:
    with Questions(home) as questions:
        rows = [row for row in questions.entries(range(questions.size)) if row.type == "record.viewed"]
        together = questions.reasons(rows)
        several = 0
        for record in sorted({row.record for row in rows if row.record})[:60]:
            mine = [row for row in rows if row.record == record]
            alone = questions.reasons(mine)
            several += len({row.agent for row in mine}) > 1
            for index, why in alone.items():
                # How many reasons somebody made for themselves that day is judged by all of them.
                assert why == together[index] or OWN in (*why, *together[index])
    assert several > 5


def test_what_is_told_while_one_asks_is_heard_too(told: Told, tmp_path: Path) -> None:
    events = sorted(told.events, key=lambda event: event.time)
    now, half = events[-1].time, len(events) // 2
    with open_log(tmp_path) as log:
        log.append(events[:half], received=now, backfill=True)
        with Questions(tmp_path) as before:
            early = before.entries(range(0, half, 7))
            before.reasons(early)
            log.append(events[half:], received=now, backfill=True)
            rows = before.entries(range(0, len(events), 7))
            with Questions(tmp_path) as after:
                assert before.reasons(rows) == after.reasons(rows)
                assert "campaign" in {name for names in after.reasons(rows).values() for name in names}


def test_who_took_the_records_had_no_reason_and_the_others_had(home: Path, told: Told) -> None:
    (episode,) = told.episodes
    (agent,) = asked.names(home, "a", episode.agent)
    records = asked.names(home, "r", *episode.records[:15])
    with Questions(home) as questions:
        first, *others = questions.in_common(records)
    assert first.agent == agent
    assert first.opened == 15
    assert first.reasons.get("none on file", 0) >= 12
    every = sum(sum(one.reasons.values()) for one in others)
    assert sum(one.reasons.get("none on file", 0) for one in others) < every / 4


def test_where_no_feed_tells_reasons_they_are_unknown_and_not_none(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        opening = Event("/crm", "v", "record.viewed", asked.START, {"agent": "x"}, subject="L-1")
        log.append([opening], received=asked.START)
    with Questions(tmp_path) as questions:
        rows = questions.entries([0])
        assert questions.reasons(rows) == {0: ("unknown",)}
        assert questions.reasons([]) == {}


def test_jobs_and_services_are_no_openings(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append(asked.odd_events(), received=asked.START + 30 * asked.DAY)
    with Questions(tmp_path) as questions:
        rows = questions.entries(range(questions.size))
        found = questions.reasons(rows)
        told = {row.id for row in rows if row.index in found}
    assert told == {"v-1", "v-2", "v-3", "v-6"}


def test_what_segments_have_of_records_is_what_the_loop_hears() -> None:
    told = table_sql("told")
    assert all(f"'{kind}'" in told for kind in ABOUT_RECORDS)
    assert all(f"'{kind}'" in question_sql("about_people") for kind in HEEDED)
