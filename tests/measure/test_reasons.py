"""Each business reason at its edges: how early, how late, who made it, and what is unknown."""

from __future__ import annotations

import pytest

from measure.desk import BOSS, COLLEAGUE, ME, RECORD, Desk, T
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import CLOSING, DAY, HOUR, MINUTE, bounds
from viewtrail.measure.lost import Gap
from viewtrail.measure.reasons import SILENT_AFTER, Feeds, Task, is_contact, is_short

# -- assigned ---------------------------------------------------------------------------------------


def test_nothing_known_is_no_reason() -> None:
    assert Desk().reasons() == set()
    assert Desk().later() == set()


@pytest.mark.parametrize(("effective", "known", "then"), [(0, 0, True), (1, 1, False), (-DAY, 1, False)])
def test_assigned_at_the_opening_and_known_by_then(effective: int, known: int, then: bool) -> None:
    desk = Desk().owned(ME, T + effective, T + known)
    assert (desk.reasons() == {"assigned"}) is then


def test_a_handover_entered_late_by_somebody_else_counts_in_the_end() -> None:
    desk = Desk().owned(COLLEAGUE, T - 90 * DAY).owned(ME, T - 2 * HOUR, T + 4 * HOUR, by=BOSS)
    assert desk.reasons() == set()
    assert desk.later() == {"assigned"}
    assert desk.later(known_by=T + 3 * HOUR) == set()


def test_an_owner_since_replaced_is_no_owner() -> None:
    assert Desk().owned(ME, T - 90 * DAY).owned(COLLEAGUE, T - HOUR).reasons() == set()
    assert Desk().owned(ME, T - 90 * DAY).owned(COLLEAGUE, T + HOUR).reasons() == {"assigned"}
    assert Desk().owned(ME, T - 90 * DAY).owned(None, T - HOUR).reasons() == set()


def test_facts_are_put_in_order_whatever_order_they_come_in() -> None:
    one, other = Desk(), Desk()
    told = [(COLLEAGUE, T - 9 * DAY), (ME, T - 5 * DAY), (COLLEAGUE, T + HOUR)]
    for owner, since in told:
        one.owned(owner, since)
    for owner, since in reversed(told):
        other.owned(owner, since)
    assert one.reasons() == other.reasons() == {"assigned"}


@pytest.mark.parametrize("pair", [((None, "m-1"), (ME, "m-1")), ((ME, None), (ME, "m-1"))])
def test_two_owners_told_of_at_the_same_moment_are_put_in_one_order(
    pair: tuple[tuple[str | None, str], ...],
) -> None:
    for told in (pair, pair[::-1]):
        desk = Desk()
        for owner, by in told:
            desk.owned(owner, T - DAY, by=by)
        assert desk.reasons() == {"assigned"}


@pytest.mark.parametrize(
    ("by", "after", "counts"),
    [(BOSS, 2 * HOUR, True), (COLLEAGUE, 2 * HOUR, False), (ME, 2 * HOUR, False), ("system", HOUR, False)],
)
def test_looked_through_first_and_given_by_the_manager_later_that_day(
    by: str, after: int, counts: bool
) -> None:
    desk = Desk().owned(COLLEAGUE, T - 90 * DAY).owned(ME, T + after, by=by)
    desk.person(BOSS, "agent.joined", T - 90 * DAY, role="manager")
    desk.person(COLLEAGUE, "agent.joined", T - 90 * DAY, role="agent")
    assert desk.reasons() == set()
    assert desk.later() == ({"assigned"} if counts else set())


def test_what_is_given_on_another_day_explains_nothing_of_this_one() -> None:
    desk = Desk().owned(COLLEAGUE, T - 90 * DAY).owned(ME, T + 30 * HOUR, by=BOSS)
    desk.person(BOSS, "agent.joined", T - 90 * DAY, role="manager")
    assert desk.later() == set()


# -- tasks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("due", [-2 * DAY, 0, 2 * DAY])
def test_a_task_due_within_two_days_either_way(due: int) -> None:
    assert Desk().task(T + due, T - 9 * DAY).reasons() == {"task"}


@pytest.mark.parametrize("due", [-2 * DAY - 1, 2 * DAY + 1])
def test_a_task_due_a_moment_further_away_is_none(due: int) -> None:
    assert Desk().task(T + due, T - 9 * DAY).reasons() == set()


def test_a_task_known_only_afterwards_counts_in_the_end_if_somebody_else_set_it() -> None:
    assert Desk().task(T, T + 1).reasons() == set()
    assert Desk().task(T, T + 1).later() == {"task"}
    assert Desk().task(T, T + 1, own=True).later() == set()


