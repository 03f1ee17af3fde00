"""Sixty colleagues' records in forty minutes: with no reason, with a review declared, and by a newcomer."""

from __future__ import annotations

import pytest

from patterns.told import AGENTS, DESK, HISTORY, MANAGER, TODAY, Desk, at, ordinary, others_of, today
from viewtrail.measure.clocks import DAY, MINUTE
from viewtrail.watch.acts import DECIDING

NAME = "unexplained-openings"
SIXTY = others_of("a-1", 60)


def example() -> Desk:
    return ordinary().opens("a-1", SIXTY, today("10:00"), 39)


def counter_example() -> Desk:
    """The same openings, and the manager said the afternoon before that they would come."""
    return example().declare("a-1", TODAY, at(TODAY - 1, "16:00"))


def test_sixty_without_a_reason_are_told_of_while_they_happen() -> None:
    told = example().fold()
    (finding,) = told.findings
    assert (finding.agent, finding.pattern) == ("a-1", NAME)
    assert (finding.tier, finding.status, finding.state) == ("final", "confirmed", "scoreable")
    assert set(SIXTY) <= set(finding.records)
    assert told.transitions[0].kind == "opened"
    assert told.transitions[0].finding.tier == "provisional"
    assert told.transitions[0].at == finding.detected_at < today("10:20"), "not at the end of the day"
    assert finding.records_at_detection < 30


def test_the_entries_named_are_the_openings() -> None:
    desk = example()
    entries = {entry.index: entry.entry.event for entry in desk.entries()}
    (finding,) = desk.fold().findings
    proof = [entries[index] for index in finding.entries]
    assert {event.type for event in proof} == {"record.viewed"}
    assert {event.data["agent"] for event in proof} == {"a-1"}
    assert {event.subject for event in proof} == set(finding.records)


def test_a_review_declared_beforehand_leaves_the_same_openings_alone() -> None:
    told = counter_example().fold()
    assert told.findings == []
    (left,) = told.loop.left_alone()
    assert (left.agent, left.reasons["declared"]) == ("a-1", 60)


def test_the_same_openings_of_ones_own_clients_are_nobodys_business() -> None:
    assert ordinary().opens("a-1", [f"r-1-{n}" for n in range(60)], today("10:00"), 39).fold().findings == []


def test_a_campaign_of_the_desk_leaves_them_alone() -> None:
    desk = example().say(
        "campaign.started", today("08:30"), agent=MANAGER, campaign="c-9", desk=DESK, records=SIXTY
    )
    assert desk.fold().findings == []


def test_a_day_that_is_odd_for_the_whole_desk_is_no_single_agents() -> None:
    desk = ordinary()
    for agent in AGENTS:
        desk.opens(agent, others_of(agent, 30), today("10:00"), 39)
    assert desk.fold().findings == []
    (finding,) = ordinary().opens("a-1", others_of("a-1", 30), today("10:00"), 39).fold().findings
    assert finding.status == "confirmed", "alone, the same is asked about"


def test_reasons_that_come_late_explain_it_and_say_so() -> None:
    desk = example()
    for record in SIXTY:
        desk.assign(record, "a-1", at(TODAY, "09:00"), by="system")
        desk.said[-1] = (today("14:00"), desk.said[-1][1])  # known to the log only in the afternoon
    told = desk.fold()
    (finding,) = told.findings
    assert finding.status in ("explained", "withdrawn")
    assert finding.why
    assert told.standing() == []


@pytest.mark.parametrize("role", ["agent", "senior"])
def test_a_newcomer_has_a_plain_limit_and_not_silence(role: str) -> None:
    desk = ordinary().joins("a-9", today("08:00"), role=role)
    (finding,) = desk.opens("a-9", SIXTY, today("10:00"), 39).fold().findings
    assert (finding.agent, finding.tier, finding.state) == ("a-9", "limit", "learning")
    assert finding.usual.startswith("Limit, no precedent known yet")
    assert finding.rarity_per_1000 is None, "nothing is known of how rare it is"


def test_a_newcomers_first_ordinary_day_is_nothing() -> None:
    desk = ordinary().joins("a-9", today("08:00")).opens("a-9", SIXTY[:20], today("10:00"), 300)
    assert desk.fold().findings == []


