"""Ten people told by hand, sixteen weeks of them: each figure on the page counts what it says, and no more.

Everybody opens three records and answers a call on every weekday. The thefts, the honest episodes and what
was told are written out below, so that each figure can be counted on the fingers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evaluate.told import START, alert, at
from viewtrail.evaluate.alert import Alert
from viewtrail.evaluate.company import Company, load
from viewtrail.evaluate.honest import companies, early, groups_of_people, lookalikes, tiers
from viewtrail.evaluate.limits import limit_alerts
from viewtrail.evaluate.measured import Measured
from viewtrail.evaluate.pooled import groups, rate, recall, repeated
from viewtrail.evaluate.report_stated import over_time
from viewtrail.evaluate.score import Outcome, score
from viewtrail.evaluate.stated import Stated

STAFF = [f"p{n}" for n in range(10)]
DAYS = 112
WEEKDAYS = [day for day in range(DAYS) if (START + timedelta(days=day)).weekday() < 5]
AFTER = [day for day in WEEKDAYS if day >= 56]
TAKEN = [f"t{n}" for n in range(90)]
"""Ninety records that p0 opens in 40 minutes on day 70, a Monday."""


def stamp(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat().replace("+00:00", "Z")


def event(number: int, type: str, t: int, subject: str, **data: Any) -> dict[str, Any]:
    told = {"specversion": "1.0", "id": str(number), "source": "/crm", "type": type, "time": stamp(t)}
    return {**told, "subject": subject, "data": data}


def events() -> Iterator[dict[str, Any]]:
    number = 0
    for day in WEEKDAYS:
        for who in STAFF:
            for n in range(3):
                yield event(number := number + 1, "record.viewed", at(day, 9 + n), f"r{who}{n}", agent=who)
            call = {"agent": who, "direction": "in", "answered": True, "talk_s": 90}
            yield event(number := number + 1, "call.ended", at(day, 14), f"r{who}0", **call)
    for n, record in enumerate(TAKEN):
        t = at(70, 15) + n * 20_000_000
        yield event(number := number + 1, "record.viewed", t, record, agent="p0")
    leave = {"kind": "leave", "from": stamp(at(77, 0)), "to": stamp(at(84, 0))}
    yield event(number + 1, "leave.booked", at(1, 8), "p9", **leave)


def person(who: str) -> dict[str, Any]:
    number = int(who[1:])
    return {
        "line": "agent",
        "agent": who,
        "role": "senior" if number == 9 else "agent",
        "desk": "d1" if number < 5 else "d2",
        "language": "en" if number < 6 else "de",
        "zone": "UTC",
        "hours": {"mon": ["09:00-17:00"]},
        "part_time": number == 8,
        "night_shift": False,
        "joined": "2026-02-02" if number == 7 else "2020-01-01",
    }


def incident(kind: str, who: str, start: int, end: int, records: list[str], **facts: Any) -> dict[str, Any]:
    span = {"start": stamp(start), "end": stamp(end)}
    told = {"line": "incident", "kind": kind, "honest": len(kind) > 1, "agents": [who], "records": records}
    return {**told, **span, **facts}


TRUTH = [
    {"line": "company", "structure": "standard", "seed": 1, "start": START.isoformat(), "days": DAYS},
    *(person(who) for who in STAFF),
    incident("a", "p0", at(70, 15), at(70, 15, 30), TAKEN),
    incident("d", "p1", at(91, 9), at(95, 17), ["rp10", "rp11"]),
    incident("a", "p2", at(30, 9), at(30, 10), ["rp20"]),  # in the first 56 days
    incident("training", "p3", at(64, 9), at(64, 12), ["rp30", "rp31", "rp32"], declared=False),
    incident("clean-up", "p4", at(64, 9), at(64, 12), ["rp40", "rp41", "rp42"], declared=True),
    incident("late-shift", "p5", at(65, 9), at(65, 18), []),
]


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder: Path = tmp_path_factory.mktemp("ten")
    for name, lines in (("events", list(events())), ("truth", TRUTH)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return load(folder)


TOLD = [
    alert("p0", at(70, 15), at(70, 15, 20), records=TAKEN[:40]),  # the theft
    alert("p1", at(93, 9), at(93, 10), queue="calls", records=["other"]),  # in its time, about other things
    alert("p2", at(30, 9), at(30, 10), records=["rp20"]),  # the early theft
    alert("p3", at(64, 9), at(64, 11), records=["rp30", "rp31"], status="withdrawn"),
    alert("p3", at(66, 9), at(66, 11)),  # within seven days of the first: the same look
    alert("p3", at(79, 9), at(79, 11)),  # another
    alert("p5", at(65, 9), at(65, 17)),
    alert("p6", at(86, 9), at(86, 10), queue="calls"),
    alert("p9", at(84, 9), at(84, 11)),  # first day back
    alert("p8", at(20, 9), at(20, 11)),  # before there is a line
]


@pytest.fixture(scope="module")
def outcome(ten: Company) -> Outcome:
    return score(ten, TOLD)


def test_everybody_is_there_on_every_weekday_and_nobody_on_others(ten: Company) -> None:
    assert len(ten.days) == 10 * len(WEEKDAYS)
    assert {day.day.weekday() for day in ten.days} == set(range(5))
    assert len(ten.digest) == 64


def test_honest_agent_days_are_those_after_56_days_without_a_theft_by_their_agent(outcome: Outcome) -> None:
    assert len(AFTER) == 40
    assert outcome.days == 10 * 40 - 1 - 5  # p0 on one day, p1 on the five of the slow theft
    assert outcome.early_days == 10 * (len(WEEKDAYS) - 40) - 1
    assert sum(outcome.blocks.values()) == outcome.days
    assert dict(outcome.blocks) == {0: 10 * 20 - 1, 1: 10 * 20 - 5}


def test_recall_counts_the_thefts_after_calibration_and_says_which_were_named(outcome: Outcome) -> None:
    assert str(recall([outcome])) == "1.00 (2 of 2)"
    assert [one.named for one in outcome.scored()] == [True, False]
    [first] = [one for one in outcome.taken if one.early]
    assert first.by
    slow = next(one for one in outcome.scored() if one.theft.kind == "d")
    assert slow.by[0].queue == "calls"


def test_false_alerts_are_counted_once_in_seven_days_by_queue_and_from_day_56_on(outcome: Outcome) -> None:
    access, calls = rate([outcome], "access"), rate([outcome], "calls")
    assert (access.count, calls.count) == (4, 1)  # p3 twice, p5, p9; p6
    assert access.each_1000 == pytest.approx(1000 * 4 / 394)
    assert sum(one.early for one in outcome.false) == 1
    page = tiers([outcome], 1.0)
    assert "| still standing | 7.61 [1.57, 22.25] (3) | 2.54 [0.06, 14.14] (1) |" in page
    assert "| withdrawn, explained or superseded | 2.54 [0.06, 14.14] (1) |" in page


def test_repeated_findings_on_one_person_are_counted_by_person(outcome: Outcome) -> None:
    assert dict(repeated([outcome])) == {2: 1, 1: 3}
    assert "Honest people by their number of false alerts: 3 with 1, 1 with 2." in tiers([outcome], 1.0)


def test_each_group_is_counted_by_its_own_days_and_alerts(outcome: Outcome) -> None:
    access = groups([outcome], "access")
    told = {name: (one.count, one.days) for name, one in access.items()}
    assert told["role: agent"] == (3, 9 * 40 - 6)
    assert told["role: senior"] == (1, 40)
    assert told["desk: standard 1, d1"] == (2, 5 * 40 - 6)
    assert told["language: de"] == (1, 4 * 40)
    assert told["part-time"] == (0, 40)
    assert told["tenure under 90 days"] == (0, len([day for day in AFTER if day < 28 + 90]))
    assert told["first day back from leave or sickness"] == (1, 1)
    for kind in ("role", "language", "desk"):
        of = [one for name, one in told.items() if name.startswith(kind)]
        assert sum(days for _, days in of) == outcome.days
        assert sum(count for count, _ in of) == 4
    assert "Desks with a false alert: 2 on access, 1 on calls, of 2" in groups_of_people([outcome], 1.0)


def test_a_false_alert_stands_with_the_episode_that_it_is_about(outcome: Outcome) -> None:
    page = lookalikes([outcome], 1.0)
    assert "| training, undeclared | 1 | 1 (100%) | 1 | 0 |" in page
    assert "| late-shift | 1 | 1 (100%) | 1 | 0 |" in page
    assert "| clean-up, declared | 1 | 0 (0%) | 0 | 0 |" in page
    assert "| ordinary day |  |  | 2 | 1 |" in page


def test_the_rate_over_time_holds_each_four_weeks_against_their_own_days(outcome: Outcome) -> None:
    page = over_time([outcome], 5.0)
    assert "| 9 to 12 | 199 | 15.08 [3.11, 44.06] (3) = 3.02 x |" in page
    assert "| 13 to 16 | 195 | 5.13 [0.13, 28.57] (1) = 1.03 x | 5.13 [0.13, 28.57] (1) = 1.03 x |" in page


def test_the_first_weeks_are_told_of_apart(outcome: Outcome) -> None:
    page = early([outcome], 1.0)
    assert "Of 1 simulated thefts that began in these days 1 were found." in page
    assert f"{outcome.early_days:,} honest agent-days." in page


def test_the_companys_line_has_its_people_days_and_rates(ten: Company, outcome: Outcome) -> None:
    one = Measured(
        "standard 1", "standard", 10, len(ten.entries), {1.0: outcome}, outcome, Stated({}, {}), None
    )
    page = companies([one], 1.0)
    assert "Realised rate to budget, all together: access 10.15, calls 2.54." in page
    assert "| standard 1 | 10 | 394 | 1.00 (2 of 2) | 10.15 [" in page
    assert "(4) | 2.54 [" in page


def test_plain_limits_see_the_ninety_in_thirty_minutes_and_nothing_else(ten: Company) -> None:
    [one] = limit_alerts(ten)
    assert (one.agent, one.signal) == ("p0", "opened:40m")
    found = score(ten, [one])
    assert str(recall([found])) == "0.50 (1 of 2)"
    assert not found.false


def test_a_slow_theft_is_not_found_by_what_lies_before_or_after_it(ten: Company) -> None:
    beside: list[Alert] = [alert("p1", at(88, 9), at(88, 10)), alert("p1", at(98, 9), at(98, 10))]
    found = score(ten, beside)
    assert recall([found]).hits == 0
    assert len(found.false_in("access")) == 2