def test_a_task_that_was_set_on_a_later_day_explains_nothing_of_this_one() -> None:
    close = Desk().day.end + CLOSING
    assert Desk().task(T + DAY, close).later() == {"task"}
    assert Desk().task(T + DAY, close + 1).later() == set()


def test_a_task_for_somebody_else_is_none() -> None:
    desk = Desk()
    desk.book.get(RECORD).tasks += (Task(COLLEAGUE, T, T - DAY, False),)
    assert desk.reasons() == set()


def test_a_cancelled_task_is_none_once_that_is_known() -> None:
    desk = Desk().task(T)
    desk.book.get(RECORD).cancelled += (desk.book.get(RECORD).tasks[0]._replace(known=T + HOUR),)
    assert desk.reasons() == {"task"}
    assert desk.later() == set()


# -- campaigns --------------------------------------------------------------------------------------


def test_a_campaign_counts_for_its_agents_its_desks_or_everybody() -> None:
    assert Desk().campaign(agents=frozenset({ME})).reasons() == {"campaign"}
    assert Desk().campaign(desks=frozenset({"d-1"})).reasons() == {"campaign"}
    assert Desk().campaign().reasons() == {"campaign"}
    assert Desk().campaign(agents=frozenset({COLLEAGUE})).reasons() == set()
    assert Desk().campaign(desks=frozenset({"d-2"})).reasons() == set()


def test_a_campaign_counts_while_it_runs() -> None:
    assert Desk().campaign(start=T).reasons() == {"campaign"}
    assert Desk().campaign(start=T + 1).reasons() == set()
    assert Desk().campaign(end=T).reasons() == set()
    assert Desk().campaign(known=T + 1).reasons() == set()
    assert Desk().campaign(known=T + 1).later() == {"campaign"}


@pytest.mark.parametrize(
    ("via", "reason"),
    [
        *((via, True) for via in ("campaign", "queue", "call", "other", None)),
        *((via, False) for via in ("search", "list", "link", "task")),
    ],
)
def test_a_campaigns_list_is_a_reason_for_who_comes_by_the_campaign(via: str | None, reason: bool) -> None:
    desk = Desk().campaign()
    desk.book.names_campaigns(T - DAY)
    assert desk.reasons(desk.opening(via=via)) == ({"campaign"} if reason else set())
    assert desk.reasons(desk.opening(via=via, campaign="c-1")) == {"campaign"}


def test_where_no_opening_ever_names_a_campaign_its_list_is_enough() -> None:
    desk = Desk().campaign()
    assert desk.reasons(desk.opening(via="search")) == {"campaign"}
    desk.book.names_campaigns(T + 1)
    assert desk.reasons(desk.opening(via="search")) == {"campaign"}, "nobody did before"


def test_who_comes_to_a_campaigns_record_by_a_search_and_calls_has_a_reason() -> None:
    desk = Desk().campaign()
    desk.book.names_campaigns(T - DAY)
    mark = desk.opening(via="search")
    desk.day.contact(RECORD, T + MINUTE, T + 3 * MINUTE)
    assert desk.later(mark) == {"contact"}


def test_a_campaign_whose_list_was_not_sent_counts_by_its_name() -> None:
    desk = Desk().campaign(records=set())
    assert desk.later(desk.opening()) == set()
    desk.book.get(RECORD)
    assert desk.reasons(desk.opening(campaign="c-1")) == {"campaign"}
    with_list = Desk().campaign(records={"another"})
    with_list.book.get(RECORD)
    assert with_list.reasons(with_list.opening(campaign="c-1")) == set()


# -- the client's own contact -----------------------------------------------------------------------


@pytest.mark.parametrize(("when", "then", "in_the_end"), [
    (-60 * MINUTE, True, True),
    (-60 * MINUTE - 1, False, False),
    (0, True, True),
    (1, False, True),
    (10 * MINUTE, False, True),
    (10 * MINUTE + 1, False, False),
])  # fmt: skip
def test_the_client_got_in_touch(when: int, then: bool, in_the_end: bool) -> None:
    assert (Desk().inbound(T + when).reasons() == {"inbound"}) is then
    assert (Desk().inbound(T + when).later() == {"inbound"}) is in_the_end


# -- contact and work -------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "end", "counts"), [
    (-12 * MINUTE, -10 * MINUTE, True),
    (-12 * MINUTE, -10 * MINUTE - 1, False),
    (30 * MINUTE, 35 * MINUTE, True),
    (30 * MINUTE + 1, 35 * MINUTE, False),
    (-60 * MINUTE, 60 * MINUTE, True),
])  # fmt: skip
def test_a_call_from_ten_minutes_before_to_thirty_after(start: int, end: int, counts: bool) -> None:
    desk = Desk()
    desk.day.contact(RECORD, T + start, T + end)
    assert (desk.later() == {"contact"}) is counts
    assert desk.reasons() == set(), "follow-up is no reason yet when the record is opened"


