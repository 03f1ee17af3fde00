"""CSV: separators, quotes, encodings; a bad row costs itself alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.sources import csv_rows, streams
from viewtrail.sources.csv_rows import AT_ONCE, CsvRows
from viewtrail.sources.mapping import parse_mapping

FLAT = "id,source,type,time,subject,agent,record_kind,via,position,data\n"


def row(number: int, data: str = "") -> str:
    return f"e{number},/crm,record.viewed,2026-03-02T09:14:03Z,L-{number},a-1,lead,list,{number},{data}\n"


MAPPING = """
connector = "views"
source = "/crm"
id = "id"
[time]
column = "at"
[[event]]
type = "record.viewed"
subject = "lead"
agent = "who"
"""


def test_the_flat_columns_need_no_mapping(told):
    found = told(FLAT + row(1, '"{""visit"": ""s-1""}"') + row(2), "events.csv")
    assert found.ids == ["e1", "e2"]
    assert found.events[0].data["visit"] == "s-1"
    assert found.events[1].data["position"] == 2


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_seen_from_the_header(told, separator):
    text = (FLAT + row(1)).replace(",", separator)
    assert told(text, "events.csv").ids == ["e1"]


def test_short_long_and_unreadable_rows_are_set_aside_with_their_line(told):
    text = FLAT + row(1) + "e2,/crm\n" + row(3) + row(4).strip() + ",more\n" + row(5).replace("Z,", ",")
    found = told(text, "events.csv")
    assert found.ids == ["e1", "e3"]
    assert [aside.place for aside in found.aside] == ["events.csv:3", "events.csv:5", "events.csv:6"]
    assert found.aside[0].reason == "has 2 columns, the header 10"
    assert found.aside[0].raw == "e2,/crm"
    assert "no zone" in found.aside[2].reason


def test_a_line_break_in_quotes_belongs_to_the_row_and_lines_are_still_counted(told):
    text = 'id,at,who,lead,note\nv1,2026-03-02T09:00Z,a-1,L-1,"two\r\nlines"\nv2,never,a-1,L-2,\n'
    found = told(text, "views.csv", parse_mapping(MAPPING, "map.toml"))
    assert found.ids == ["v1"]
    assert found.aside[0].place == "views.csv:4"


def test_a_forgotten_quote_costs_one_row_and_not_the_rest(told):
    text = FLAT + row(1) + '"' + row(2) + "".join(row(n) for n in range(3, 50))
    found = told(text, "events.csv")
    assert found.ids == ["e1", *(f"e{n}" for n in range(3, 50))]
    assert [aside.place for aside in found.aside] == ["events.csv:3"]
    assert found.aside[0].raw == '"' + row(2).strip("\n")


def test_bytes_that_are_no_text_are_set_aside_and_an_encoding_can_be_named(told):
    mapping = MAPPING.replace('id = "id"', 'id = "id"\nencoding = "cp1252"')
    content = "id,at,who,lead,note\nv1,2026-03-02T09:00Z,a-1,L-1,é\nv2,2026-03-02T09:00Z,a-1,L-2,e\n".encode(
        "cp1252"
    )
    found = told(content, "views.csv", parse_mapping(MAPPING, "map.toml"))
    assert found.ids == ["v2"]
    assert found.aside[0].reason.startswith("is not UTF-8; if all is in another encoding")
    assert found.aside[0].raw.endswith("\\xe9")
    assert told(content, "views.csv", parse_mapping(mapping, "map.toml")).ids == ["v1", "v2"]


@pytest.mark.parametrize("bad", ["a\0b", "e\u0301"])
def test_text_that_readers_could_understand_differently_is_set_aside(told, bad):
    found = told(
        FLAT.strip() + ",note\n" + row(1).strip() + f",{bad}\n" + row(2).strip() + ",\n", "events.csv"
    )
    assert found.ids == ["e2"]


def test_a_file_without_header_gets_its_columns_from_the_mapping(told):
    mapping = parse_mapping('columns = ["id", "at", "who", "lead"]\n' + MAPPING, "map.toml")
    assert told("v1,2026-03-02T09:00Z,a-1,L-1\n", "views.csv", mapping).ids == ["v1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "has no column 'id'"),
        ("id,id,source,type,time\n", "column 'id' stands twice"),
        ('"id\n', "has no header"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(told, text, message):
    with pytest.raises(BadInput, match=message) as error:
        told(text, "events.csv")
    assert "events.csv" in error.value.where
    assert error.value.next


@pytest.mark.parametrize("size", [1, 5, 64])
def test_any_size_of_blocks_gives_the_same_items(told, monkeypatch, size):
    text = "\ufeff" + FLAT + row(1) + '"' + row(2) + row(3, '"{""note"":\n""ü""}"') + "short\n"
    whole = told(text, "events.csv")
    assert len(whole.events) == 2
    monkeypatch.setattr(streams, "BLOCK", size)
    assert told(text, "events.csv").items == whole.items


def test_a_row_without_end_is_given_up_and_the_next_one_read(told, monkeypatch):
    monkeypatch.setattr(csv_rows, "LONGEST_ROW", 1_000)
    found = told(FLAT + row(1) + row(2, "x" * 2_000) + row(3), "events.csv")
    assert found.ids == ["e1", "e3"]


def test_a_line_of_thirty_megabytes_is_one_row_set_aside_with_its_place(told):
    long = row(2, "x" * 30_000_000)
    found = told(FLAT + row(1) + long + row(3), "events.csv")
    assert found.ids == ["e1", "e3"]
    [aside] = found.aside
    assert (aside.place, len(aside.raw)) == ("events.csv:3", 65_536)
    size = f"{len(long) - 1:,}"
    assert aside.reason == f"the line has {size} characters, more than the 1,048,576 that a row may have"


def test_a_line_without_end_is_one_row_wherever_the_blocks_end(told, monkeypatch):
    monkeypatch.setattr(csv_rows, "LONGEST_ROW", 200)
    long = row(2, "x" * 1_000)
    for size in (7, 64, 300, 5_000):
        monkeypatch.setattr(streams, "BLOCK", size)
        for end in ("\n", ""):
            found = told(FLAT + row(1) + long.strip() + end + (row(3) if end else ""), "events.csv")
            assert [one.place for one in found.aside] == ["events.csv:3"]
            assert found.ids == (["e1", "e3"] if end else ["e1"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a,b\n", '"a",b\n', '"a\n', 'x"\n', '"a"b,c\n', "\n", "é,\0\n", "a\rb\n", "a,b\r\n"])
    )
)
def test_lines_read_together_give_the_rows_that_they_give_one_by_one(lines):
    assert _told(CsvRows(iter(lines), ",")) == _told(_OneByOne(iter(lines), ","))


def test_rows_over_several_lines_are_whole_wherever_the_lines_read_together_end():
    """Each row has three lines, so the lines that are read together end within a row again and again."""
    lines = ['1,"a\n', "b\n", 'c"\n'] * AT_ONCE
    told = _told(CsvRows(iter(lines), ","))
    assert [row for _, _, row in told] == [["1", "a\nb\nc"]] * AT_ONCE
    assert [start for start, _, _ in told] == list(range(1, 3 * AT_ONCE, 3))


class _OneByOne(CsvRows):
    """The same rows without the short way."""

    def _each_a_row(self, lines):
        return None


def _told(rows):
    """Each row with the line on which it begins and the text that it stands in."""
    return list(rows)
