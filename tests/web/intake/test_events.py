"""Events over HTTP: every form they may come in, a result for each, and what is said when one is bad."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus.bad_events import BAD_BYTES, BAD_EVENTS, GOOD, ODD_BUT_GOOD, BadBytes, BadEvent
from viewtrail.event import from_wire
from viewtrail.store import open_reader, verify_home
from web.intake.running import NOW, Running, opening, openings, outcomes, running


def lines(events: list[dict[str, Any]]) -> bytes:
    return "\n".join(map(json.dumps, events)).encode()


def test_a_batch_is_added_once_and_answered_in_order(intake: Running) -> None:
    events = openings(5, first=100)
    first = intake.post(events)
    assert first.status_code == 200
    assert first.json()["accepted"] == 5
    assert [one["id"] for one in first.json()["results"]] == [f"e-{n}" for n in range(100, 105)]
    indexes = [one["index"] for one in first.json()["results"]]
    assert indexes == list(range(indexes[0], indexes[0] + 5))
    again = intake.post(list(reversed(events)))
    assert outcomes(again) == ["repeated"] * 5
    assert [one["index"] for one in again.json()["results"]] == indexes[::-1]
    with open_reader(intake.home) as reader:
        assert reader.entry(indexes[0]).entry.event.id == "e-100"
        assert reader.resolve(reader.entry(indexes[0]).entry.event.data["agent"]) == "a-2"


@pytest.mark.parametrize(
    "kind",
    ["application/cloudevents-batch+json", "application/json", "application/json; charset=utf-8"],
)
def test_a_batch_may_be_called_by_either_name(intake: Running, kind: str) -> None:
    answer = intake.post_raw(json.dumps(openings(2, first=20_000 + len(kind) * 10)).encode(), kind)
    assert outcomes(answer) == ["added", "added"]


def test_a_single_event_answers_for_itself(intake: Running) -> None:
    one = json.dumps(opening(300)).encode()
    assert intake.post_raw(one, "application/cloudevents+json").status_code == 200
    assert outcomes(intake.post_raw(one, "application/json")) == ["repeated"]
    other = intake.post(opening(300, subject="L-x"))
    assert (other.status_code, outcomes(other)) == (409, ["conflict"])
    bad = intake.post(opening(301, time="yesterday"))
    assert (bad.status_code, outcomes(bad)) == (422, ["set-aside"])
    assert "is not an RFC 3339 time" in bad.json()["results"][0]["why"]
    assert intake.post(opening(302, source="/pbx")).status_code == 403


def test_an_event_may_come_in_headers(intake: Running) -> None:
    event = opening(310)
    headers = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    answer = intake.post_raw(json.dumps(event["data"]).encode(), "application/json", **headers)
    assert outcomes(answer) == ["added"]
    assert outcomes(intake.post(event)) == ["repeated"], "the same event in either form"
    headers["ce-subject"] = "L%C3%A4-1"
    headers["ce-id"] = "e-311"
    answer = intake.post_raw(json.dumps(event["data"]).encode(), "application/json", **headers)
    with open_reader(intake.home) as reader:
        entry = reader.entry(answer.json()["results"][0]["index"]).entry
        assert reader.resolve(entry.event.subject or "") == "Lä-1"
    del headers["ce-time"]
    bad = intake.post_raw(b"{}", "application/json", **headers)
    assert bad.status_code == 422
    assert "time is missing" in bad.text


def test_one_event_a_line_in_pieces_and_packed(intake: Running) -> None:
    body = lines(openings(5_000, first=10_000))

    def in_pieces() -> Any:
        for start in range(0, len(body), 10_007):
            yield body[start : start + 10_007]

    answer = intake.post_raw(in_pieces(), "application/x-ndjson")
    assert answer.json()["accepted"] == 5_000
    packed = intake.post_raw(gzip.compress(body), "application/x-ndjson", **{"content-encoding": "gzip"})
    assert set(outcomes(packed)) == {"repeated"}
    twice = gzip.compress(body[:9_000]) + gzip.compress(body[9_000:])  # two members are one body
    packed = intake.post_raw(twice, "application/x-ndjson", **{"content-encoding": "gzip"})
    assert outcomes(packed) == ["repeated"] * 5_000


def test_empty_lines_are_none_and_a_bad_line_is_named(intake: Running) -> None:
    body = lines(openings(1, first=400)) + b"\r\n\n{}\n" + lines(openings(1, first=401)) + b"\n"
    answer = intake.post_raw(body, "application/x-ndjson")
    assert outcomes(answer) == ["added", "set-aside", "added"]
    assert answer.json()["results"][1]["why"].startswith("line 3: type is missing")


def test_a_bad_event_among_good_ones_is_kept_aside_and_costs_nobody_else(intake: Running) -> None:
    bad = opening(501, time="2026-03-02T09:14:03")
    answer = intake.post([opening(500), bad, opening(502)])
    assert answer.status_code == 200
    assert outcomes(answer) == ["added", "set-aside", "added"]
    assert answer.json()["accepted"] == 2
    why = answer.json()["results"][1]["why"]
    assert why.startswith("item 2: time ")
    assert "has no zone" in why
    with open_reader(intake.home) as reader:
        item = next(one for one in reader.set_aside() if one.place == "/crm#e-501")
        assert json.loads(reader.open_set_aside(item)) == bad
        kept = len(reader.set_aside())
    intake.post([bad])
    with open_reader(intake.home) as reader:
        assert len(reader.set_aside()) == kept, "the same again is kept once"


def test_a_broken_item_inside_an_array_costs_nobody_else(intake: Running) -> None:
    good = json.dumps(opening(510)), json.dumps(opening(511))
    answer = intake.post_raw(f'[{good[0]}, {{"x": NaN}}, {good[1]}]'.encode())
    assert outcomes(answer) == ["added", "set-aside", "added"]
    assert "NaN is not a number" in answer.json()["results"][1]["why"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"[]", "no event in the body"),
        (b"[" + json.dumps(opening(520)).encode(), "ends before it is closed"),
        (b"[" + json.dumps(opening(521)).encode() + b"] x", "after the end"),
        (b'{"half', "not JSON"),
        (b"", "not JSON"),
        (b"null", "an event is a JSON object"),
        (b"5", "an event is a JSON object"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(intake: Running, body: bytes, says: str) -> None:
    answer = intake.post_raw(body)
    assert answer.status_code == 422
    assert says in answer.text
    assert outcomes(intake.post(opening(520), params={"dry_run": "1"})) == ["added"], (
        "nothing of it was taken"
    )


@pytest.mark.parametrize("bad", BAD_BYTES, ids=lambda bad: bad.name)
def test_bad_bytes_get_a_clear_answer_that_is_not_ours_to_regret(intake: Running, bad: BadBytes) -> None:
    alone = intake.post_raw(bad.raw, "application/cloudevents+json")
    assert alone.status_code == 422
    assert bad.says in alone.json()["results"][0]["why"]
    beside = intake.post_raw(b"[" + bad.raw + b"," + json.dumps(opening(600)).encode() + b"]")
    assert beside.status_code in (200, 413, 422)
    if beside.status_code == 200:
        assert outcomes(beside)[-1] in ("added", "repeated")


@pytest.mark.parametrize("bad", BAD_EVENTS, ids=lambda bad: bad.name)
def test_a_bad_event_gets_a_clear_answer(intake: Running, bad: BadEvent) -> None:
    raw = json.dumps(bad.event).encode()
    answer = intake.post_raw(raw, "application/cloudevents+json")
    assert answer.status_code == 422
    (result,) = answer.json()["results"]
    assert (result["outcome"], result["index"]) == ("set-aside", None)
    assert result["why"]
    among = intake.post_raw(b"[" + raw + b"]")
    assert among.status_code == 200
    assert outcomes(among) == ["set-aside"]


def test_what_looks_odd_and_is_good_is_taken(intake: Running) -> None:
    events = [{**odd.event, "id": f"odd-{place}"} for place, odd in enumerate(ODD_BUT_GOOD)]
    events = [event for event in events if from_wire(event).time < NOW.timestamp() * 1e6]
    answer = intake.post(events)
    assert set(outcomes(answer)) == {"added"}, answer.text
    with open_reader(intake.home) as reader:
        placed = {one["id"]: one["index"] for one in answer.json()["results"]}
        index = placed[next(event["id"] for event in events if event["data"].get("mood") == "good")]
        assert reader.detail(index) == {"data": {"mood": "good"}}


@pytest.mark.parametrize(
    ("headers", "body", "status", "says"),
    [
        ({"content-type": "text/plain"}, b"[]", 415, "Content-Type"),
        ({"content-type": "application/xml"}, b"<a/>", 415, "Content-Type"),
        ({"content-encoding": "br"}, b"[]", 415, "packed in a way"),
        ({"content-encoding": "gzip"}, b"[]", 400, "is no gzip"),
        ({"content-encoding": "gzip"}, gzip.compress(b"[]", mtime=0)[:-4], 400, "ends in the middle"),
        ({"sent": "yesterday"}, b"[]", 400, "the header Sent is not an RFC 3339 time"),
        ({"sent": "2026-03-02T09:14:03"}, b"[]", 400, "has no zone"),
        ({"authorization": "Bearer vt_wrong"}, b"[]", 401, "keys add"),
        ({"authorization": "Basic Y3JtOng="}, b"[]", 401, "no key in force"),
        ({"authorization": ""}, b"[]", 401, "no key in force"),
    ],
)
def test_a_head_that_cannot_be_read_is_answered_by_what_and_what_next(
    intake: Running, headers: dict[str, str], body: bytes, status: int, says: str
) -> None:
    answer = intake.client.post(
        "/v1/events", content=body, headers={"content-type": "application/json", **headers}
    )
    assert answer.status_code == status
    assert says in answer.text
    assert answer.json()["next"]


def test_a_gzip_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    bomb = gzip.compress(b"[" + b" " * (60 << 20) + b"]")
    assert len(bomb) < 100_000
    with running(tmp_path / "home", intake_body_mib=2) as intake:
        answer = intake.post_raw(bomb, **{"content-encoding": "gzip"})
        assert answer.status_code == 413
        assert "more than 2,097,152 bytes unpacked" in answer.text
        assert intake.post_raw(b"[" + b" " * (3 << 20) + b"]").status_code == 413
        inside = gzip.compress(gzip.compress(b"[]" * 1_000_000))
        assert intake.post_raw(inside, **{"content-encoding": "gzip"}).status_code == 422


def test_a_hundred_thousand_items_are_too_many_and_say_how_many_may_be(intake: Running) -> None:
    answer = intake.post_raw(b"[" + b"{}," * 99_999 + b"{}]")
    assert answer.status_code == 413
    assert "more than 10,000 events" in answer.text
    answer = intake.post_raw(b"{}\n" * 100_000, "application/x-ndjson")
    assert answer.status_code == 413


def test_what_would_happen_is_said_without_doing_it(intake: Running) -> None:
    asked = [opening(700), opening(701, time="x"), opening(702, source="/pbx")]
    answer = intake.post(asked, params={"dry_run": "1"})
    assert outcomes(answer) == ["added", "set-aside", "refused"]
    assert answer.json()["results"][0]["index"] is None
    with open_reader(intake.home) as reader:
        assert not [one for one in reader.set_aside() if "e-701" in one.place]
    assert outcomes(intake.post(asked)) == ["added", "set-aside", "refused"]
    assert intake.post(asked, params={"dry_run": "perhaps"}).status_code == 400
    mistyped = intake.post(opening(704), params={"dryrun": "1"})
    assert (mistyped.status_code, mistyped.json()["error"]) == (400, "the query has 'dryrun'")
    assert outcomes(intake.post(opening(704))) == ["added"], "the mistyped one wrote nothing"


def test_a_time_far_ahead_is_set_aside_and_an_old_one_taken(intake: Running) -> None:
    ahead = opening(710, time=NOW.replace(year=NOW.year + 1).isoformat())
    old = opening(711, time="1999-12-31T23:59:59+14:00")
    answer = intake.post([ahead, old])
    assert outcomes(answer) == ["set-aside", "added"]
    assert "ahead of its receipt" in answer.json()["results"][0]["why"]


LONG = [opening(n, id=f"long-{n}") for n in range(400)]
"""Longer than what the writing process reads itself."""


def test_a_long_batch_is_answered_and_kept_as_a_short_one_is(intake: Running) -> None:
    bad, foreign = opening(900, time="never"), opening(901, source="/pbx")
    reveal = opening(902, type="contact.revealed", data={"agent": "a-3", "field": "phone", "note": "said no"})
    batch = [*LONG[:200], bad, reveal, *LONG[200:]]
    first = intake.post(batch)
    assert outcomes(first) == ["added"] * 200 + ["set-aside"] + ["added"] * 201
    assert first.json()["results"][200] == {
        "id": "e-900",
        "index": None,
        "outcome": "set-aside",
        "why": 'item 201: time "never" is not an RFC 3339 time such as 2026-03-02T09:14:03.120+02:00',
    }
    assert [one["id"] for one in first.json()["results"]] == [one["id"] for one in batch]
    place = first.json()["results"][201]["index"]
    with open_reader(intake.home) as reader:
        assert reader.detail(place) == {"data": {"note": "said no"}}
        assert reader.resolve(reader.entry(place).entry.event.data["agent"]) == "a-3"
        assert [one.place for one in reader.set_aside() if "e-900" in one.place] == ["/crm#e-900"]
    again = intake.post([*batch, foreign, {**LONG[7], "subject": "L-other"}, opening(903)])
    assert outcomes(again)[:201] == ["repeated"] * 200 + ["set-aside"]
    assert outcomes(again)[-4:] == ["repeated", "refused", "conflict", "added"]
    assert [one["index"] for one in again.json()["results"]][:200] == [
        one["index"] for one in first.json()["results"]
    ][:200]


def test_what_would_become_of_a_long_batch_is_said_without_doing_it(intake: Running) -> None:
    batch = [opening(n, id=f"would-{n}") for n in range(400)]
    with open_reader(intake.home) as reader:
        size = reader.size
        assert outcomes(intake.post(batch, params={"dry_run": "1"})) == ["added"] * 400
        assert reader.size == size


def test_many_lines_are_answered_in_order(intake: Running) -> None:
    batch = [opening(n, id=f"line-{n}") for n in range(2_500)]
    answer = intake.post_raw(lines([*batch, batch[0]]), "application/x-ndjson")
    assert outcomes(answer) == ["added"] * 2_500 + ["repeated"]
    assert [one["id"] for one in answer.json()["results"]] == [one["id"] for one in [*batch, batch[0]]]


def test_what_is_not_there_and_what_may_not_be_asked_is_said(intake: Running) -> None:
    assert intake.client.get("/v1/events").status_code == 405
    assert intake.client.get("/v1/events").headers["allow"] == "POST"
    assert intake.client.put("/v1/events").status_code == 405
    assert intake.client.post("/health").status_code == 405
    assert intake.client.get("/").status_code == 404
    assert intake.client.get("/health").json() == {"status": "alive"}
    assert intake.client.head("/health").status_code == 200
    assert intake.client.get("/ready").json()["status"] == "ready"


def test_a_sender_that_hangs_up_leaves_nothing_behind(intake: Running) -> None:
    before = intake.client.get("/ready").json()["entries"]

    def half() -> Any:
        yield b"[" + json.dumps(opening(720)).encode()
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        httpx.post(
            f"{intake.url}/v1/events",
            content=half(),
            headers={"content-type": "application/json", **intake.client.headers},
        )
    assert intake.client.get("/ready").json()["entries"] == before
    assert outcomes(intake.post(opening(720))) == ["added"]


def test_at_the_end_the_log_is_whole_and_signed(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        assert intake.post(openings(3)).json()["accepted"] == 3
        said = intake.stop()
    assert "4 entries, 4 signed" in said, "the key is an entry too"
    report = verify_home(tmp_path / "home")
    assert report.exit_code == 0, report.lines()
    assert GOOD["source"] == "/crm"
