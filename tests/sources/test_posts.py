"""Bodies and files of posts: JSON on one line or many, lists wherever they stand, forms, and nonsense."""

from __future__ import annotations

import json

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources.posts import posts, posts_in, text_of
from viewtrail.sources.streams import BytesInHand

ONE = {"id": 1, "to": "é"}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ONE),
        f"[{json.dumps(ONE)}]",
        json.dumps({"calls": [ONE], "meta": {}}),
        json.dumps({"Calls": [ONE]}),
        json.dumps({"errcode": 0, "data": [ONE]}),
        json.dumps({"Call": ONE}),
        json.dumps({"call": ONE}),
        "cdr=" + json.dumps(ONE),
    ],
)
def test_the_objects_of_a_body_wherever_they_stand(body):
    assert posts(body.encode()) == [ONE]


def test_a_form_is_an_object_of_its_fields():
    assert posts(b"a=1&b=%2B357+99&c=") == [{"a": "1", "b": "+357 99", "c": ""}]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"{",
        b"\xff=1",
        b"a=%ff",
        b"cdr=!",
        b"cdr=e30=x",
        b'{"a": "\xff"}',
        b"[" * 99_999,
        b"&=" * 9_999,
    ],
)
def test_nonsense_is_said_to_be_so(body):
    with pytest.raises(BadInput):
        posts(body)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_is_its_lines_or_one_text_over_many_lines(mark, end):
    lines = [json.dumps(ONE).encode(), b"", b"a=1"]
    found = [*posts_in(BytesInHand(mark + end.join(lines) + end, "x"))]
    assert [(number, raw.strip()) for number, raw in found if raw.strip()] == [(1, lines[0]), (3, b"a=1")]
    spread = json.dumps([ONE, ONE], indent=1).encode().replace(b"\n", end)
    text = BytesInHand(mark + end + spread + end, "x")
    [(number, raw)] = [(number, raw) for number, raw in posts_in(text) if raw.strip()]
    assert (number, posts(raw)) == (2, [ONE, ONE])


@pytest.mark.parametrize("value", ["\ud800", "a\0b", ["x"], {"a": 1}, True, "x" * 1_001])
def test_what_no_text_can_hold_is_refused_with_its_name(value):
    with pytest.raises(BadInput, match="call_to"):
        text_of({"call_to": value}, "call_from", "call_to")


def test_the_first_field_that_says_something_counts():
    assert text_of({"a": " ", "b": None, "c": 7}, "a", "b", "c") == "7"
    assert text_of({}, "a") == ""
