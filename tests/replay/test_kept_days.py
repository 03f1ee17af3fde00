"""A day that is closed again comes to what it would come to if nothing of its first close had been kept."""

from __future__ import annotations

from datetime import UTC, datetime, time
from random import Random

import pytest

from replay.told import HOUR, arriving, history, replay
from viewtrail.event import Event
from viewtrail.log import Logged
from viewtrail.measure.context import People
from viewtrail.measure.reasons import Book, Campaign, Owned, Record
from viewtrail.stories import tell
from viewtrail.watch import ripe
from viewtrail.watch.closing import Closing
from viewtrail.watch.zone_day import ZoneDay

DAY = 24 * HOUR


def late_now_and_then(events: list[Event]) -> list[Logged]:
    """Most events come within a second; some within hours, facts about records and people by days."""
    chance = Random(11)
    spans = {
        event.id: chance.choices((HOUR // 3600, 5 * HOUR, 2 * DAY), (0.95, 0.04, 0.01))[0] for event in events
    }
    return arriving(events, lambda event: Random(event.id).randrange(spans[event.id]))


@pytest.mark.slow
def test_what_is_kept_of_a_close_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = late_now_and_then(list(tell(seed=4).events))
    loop, transitions = replay(entries)
    kept = []
    told_since = ripe._told_since

    def never_kept(*asked: object) -> bool:
        kept.append(not told_since(*asked))  # type: ignore[arg-type]
        return True

    monkeypatch.setattr(ripe, "_told_since", never_kept)
    again, anew = replay(entries)
    assert sum(kept) > 100  # days were closed again, and most of them would have been kept
    assert anew == transitions
    assert again.left_alone() == loop.left_alone()
    assert {day: [(row.agent, row.scores) for row in rows] for day, rows in again.learned.rows.items()} == {
        day: [(row.agent, row.scores) for row in rows] for day, rows in loop.learned.rows.items()
    }


def with_sick_notes(events: list[Event]) -> list[Event]:
    """Each working day a colleague was ill, which is told on the next at noon."""
    people = sorted({event.subject for event in events if event.type == "agent.joined" and event.subject})
    days = sorted({datetime.fromtimestamp(event.time / 1e6, UTC).date() for event in events})
    ill = [
        Event(
            source="/hr",
            id=f"ill-{day}",
            type="leave.booked",
            time=int(datetime.combine(day, time(12), UTC).timestamp()) * 1_000_000 + 24 * HOUR,
            data={"agent": "system", "from": str(day), "to": str(day), "kind": "sick"},
            subject=people[n % len(people)],
        )
        for n, day in enumerate(days)
    ]
    return sorted([*events, *ill], key=lambda event: event.time)


@pytest.mark.slow
def test_a_day_that_is_left_as_it_closed_would_close_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = history(with_sick_notes(list(tell(seed=4).events)))
    loop, transitions = replay(entries)
    stands, spared = Closing.stands, []

    def never(closing: Closing, zone_day: ZoneDay, following: ZoneDay | None) -> bool:
        spared.append(stands(closing, zone_day, following))
        return False

    monkeypatch.setattr(Closing, "stands", never)
    again, anew = replay(entries)
    assert sum(spared) > 5
    assert not all(spared)
    assert anew == transitions
    assert again.left_alone() == loop.left_alone()


def test_who_left_long_ago_holds_on_to_no_day() -> None:
    events = [event for event in tell(seed=4).events if event.type == "record.viewed"]
    some = {event.data["agent"] for event in events[: len(events) // 4]}
    half = len(events) // 2
    loop, _ = replay(history(one for n, one in enumerate(events) if n < half or one.data["agent"] in some))
    kept = {id(one) for one in loop.days.recent()}
    assert {id(one) for one in loop.days.zone_days.values()} <= kept


def test_a_fact_counts_for_closed_days_only_where_it_could_matter_to_them() -> None:
    book = Book()
    book.closed_to = 10 * DAY
    book.get("r", holds=11 * DAY).assign(Owned(11 * DAY, 11 * DAY, "b", None))
    assert (book.told, book.told_since(0)) == (0, frozenset())
    book.get("r", holds=9 * DAY).assign(Owned(9 * DAY, 11 * DAY, "a", None))
    assert (book.told, book.told_since(0), book.told_since(1)) == (1, {"r"}, frozenset())


def test_what_was_told_before_days_that_cannot_change_any_more_is_forgotten() -> None:
    book = Book()
    for day in range(1, 30):
        book.closed(day * DAY)
        book.get(f"r{day}", holds=0)
    assert book.told == 29
    assert book.told_since(28) == {"r29"}
    assert book.told_since(26) == {"r27", "r28", "r29"}
    assert len(book._told_of) < 10


def test_a_campaign_without_a_list_may_concern_any_opening() -> None:
    book = Book()
    book.closed_to = 10 * DAY
    book.records["r"] = Record()
    book.campaigns["listed"] = Campaign(0, DAY, 0, frozenset(), frozenset(), records={"r"})
    book.told_of_campaign("listed", 0, unlisted=False)
    assert (book.told_since(0), book.told_of_all) == ({"r"}, 0)
    book.told_of_campaign("listed", 0, unlisted=True)
    assert book.told_of_all == book.told == 3


def test_leave_told_of_concerns_the_desk_from_its_first_day_on() -> None:
    people = People()
    people.tell("a", "agent.joined", 0, {"role": "agent", "desk": "4"})
    people.closed_to = 10 * DAY
    people.tell("a", "leave.booked", 9 * DAY, {"from": "1970-01-12", "to": "1970-01-13"})
    assert people.told_of_desk.get("4", 0) == 0
    people.tell("a", "leave.booked", 11 * DAY, {"from": "1970-01-09", "to": "1970-01-09"})
    assert people.told_of_desk["4"] == people.by_agent["a"].told == people.told
