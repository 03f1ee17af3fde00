"""The book: the first snapshot is history, the next tells what changed, the same one again tells nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.event import rfc3339
from viewtrail.sources import SetAside
from viewtrail.sources.book import Book, Held, after, as_plain, changes, from_plain, read_book

MONDAY = 1_772_434_800_000_000
DAY = 86_400_000_000
HEADER = "record,owner,since,desk,value_band,next_task,task_kind,task_by,campaign\n"


@pytest.fixture
def snapshot(tmp_path):
    def read(*rows: str):
        (tmp_path / "book.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
        told = list(read_book(tmp_path / "book.csv"))
        return dict(one for one in told if not isinstance(one, SetAside)), [
            one for one in told if isinstance(one, SetAside)
        ]

    return read


ROW = "L-1,a-1,2026-01-05,cyprus,7,2026-03-03T10:00:00+02:00,callback,m-1,spring"


def test_the_first_snapshot_is_a_back_fill_for_its_own_time(snapshot):
    book, _ = snapshot(ROW)
    found = changes(None, book, MONDAY)
    told = {event.type: event for event in found.events}
    assert set(told) == {"record.assigned", "record.valued", "task.due", "campaign.started"}
    assigned = told["record.assigned"]
    assert (rfc3339(assigned.time), assigned.subject, assigned.data["to"]) == (
        "2026-01-05T00:00:00Z",
        "L-1",
        "a-1",
    )
    assert assigned.data["reason"] == "back-fill"
    assert (told["task.due"].data["agent"], told["task.due"].data["by"]) == ("a-1", "m-1")
    assert told["campaign.started"].data["records"] == ["L-1"]
    assert (found.fresh, found.changed, found.gone) == (1, 0, [])


def test_the_same_snapshot_again_gives_nothing_and_the_same_change_the_same_ids(snapshot):
    book, _ = snapshot(ROW)
    assert changes(book, book, MONDAY + DAY).events == []
    assert [e.id for e in changes(None, book, MONDAY).events] == [
        e.id for e in changes(None, book, MONDAY).events
    ]


def test_a_new_owner_is_known_from_the_snapshot_on_and_effective_as_it_says(snapshot):
    before, _ = snapshot(ROW)
    now, _ = snapshot(ROW.replace("a-1,2026-01-05", "a-2,2026-03-01"))
    assigned, cancelled, due = changes(before, now, MONDAY + DAY).events
    assert (assigned.data["from"], assigned.data["to"]) == ("a-1", "a-2")
    assert assigned.data["known_from"] == assigned.time == MONDAY + DAY
    assert rfc3339(assigned.data["effective_from"]) == "2026-03-01T00:00:00Z"
    assert (cancelled.type, cancelled.data["agent"], due.type, due.data["agent"]) == (
        "task.cancelled",
        "a-1",
        "task.due",
        "a-2",
    )


def test_what_is_gone_is_counted_and_not_told(snapshot):
    before, _ = snapshot(ROW, "L-2,a-2,,,,,,,spring")
    now, _ = snapshot(ROW)
    found = changes(before, now, MONDAY + DAY)
    assert (found.events, found.gone) == ([], ["L-2"])
    assert changes(after(before, now), before, MONDAY + 2 * DAY).events == [], "it came back as it was"


def test_a_campaign_ends_when_no_record_is_in_it(snapshot):
    before, _ = snapshot(ROW)
    now, _ = snapshot(ROW.replace("spring", ""))
    assert [event.type for event in changes(before, now, MONDAY + DAY).events] == ["campaign.ended"]


def test_a_long_list_comes_in_several_events_of_one_campaign():
    book: Book = {f"L-{n}": Held(campaign="spring") for n in range(2_500)}
    found = changes(None, book, MONDAY).events
    assert [len(event.data["records"]) for event in found] == [1_000, 1_000, 500]
    assert len({event.id for event in found}) == 3


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace(",7,", ",21,"), "value_band 21 is above 20"),
        (ROW.replace(",7,", ",many,"), "value_band 'many' is no whole number"),
        (ROW.replace("callback", "party"), 'kind "party" is none of callback'),
        (ROW.replace("L-1", ""), "record '' has 0 characters"),
        (ROW.replace("2026-01-05", "once"), "since 'once' is no date or time"),
        ("L-0,a-2,,,,,,,", "the record stands in the snapshot twice"),
    ],
)
def test_a_bad_row_is_set_aside_alone(snapshot, row, reason):
    book, [aside] = snapshot("L-0,a-1,,,,,,,", row)
    assert list(book) == ["L-0"]
    assert (aside.place, reason in aside.reason) == ("book.csv:3", True), aside.reason


held = st.builds(
    Held,
    owner=st.sampled_from(["", "a-1", "a-2"]),
    since=st.none() | st.integers(MONDAY - DAY, MONDAY),
    desk=st.sampled_from(["", "cyprus"]),
    value_band=st.none() | st.integers(0, 20),
    next_task=st.none() | st.integers(MONDAY, MONDAY + DAY),
    campaign=st.sampled_from(["", "spring", "summer"]),
)
books = st.dictionaries(st.sampled_from(["L-1", "L-2", "L-3"]), held)


@given(books, books)
def test_a_snapshot_after_itself_changes_nothing_whatever_came_before(first, second):
    known = after(first, second)
    assert changes(known, second, MONDAY + DAY).events == []
    assert from_plain(as_plain(known)) == known
    assert len({event.id for event in changes(first, second, MONDAY).events}) == len(
        changes(first, second, MONDAY).events
    )
