"""The test is not too easy: plain limits on raw counts find less than 0.6 of the thefts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from viewtrail.simulate import simulate

Day = tuple[str, str]


def day_of(time: str) -> str:
    """The behaviour day of a company two hours east of Greenwich, cut at 04:00."""
    return (datetime.fromisoformat(time) - timedelta(hours=2)).date().isoformat()


def most_in_40_minutes(times: list[float]) -> int:
    first = best = 0
    for last, time in enumerate(times):
        while time - times[first] > 2_400:
            first += 1
        best = max(best, last - first + 1)
    return best


def over_a_limit(events: list[dict[str, Any]]) -> set[Day]:
    opened: dict[Day, list[tuple[float, str]]] = defaultdict(list)
    shown, short, rows = Counter[Day](), Counter[Day](), Counter[Day]()
    for event in events:
        data = event["data"]
        key = (data.get("agent", ""), day_of(event["time"]))
        if event["type"] == "record.viewed" and data["surface"] == "ui":
            opened[key].append((datetime.fromisoformat(event["time"]).timestamp(), event["subject"]))
        shown[key] += event["type"] == "contact.revealed"
        short[key] += event["type"] == "call.ended" and bool(data.get("answered")) and data["talk_s"] < 20
        rows[key] += data["rows"] if event["type"] == "export.created" else 0
    found = {key for key, views in opened.items() if most_in_40_minutes([t for t, _ in views]) >= 80}
    found |= {key for key, views in opened.items() if len({record for _, record in views}) >= 150}
    for counts, limit in ((shown, 90), (short, 20), (rows, 1_000)):
        found |= {key for key, n in counts.items() if n >= limit}
    return found


@pytest.mark.slow
def test_plain_limits_find_less_than_three_fifths_of_the_thefts(tmp_path, read) -> None:
    caught = thefts = 0
    for seed, structure in ((1, "standard"), (2, "pooled")):
        told = read(simulate(150, 110, seed, out=tmp_path / structure, structure=structure))
        flagged = over_a_limit(told.events)
        for line in told.truth:
            if line["line"] == "incident" and not line["honest"]:
                first, last = day_of(line["start"]), day_of(line["end"])
                thefts += 1
                caught += any(a in line["agents"] and first <= d <= last for a, d in flagged)
    assert thefts > 30
    assert caught / thefts < 0.6