@pytest.mark.parametrize(("when", "counts"), [
    (-10 * MINUTE, True), (-10 * MINUTE - 1, False), (30 * MINUTE, True), (30 * MINUTE + 1, False),
])  # fmt: skip
def test_a_note_within_the_same_span_is_work(when: int, counts: bool) -> None:
    desk = Desk()
    desk.day.worked(RECORD, T + when)
    assert (desk.later() == {"work"}) is counts


def test_the_call_may_come_after_the_days_end() -> None:
    desk = Desk()
    tomorrow = AgentDay(desk.day.person, *bounds(desk.day.person.clock, desk.day.end))
    late = desk.opening(desk.day.end - MINUTE)
    tomorrow.contact(RECORD, desk.day.end + 10 * MINUTE, desk.day.end + 12 * MINUTE)
    assert desk.later(late, following=tomorrow) == {"contact"}
    assert desk.later(late) == set()


def test_what_was_done_for_another_record_is_nothing() -> None:
    desk = Desk()
    desk.day.contact("r-2", T, T + MINUTE)
    desk.day.worked("r-2", T)
    assert desk.later() == set()


@pytest.mark.parametrize(("answered", "ring", "talk", "contact", "short"), [
    (True, 15_000, 20_000, True, False),
    (True, 15_000, 19_999, False, True),
    (True, 15_000, 0, False, True),
    (True, None, None, True, False),  # how long is not known
    (False, 10_000, None, True, False),
    (False, 9_999, None, False, False),
    (False, None, None, True, False),  # how long it rang is not known
    (None, 9_999, None, False, False),  # whether answered is not known: neither short nor long
    (None, 15_000, 6_000, False, False),
    (None, 15_000, 60_000, True, False),
    (None, None, None, True, False),
])  # fmt: skip
def test_what_a_call_counts_as(
    answered: bool | None, ring: int | None, talk: int | None, contact: bool, short: bool
) -> None:
    assert is_contact(answered, ring, talk) is contact
    assert is_short(answered, talk) is short


# -- the owner is absent ----------------------------------------------------------------------------


def test_a_colleague_who_left_or_is_on_leave_is_covered_for() -> None:
    assert Desk().owned(COLLEAGUE, T - DAY).reasons() == set()
    left = Desk().owned(COLLEAGUE, T - DAY).person(COLLEAGUE, "agent.left", T)
    assert left.reasons() == {"absent"}
    away = Desk().owned(COLLEAGUE, T - DAY)
    away.person(COLLEAGUE, "leave.booked", T - DAY, from_="2026-03-10", to="2026-03-10")
    assert away.reasons() == {"absent"}
    off_desk = Desk().owned(COLLEAGUE, T - DAY).person(COLLEAGUE, "agent.changed", T - DAY, desk="d-2")
    assert off_desk.person(COLLEAGUE, "agent.left", T).reasons() == set()


def test_an_owner_not_seen_two_hours_after_their_hours_began_is_absent_in_the_end() -> None:
    hours = {"tue": ["09:00-18:00"]}  # the opening is at eleven: exactly two hours later
    desk = Desk().owned(COLLEAGUE, T - DAY).person(COLLEAGUE, "agent.changed", T - DAY, hours=hours)
    assert desk.reasons() == set(), "while the day goes on nobody knows"
    assert desk.later() == {"absent"}
    assert desk.later(desk.opening(T - 1)) == set()
    desk.seen[COLLEAGUE] = T - MINUTE
    assert desk.later() == set()
    desk.seen[COLLEAGUE] = T + MINUTE
    assert desk.later() == {"absent"}


def test_on_a_day_off_nobody_is_absent() -> None:
    desk = Desk().owned(COLLEAGUE, T - DAY)
    assert desk.person(COLLEAGUE, "agent.changed", T - DAY, hours={"wed": ["09:00-18:00"]}).later() == set()


# -- declared work ----------------------------------------------------------------------------------


def test_work_declared_beforehand_by_the_manager() -> None:
    assert Desk().declared(T).reasons() == {"declared"}
    assert Desk().declared(T + 1).reasons() == set()


@pytest.mark.parametrize(
    "span", [{"from": T + 1}, {"to": T}, {"scope": None}, {"records_expected": None}, {"from": None}]
)
def test_without_scope_dates_and_volume_or_outside_them_it_is_no_reason(span: dict[str, object]) -> None:
    assert Desk().declared(T - DAY, **span).reasons() == set()


