"""The real work logs, read whole: every row is an event, set aside for a reason, or skipped for a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from viewtrail.event import rfc3339
from viewtrail.sources import read_mapping

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def types(found) -> Counter[str]:
    return Counter(event.type for event in found.events)


def reasons(found) -> Counter[str]:
    return Counter(aside.reason for aside in found.aside)


@pytest.mark.slow
def test_the_loan_process_is_read_whole(reads, real):
    found = reads(real("bpic2012.xes.gz"))
    assert (found.tally.read, found.tally.kept) == (262_200, 244_190)
    assert reasons(found) == {"no org:resource: nobody is named as who did it": 18_010}
    assert types(found) == {
        "status.changed": 92_093,
        "task.completed": 64_271,
        "record.viewed": 63_376,
        "record.updated": 24_450,
    }
    assert len({event.subject for event in found.events}) == 13_087
    assert len({event.data["agent"] for event in found.events}) == 68
    assert len(set(found.ids)) == 244_190
    system = Counter(event.data["agent"] for event in found.events if "actor_kind" in event.data)
    assert system == {"112": 45_687}


def test_the_work_items_are_opened_and_left(reads, real):
    mapping = read_mapping(HOW_TO / "bpic2012_work_items.toml")
    found = reads(real("bpic2012_work_items.parquet"), mapping)
    assert (found.tally.read, found.tally.kept) == (59_302, 52_967)
    assert types(found) == {"record.viewed": 52_967, "record.left": 52_967}
    assert sum(reasons(found).values()) == 6_335
    assert len(set(found.ids)) == 2 * 52_967
    assert found.events[0].data["dwell_ms"] == 109_059
    opened = {f"{event.source}#{event.id}" for event in found.events if event.type == "record.viewed"}
    assert {event.data["view"] for event in found.events if event.type == "record.left"} == opened


def test_the_bank_calls_are_answered_or_the_clients_own(reads, real):
    mapping = read_mapping(HOW_TO / "bank_calls_1999.toml")
    found = reads(real("bank_calls_1999_jan_feb.parquet"), mapping)
    assert found.tally.read == 64_943
    assert types(found) == {"call.ended": 53_241, "client.contacted": 4_269}
    assert found.tally.not_mapped == {"nobody answered and the caller is not known": 6_716}
    assert sum(reasons(found).values()) == 717
    calls = [event for event in found.events if event.type == "call.ended"]
    assert {event.data["direction"] for event in calls} == {"in"}
    assert not any("ring_ms" in event.data for event in calls)
    assert len({event.data["agent"] for event in calls}) == 29
    assert len(set(found.ids)) == len(found.events)
    assert rfc3339(found.events[0].time) == "1998-12-31T22:00:02Z"
