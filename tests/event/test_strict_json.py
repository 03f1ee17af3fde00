"""JSON that two readers could understand differently is refused, with the reason and the place."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wire_events
from corpus.bad_events import BAD_BYTES, GOOD, BadBytes, with_data
from viewtrail.errors import BadInput
from viewtrail.event import decode


@pytest.mark.parametrize("bad", BAD_BYTES, ids=lambda bad: bad.name)
def test_bad_bytes_get_their_answer(bad: BadBytes) -> None:
    with pytest.raises(BadInput) as refusal:
        decode(bad.raw, "crm.jsonl:41")
    assert str(refusal.value).startswith("crm.jsonl:41: ")
    assert bad.says in str(refusal.value)
    assert len(str(refusal.value)) < 300, "a person has to read it"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-0", 0),
        ("12.0", 12.0),
        ("9007199254740991", 2**53 - 1),
        ("-9007199254740991", -(2**53) + 1),
        ("1e308", 1e308),
        ("1e-400", 0.0),
        (r'"😀"', "😀"),
        ('"M\u00fcnchen"', "München"),
        ('{"a": {"a": 1}, "b": [{"a": 1}]}', {"a": {"a": 1}, "b": [{"a": 1}]}),
        (" \n[]\r\n", []),
    ],
)
def test_what_every_reader_understands_alike_is_read(text: str, value: object) -> None:
    assert decode(text) == value
    assert decode(text.encode()) == value


@pytest.mark.parametrize("inside", ["", '"x"', '"é"', "1"])
def test_64_levels_are_read_and_65_are_not_whatever_is_inside(inside: str) -> None:
    decode("[" * 64 + inside + "]" * 64)
    with pytest.raises(BadInput, match="deeper than 64"):
        decode("[" * 65 + inside + "]" * 65)


def test_the_limit_is_in_bytes_and_can_be_another() -> None:
    fits = json.dumps("x" * (262_144 - 2))
    assert decode(fits)
    with pytest.raises(BadInput, match="262,145 bytes are more than the 262,144"):
        decode(fits + " ")
    with pytest.raises(BadInput, match="more than the 10 that"):
        decode(with_data(""), limit=10)


def test_text_with_a_lone_surrogate_is_refused_like_bytes() -> None:
    with pytest.raises(BadInput, match="x:1: a lone surrogate"):
        decode('"a\ud800"', "x:1")


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_whatever_the_bytes_the_answer_is_a_value_or_bad_input(raw: bytes | str) -> None:
    with suppress(BadInput):
        decode(raw)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
@settings(max_examples=500, deadline=None)
def test_a_good_event_with_some_bytes_overwritten_is_a_value_or_bad_input(at: int, noise: bytes) -> None:
    raw = json.dumps(GOOD).encode()
    with suppress(BadInput):
        decode(raw[:at] + noise + raw[at + len(noise) :])


@given(wire_events.JSON)
@settings(max_examples=200, deadline=None)
def test_what_is_sound_is_read_as_every_other_reader_reads_it(value: object) -> None:
    text = json.dumps(value)
    assert decode(text) == json.loads(text)
