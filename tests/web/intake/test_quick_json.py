"""The fast reader never says anything else than the strict one."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bad_events import BAD_BYTES, GOOD, BadBytes
from viewtrail.errors import BadInput
from viewtrail.event import MAX_EVENT_BYTES, decode
from viewtrail.web.intake.quick_json import all_quickly, quickly, split
from wire_events import events


def strictly(raw: bytes) -> Any:
    try:
        return decode(raw)
    except BadInput:
        return None


def alike(raw: bytes) -> None:
    quick = quickly(raw)
    if quick is not None:
        assert repr(quick) == repr(strictly(raw))


def all_alike(raws: list[bytes]) -> None:
    body = b"[" + b",".join(raws) + b"]"
    together = all_quickly(body)
    if together is not None:
        assert [repr(event) for event in together] == [repr(strictly(raw)) for raw in split(body) or ()]


def test_an_ordinary_event_is_read_fast() -> None:
    assert quickly(json.dumps(GOOD).encode()) == GOOD
    assert quickly(json.dumps(GOOD, separators=(",", ":")).encode()) == GOOD


@pytest.mark.parametrize("bad", BAD_BYTES, ids=lambda bad: bad.name)
def test_what_the_strict_reader_refuses_the_fast_one_leaves_to_it(bad: BadBytes) -> None:
    assert quickly(bad.raw) is None or strictly(bad.raw) is not None
    alike(bad.raw)


def test_ordinary_events_are_read_fast_together() -> None:
    assert all_quickly(json.dumps([GOOD] * 3).encode()) == [GOOD] * 3
    assert all_quickly(json.dumps([GOOD] * 2_000).encode()) == [GOOD] * 2_000, "longer than one event may be"
    assert all_quickly(json.dumps([{**GOOD, "subject": "x" * MAX_EVENT_BYTES}]).encode()) is None


@pytest.mark.parametrize("bad", BAD_BYTES, ids=lambda bad: bad.name)
def test_what_the_strict_reader_refuses_is_not_read_fast_among_others(bad: BadBytes) -> None:
    good = json.dumps(GOOD).encode()
    if strictly(bad.raw) is None:
        assert all_quickly(b"[" + good + b"," + bad.raw + b"]") is None
    all_alike([good, bad.raw, good])


@pytest.mark.parametrize(
    "number", ["9007199254740993", "-1234567890123456", "12345678901234567890", "1234567890123456 "]
)
def test_a_number_that_readers_see_differently_is_left_to_the_strict_reader(number: str) -> None:
    raw = b'{"id":"0000000000000000-a","n":' + number.encode() + b"}"
    assert quickly(raw) is None
    assert all_quickly(b"[" + raw + b"]") is None


def test_many_digits_in_an_id_are_no_number() -> None:
    assert quickly(b'{"id":"12345678901234567890-a"}') == {"id": "12345678901234567890-a"}


@given(st.lists(events(), max_size=4))
def test_events_of_every_type_mean_the_same_together(told: list[dict[str, Any]]) -> None:
    all_alike([json.dumps(event).encode() for event in told])


@given(events())
def test_events_of_every_type_mean_the_same(event: dict[str, Any]) -> None:
    alike(json.dumps(event).encode())
    alike(json.dumps(event, ensure_ascii=False).encode())


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(['":', '"', "\\", ":", "\x7f", "é"])
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)


@given(st.dictionaries(st.text(max_size=3), _JSON, max_size=4), st.booleans())
def test_any_json_means_the_same(value: dict[str, Any], plain: bool) -> None:
    with suppress(UnicodeEncodeError):  # a lone surrogate cannot be sent
        alike(json.dumps(value, ensure_ascii=plain).encode())
        all_alike([json.dumps(value, ensure_ascii=plain).encode()])


_PIECES = st.sampled_from(
    [
        '{"a":1',
        ',"a":2',
        ',"a" :3',
        ',"b":{"a":1,"a":2}',
        ',"c":"x',
        '":',
        '"',
        "}",
        " ",
        "1e9",
        "[",
        "]",
        ",",
        "-0",
        ".5",
    ]
)


@given(st.lists(_PIECES, max_size=8))
def test_any_bytes_that_look_like_it_mean_the_same(pieces: list[str]) -> None:
    alike("".join(pieces).encode())
    all_alike(["".join(pieces).encode()])


_SOUND = st.none() | st.booleans() | st.integers() | st.text(max_size=8)


@given(st.lists(st.dictionaries(st.text(max_size=3), _SOUND, max_size=3), max_size=5))
def test_the_elements_of_an_array_are_those_of_the_array(values: list[Any]) -> None:
    parts = split(json.dumps(values).encode())
    assert parts is not None
    assert [json.loads(part) for part in parts] == values