def test_the_last_day_of_learning_speaks_one_language() -> None:
    # Somebody met in the middle of a day has no precedent until a whole day after the 28th: neither live nor
    # at its close, or what was told live would be taken back for no reason.
    for opened in ("09:50", "16:00"):
        desk = ordinary(HISTORY + 1)
        first = at(HISTORY - 20, "12:00")  # 28 calendar days before today, at noon
        desk.joins("a-9", first)
        for n in range(HISTORY - 20, HISTORY):
            desk.opens("a-9", [f"r-9-{n}"], at(n, "12:00"), 0)
        (finding,) = desk.opens("a-9", SIXTY, today(opened), 39).fold().findings
        assert (finding.tier, finding.status) == ("limit", "confirmed")


def test_seven_are_below_what_matters_even_of_somebody_about_to_leave() -> None:
    quiet = ordinary()
    quiet.said = [
        one for one in quiet.said if one[1].data.get("agent") != "a-1" or one[0] < at(TODAY, "00:00")
    ]
    t = today("07:00")
    quiet.say("notice.given", t, "a-1", agent="system", last_day="2026-03-31", known_from=t, told_from=t)
    for count, told in ((7, 0), (12, 1)):
        desk = Desk(list(quiet.said)).opens("a-1", SIXTY[:count], today("10:00"), 20)
        assert len(desk.fold().findings) == told


def slow(each: int, days: int) -> Desk:
    """So many of the colleagues' records on each of the last days, hours apart."""
    desk = ordinary()
    taken = others_of("a-1", 400)
    for n in range(days):
        desk.opens("a-1", taken[n * each : (n + 1) * each], at(TODAY - days + 1 + n, "09:10"), 480)
    return desk


@pytest.mark.parametrize("each", [9, 10, 14])
def test_nine_a_day_for_three_weeks_are_seen_as_one(each: int) -> None:
    (finding,) = slow(each, 15).fold().standing(NAME)
    assert finding.agent == "a-1"
    assert "a day" in finding.claim
    assert "unexplained:run" in finding.counts
    assert finding.last_at - finding.first_at > 4 * DAY


def test_three_middling_days_of_one_week_are_seen_together() -> None:
    assert slow(16, 2).fold().findings == [], "none of them stands out alone"
    (finding,) = slow(16, 3).fold().standing(NAME)
    assert "unexplained:week" in finding.counts
    assert "on 3 days from" in finding.claim
    assert len(finding.records) > 40


def test_who_has_such_days_every_other_week_is_left_alone() -> None:
    desk = ordinary()
    taken = others_of("a-1", 400)
    for place, n in enumerate([4, 5, 6, 13, 14, 22, 23, 24, 28, 29, 30]):
        desk.opens("a-1", taken[place * 16 : place * 16 + 16], at(n, "09:10"), 480)
    assert [one.counts for one in desk.fold().standing(NAME) if one.last_at > at(28, "00:00")] == []


def test_two_a_day_are_within_what_is_usual() -> None:
    assert slow(2, 15).fold().findings == []


def test_a_clean_up_that_changes_the_records_ranks_lower_and_says_why() -> None:
    def worked_on(type_: str, **data: object) -> Desk:
        desk = example()
        for n, record in enumerate(SIXTY):
            desk.say(type_, today("10:00") + n * 40_000_000 + 20_000_000, record, agent="a-1", **data)
        return desk

    plain, noted, changed = (
        found[0] if found else None
        for found in (
            example().fold().standing(),
            worked_on("note.added", fields=["note"]).fold().standing(),
            worked_on("status.changed", field="stage", to="lost").fold().standing(),
        )
    )
    assert plain is not None
    assert noted is not None, "a note costs nothing"
    parts = [part.factor for part in (changed.contributions if changed is not None else ())]
    assert changed is None or ("many of the records were changed" in parts and changed.score < noted.score)


@pytest.mark.parametrize("kind", sorted(DECIDING))
def test_what_back_office_decides_of_a_record_is_work_on_it(kind: str) -> None:
    desk = ordinary().opens("a-1", SIXTY, today("10:00"), 39)
    for n, record in enumerate(SIXTY[:5]):
        t = today("10:01") + n * MINUTE
        desk.say(kind, t, record, agent="a-1")
        desk.say(kind, t, SIXTY[59], agent="a-2", actor_kind="system")  # a job's work is nobody's reason
    (finding,) = desk.fold().findings
    assert finding.reasons == {"none on file": 55, "work": 5}
