"""The cheapest way to fake each reason, and what the judge says of it."""

from __future__ import annotations

import pytest

from measure.desk import BOSS, COLLEAGUE, ME, Desk, T
from viewtrail.measure.agent_day import SELF_MADE_LEAST
from viewtrail.measure.clocks import DAY, HOUR, MINUTE, SECOND
from viewtrail.measure.reasons import UNKNOWN, is_contact

EIGHTY = [f"r-{n}" for n in range(80)]


def unexplained(desk: Desk, records: list[str] = EIGHTY) -> tuple[int, int]:
    """(unexplained, unexplained_hard) of the day after opening these."""
    spans = desk.closed(records).spans
    return spans["unexplained"].day, spans["unexplained_hard"].day


def test_opening_eighty_for_no_reason_counts_eighty() -> None:
    assert unexplained(Desk()) == (80, 80)


@pytest.mark.parametrize("fake", [(False, 2_000, None), (False, 9_000, None), (True, 8_000, 19_000)])
def test_one_ring_or_nineteen_seconds_is_no_contact(fake: tuple[bool, int, int | None]) -> None:
    assert not is_contact(*fake)


def test_ringing_ten_seconds_at_everybody_does_pass_and_costs_ten_seconds_each() -> None:
    # Known and stated in docs/explanation/detection.md: the price is time, and calls that show.
    desk = Desk()
    for n, record in enumerate(EIGHTY):
        assert is_contact(False, 10_000, None)
        desk.day.contact(record, T + n * 30 * SECOND, T + n * 30 * SECOND + 10 * SECOND)
    assert unexplained(desk) == (0, 0)


def test_a_message_to_each_is_a_mailing_and_ten_letters_are_letters() -> None:
    mailing, letters = Desk(), Desk()
    for n, record in enumerate(EIGHTY):
        mailing.day.wrote(record, T + n * SECOND)
    for n, record in enumerate(EIGHTY[:10]):
        letters.day.wrote(record, T + n * SECOND)
    assert unexplained(mailing) == (80, 80)
    assert unexplained(letters) == (70, 70)


def test_a_note_on_each_afterwards_still_counts_as_no_contact() -> None:
    desk = Desk()
    for n, record in enumerate(EIGHTY):
        desk.day.worked(record, T + n * 30 * SECOND + 5 * MINUTE)
    assert unexplained(desk) == (0, 80), "a note alone is not a reason: the hard count remains"


def test_assigning_eighty_leads_to_oneself_passes_for_ten() -> None:
    desk = Desk()
    for n, record in enumerate(EIGHTY):
        desk.owned(ME, T + n * 30 * SECOND - SECOND, by=ME, record=record)
    assert SELF_MADE_LEAST == 10
    assert unexplained(desk) == (70, 70)


@pytest.mark.parametrize("since", [T - HOUR, T - 9 * DAY], ids=["an hour before", "said to be days before"])
def test_assigning_them_to_oneself_afterwards_passes_for_none(since: int) -> None:
    desk = Desk()
    for record in EIGHTY:
        desk.owned(ME, since, T + 3 * HOUR, by=ME, record=record)
    assert unexplained(desk) == (80, 80)


def test_assigning_them_to_oneself_passes_for_ten_in_the_week_before() -> None:
    fresh, settled = Desk(), Desk()
    for record in EIGHTY:
        fresh.owned(ME, T - 6 * DAY, by=ME, record=record)
        settled.owned(ME, T - 8 * DAY, by=ME, record=record)
    assert unexplained(fresh) == (70, 70)
    # Known and stated: an assignment more than a week old is taken for one, whoever made it.
    assert unexplained(settled) == (0, 0)


def test_a_campaign_of_ones_own_passes_for_ten() -> None:
    desk = Desk().campaign(records=set(EIGHTY), makers=frozenset({ME}))
    assert unexplained(desk) == (70, 70)
    asked_for = Desk().campaign(records=set(EIGHTY), makers=frozenset({BOSS}))
    assert unexplained(asked_for) == (0, 0)


def test_a_campaign_that_nobody_told_of_is_unknown_only_where_none_ever_is() -> None:
    unconnected, connected = Desk(), Desk().campaign(records={"another"})
    assert unconnected.judge.at_opening(unconnected.day, unconnected.opening(campaign="c-9")) != 0
    assert connected.judge.at_opening(connected.day, connected.opening(campaign="c-9")) == 0


def test_callbacks_for_oneself_pass_for_ten_and_afterwards_for_none() -> None:
    before, afterwards = Desk(), Desk()
    for record in EIGHTY:
        before.task(T, T - HOUR, own=True, record=record)
        afterwards.task(T, T + HOUR, own=True, record=record)
    assert unexplained(before) == (70, 70)
    assert unexplained(afterwards) == (80, 80)


def test_whose_usual_is_more_of_ones_own_callbacks_has_room_for_three_times_as_many() -> None:
    desk = Desk()
    desk.day.usual_self_made = 15.0
    for record in EIGHTY:
        desk.task(T, T - HOUR, own=True, record=record)
    assert unexplained(desk) == (35, 35)


def test_opening_the_first_ten_again_takes_nothing_from_them() -> None:
    desk = Desk()
    for record in EIGHTY:
        desk.task(T, T - HOUR, own=True, record=record)
    assert unexplained(desk, EIGHTY[:12] + EIGHTY[:10]) == (2, 2)


@pytest.mark.parametrize(("by", "entered"), [
    (ME, ME),  # the own word
    (ME, BOSS),  # entered by another, but declared by oneself
    (BOSS, ME),  # the manager's name, entered by oneself
    ("m-nobody", ME),  # a name that nobody knows
    (COLLEAGUE, COLLEAGUE),  # a friend without authority
])  # fmt: skip
def test_work_that_nobody_with_authority_declared_explains_nothing(by: str, entered: str) -> None:
    assert unexplained(Desk().declared(T - DAY, by=by, entered=entered, records_expected=100)) == (80, 80)


def test_work_declared_afterwards_needs_a_second_person() -> None:
    alone = Desk().declared(T + 5 * HOUR, by=BOSS, entered=BOSS, records_expected=100)
    assert unexplained(alone) == (80, 80)
    twice = Desk().declared(T + 5 * HOUR, by=BOSS, entered="hr-1", records_expected=100)
    assert unexplained(twice) == (0, 0)
    themself = Desk().declared(T + 5 * HOUR, by=BOSS, entered=ME, records_expected=100)
    assert unexplained(themself) == (80, 80)


def test_naming_a_campaign_that_no_feed_tells_of_passes_as_unknown() -> None:
    # Known and stated: the CRM names the campaign of a view, and without the campaigns' feed it is believed.
    desk = Desk()
    mark = desk.opening(campaign="c-unheard-of")
    assert desk.judge.at_opening(desk.day, mark) == UNKNOWN
    assert desk.reasons(mark) == set()
    assert desk.later(mark) == set()


def test_a_clients_mail_of_this_morning_is_no_reason_this_afternoon() -> None:
    assert Desk().inbound(T - 61 * MINUTE).reasons() == set()
    assert Desk().inbound(T - 61 * MINUTE).later() == set()
