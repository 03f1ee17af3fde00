"""Ids of rows without ids: the row's own content and nothing else, for ever the same."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.event import derived_id
from viewtrail.event.derived import as_told, id_of_cells

ROW = ["2026-03-02", "ann", None, "5"]


def test_the_same_row_has_the_same_id_from_whatever_file() -> None:
    assert derived_id("cdr", "/pbx", ROW, 0) == derived_id("cdr", "/pbx", list(ROW), 0)
    assert len(derived_id("cdr", "/pbx", ROW, 0)) == 52


@pytest.mark.parametrize(
    "other",
    [
        ("sip", "/pbx", ROW, 0),
        ("cdr", "/crm", ROW, 0),
        ("cdr", "/pbx", [*ROW, None], 0),
        ("cdr", "/pbx", ["2026-03-02", "ann", "", "5"], 0),
        ("cdr", "/pbx", ["2026-03-02a", "nn", None, "5"], 0),
        ("cdr", "/pbx", ROW, 1),
    ],
)
def test_another_row_has_another_id(other: tuple[str, str, list[str | None], int]) -> None:
    assert derived_id(*other) != derived_id("cdr", "/pbx", ROW, 0)


@pytest.mark.parametrize(
    ("row", "k", "id"),
    [
        (ROW, 0, "s5rdquvinxu6acbqwgoz6xkwj3xjibjonze32onrofm6zou5gajq"),
        (ROW, 1, "ciejsbyzt5tfnz5zkiyl6w53caoqcyrogulwrrbpjcqqunyt5uoq"),
        ([], 0, "jqjtditeqls5ewzisdmbdkpw4mznw4amt2zjqhq5esioxnotpxqq"),
        (
            ['a "quoted" name', "Zo\u00eb", "line\nbreak", "back\\slash"],
            0,
            "tdzqwbv7v477xepc5pf3q2vgucigbiqfwgrn3b6ao7awdpgorpsq",
        ),
    ],
)
def test_ids_are_those_of_every_earlier_release(row: list[str | None], k: int, id: str) -> None:
    assert derived_id("cdr", "/pbx", row, k) == id


@given(st.text(), st.text(), st.lists(st.none() | st.text()), st.integers(0, 10**9))
def test_an_id_is_the_base32_of_the_hash_of_the_rows_json(
    connector: str, source: str, row: list[str | None], k: int
) -> None:
    told = json.dumps([connector, source, row, k], separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(told.encode()).digest()
    assert derived_id(connector, source, row, k) == base64.b32encode(digest).decode().rstrip("=").lower()


@given(st.lists(st.none() | st.text(), min_size=1), st.lists(st.none() | st.text(), min_size=1))
def test_a_row_whose_parts_were_told_one_by_one_has_the_same_id(
    begins: list[str | None], ends: list[str | None]
) -> None:
    told = f"{as_told(begins)},{as_told(ends)}"
    assert id_of_cells("cdr", "/pbx", told, 3) == derived_id("cdr", "/pbx", [*begins, *ends], 3)
