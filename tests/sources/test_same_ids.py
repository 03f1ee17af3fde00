"""Laws of rows without ids: the same rows give the same ids from any file, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.sources import SetAside, open_source
from viewtrail.sources.mapping import parse_mapping

MAPPING = parse_mapping(
    """
connector = "calls"
source = "/pbx"
[time]
column = "at"
[[event]]
type = "call.ended"
agent = "who"
data.talk_s = { column = "long", unit = "seconds" }
""",
    "map.toml",
)
HEADER = "at,who,long\n"


def call(second: int, who: str = "a-1") -> str:
    return f"2026-03-02T09:{second // 60:02}:{second % 60:02}Z,{who},30\n"


def ids(told, rows: list[str], name: str = "calls.csv") -> list[str]:
    return told(HEADER + "".join(rows), name, MAPPING).ids


def test_an_appended_file_keeps_the_ids_it_had(told):
    rows = [call(n) for n in range(300)]
    assert ids(told, rows)[:200] == ids(told, rows[:200])


def test_overlapping_and_rotated_files_agree(told):
    rows = [call(n // 2) for n in range(200)]
    whole = ids(told, rows)
    assert len(set(whole)) == 200
    assert ids(told, rows[50:150], "calls.csv.1") == whole[50:150]
    assert ids(told, rows[:80], "a.csv") + ids(told, rows[80:], "b.csv") == whole


def test_identical_rows_are_told_apart_by_their_occurrence(told):
    assert len(set(ids(told, [call(1)] * 3))) == 3
    assert ids(told, [call(1)] * 3 + [call(2)])[:2] == ids(told, [call(1)] * 2)


def test_neither_the_order_of_rows_nor_of_columns_changes_an_id(told):
    rows = [call(n) for n in range(50)] + [call(7)]
    assert sorted(ids(told, rows)) == sorted(ids(told, rows[::-1]))
    turned = [",".join(reversed(row.strip().split(","))) + "\n" for row in rows]
    assert told("long,who,at\n" + "".join(turned), "calls.csv", MAPPING).ids == ids(told, rows)


def test_the_connector_and_the_source_are_in_the_id_and_the_path_is_not(told):
    other = told(HEADER + call(1), "calls.csv", replace(MAPPING, source="/pbx-2")).ids
    assert ids(told, [call(1)], "x.csv") == ids(told, [call(1)], "y.csv") != other


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["a-1", "a-2", "", '"', "x,y"])), max_size=30))
def test_any_rows_are_all_accounted_for(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "calls.csv"
    path.write_text(HEADER + "".join(call(second, who) for second, who in rows))
    reading = open_source(path, mapping=MAPPING)
    items = [item for batch in reading for item in batch]
    assert len(items) == reading.tally.read == reading.tally.kept + reading.tally.set_aside
    # Two stray quotes make one row of two lines, which is set aside with both of them in it
    assert sum(item.raw.count("\n") + 1 if isinstance(item, SetAside) else 1 for item in items) == len(rows)


def test_the_ids_are_those_that_an_earlier_release_gave(told):
    assert ids(told, [call(1), call(2), call(1)]) == [
        "gftb65atyra4l4sozd4vr7n3phjsk45dv4donspazxzjo7q6j5ya",
        "tim43bqkcbgeuq24yyaqo4uqsggvft7ihrm4rgqlmpz4usotw6wa",
        "hkahoi7pijdfk7vyjln4q7iijzu6dktigakql6jh3kfshkgayg3q",
    ]