@pytest.mark.parametrize(("scope", "holds"), [
    ({"desk": "all"}, True),
    ({"desk": "d-1"}, True),
    ({"desk": "d-2"}, False),
    ({"agents": [COLLEAGUE]}, True),
    ({"agents": [BOSS]}, False),
    ({"records": [RECORD]}, True),
    ({"records": ["r-2"]}, False),
    ({"list": "v-old"}, True),
    ({"list": "v-new"}, False),
])  # fmt: skip
def test_it_explains_its_scope_and_no_further(scope: dict[str, object], holds: bool) -> None:
    desk = Desk().owned(COLLEAGUE, T - DAY).declared(T - DAY, scope=scope)
    desk.book.get(RECORD).desk = "d-1"
    assert (desk.reasons(desk.opening(list="v-old")) == {"declared"}) is holds


def test_it_explains_a_fifth_more_than_the_volume_and_no_further() -> None:
    desk = Desk().declared(T - DAY, records_expected=10)
    assert desk.closed([f"r-{n}" for n in range(40)]).spans["unexplained"].day == 40 - 12
    again = Desk().declared(T - DAY, records_expected=10)
    assert again.closed(["r-1"] * 30).spans["unexplained"].day == 0, (
        "a record opened again is no further record"
    )


def test_cancelled_work_is_no_reason_once_that_is_known() -> None:
    desk = Desk().declared(T - DAY).person(ME, "work.cancelled", T - HOUR, work="w-1")
    assert desk.reasons() == set()
    later = Desk().declared(T - DAY).person(ME, "work.cancelled", T + HOUR, work="w-1")
    assert later.reasons() == {"declared"}


# -- reveals ----------------------------------------------------------------------------------------


def test_a_reveal_is_an_orphan_unless_a_call_or_message_is_near() -> None:
    desk = Desk()
    desk.revealed()
    assert desk.closed([]).spans["orphan_reveals"].day == 1
    desk.day.worked(RECORD, T + MINUTE)
    assert desk.closed([]).spans["orphan_reveals"].day == 1, "a note is not a call"
    desk.day.contact(RECORD, T + 30 * MINUTE, T + 31 * MINUTE)
    assert desk.closed([]).spans["orphan_reveals"].day == 0


# -- feeds ------------------------------------------------------------------------------------------


def feeds(**last: int) -> Feeds:
    found = Feeds()
    for feed, t in last.items():
        found.heard(feed, T - 30 * DAY)
        found.heard(feed, t)
    return found


def test_reasons_can_be_seen_with_assignment_and_calls_or_tasks() -> None:
    assert feeds(assignment=T, calls=T).scoreable(T)
    assert feeds(assignment=T, tasks=T).scoreable(T)
    assert not feeds(assignment=T).scoreable(T)
    assert not feeds(calls=T, tasks=T).scoreable(T)
    assert not Feeds().scoreable(T)


def test_a_feed_says_nothing_of_the_time_before_it_was_connected() -> None:
    late = Feeds()
    for feed in ("assignment", "calls"):
        late.heard(feed, T)
    assert late.scoreable(T)
    assert not late.scoreable(T - 1)


def test_a_feed_that_speaks_daily_and_has_stopped_is_missing() -> None:
    found = feeds(calls=T, assignment=T)
    assert "calls" not in found.missing(T + SILENT_AFTER)
    assert "calls" in found.missing(T + SILENT_AFTER + 1)
    assert "assignment" not in found.missing(T + 90 * DAY), "nobody may be assigned anything for weeks"


def test_hours_that_a_source_declared_lost_are_missing() -> None:
    found = feeds(calls=T + DAY, assignment=T + DAY)
    found.lost(Gap("calls", T, T + HOUR, "", "spool-full"))
    assert "calls" in found.missing(T)
    assert "calls" not in found.missing(T + HOUR)
    assert not found.scoreable(T)


def test_what_one_of_two_telephone_systems_lost_is_not_all_calls() -> None:
    found = feeds(calls=T + DAY, assignment=T + DAY)
    found.heard("calls", T + DAY, "/pbx-a")
    found.lost(Gap("/pbx-a", T, T + HOUR, "", "spool-full"))
    found.lost(Gap("/crm", T, T + HOUR, "", "spool-full"))
    assert "calls" in found.missing(T)
    found.heard("calls", T + DAY, "/pbx-b")
    assert "calls" not in found.missing(T)


def test_numbers_that_came_late_were_never_lost() -> None:
    found = feeds(calls=T + DAY)
    found.heard("calls", T + DAY, "/pbx")
    found.lost(Gap("/pbx", T, T + HOUR, "7-9", "numbers-missing"))
    assert "calls" in found.missing(T)
    found.lost(Gap("/pbx", T, T + HOUR, "7-9", "numbers-came-late"))
    assert "calls" not in found.missing(T)
