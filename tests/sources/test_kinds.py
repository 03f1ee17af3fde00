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


@pytest.mark.parametrize(
    ("name", "first", "what", "step"),
    [
        ("calls.zip", b"PK\x03\x04\x14\x00", "a zip file", "unpack it"),
        ("calls.xlsx", b"PK\x03\x04\x14\x00", "a spreadsheet", "CSV"),
        ("renamed.csv", b"PK\x03\x04\x14\x00", "a spreadsheet", "CSV"),
        ("calls.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet", "CSV"),
        ("calls.pdf", b"%PDF-1.7", "a PDF", "CSV"),
        ("access.log.zst", b"\x28\xb5\x2f\xfd\x04", "zstd", "gzip"),
        ("access.log.bz2", b"BZh91AY", "bzip2", "gzip"),
        ("console.db", b"SQLite format 3\x00", "a database", "CSV"),
    ],
)
def test_what_is_packed_or_a_table_of_a_program_is_named_with_the_step_that_makes_it_readable(
    name, first, what, step
):
    with pytest.raises(BadInput) as error:
        guess_kind(name, first)
    assert what in error.value.what
    assert step in error.value.next


def test_a_folder_is_no_file_and_how_to_read_one_is_said(tmp_path):
    with pytest.raises(BadInput, match="is a folder") as error:
        open_source(tmp_path)
    assert "viewtrail follow" in error.value.next


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
