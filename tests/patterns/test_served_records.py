"""Records sent and not shown: a script, a beacon that is blocked, and a newcomer's script."""

from __future__ import annotations

from patterns.told import HISTORY, TODAY, Desk, at, book_of, ordinary, others_of, today
from viewtrail.measure.clocks import MINUTE, SECOND

NAME = "served-records"
SIXTY = others_of("a-1", 60)
THOUSAND = [f"r-elsewhere-{n}" for n in range(1_000)]


def serve(desk: Desk, agent: str, records: list[str], start: int, minutes: float) -> Desk:
    step = int(minutes * MINUTE) // max(len(records) - 1, 1)
    for n, record in enumerate(records):
        desk.say("record.served", start + n * step, record, agent=agent, surface="ui")
    return desk


def example() -> Desk:
    return serve(ordinary(), "a-1", SIXTY, today("14:00"), 38)


def counter_example() -> Desk:
    """A browser that blocks the beacon: the own clients of the day are served, not shown, and called."""
    desk = ordinary()
    mine = book_of("a-1", 0, 60)
    serve(desk, "a-1", mine, today("10:00"), 300)
    return desk.calls("a-1", mine, today("10:02"), 300, talk=120)


def test_a_script_with_a_thousand_fetches_is_told_of_as_what_it_is() -> None:
    (finding,) = serve(ordinary(), "a-1", THOUSAND, today("21:00"), 9).fold().standing()
    assert (finding.agent, finding.pattern, finding.severity) == ("a-1", NAME, "high")
    assert finding.claim.startswith("1,000 records were served to the sign-in of a-1")
    assert "without being shown" in finding.claim
    assert len(finding.records) == 1_000
    assert finding.records_at_detection < 100, "it is told of while it goes on"


def test_nobody_has_opened_what_was_only_served() -> None:
    told = serve(ordinary(), "a-1", THOUSAND, today("21:00"), 9).fold()
    assert {f.pattern for f in told.findings} == {NAME}
    assert told.findings[0].counts["opened:day"].seen < 40


def test_sixty_without_a_reason_in_forty_minutes() -> None:
    (finding,) = example().fold().standing()
    assert (finding.pattern, finding.status) == (NAME, "confirmed")
    assert any("beacon" in text for text in finding.ordinary)


def test_the_own_clients_behind_a_blocked_beacon_are_no_matter() -> None:
    assert counter_example().fold().findings == []


def test_the_own_book_by_a_script_is() -> None:
    desk = ordinary()
    book = [f"r-own-{n}" for n in range(260)]
    for record in book:
        desk.assign(record, "a-1", at(0, "08:00"))
    (finding,) = serve(desk, "a-1", book, today("20:00"), 4).fold().standing()
    assert "served_all:day" in finding.counts


def test_what_is_shown_a_minute_later_was_opened_and_nothing_else() -> None:
    desk = example()
    for n, record in enumerate(SIXTY):
        desk.say("record.viewed", today("14:01") + n * 38 * SECOND, record, agent="a-1")
    assert {f.pattern for f in desk.fold().standing()} == {"unexplained-openings"}


def test_who_is_always_served_so_is_left_alone() -> None:
    """A browser that fetches ahead: thirty or forty records a day that nobody looks at, every day."""
    desk = ordinary()
    for n in range(HISTORY):
        serve(desk, "a-1", others_of("a-1", 250)[n * 7 :][: 30 + n % 3 * 8], at(n, "09:05"), 480)
    assert serve(desk, "a-1", others_of("a-1", 46), today("09:05"), 480).fold().findings == []


def test_a_service_account_fetches_as_it_is_meant_to() -> None:
    desk = ordinary()
    for n, record in enumerate(THOUSAND):
        told = {"agent": "sync", "surface": "api", "actor_kind": "service"}
        desk.say("record.served", today("03:30") + n * SECOND, record, **told)
    assert desk.fold().findings == []


def test_a_newcomer_has_a_plain_limit() -> None:
    desk = ordinary().joins("a-9", today("08:00"))
    (finding,) = serve(desk, "a-9", THOUSAND, today("21:00"), 9).fold().findings
    assert (finding.agent, finding.pattern, finding.tier) == ("a-9", NAME, "limit")


def test_a_newcomers_day_behind_a_blocked_beacon_is_below_it() -> None:
    desk = ordinary().joins("a-9", today("08:00"))
    assert serve(desk, "a-9", others_of("a-9", 70), today("09:30"), 400).fold().findings == []


def test_assigned_an_hour_later_by_the_manager_it_goes() -> None:
    desk = example()
    for record in SIXTY:
        t = at(TODAY, "13:00")
        desk.assign(record, "a-1", t, by="m-1")
        desk.said[-1] = (today("20:00"), desk.said[-1][1])
    assert desk.fold().standing() == []
