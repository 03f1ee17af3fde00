"""Events made ready elsewhere are the same entries, under the same conditions, as events handed in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log.some_events import HOUR, KEYS, MONDAY, counted, viewed, with_detail
from viewtrail.event import Event, from_wire
from viewtrail.log import Log, Part, Receipt
from viewtrail.log.group import Group, Writing
from viewtrail.log.ready import Readying
from viewtrail.store import open_log, open_reader, verify_home
from wire_events import events


class NoStorage:
    """A log that has nothing yet."""

    def candidates(self, keys: list[bytes]) -> dict[int, list[tuple[int, bytes]]]:
        return {}

    def detail_key(self, name: str) -> None:
        return None


def made_ready(part: Part) -> Part:
    ready = Readying(KEYS.tenant).ready(part.events)
    assert ready is not None
    return replace(part, ready=ready)


def taken(*parts: Part) -> Group:
    group = Group(Writing("default", KEYS, NoStorage(), counted()), 0)  # type: ignore[arg-type]
    for part in parts:
        group.take(part, part.received)
    group.whole()
    return group


@given(
    st.lists(
        events(attributes=False), min_size=1, max_size=6, unique_by=lambda one: (one["source"], one["id"])
    ),
    st.booleans(),
    st.sampled_from([0, -250]),
)
def test_every_type_of_event_becomes_the_same_entry(told: list[Any], backfill: bool, skew: int) -> None:
    given = [from_wire(one) for one in told]
    latest = max(event.time for event in given)
    part = Part(given, latest, backfill=backfill, skew=skew)
    plain, ready = taken(part).batch, taken(made_ready(part)).batch
    without_detail = [not event.extra for event in given]
    assert [e for e, same in zip(ready.entries, without_detail, strict=True) if same] == [
        e for e, same in zip(plain.entries, without_detail, strict=True) if same
    ]
    assert [known for known, _ in ready.entries] == [known for known, _ in plain.entries]
    assert (ready.keys, ready.contents) == (plain.keys, plain.contents)
    assert {name for name, _ in ready.names} == {name for name, _ in plain.names}
    assert [(n, key) for n, key, _ in ready.details] == [(n, key) for n, key, _ in plain.details]


def keys_in(log: Log) -> Readying:
    return Readying(log.tenant_key)


def append_ready(log: Log, events: list[Event], received: int = MONDAY + HOUR) -> list[Receipt]:
    (receipts,) = log.append_parts([Part(events, received, ready=keys_in(log).ready(events))])
    return receipts


def test_details_and_names_are_kept_with_them(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        told = append_ready(log, [viewed(1), with_detail(2), viewed(3)])
        assert [one.index for one in told] == [0, 1, 2]
    with open_reader(tmp_path) as reader:
        assert reader.detail(1) == with_detail(2).extra
        assert reader.detail(0) is None
        assert reader.resolve(reader.entry(1).entry.event.data["agent"]) == "agent-2"
        assert reader.resolve(reader.entry(2).entry.event.subject or "") == "L-3"
    assert verify_home(tmp_path).exit_code == 0


@pytest.mark.parametrize("before", [[viewed(1)], [viewed(1, sequence="9")]], ids=["repeated", "conflict"])
@pytest.mark.parametrize("ahead", [0, 9 * HOUR], ids=["in time", "too early"])
def test_they_get_the_receipts_that_events_get(tmp_path: Path, before: list[Event], ahead: int) -> None:
    told = []
    for name, append in (("plain", plainly), ("ready", append_ready)):
        with open_log(tmp_path / name) as log:
            log.append(before, received=MONDAY)
            events = [viewed(1), with_detail(2), viewed(3, time=MONDAY + ahead), viewed(4), viewed(4)]
            told.append((append(log, events), [item.reason for item in log.set_aside()], log.size))
        assert verify_home(tmp_path / name).integrity.good
    assert told[0] == told[1]


def plainly(log: Log, events: list[Event]) -> list[Receipt]:
    return log.append(events, received=MONDAY + HOUR)


def test_the_same_event_twice_in_one_write_is_added_once(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        events = [viewed(1), viewed(2)]
        ready = keys_in(log).ready(events)
        told = log.append_parts([Part(events, MONDAY + HOUR, ready=ready) for _ in range(2)])
    assert [one.outcome for one in told[0]] == ["added", "added"]
    assert [(one.outcome, one.index) for one in told[1]] == [("repeated", 0), ("repeated", 1)]


def test_names_of_a_write_that_failed_are_stored_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(batch: object) -> None:
        raise ZeroDivisionError

    with open_log(tmp_path) as log:
        monkeypatch.setattr(log.storage, "write", failing)
        with pytest.raises(ZeroDivisionError):
            append_ready(log, [viewed(1)])
        monkeypatch.undo()
        append_ready(log, [viewed(1)])
    with open_reader(tmp_path) as reader:
        assert reader.resolve(reader.entry(0).entry.event.data["agent"]) == "agent-1"


def test_an_entry_that_would_be_too_long_is_set_aside_and_costs_nobody_else(tmp_path: Path) -> None:
    long = {"agent": "a", "rows": 1, "records": [f"L-{n}" for n in range(4_000)]}
    with open_log(tmp_path) as log:
        told = append_ready(log, [viewed(1), viewed(2, type="list.viewed", subject=None, data=long)])
    assert [one.outcome for one in told] == ["added", "set-aside"]


def test_what_cannot_be_written_is_not_made_ready() -> None:
    readying = Readying(KEYS.tenant)
    assert readying.ready([]) is None
    assert readying.ready([viewed(1), viewed(2, data={"agent": "x", "position": 2**53})]) is None
    assert readying.ready([viewed(1, id="\ud800")]) is None
