"""The told company as a whole: the same for the same seed, in order, readable, of a fair size."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import combinations, pairwise

import pytest

from stories.reasons import Reasons, openings, unexplained
from viewtrail.errors import BadInput
from viewtrail.event import from_wire, to_wire
from viewtrail.stories import NAMES, Told, only, tell
from viewtrail.stories.calendar import midnight
from viewtrail.stories.company import PEOPLE, SALES


def test_the_same_seed_tells_the_same_days() -> None:
    assert tell(seed=3, history_days=20) == tell(seed=3, history_days=20)


def test_another_seed_tells_another_ordinary_life_and_other_details() -> None:
    one, other = only("ninety_reveals", 2, seed=1), only("ninety_reveals", 2, seed=2)
    assert one.events != other.events
    assert one.episodes[0].records != other.episodes[0].records
    assert one.episodes[0].day == other.episodes[0].day


def test_every_event_comes_back_from_the_wire_unchanged(told: Told) -> None:
    assert [event for event in told.events if from_wire(to_wire(event)) != event] == []


def test_nothing_goes_to_the_encrypted_detail_as_unknown(told: Told) -> None:
    assert [event for event in told.events if event.extra] == []


def test_events_are_in_time_order_and_counted_per_source(told: Told) -> None:
    assert all(a.time <= b.time for a, b in pairwise(told.events))
    counted: dict[str, list[int]] = defaultdict(list)
    for event in told.events:
        counted[event.source].append(int(event.sequence or 0))
    assert set(counted) == {"/crm", "/pbx", "/hr"}
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in counted.values())


def test_nothing_happens_to_a_record_before_the_crm_has_it(told: Told) -> None:
    created = {e.subject: e.time for e in told.events if e.type == "record.created"}
    kinds = ("record.viewed", "record.assigned", "call.started", "client.contacted", "document.uploaded")
    early = [e for e in told.events if e.type in kinds and e.time < created[e.subject]]
    assert early == []


def test_nobody_keeps_a_beat(told: Told) -> None:
    """Pauses within a sweep differ: an even rhythm would give the told days away, and not as people do."""
    for episode in told.episodes:
        times = [e.time for e in openings(told.events, episode)]
        gaps = sorted(b - a for a, b in pairwise(times))
        assert gaps[len(gaps) * 3 // 4] > 1.2 * gaps[len(gaps) // 4], episode.name


def test_no_event_is_told_twice(told: Told) -> None:
    assert len({(event.source, event.id) for event in told.events}) == len(told.events)


def test_the_company_is_of_the_size_that_was_promised(told: Told) -> None:
    assert 90_000 < len(told.events) < 120_000
    assert len(SALES) == 15
    records = {event.subject for event in told.events if event.type == "record.created"}
    assert 1_500 < len(records) < 2_700
    joined = {event.subject for event in told.events if event.type == "agent.joined"}
    assert joined == {person.id for person in PEOPLE}


def test_every_leave_names_a_view_of_the_same_agent_and_record(told: Told) -> None:
    views = {f"{e.source}#{e.id}": e for e in told.events if e.type == "record.viewed"}
    for event in told.events:
        if event.type == "record.left":
            view = views[event.data["view"]]
            assert (view.subject, view.data["agent"]) == (event.subject, event.data["agent"])
            assert view.time < event.time


def test_people_open_records_only_within_their_visits(told: Told) -> None:
    started, ended = {}, {}
    for event in told.events:
        if event.type == "visit.started":
            started[event.data["visit"]] = event
        if event.type == "visit.ended":
            ended[event.data["visit"]] = event
    views = [e for e in told.events if e.type == "record.viewed" and e.data["surface"] == "ui"]
    outside = [e for e in views if not started[e.data["visit"]].time <= e.time <= ended[e.data["visit"]].time]
    assert len(outside) < len(views) / 500  # a campaign's last records may run into lunch


def test_nobody_works_while_away_or_after_the_last_day(told: Told) -> None:
    gone = {e.subject: e.time for e in told.events if e.type == "agent.left"}
    assert gone
    for event in told.events:
        if event.type in ("record.viewed", "call.started"):
            assert event.time < gone.get(event.data["agent"], event.time + 1)


def test_stories_leave_each_agent_ten_days_apart(told: Told) -> None:
    for a, b in combinations(told.episodes, 2):
        if {a.agent, *a.cast} & {b.agent, *b.cast}:
            assert abs((a.day - b.day).days) > 10, (a.name, b.name)


def test_the_last_story_ends_days_before_the_telling_does(told: Told) -> None:
    assert {episode.name for episode in told.episodes} == set(NAMES)
    assert max(episode.day for episode in told.episodes) == date(2026, 3, 30)
    assert told.end == date(2026, 4, 6)
    assert min(episode.day for episode in told.episodes) >= date(2026, 3, 4)


def test_a_fair_share_of_ordinary_openings_has_no_reason(told: Told, reasons: Reasons) -> None:
    sales = {person.id for person in SALES}
    first_story = min(episode.start for episode in told.episodes)
    views = [e for e in told.events if e.type == "record.viewed" and e.time < first_story]
    views = [e for e in views if e.data["agent"] in sales]
    assert 0.02 < len(unexplained(reasons, views)) / len(views) < 0.06


def test_agents_differ_in_pace(told: Told) -> None:
    opened = Counter(e.data["agent"] for e in told.events if e.type == "record.viewed")
    assert opened["a-169"] > 2 * opened["a-174"]


@pytest.mark.parametrize("name", NAMES)
def test_each_story_can_be_told_alone_in_an_empty_installation(name: str) -> None:
    alone = only(name, history_days=0)
    (episode,) = alone.episodes
    assert episode.name == name
    assert episode.day >= alone.start
    assert episode.text.endswith(".")


def test_twenty_days_begin_at_the_first_story() -> None:
    assert tell(history_days=20).start == date(2026, 3, 4)
    assert tell(history_days=20, told=["ninety_reveals"]).start == date(2026, 3, 17)


def test_an_empty_installation_holds_the_directory_and_the_book() -> None:
    empty = tell(history_days=0, told=[])
    assert empty.episodes == []
    assert {e.type for e in empty.events} <= {
        "agent.joined",
        "record.created",
        "record.assigned",
        "record.valued",
    }


def test_nothing_is_told_that_happens_after_the_end() -> None:
    alone = only("eighty_before_leaving", history_days=1)
    assert max(event.time for event in alone.events) < midnight(alone.end)


def test_an_unknown_story_is_refused_with_the_names_of_the_others() -> None:
    with pytest.raises(BadInput, match="no story is called 'a_heist'; the stories are forty_seven"):
        only("a_heist")
