"""Which of the loop's words the log still lacks: what a crash cut off, and what history has changed."""

from __future__ import annotations

from dataclasses import replace

from app.test_projections import finding
from viewtrail.app.live_telling import Written, entry_of, unwritten
from viewtrail.event import Event, from_wire, to_wire
from viewtrail.finding import Transition
from viewtrail.log import Stored

F, G = finding(1), finding(2)


def life(*kinds: str, of: object = F, shift: int = 0) -> list[Transition]:
    return [Transition(kind, n + shift, n + shift, of) for n, kind in enumerate(kinds)]  # type: ignore[arg-type]


def written(events: list[Event]) -> Written:
    found = Written()
    for one in events:
        found.take(Stored(data=dict(one.data), id=one.id, source=one.source, time=one.time, type=one.type))
    return found


def kinds(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.data["finding"], event.data["transition"]) for event in events]


def test_an_entry_is_of_the_vocabulary_and_the_same_each_time() -> None:
    one = entry_of(life("opened")[0])
    assert from_wire(to_wire(one)) == one
    assert entry_of(life("opened")[0]) == one
    assert entry_of(life("opened", shift=1)[0]).id != one.id
    assert entry_of(Transition("opened", 0, 0, replace(F, tier="limit"))).id != one.id


def test_nothing_is_told_that_the_log_holds() -> None:
    whole = life("opened", "updated", "confirmed")
    assert unwritten(whole, written([entry_of(one) for one in whole]).entries, 0) == []


def test_what_a_crash_cut_off_is_told() -> None:
    whole = life("opened", "updated", "updated", "confirmed")
    held = written([entry_of(one) for one in whole[:2]])
    assert unwritten(whole, held.entries, 0) == [entry_of(one) for one in whole[2:]]


def test_a_finding_that_the_log_does_not_know_is_told_whole_and_in_order() -> None:
    mixed = [*life("opened"), *life("opened", of=G, shift=1), *life("updated", shift=2)]
    assert unwritten(mixed, {}, 0) == [entry_of(one) for one in mixed]


def test_causes_that_history_moved_are_no_news() -> None:
    held = written([entry_of(one) for one in life("opened", "confirmed")])
    assert unwritten(life("opened", "confirmed", shift=90), held.entries, 0) == []


def test_another_end_is_news_and_only_the_end() -> None:
    held = written([entry_of(one) for one in life("opened", "confirmed")])
    again = life("opened", "updated", "withdrawn", shift=90)
    assert unwritten(again, held.entries, 0) == [entry_of(again[-1])]


def test_a_finding_that_is_none_any_more_is_taken_back_once() -> None:
    held = written([entry_of(one) for one in life("opened")])
    gone = unwritten([], held.entries, 77)
    assert kinds(gone) == [(F.id, "withdrawn")]
    assert gone[0].time == 77
    assert unwritten([], written([*(entry_of(one) for one in life("opened")), *gone]).entries, 99) == []


def test_others_words_and_the_same_word_twice_count_for_nothing() -> None:
    one = entry_of(life("opened")[0])
    held = written([replace(one, source="/crm"), one, one])
    assert len(held.entries[F.id]) == 1
