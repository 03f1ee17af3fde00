"""Numbers revealed and nobody called; the same numbers, each called; and a newcomer's morning."""

from __future__ import annotations

import pytest

from patterns.told import Desk, ordinary, others_of, today
from viewtrail.measure.clocks import MINUTE

NAME = "orphan-reveals"
SIXTY = others_of("a-1", 60)


def example() -> Desk:
    return ordinary().reveals("a-1", SIXTY, today("10:00"), 120)


def counter_example() -> Desk:
    """The number is looked up during the call that is then made: every reveal follows a call."""
    return (
        ordinary()
        .calls("a-1", SIXTY, today("09:59"), 120, talk=45)
        .reveals("a-1", SIXTY, today("10:00"), 120)
    )


def test_sixty_numbers_and_no_call() -> None:
    (finding,) = example().fold().findings
    assert (finding.agent, finding.pattern, finding.status) == ("a-1", NAME, "confirmed")
    assert set(SIXTY) <= set(finding.records)
    assert "did not call or write" in finding.claim


@pytest.mark.parametrize("how", ["contact.copied", "page.printed"])
def test_numbers_copied_or_printed_are_as_good_as_revealed(how: str) -> None:
    desk, field = ordinary(), {"field": "phone"} if how == "contact.copied" else {}
    for n, record in enumerate(SIXTY):
        desk.say(how, today("10:00") + n * 2 * MINUTE, record, agent="a-1", **field)
    (finding,) = desk.fold().findings
    assert (finding.agent, finding.pattern) == ("a-1", NAME)
    assert set(SIXTY) <= set(finding.records)


def test_copying_what_was_revealed_counts_once() -> None:
    desk = example()
    for n, record in enumerate(SIXTY):
        desk.say("contact.copied", today("10:00") + n * 2 * MINUTE + 1, record, agent="a-1", field="phone")
    (finding,), (alone,) = desk.fold().findings, example().fold().findings
    assert finding.counts["orphan_reveals:day"] == alone.counts["orphan_reveals:day"]


def test_numbers_of_people_who_were_called_are_what_numbers_are_for() -> None:
    assert counter_example().fold().findings == []


def test_calling_as_one_goes_is_never_said_to_be_anything() -> None:
    assert example().calls("a-1", SIXTY, today("10:01"), 118, talk=45).fold().findings == []


def test_calling_within_half_an_hour_withdraws_what_was_said_live() -> None:
    desk = ordinary().reveals("a-1", SIXTY, today("10:00"), 20)
    told = desk.calls("a-1", SIXTY, today("10:29"), 20, talk=45).fold()
    (finding,) = told.findings
    assert finding.status == "withdrawn"
    assert [step.kind for step in told.transitions][-1] == "withdrawn"
    assert "follow-up" in finding.why or "remain" in finding.why


@pytest.mark.parametrize("how", [{"answered": False, "ring": 2}, {"talk": 19}])
def test_a_call_that_only_pretends_withdraws_nothing(how: dict[str, float]) -> None:
    desk = example()
    for n, record in enumerate(SIXTY):
        t = today("10:01") + n * 2 * MINUTE
        desk.calls("a-1", [record], t, 0, **how)  # type: ignore[arg-type]
    (finding,) = desk.fold().standing(NAME)
    assert finding.status == "confirmed"


def test_a_handful_is_below_what_matters_however_rare() -> None:
    assert ordinary().reveals("a-1", SIXTY[:4], today("10:00"), 10).fold().findings == []


def test_a_newcomer_has_a_plain_limit() -> None:
    desk = ordinary().joins("a-9", today("08:00"))
    (finding,) = desk.reveals("a-9", others_of("a-9", 90), today("09:00"), 180).fold().findings
    assert (finding.agent, finding.pattern, finding.tier) == ("a-9", NAME, "limit")


def test_a_newcomer_who_calls_is_left_alone_in_the_end() -> None:
    desk, numbers = ordinary().joins("a-9", today("08:00")), others_of("a-9", 90)
    desk.reveals("a-9", numbers, today("09:00"), 180).calls("a-9", numbers, today("09:05"), 180, talk=40)
    assert desk.fold().standing() == []
