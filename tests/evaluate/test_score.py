"""A theft counts once something was told of it; an honest person once a week, by what they were doing."""

from __future__ import annotations

from evaluate.told import alert, at, company, incident, opened
from viewtrail.evaluate.score import ORDINARY, score

RECORDS = [f"r{n}" for n in range(10)]
THEFT = incident("a", "ann", at(70, 10), at(70, 10, 9), RECORDS)


def test_a_theft_is_found_by_what_overlaps_it_and_only_the_records_opened_later_are_saved() -> None:
    told = company([THEFT], ann=opened(RECORDS, at(70, 10)))
    [taken] = score(told, [alert("ann", at(70, 10), at(70, 10, 3))]).taken
    assert taken.by
    assert taken.minutes == 3
    assert taken.lost == 0.4


def test_a_theft_is_not_found_by_what_was_told_of_somebody_else_or_of_another_time() -> None:
    told = company([THEFT])
    outcome = score(told, [alert("bob", at(70, 10), at(70, 11)), alert("ann", at(70, 11), at(70, 12))])
    assert not outcome.taken[0].by
    assert len(outcome.false) == 2


def test_what_begins_within_half_an_hour_after_a_theft_is_still_about_it() -> None:
    outcome = score(company([THEFT]), [alert("ann", at(70, 10, 39), at(70, 12))])
    assert outcome.taken[0].by
    assert not outcome.false


def test_a_finding_that_stood_before_the_theft_counts_as_told_when_it_grew() -> None:
    told = company([THEFT], ann=opened(RECORDS, at(70, 10)))
    before = alert("ann", at(69, 10), at(69, 11))
    grown = before._replace(
        last_at=at(70, 10, 7),
        told=(*before.told, before.told[0]._replace(at=at(70, 10, 7), last=at(70, 10, 7))),
    )
    [taken] = score(told, [grown]).taken
    assert taken.lost == 0.8


def test_a_withdrawn_alert_finds_but_does_not_stand() -> None:
    [taken] = score(company([THEFT]), [alert("ann", at(70, 10), at(70, 11), status="withdrawn")]).taken
    assert taken.by
    assert not taken.stands


def test_one_person_is_falsely_named_once_in_seven_days_and_queue() -> None:
    days = [60, 63, 66, 68]
    told = [alert("bob", at(day, 10), at(day, 11)) for day in days]
    told.append(alert("bob", at(61, 10), at(61, 11), queue="calls"))
    outcome = score(company(), told)
    assert [one.alert.first_at for one in outcome.false_in("access")] == [at(60, 10), at(68, 10)]
    assert len(outcome.false_in("calls")) == 1


def test_the_first_56_days_and_days_of_theft_are_no_honest_agent_days() -> None:
    outcome = score(company([THEFT]), [alert("bob", at(40, 10), at(40, 11))])
    assert outcome.days == 2 * (100 - 56) - 1
    assert outcome.early_days == 2 * 56
    assert outcome.false[0].early
    assert outcome.groups["desk: standard 1, desk-1"] == outcome.days


def test_a_false_alert_is_about_the_episode_that_shares_its_records() -> None:
    episodes = [
        incident("clean-up", "bob", at(80, 10), at(80, 12), RECORDS, declared=False),
        incident("late-shift", "bob", at(80, 9), at(80, 20)),
        incident("review", "bob", at(80, 10), at(80, 11), ["other"], declared=True),
    ]
    outcome = score(company(episodes), [alert("bob", at(80, 10), at(80, 11), records=RECORDS)])
    assert outcome.false[0].about == "clean-up, undeclared"
    assert outcome.flagged == {"clean-up, undeclared": 1, "late-shift": 1}
    assert outcome.episodes["review, declared"] == 1


def test_a_false_alert_on_a_day_with_no_episode_is_on_an_ordinary_day() -> None:
    assert score(company(), [alert("bob", at(80, 10), at(80, 11))]).false[0].about == ORDINARY
