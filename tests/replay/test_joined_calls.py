"""A call that is joined to its record later is contact as if it had said so; whichever is told first."""

from __future__ import annotations

import pickle

import pytest

from patterns.told import TODAY, Desk, Outcome, at, ordinary, others_of, today
from viewtrail.measure.clocks import DAY, HOUR, MINUTE
from viewtrail.settings import Settings
from viewtrail.watch import Loop

SIXTY = others_of("a-1", 60)


def called(*, matched_at: int | None, talk: float = 60.0, direction: str = "out") -> Desk:
    """Sixty records of others, each called three minutes later by a telephone system that knows numbers."""
    desk = ordinary().opens("a-1", SIXTY, today("10:00"), 38)
    for n, record in enumerate(SIXTY):
        t = today("10:03") + n * 38 * MINUTE // 59
        told = {"agent": "a-1", "call": f"c-{n}", "direction": direction, "answered": True}
        desk.say("call.ended", t, None, talk_ms=int(talk * 1000), ring_ms=9_000, **told)
        if matched_at is not None:
            desk.say("call.matched", t, None, matched_at + n, agent="a-1", call=f"c-{n}", record=record)
    return desk


def test_without_their_records_the_calls_explain_nothing() -> None:
    (finding,) = called(matched_at=None).fold().standing("unexplained-openings")
    assert len(finding.records) == 60


@pytest.mark.parametrize(
    "matched_at",
    [today("09:00"), today("12:00"), at(TODAY + 1, "11:00")],
    ids=["before", "after", "next day"],
)
def test_joined_calls_are_a_reason(matched_at: int) -> None:
    desk = called(matched_at=matched_at)
    desk.say("clock.ticked", matched_at + 2 * HOUR, agent="system")
    desk.say("clock.ticked", matched_at + 4 * HOUR, agent="system")
    assert desk.fold().standing() == []


def test_a_finding_that_stood_goes_when_the_calls_are_joined_the_next_day() -> None:
    desk = called(matched_at=at(TODAY + 1, "11:00"))
    desk.say("clock.ticked", at(TODAY + 1, "13:00"), agent="system")
    told = desk.fold()
    assert [f.status for f in told.findings] == ["withdrawn"]
    assert told.findings[0].reasons["contact"] == 60
    assert ("confirmed", "final") in told.tiers()


def test_what_is_joined_a_week_later_is_too_late_and_harms_nothing() -> None:
    desk = called(matched_at=at(TODAY, "12:00") + 8 * DAY)
    told = desk.fold()
    assert [f.status for f in told.findings] == ["confirmed"]


def test_a_short_call_is_no_contact_though_it_is_joined() -> None:
    found = called(matched_at=today("12:00"), talk=6).fold().standing()
    assert "unexplained-openings" in {f.pattern for f in found}


def test_an_incoming_call_that_is_joined_is_the_clients_own_contact() -> None:
    desk = called(matched_at=today("12:00"), direction="in")
    assert desk.fold().standing("unexplained-openings") == []


def test_one_at_a_time_after_a_restart_and_in_another_order_it_is_the_same() -> None:
    def outcome(desk: Desk) -> list[tuple[str, str, object]]:
        return [(f.id, f.status, f.reasons) for f in desk.fold().findings if f.status == "confirmed"]

    desk = called(matched_at=today("12:00"))
    entries = desk.entries()
    loop, steps = Loop(Settings(time_zone="Europe/Nicosia")), []
    for place, entry in enumerate(entries):
        if place == len(entries) - 30:
            loop = pickle.loads(pickle.dumps(loop))
        steps += loop.take(entry)
    told: Outcome = desk.fold()
    assert steps + loop.finish() == told.transitions
    assert outcome(desk) == outcome(called(matched_at=today("09:00")))
