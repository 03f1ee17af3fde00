"""What a CRM says arrives as events of the vocabulary; what is wrong is set aside and never raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from capture.keeping import KEY, Kept
from viewtrail.capture import Client
from viewtrail.capture.ids import uuid7
from viewtrail.capture.shape import shape
from viewtrail.errors import SettingError
from viewtrail.event import from_wire

CALLS: dict[str, Callable[[Client], str]] = {
    "record.viewed": lambda c: c.viewed(
        "a-1", "L-1", record_kind="lead", via="list", position=3, dwell_s=4.5
    ),
    "record.left": lambda c: c.left("a-1", "L-1", "v-1", dwell_s=6.1, active_s=2, complete=False),
    "contact.revealed": lambda c: c.revealed("a-1", "L-1", "phone", reason="callback", surface="ui"),
    "export.created": lambda c: c.exported(
        "a-1", 2, records=[7, 8], fields=["name"], masked=False, format="csv"
    ),
    "list.viewed": lambda c: c.listed("a-1", "callbacks", filter={"country": "CY"}, rows=40, records=["L-1"]),
    "search.performed": lambda c: c.searched("a-1", {"name__icontains": "ann"}, rows=3),
    "call.ended": lambda c: c.called("a-1", "L-1", call="c-9", direction="out", answered=True, talk_s=61.2),
    "note.added": lambda c: c.noted("a-1", "L-1", ["text"]),
    "deposit.processed": lambda c: c.event(
        "deposit.processed", "system", "C-1", amount="250.00", currency="EUR"
    ),
}


@pytest.mark.parametrize("type", CALLS)
def test_each_call_is_an_event_of_its_type(type: str, client: Client, kept: Kept) -> None:
    id = CALLS[type](client)
    assert client.flush()
    event = kept.events[id]
    assert event["type"] == type
    assert from_wire(event).extra == {}, "every field is one of the vocabulary, in its kind"


def test_the_events_of_a_process_are_numbered_from_its_start(client: Client, kept: Kept) -> None:
    for record in range(5):
        client.viewed("a-1", record)
    assert client.flush()
    assert [e["type"] for e in kept.events.values()] == ["source.started", *["record.viewed"] * 5]
    assert [e["sequence"].partition(".")[2] for e in kept.events.values()] == list("123456")
    assert kept.holes() == {client.health()["boot"]: []}


def test_what_is_told_twice_is_the_same_event(client: Client, kept: Kept) -> None:
    for _ in range(2):
        client.event("record.viewed", "a-1", "L-1", id="v-1", time=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert client.flush()
    assert [e["id"] for e in kept.acts] == ["v-1"]
    assert client.health()["set_aside"] == 0, "it has no number, or it would differ from itself"


def test_the_time_is_now_with_its_zone_or_the_one_given(client: Client, kept: Kept) -> None:
    before = datetime.now(UTC)
    now = client.viewed("a-1", "L-1")
    then = client.viewed("a-1", "L-1", time=datetime.fromisoformat("2026-03-02T09:14:03.120+02:00"))
    assert client.flush()
    assert before <= datetime.fromisoformat(kept.events[now]["time"]) <= datetime.now(UTC)
    assert kept.events[then]["time"] == "2026-03-02T07:14:03.120000Z"


BAD: dict[str, Callable[[Client], Any]] = {
    "no agent": lambda c: c.viewed(None, "L-1"),  # type: ignore[arg-type]
    "no record": lambda c: c.viewed("a-1", None),  # type: ignore[arg-type]
    "a dwell below nothing": lambda c: c.viewed("a-1", "L-1", dwell_s=-1),
    "a kind that is none": lambda c: c.viewed("a-1", "L-1", record_kind="car"),  # type: ignore[arg-type]
    "a NUL": lambda c: c.viewed("a-1", "L\x00"),
    "a lone surrogate": lambda c: c.viewed("a-1", "\ud800"),
    "a time without zone": lambda c: c.viewed("a-1", "L-1", time=datetime(2026, 3, 2, 9)),  # noqa: DTZ001
    "not a number": lambda c: c.viewed("a-1", "L-1", dwell_s=float("nan")),
    "no JSON": lambda c: c.event("record.viewed", "a-1", "L-1", list=object()),
    "too long": lambda c: c.listed("a-1", records=[f"L-{n:060}" for n in range(2_000)]),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_an_event_is_counted_and_never_raised(what: str, client: Client, kept: Kept) -> None:
    BAD[what](client)
    good = client.viewed("a-1", "L-2")
    assert client.flush()
    assert [e["id"] for e in kept.acts] == [good]
    assert client.health()["refused"] == 1


def test_what_is_set_aside_is_kept_with_its_reason(client: Client, tmp_path: Path) -> None:
    client.viewed("a-1", "L-1", dwell_s=-1)
    (line,) = (tmp_path / "spool" / "set-aside.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert told["event"]["subject"] == "L-1"
    assert "below 0 seconds" in told["why"]


def test_a_wrong_address_or_name_is_said_where_the_client_is_made(tmp_path: Path) -> None:
    for url, key, source in (("ftp://x", KEY, "/crm"), ("http://x", "", "/crm"), ("http://x", KEY, "")):
        with pytest.raises(SettingError):
            Client(url, key, source, tmp_path)


def test_ids_sort_by_their_time() -> None:
    ids = [uuid7(1_772_444_043_120_000_000 + n * 1_000) for n in range(5_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5_000
    assert {(id[14], id[19] in "89ab") for id in ids} == {("7", True)}


def test_a_filter_is_kept_as_its_shape() -> None:
    asked = {
        "country": "CY",
        "deposits__gt": "1000",
        "name__icontains": "ann",
        "page": "2",
        "desk__in": "1,2",
    }
    told = shape(asked, ["page"])
    assert told == "country=? and deposits>? and desk in ? and name like ?"
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "/crm",
        "type": "list.viewed",
        "time": "2026-03-02T09:00:00Z",
    }
    assert from_wire({**event, "data": {"agent": "a", "filter": told}}).data["filter"] == told
    assert shape({}) is None


def test_a_folder_that_cannot_be_written_is_replaced_by_memory(
    clients: Callable[..., Client], kept: Kept, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    client = clients(kept.url, spool=tmp_path / "file" / "spool")
    client.viewed("a-1", "L-1")
    assert client.flush()
    assert len(kept.acts) == 1
    assert client.health()["in_memory"]
    assert "events are held in memory" in client.health()["spool_problem"]
