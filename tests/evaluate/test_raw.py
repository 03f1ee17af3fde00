"""Raw counts are the acts of that agent and day, whatever the reason for them."""

from __future__ import annotations

from evaluate.told import MINUTE, at, company, noted, opened
from viewtrail.evaluate.company import ANSWERED, EXPORTED, REVEALED, SHORT, Act
from viewtrail.evaluate.noted import Days
from viewtrail.evaluate.raw import COUNTS, raw


def test_a_days_acts_are_counted_and_no_other_days() -> None:
    acts = opened([f"r{n}" for n in range(30)], at(70, 9), apart=2 * MINUTE)
    acts += [*opened(["r1", "r2"], at(70, 16)), *opened([f"x{n}" for n in range(9)], at(71, 9))]
    acts += [Act(at(70, 11), REVEALED, "r1", 1), Act(at(70, 12), EXPORTED, "", 250)]
    acts += [
        Act(at(70, 13), SHORT, "r1", 1),
        Act(at(70, 14), ANSWERED, "r1", 1),
        Act(at(71, 14), SHORT, "r1", 1),
    ]
    days = Days([noted("ann", 70, 1.0), noted("bob", 70, 1.0)], (), {"access": [0], "calls": [0]})
    found = raw(company(ann=acts), days)
    counts = dict(zip((name for _, name in COUNTS), found.days[0].counts.tolist(), strict=True))
    assert counts == {
        "records opened": 30,
        "records opened in 40 minutes": 21,
        "contacts revealed": 1,
        "rows exported": 250,
        "short calls": 1,
        "answered calls of some length": 1,
    }
    assert not found.days[1].counts.any()
    assert {queue: len(places) for queue, places in found.queues.items()} == {"access": 4, "calls": 2}
