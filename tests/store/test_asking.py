"""Every answer is that of a plain pass over all entries: of the tail, of segments, and of both together."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from store import asked
from store.asked import DAY, START, Plain
from viewtrail.errors import BadInput
from viewtrail.event.vocabulary import BEHAVIOUR
from viewtrail.measure.clocks import HOUR
from viewtrail.store import open_log, segments
from viewtrail.store import segments_manifest as manifest
from viewtrail.store.asking import Questions
from viewtrail.store.asking_chance import log10_at_least, wilson

FOUR = timedelta(hours=4)
"""Behaviour days are cut at 04:00."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("asked") / "home"
    asked.fill(home)
    return home


@pytest.fixture(scope="module")
def plain(filled: Path) -> Plain:
    return Plain(asked.entries(filled))


@pytest.fixture(
    scope="module", params=["tail", "sealed", pytest.param("sealed in part", marks=pytest.mark.slow)]
)
def questions(request: pytest.FixtureRequest, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = Path(shutil.copytree(filled, tmp_path_factory.mktemp("home") / "home"))
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "sealed":
            assert asked.seal_small(home, patch) > 0
        elif request.param == "sealed in part":
            assert asked.seal_small(home, patch, largest=4_000, least=10**9) > 0
    with Questions(home) as found:
        view = found.view()
        assert len(view.segments) > 1 or request.param == "tail"
        assert view.tail.num_rows > 1_000 or request.param == "sealed"
        assert view.sealed + view.tail.num_rows == view.size
        yield found


def agents_of(plain: Plain) -> list[str]:
    return sorted({plain.agent(one) for one in plain.all if plain.agent(one)})


def span(plain: Plain) -> tuple[int, int]:
    times = [plain.time(one) for one in plain.all]
    return min(times), max(times) + 1


def test_an_agents_days_are_those_of_a_plain_pass(questions: Questions, plain: Plain) -> None:
    first, last = span(plain)
    for agent in agents_of(plain):
        for start, end in ((first, last), (START, START + DAY), (START + 50, START + 8 * DAY)):
            found = questions.agent_entries(agent, start, end)
            assert [row.index for row in found] == plain.agent_entries(agent, start, end)
            alone = questions.agent_entries(agent, start, end, about=False)
            assert [row.index for row in alone] == plain.agent_entries(agent, start, end, about=False)


def test_views_carry_how_long_they_lasted_as_told_last(questions: Questions, plain: Plain) -> None:
    first, last = span(plain)
    seen = 0
    for agent in agents_of(plain):
        for row in questions.agent_entries(agent, first, last):
            dwell, active, least = plain.dwell(plain.all[row.index])
            assert row.dwell_s == (None if dwell is None else dwell / 1000), row
            assert row.active_s == (None if active is None else active / 1000), row
            assert row.dwell_is_least == least
            seen += row.type == "record.viewed" and row.dwell_s is not None
    assert seen > 100


def test_the_odd_dwells_are_as_they_were_told(questions: Questions, filled: Path) -> None:
    (record,) = asked.names(filled, "r", "odd-r")
    told = {row.id: row for row in questions.record_entries(record) if row.type == "record.viewed"}
    assert (told["v-1"].dwell_s, told["v-1"].active_s, told["v-1"].dwell_is_least) == (31.0, None, True)
    assert (told["v-2"].dwell_s, told["v-2"].active_s) == (5.5, 5.0)  # its leaving came before it
    assert told["v-3"].dwell_s == 7.0
    orphans = [row for row in questions.record_entries(record) if row.type == "record.left"]
    assert sorted(row.dwell_s or 0 for row in orphans) == [0, 2.0]


def test_who_looked_at_a_record_is_found_page_by_page(questions: Questions, plain: Plain) -> None:
    touched = Counter(record for one in plain.all for record in plain.touched(one))
    chosen = [record for record, _ in touched.most_common(12)] + sorted(touched)[:12]
    for record in chosen:
        wanted = plain.record_entries(record)
        assert [row.index for row in questions.record_entries(record, limit=10_000)] == wanted
        paged: list[int] = []
        before = None
        while page := questions.record_entries(record, limit=7, before=before):
            paged += [row.index for row in page]
            before = page[-1].place
        assert paged == wanted
    assert questions.record_entries("r-aaaaaaaaaaaaaaaa") == []


def test_the_trail_is_filtered_and_paged(questions: Questions, plain: Plain) -> None:
    assert [row.index for row in questions.trail(limit=10_000)] == plain.trail()
    first, last = span(plain)
    middle = (first + last) // 2
    agent = Counter(plain.agent(plain.all[index]) for index in plain.trail()).most_common(1)[0][0]
    record = plain.record(plain.all[plain.trail()[0]])
    for kinds, named in (
        (["deposit"], ["deposit.processed"]),
        (["record.assigned", "status"], ["record.assigned", "status.changed"]),
    ):
        found = questions.trail(kinds, limit=10_000)
        assert [row.index for row in found] == plain.trail(named)
    for wanted in ({"agent": agent}, {"record": record}, {"start": middle}, {"start": first, "end": middle}):
        assert [row.index for row in questions.trail(limit=10_000, **wanted)] == plain.trail(**wanted)
    page = questions.trail(limit=5)
    after = questions.trail(limit=5, after=page[-1].place)
    assert [row.index for row in page + after] == plain.trail()[:10]


def test_days_are_counted_on_the_agents_own_clock(questions: Questions, plain: Plain, filled: Path) -> None:
    (agent,) = asked.names(filled, "a", "odd-a")
    found = questions.agent_days(agent, START, START + 10 * DAY)
    for day in found:
        # 04:00 in Kolkata is 22:30 UTC of the day before.
        assert datetime.fromtimestamp(day.start / 1e6, ZoneInfo("Asia/Kolkata")).strftime("%H:%M") == "04:00"
        here = [
            one for one in plain.all if plain.agent(one) == agent and day.start <= plain.time(one) < day.end
        ]
        views = [
            one
            for one in here
            if plain.kind(one) == "record.viewed" and one.entry.event.data.get("surface") != "job"
        ]
        calls = [one.entry.event.data for one in here if plain.kind(one) == "call.ended"]
        assert day.entries == len(here)
        assert (day.openings, day.opened) == (len(views), len({plain.record(one) for one in views}))
        assert (day.calls, day.answered) == (len(calls), sum(call.get("answered") is True for call in calls))
        assert day.talk_s == sum(call.get("talk_ms", 0) for call in calls) / 1000
    assert sum(day.entries for day in found) == len(
        [
            one
            for one in plain.all
            if plain.agent(one) == agent and START <= plain.time(one) < START + 10 * DAY
        ]
    )
    assert found[0].short == 1


def test_days_of_everybody_add_up(questions: Questions, plain: Plain) -> None:
    first, last = span(plain)
    for agent in agents_of(plain)[::3]:
        days = questions.agent_days(agent, first, last)
        assert sum(day.entries for day in days) == sum(plain.agent(one) == agent for one in plain.all)
        assert all(one.end <= two.start for one, two in pairwise(days))


def test_several_agents_days_are_those_of_each(questions: Questions, plain: Plain) -> None:
    first, last = span(plain)
    agents = [*agents_of(plain)[:7], "a-aaaaaaaaaaaaaaaa"]
    found = questions.peer_days([*agents, agents[0]], first, last)
    assert found == {agent: questions.agent_days(agent, first, last) for agent in agents}
    assert questions.peer_days([], first, last) == {}


def test_desks_and_active_days_are_those_of_a_plain_pass(questions: Questions, plain: Plain) -> None:
    _, last = span(plain)
    start, end = last // HOUR * HOUR - 12 * DAY, last // HOUR * HOUR + HOUR
    acts = [
        one
        for one in plain.all
        if start <= plain.time(one) < end
        and plain.agent(one)
        and plain.kind(one) in BEHAVIOUR
        and plain.human(one)
    ]
    desks = {one.agent: one.desk for one in questions.agents()}
    wanted: dict[str | None, list[Any]] = {}
    for one in acts:
        wanted.setdefault(desks[plain.agent(one)], []).append(one)
    found = {one.desk: one for one in questions.desk_counts(start, end)}
    assert set(found) == set(wanted)
    for desk, here in wanted.items():
        assert found[desk].agents == len({plain.agent(one) for one in here})
        assert found[desk].openings == sum(
            plain.kind(one) == "record.viewed" and plain.looked_or_not(one) for one in here
        )
        assert found[desk].calls == sum(plain.kind(one) == "call.ended" for one in here)
        assert found[desk].reveals == sum(plain.kind(one) == "contact.revealed" for one in here)
    for name in ("UTC", "Asia/Kolkata", "America/New_York"):
        zone = ZoneInfo(name)
        days = {
            (plain.agent(one), (datetime.fromtimestamp(plain.time(one) / 1e6, zone) - FOUR).date())
            for one in acts
        }
        assert questions.active_days(start, end, name) == len(days)
    assert questions.active_days(5, 5) == 0


def test_the_band_told_last_is_the_band(questions: Questions, filled: Path) -> None:
    one, other = asked.names(filled, "r", "odd-r", "odd-r2")
    assert questions.bands([one, other]) == {one: 11, other: None}
    assert questions.bands([]) == {}


@pytest.mark.parametrize("by", ["agent", "campaign", "direction", "hour", "agent-hour", "all"])
def test_calls_are_counted_as_in_a_plain_pass(questions: Questions, plain: Plain, by: str) -> None:
    first, last = span(plain)
    zone = ZoneInfo("America/St_Johns")  # half an hour off every whole one

    def key(one: Any) -> tuple[Any, ...]:
        data = one.entry.event.data
        hour = datetime.fromtimestamp(plain.time(one) / 1e6, zone).hour
        told = {"agent": plain.agent(one), "hour": hour, "all": None}
        return tuple(told[part] if part in told else data.get(part) for part in by.split("-"))

    wanted: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in plain.calls(first, last):
        wanted.setdefault(key(one), []).append(one.entry.event.data)
    found = questions.calls(first, last, by, zone="America/St_Johns")
    assert len(found) == len(wanted)
    for group in found:
        data = wanted[tuple(None if part == "all" else getattr(group, part) for part in by.split("-"))]
        answered = [call for call in data if call.get("answered") is True]
        timed = [call["talk_ms"] for call in answered if "talk_ms" in call and not call.get("machine")]
        short = sum(talk < 20_000 for talk in timed)
        assert (group.calls, group.answered) == (len(data), len(answered))
        assert group.unknown == sum(call.get("answered") is None for call in data)
        assert group.unanswered == len(data) - group.answered - group.unknown
        assert (group.timed, group.short) == (len(timed), short)
        assert group.share == (short / len(timed) if timed else None)
        assert group.median_talk_s == (median(timed) / 1000 if timed else None)
        assert group.ended_by_agent == sum(call.get("ended_by") == "agent" for call in answered)
        assert group.ended_by_client == sum(call.get("ended_by") == "client" for call in answered)
        assert (group.low is None) == (not timed)
        if group.share is not None and group.low is not None and group.high is not None:
            assert group.low <= group.share <= group.high


def test_every_timed_call_is_in_one_bin(questions: Questions, plain: Plain) -> None:
    first, last = span(plain)
    bins = questions.talk_times(first, last)
    (every,) = questions.calls(first, last, "all")
    assert sum(one.calls for one in bins) == every.timed
    assert sum(one.calls for one in bins if (one.high_s or 99) <= 20) == every.short
    agent = questions.calls(first, last, "agent")[0]
    assert sum(one.calls for one in questions.talk_times(first, last, agent.agent)) == agent.timed


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Europe/Nicosia"])
def test_activity_is_beside_the_same_weekday_and_hour(questions: Questions, plain: Plain, zone: str) -> None:
    _, last = span(plain)
    day = datetime.fromtimestamp(last / 1e6, ZoneInfo(zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    start = int(day.timestamp() * 1e6) - 9 * DAY
    found = questions.activity(start, start + DAY, zone)
    assert [one.start for one in found] == list(range(start, start + DAY, HOUR))
    for one in found:
        end = one.start + HOUR
        assert one.openings == plain.count(["record.viewed"], one.start, end)
        assert one.reveals == plain.count(["contact.revealed"], one.start, end)
        assert one.calls == plain.count(["call.ended"], one.start, end)
    assert sum(one.openings for one in found) > 0


def test_agents_and_what_was_told_of_them(questions: Questions, plain: Plain, filled: Path) -> None:
    found = {one.agent: one for one in questions.agents()}
    did = Counter(plain.agent(one) for one in plain.all if plain.agent(one))
    assert {agent: one.events for agent, one in found.items() if one.events} == dict(did)
    odd, robot = (found[name] for name in asked.names(filled, "a", "odd-a", "odd-robot"))
    assert (odd.role, odd.desk, odd.time_zone, odd.human) == ("senior", "d-9", "Asia/Kolkata", True)
    assert (robot.role, robot.human) == (None, False)
    assert odd.last_seen == max(plain.time(one) for one in plain.all if plain.agent(one) == odd.agent)


def test_sources_and_what_is_proved_missing(questions: Questions, plain: Plain) -> None:
    now = span(plain)[1] - DAY
    found = {one.source: one for one in questions.sources(now)}
    every = Counter(one.entry.event.source for one in plain.all)
    assert {name: one.events for name, one in found.items()} == dict(every)
    missing = plain.missing()
    for name, one in found.items():
        assert one.missing == missing[name], name
        assert one.last_seen == max(plain.time(each) for each in plain.all if each.entry.event.source == name)
    spans = [(gap.first, gap.last, gap.lost) for gap in found["/notes"].gaps]
    assert spans == [("3", "4", 2), ("7", "8", 2), ("boot'7/5", "boot'7/7", 3)]


def test_what_records_have_in_common_and_what_chance_would_give(
    questions: Questions, plain: Plain, filled: Path
) -> None:
    opened = plain.opened()
    thief = max(opened, key=lambda agent: len(opened[agent]))
    records = sorted(opened[thief])[:9] + asked.names(filled, "r", "odd-r", "odd-r3")
    found = questions.in_common(records)
    wanted = plain.common(records)
    everything = set().union(*opened.values()) | set(records)
    assert {one.agent for one in found} == set(wanted)
    last = 2**62
    for one in found:
        ways = wanted[one.agent]
        touched = set().union(*ways.values())
        assert set(one.records) == touched
        assert (one.opened, one.revealed) == (len(ways["opened"]), len(ways["revealed"]))
        assert (one.called, one.exported) == (len(ways["called"]), len(ways["exported"]))
        assert one.owned == sum(plain.owner(record, last) == one.agent for record in touched)
        assert (one.distinct, one.company) == (len(opened.get(one.agent, ())), len(everything))
        assert one.expected == pytest.approx(11 * one.distinct / one.company)
        assert one.probability == pytest.approx(exactly(one.opened, 11, one.distinct, one.company), rel=1e-6)
    assert [one.surprise for one in found] == sorted([one.surprise or 0 for one in found], reverse=True)
    whole = questions.in_common(records, 0, last)
    assert whole == found  # the span that holds everything is answered by other SQL, and alike


def exactly(found: int, asked: int, held: int, box: int) -> float:
    ways = sum(math.comb(held, k) * math.comb(box - held, asked - k) for k in range(found, asked + 1))
    return ways / math.comb(box, asked)


def test_of_four_records_nothing_is_said(questions: Questions, plain: Plain) -> None:
    records = sorted(max(plain.opened().values(), key=len))[:4]
    for one in questions.in_common(records):
        assert not one.enough
        assert (one.expected, one.probability, one.surprise) == (None, None, None)
    with pytest.raises(BadInput):
        questions.in_common([])


def test_exposure_is_that_of_a_plain_pass(questions: Questions, plain: Plain, filled: Path) -> None:
    first, last = span(plain)
    for agent in [*asked.names(filled, "a", "odd-a", "odd-b"), *agents_of(plain)[::4]]:
        for start, end in ((first, last), (START + 100 * 1_000_000, START + DAY)):
            seen: dict[str, set[str]] = {}
            before: set[str] = set()
            for one in plain.all:
                kind, t = plain.kind(one), plain.time(one)
                if plain.agent(one) != agent or one.entry.event.data.get("surface") == "job":
                    continue
                if kind in ("record.viewed", "contact.revealed", "export.created"):
                    for record in plain.touched(one):
                        if t < start:
                            before.add(record)
                        elif t < end:
                            seen.setdefault(record, set()).add(kind)
            found = questions.exposure(agent, start, end)
            assert found.records == len(seen)
            assert found.opened == sum("record.viewed" in kinds for kinds in seen.values())
            assert found.revealed == sum("contact.revealed" in kinds for kinds in seen.values())
            assert found.exported == sum("export.created" in kinds for kinds in seen.values())
            assert found.new == len(set(seen) - before)
            assert sum(band.records for band in found.bands) == found.records
    (odd_b,) = asked.names(filled, "a", "odd-b")
    told = questions.exposure(odd_b, START, START + DAY)
    assert [(band.value_band, band.records) for band in told.bands] == [(11, 1), (None, 1)]
    assert told.exported_rows == 702


def test_search_knows_pseudonyms_and_nothing_else(questions: Questions, plain: Plain, filled: Path) -> None:
    agent, record = *asked.names(filled, "a", "odd-a"), *asked.names(filled, "r", "odd-r")
    (found,) = questions.search(f" {agent}\n")
    assert (found.kind, found.name) == ("agent", agent)
    (found,) = questions.search(record)
    assert found.kind == "record"
    for text in ("odd-a", "%", "' OR 1=1 --", "a-aaaaaaaaaaaaaaaa", ""):
        assert questions.search(text) == []


def test_entries_are_given_as_they_were_told(questions: Questions, plain: Plain) -> None:
    for row in questions.entries([0, 5_001, 17, 17]):
        one = plain.all[row.index]
        assert (row.time, row.data, row.id) == (plain.time(one), one.entry.event.data, one.entry.event.id)
    for wrong in ([-1], [len(plain.all)]):
        with pytest.raises(BadInput):
            questions.entries(wrong)


def test_what_is_asked_wrongly_is_told_so(questions: Questions) -> None:
    for ask in (
        lambda: questions.trail(["deposits'; DROP TABLE facts"]),
        lambda: questions.calls(0, DAY, "colour"),
        lambda: questions.calls(0, DAY, "hour", zone="Mars/Olympus"),
        lambda: questions.activity(0, DAY, "../../etc/passwd"),
        lambda: questions.trail(limit=0),
        lambda: questions.record_entries("r-aaaaaaaaaaaaaaaa", limit=10**9),
    ):
        with pytest.raises(BadInput):
            ask()


def test_an_empty_span_and_an_unknown_agent_have_empty_answers(questions: Questions) -> None:
    nobody = "a-aaaaaaaaaaaaaaaa"
    assert questions.agent_entries(nobody, 0, 2**60) == []
    assert questions.agent_days(nobody, START, START + DAY) == []
    assert questions.calls(5, 5) == []
    assert questions.activity(5, 5) == []
    assert questions.in_common(["r-aaaaaaaaaaaaaaaa"]) == []
    assert questions.exposure(nobody, 0, 1).records == 0


def test_a_question_sees_what_was_just_appended(filled: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    with Questions(home) as questions, open_log(home) as log:
        (record,) = asked.names(home, "r", "odd-new")
        for count in range(1, 60):
            event = asked.odd_events()[1]
            named = type(event)(**{**fields(event), "id": f"new-{count}", "subject": "odd-new"})
            log.append([named], received=2**50)
            assert len(questions.record_entries(record)) == count
        assert questions.view().tail.column(0).num_chunks <= 33


@pytest.mark.slow
def test_what_the_tail_comes_to_is_worked_out_piece_by_piece(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewtrail.store.asking_view.PIECE", 300)
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    with Questions(home) as questions, open_log(home) as log:
        event = asked.odd_events()[1]
        for turn in range(12):
            named = {**fields(event), "subject": f"odd-{turn}", "sequence": None}
            log.append([type(event)(**{**named, "id": f"{turn}-{n}"}) for n in range(130)], received=2**50)
            if turn in (4, 8):
                asked.seal_small(home, monkeypatch, largest=9_000 if turn == 4 else 100)
            plain = Plain(asked.entries(home))
            every = Counter(one.entry.event.source for one in plain.all)
            assert {one.source: one.events for one in questions.sources()} == dict(every)
            assert {one.source: one.missing for one in questions.sources() if one.missing} == dict(
                +plain.missing()
            )
            did = Counter(plain.agent(one) for one in plain.all if plain.agent(one))
            assert {one.agent: one.events for one in questions.agents() if one.events} == dict(did)
            (mine,) = asked.names(home, "a", "odd-a")
            (odd,) = [
                one for one in questions.in_common(asked.names(home, "r", "odd-r")) if one.agent == mine
            ]
            assert odd.distinct == len(plain.opened()[mine])


def fields(event: Any) -> dict[str, Any]:
    return {
        name: getattr(event, name) for name in ("source", "id", "type", "time", "data", "subject", "sequence")
    }


def test_many_threads_ask_at_once(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    plain = Plain(asked.entries(home))
    first, last = span(plain)
    wrong: list[object] = []
    with Questions(home) as questions:
        wanted = {agent: plain.agent_entries(agent, first, last) for agent in agents_of(plain)[:6]}

        def ask(agent: str) -> None:
            for _ in range(8):
                try:
                    found = [row.index for row in questions.agent_entries(agent, first, last)]
                    if found != wanted[agent] or len(questions.trail()) != min(200, len(plain.trail())):
                        wrong.append(agent)
                except Exception as error:
                    wrong.append(error)

        threads = [Thread(target=ask, args=(agent,)) for agent in wanted]
        for thread in threads:
            thread.start()
        asked.seal_small(home, monkeypatch, largest=2_000)
        for thread in threads:
            thread.join()
    assert wrong == []


def test_segments_of_another_log_are_refused(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    shutil.copytree(filled, home)
    asked.seal_small(home, monkeypatch)
    asked.fill(other, history=9)
    shutil.copytree(home / manifest.FOLDER, other / manifest.FOLDER)
    with Questions(other) as questions, pytest.raises(BadInput, match="made from another log"):
        questions.agents()
    assert any("another log" in problem for problem in segments.check(other))


def test_too_much_that_is_not_sealed_is_said_and_not_read(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    monkeypatch.setattr("viewtrail.store.asking_view.MOST_UNSEALED", 1_500)
    with Questions(home) as questions:
        with pytest.raises(BadInput, match="not sealed"):
            questions.agents()
        asked.seal_small(home, monkeypatch)
        assert questions.agents()


def test_there_is_nothing_to_ask_where_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Questions(tmp_path)


def test_wilson_and_chance_are_those_of_the_textbook() -> None:
    assert wilson(0, 0) is None
    low, high = wilson(8, 10) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)  # Newcombe 1998, table of methods
    assert wilson(0, 5) == (0.0, pytest.approx(0.4345, abs=1e-4))
    for found, drawn, held, box in ((3, 10, 40, 500), (0, 5, 10, 100), (10, 10, 300, 1_000), (5, 5, 5, 5)):
        wanted = sum(
            math.comb(held, k) * math.comb(box - held, drawn - k) for k in range(found, min(drawn, held) + 1)
        ) / math.comb(box, drawn)
        assert 10 ** log10_at_least(found, drawn, held, box) == pytest.approx(wanted, rel=1e-9)
    assert log10_at_least(60, 60, 100, 1_000_000) < -200
    assert log10_at_least(6, 10, 5, 100) == -math.inf


def test_a_day_on_which_clocks_change_has_its_own_number_of_hours(questions: Questions) -> None:
    """Clocks were put forward on that day in Nicosia: it has 23 hours."""
    start = int(
        datetime(2026, 3, 29, 0, 0, tzinfo=ZoneInfo("Europe/Nicosia")).astimezone(UTC).timestamp() * 1e6
    )
    hours = questions.activity(
        start, start + 23 * HOUR, "Europe/Nicosia"
    )  # clocks were put forward: 23 hours
    assert len(hours) == 23
    assert len(questions.activity(start, start + 23 * HOUR, "UTC")) == 23
