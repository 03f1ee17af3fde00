"""The kind of a file is seen from its first bytes and its name, or the person is asked to say it."""

from __future__ import annotations

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources.connectors import found
from viewtrail.sources.files import guess_kind, open_source


@pytest.mark.parametrize(
    ("name", "first", "kind"),
    [
        ("a.jsonl", b"{}", "jsonl"),
        ("a.ndjson.gz", b"{}", "jsonl"),
        ("a.json", b"[", "json"),
        ("a.csv", b"{", "csv"),
        ("a.tsv", b"a\tb\n", "csv"),
        ("events", b'\xef\xbb\xbf{"id"', "jsonl"),
        ("events", b"[{", "jsonl"),
        ("events", b"id;agent\n", "csv"),
        ("misnamed.csv", b"PAR1", "parquet"),
        ("a.xes.gz", b"<log>", "xes"),
        ("a.xml", b'<?xml version="1.0"?>\n<log xes.version="1.0">', "xes"),
    ],
)
def test_the_kind_is_seen(name, first, kind):
    assert guess_kind(name, first) == kind


@pytest.mark.parametrize("first", [b"", b"hello\n", b"\x00\x01,\x02", b"\xff\xfea\x00"])
def test_what_cannot_be_seen_is_asked_for(first):
    with pytest.raises(BadInput) as error:
        guess_kind("data.bin", first)
    assert error.value.next


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match="cannot be opened"):
        open_source(tmp_path / "no.jsonl")


def test_an_unknown_kind_lists_the_known_ones(tmp_path):
    (tmp_path / "a.jsonl").write_text("{}")
    with pytest.raises(BadInput) as error:
        open_source(tmp_path / "a.jsonl", kind="xls")
    assert "jsonl" in error.value.next
    assert "xes" in error.value.next


def test_every_connector_in_the_folder_says_what_it_reads():
    assert "xes" in found()
    assert all(connector.reads and connector.name == name for name, connector in found().items())
