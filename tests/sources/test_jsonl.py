"""JSONL and JSON files: good lines become events, each bad one is set aside alone, with its place."""

from __future__ import annotations

import gzip
import json

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources import jsonl, streams


def line(number: int = 1, **other: object) -> str:
    event = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/crm",
        "type": "record.viewed",
        "time": "2026-03-02T09:14:03Z",
        "subject": f"L-{number}",
        "data": {"agent": "a-1", "record_kind": "lead", "via": "list"},
    }
    return json.dumps(event | other)


def test_every_line_is_an_event_in_the_files_order(told):
    found = told("\n".join(line(n) for n in range(5_000)) + "\n", "events.jsonl")
    assert found.ids == [f"e{n}" for n in range(5_000)]
    assert len(found.batches) >= 3


def test_a_bad_line_is_set_aside_with_its_place_and_the_rest_goes_on(told):
    found = told("\n".join([line(1), '{"id": 1', line(3)]), "events.jsonl")
    assert found.ids == ["e1", "e3"]
    assert found.aside[0].place == "events.jsonl:2"
    assert found.aside[0].reason.startswith("not JSON")
    assert found.aside[0].raw == '{"id": 1'


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"\xff\xfe{", "not UTF-8"),
        (b"\xef\xbb\xbf" + line(9).encode(), "byte order mark"),
        (line(9, time="2026-03-02T09:14:03").encode(), "has no zone"),
        (b'{"id": 1, "id": 2}', "stands twice"),
        (b"NaN", "not a number"),
        (b'"' + b"x" * 300_000 + b'"', "bytes are more"),
        (b"[" * 100_000, "ends before it is closed"),
        (b"\x00", "not JSON"),
    ],
)
def test_each_kind_of_bad_line_says_what_is_wrong(told, bad, reason):
    found = told(line(1).encode() + b"\n" + bad + b"\n" + line(3).encode(), "events.jsonl")
    assert found.ids == ["e1", "e3"]
    [aside] = found.aside
    assert reason in aside.reason
    assert aside.place.startswith("events.jsonl:2")
    aside.raw.encode()  # what is kept of it can be written down
    assert len(aside.raw) < 70_000


def test_empty_lines_line_ends_and_a_bom_at_the_start_are_no_matter(told):
    text = "\ufeff" + line(1) + "\r\n\r\n\n   \n" + line(2) + "\r\n" + line(3)
    found = told(text, "events.jsonl")
    assert found.ids == ["e1", "e2", "e3"]
    assert found.tally.read == 3


def test_a_line_may_be_a_batch_and_its_bad_elements_are_set_aside_alone(told):
    batch = f'[{line(2)}, {{"no": "event"}}, 7, {line(3)}]'
    found = told("\n".join([line(1), batch, line(4)]), "events.jsonl")
    assert found.ids == ["e1", "e2", "e3", "e4"]
    assert [aside.place for aside in found.aside] == ["events.jsonl:2 item 2", "events.jsonl:2 item 3"]


@pytest.mark.parametrize(
    ("text", "ids", "aside"),
    [
        (line(1), ["e1"], 0),
        (f"[{line(1)},{line(2)}]", ["e1", "e2"], 0),
        ("[]", [], 0),
        (" [ ] ", [], 0),
        (f"[{line(1)},]", ["e1"], 1),
        (f"[,{line(1)}]", ["e1"], 1),
        (f"[{line(1)}] x", ["e1"], 1),
        (f"[{line(1)}, {line(2)[:50]}", ["e1"], 1),
        ("[", [], 1),
        ("", [], 1),
    ],
)
def test_a_json_file_is_one_event_or_an_array(told, text, ids, aside):
    found = told(text, "events.json")
    assert (found.ids, len(found.aside)) == (ids, aside)


def test_brackets_and_quotes_inside_strings_do_not_end_an_element(told):
    tricky = line(1, note='],[{"a\\"\\\\')
    assert told(f"[{tricky},{line(2)}]", "events.json").ids == ["e1", "e2"]


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_any_size_of_blocks_gives_the_same_items(told, monkeypatch, size):
    text = "\n".join([line(1), "bad", "", f"[{line(2)},{line(3)}]", line(4, note="ü")])
    whole = told(text, "events.jsonl")
    monkeypatch.setattr(streams, "BLOCK", size)
    assert told(text, "events.jsonl").items == whole.items
    assert told(gzip.compress(text.encode()), "events.jsonl").items == whole.items


def test_a_line_without_end_is_cut_and_set_aside(told, monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 2_000)
    monkeypatch.setattr(streams, "BLOCK", 512)
    found = told("\n".join([line(1), "x" * 400_000, line(3)]), "events.jsonl")
    assert found.ids == ["e1", "e3"]
    assert len(found.aside[0].raw) < 4_000
    assert found.aside[0].reason == "has more than 2,000 bytes without a line's end"


def test_gzip_members_one_after_another_are_one_file(told):
    packed = gzip.compress(line(1).encode() + b"\n") + gzip.compress(line(2).encode()) + b"\0" * 20
    assert told(packed, "events.jsonl.gz").ids == ["e1", "e2"]


def test_a_cut_gzip_file_gives_what_came_before_and_says_so(told):
    text = "\n".join(line(n) for n in range(3_000)).encode()
    packed = gzip.compress(text)
    found = told(packed[: len(packed) // 2], "events.jsonl.gz")
    assert 0 < len(found.events) < 3_000
    assert "ends too early" in found.aside[-1].reason


def test_a_gzip_bomb_is_refused(told, monkeypatch):
    monkeypatch.setattr(streams, "BOMB_AFTER", 1 << 20)
    with pytest.raises(BadInput, match="unpacks to more than 200 times"):
        told(gzip.compress(b"x" * (8 << 20)), "events.jsonl.gz")
