"""The same through a real log: delivered late, out of order and twice, on disk, the findings are the same."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

import pytest

from replay.told import HOUR, matured, replay
from viewtrail.event import Event
from viewtrail.log import Logged
from viewtrail.store import open_log, open_reader, verify_home
from viewtrail.stories import only

SINCE = 1_769_000_000_000_000
"""Facts that are older (who joined when, years ago) arrive with the first delivery."""


def deliver(home: Path, arrivals: list[tuple[int, Event]]) -> dict[str, int]:
    """Append what arrives hour by hour; how often each outcome was answered."""
    by_hour: dict[int, list[Event]] = defaultdict(list)
    for t, event in arrivals:
        by_hour[max(t, SINCE) // HOUR + 1].append(event)
    outcomes: dict[str, int] = defaultdict(int)
    with open_log(home) as log:
        for hour in sorted(by_hour):
            for receipt in log.append(by_hour[hour], received=hour * HOUR):
                outcomes[receipt.outcome] += 1
        log.checkpoint()
    return outcomes


def entries(home: Path) -> list[Logged]:
    with open_reader(home) as reader:
        return list(reader.read_known())


@pytest.mark.slow
def test_late_shuffled_and_doubled_delivery_on_disk(tmp_path: Path) -> None:
    told = only("eighty_before_leaving", history_days=32)
    (episode,) = told.episodes
    first, second = tmp_path / "in-time", tmp_path / "late"
    outcomes = deliver(first, [(event.time, event) for event in told.events])
    assert outcomes == {"added": len(told.events)}
    wanted = matured(replay(entries(first))[0], entries(first))
    assert [value[0] for value in wanted.values()] != []

    chance, arrivals = Random(9), []
    for event in told.events:
        arrivals.append((event.time + chance.randrange(70 * HOUR), event))
        if chance.random() < 0.1:
            arrivals.append((event.time + chance.randrange(71 * HOUR), event))
    chance.shuffle(arrivals)
    outcomes = deliver(second, arrivals)
    assert outcomes["added"] == len(told.events)
    assert outcomes["repeated"] == len(arrivals) - len(told.events)
    assert verify_home(second).exit_code == 0

    with open_reader(first) as ours, open_reader(second) as theirs:
        found = replay(entries(second))[0]
        same = {ours.resolve(value[0]): value[8:10] for value in wanted.values()}
        late = {theirs.resolve(value[0]): value[8:10] for value in matured(found, entries(second)).values()}
    assert late == same
    assert set(same) == {episode.agent}
