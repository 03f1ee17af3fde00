"""What is kept of one agent or record is what the log has of them, whenever it is asked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from store import asked
from store.asked import Plain
from viewtrail.store import open_log
from viewtrail.store.asking import Questions
from viewtrail.store.asking_follow import Source, one_moment
from viewtrail.store.asking_near import ALWAYS, AROUND, Near
from viewtrail.store.open_log import open_reader


def test_rows_kept_for_an_agent_are_those_of_any_span_asked_for(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    assert asked.seal_small(home, monkeypatch, largest=4_000) > 0
    plain = Plain(asked.entries(home))
    agent = plain.agents()[0]
    with Questions(home) as questions:
        middle = questions.agent_entries(agent, *plain.span())[-1].time
        for days in (0, -9, 9, -30, 30, 3):
            start, end = middle + days * asked.DAY, middle + (days + 4) * asked.DAY
            found = [row.index for row in questions.agent_entries(agent, start, end)]
            assert found == plain.agent_entries(agent, start, end)


def test_what_is_kept_is_dropped_when_more_is_sealed(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    with Questions(home) as questions, open_log(home) as log:
        (record,) = asked.names(home, "r", "odd-r")
        before = len(questions.record_entries(record, limit=10_000))
        event = asked.odd_events()[1]
        for count in range(1, 7):
            named = type(event)(
                event.source, f"more-{count}", event.type, event.time, event.data, event.subject
            )
            log.append([named], received=2**50)
            if count in (2, 4):
                asked.seal_small(home, monkeypatch, largest=9_000 if count == 2 else 1_000)
            assert len(questions.record_entries(record, limit=10_000)) == before + count


def test_within_one_moment_nothing_new_is_seen(filled: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    with Questions(home) as questions, open_log(home) as log:
        (record,) = asked.names(home, "r", "odd-new")
        event = asked.odd_events()[1]
        with one_moment():
            assert questions.record_entries(record) == []
            log.append(
                [type(event)("/crm", "new", event.type, event.time, event.data, "odd-new")], received=2**50
            )
            assert questions.record_entries(record) == []
        assert len(questions.record_entries(record)) == 1


def test_what_is_kept_holds_what_is_asked_for_next() -> None:
    asked_for = Near("acts", frozenset({"a-1"}), 100 * asked.DAY, 101 * asked.DAY)
    kept = asked_for.widened()
    assert kept.holds(asked_for)
    assert kept.holds(Near("acts", frozenset({"a-1"}), 100 * asked.DAY - AROUND, 101 * asked.DAY))
    assert not kept.holds(Near("acts", frozenset({"a-2"}), 100 * asked.DAY, 101 * asked.DAY))
    assert not kept.holds(Near("acts", frozenset({"a-1"}), 100 * asked.DAY - AROUND - 1, 101 * asked.DAY))
    assert not kept.holds(Near("touches", frozenset({"a-1"}), 100 * asked.DAY, 101 * asked.DAY))
    always = Near("told", frozenset({"r-1", "r-2"}))
    assert always.widened() == always
    assert (always.start, always.end) == (-ALWAYS, ALWAYS)
    assert always.holds(Near("told", frozenset({"r-2"})))


def test_what_came_since_is_added_to_what_is_kept_and_an_older_state_does_not_see_it(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    assert asked.seal_small(home, monkeypatch, largest=4_000) > 0
    (mine,) = asked.names(home, "a", "odd-a")
    near = Near("acts", frozenset({mine}), asked.START, asked.START + 40 * asked.DAY)
    event = asked.odd_events()[1]
    source = Source(home, open_reader(home))
    with open_log(home) as log:
        states = []
        for count in range(5):
            if count:
                told = {**event.data, "agent": "odd-a"}
                log.append(
                    [type(event)("/crm", f"more-{count}", event.type, event.time, told, "odd-r")],
                    received=2**50,
                )
            states.append(source.now())
            with source.asking(states[-1]) as ask:
                assert ask.near(near).num_rows
        sizes = []
        for state in (*reversed(states), *states):
            with source.asking(state) as ask:
                sizes.append(ask.near(near).num_rows)
    first = sizes[-5]
    assert sizes[-5:] == [first + count for count in range(5)]
    assert sizes[:5] == sizes[:4:-1]
    source.close()
