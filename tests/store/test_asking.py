"""Entries as pages ask for them are those of a plain pass: of the tail, of segments, and of both."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from store import asked
from store.asked import DAY, START, Plain
from viewtrail.errors import BadInput
from viewtrail.store.asking import Questions


def test_an_agents_days_are_those_of_a_plain_pass(questions: Questions, plain: Plain) -> None:
    first, last = plain.span()
    for agent in plain.agents():
        for start, end in ((first, last), (START, START + DAY), (START + 50, START + 8 * DAY)):
            found = questions.agent_entries(agent, start, end)
            assert [row.index for row in found] == plain.agent_entries(agent, start, end)
            alone = questions.agent_entries(agent, start, end, about=False)
            assert [row.index for row in alone] == plain.agent_entries(agent, start, end, about=False)


def test_views_carry_how_long_they_lasted_as_told_last(questions: Questions, plain: Plain) -> None:
    first, last = plain.span()
    seen = 0
    for agent in plain.agents():
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
    first, last = plain.span()
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
    for limit in (1, 2, 7, 60):  # as many as a day has, and as only weeks have
        assert [row.index for row in questions.trail(limit=limit)] == plain.trail()[:limit]
        assert [row.index for row in questions.trail(limit=limit, agent=agent)] == plain.trail(agent=agent)[
            :limit
        ]


def test_the_band_told_last_is_the_band(questions: Questions, filled: Path) -> None:
    one, other = asked.names(filled, "r", "odd-r", "odd-r2")
    assert questions.bands([one, other]) == {one: 11, other: None}
    assert questions.bands([]) == {}


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
