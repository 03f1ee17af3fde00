"""A question sees one state of the log: what was just appended, what is sealed meanwhile, by many at once."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from store import asked
from store.asked import Plain
from viewtrail.errors import BadInput
from viewtrail.store import open_log, segments
from viewtrail.store import segments_manifest as manifest
from viewtrail.store.asking import Questions


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
    monkeypatch.setattr("viewtrail.store.asking_follow.PIECE", 300)
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
    first, last = plain.span()
    wrong: list[object] = []
    with Questions(home) as questions:
        wanted = {agent: plain.agent_entries(agent, first, last) for agent in plain.agents()[:6]}

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
    monkeypatch.setattr("viewtrail.store.asking_follow.MOST_UNSEALED", 1_500)
    with Questions(home) as questions:
        with pytest.raises(BadInput, match="not sealed"):
            questions.agents()
        asked.seal_small(home, monkeypatch)
        assert questions.agents()


def test_there_is_nothing_to_ask_where_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Questions(tmp_path)
