"""A trail as a file: what a spreadsheet would run is text in it, and each row can be proved."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from store import asked
from viewtrail.app.trail_files import COLUMNS, csv_of, parquet_of, safe
from viewtrail.log.merkle import leaf_hash
from viewtrail.store import open_log, open_reader
from viewtrail.store.asking import Questions


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trail") / "home"
    with open_log(folder) as log:
        log.append(asked.odd_events(), received=asked.START + 30 * asked.DAY)
    return folder


def test_each_row_names_its_entry_and_the_hash_of_its_bytes(home: Path) -> None:
    with Questions(home) as questions, open_reader(home) as reader:
        rows = questions.trail()
        told = list(csv.DictReader(io.StringIO(csv_of(questions, rows).decode(), newline="")))
        assert len(told) == 8
        assert [int(row["index"]) for row in told] == [row.index for row in rows]
        for row in told:
            held = reader.storage.row(int(row["index"]))
            assert held is not None
            assert row["leaf_sha256"] == leaf_hash(held[2]).hex()
            assert row["record"].startswith("r-")


def test_what_a_spreadsheet_would_run_is_text(home: Path) -> None:
    with Questions(home) as questions:
        raw = csv_of(questions, questions.trail()).decode()
    (status,) = [row for row in csv.DictReader(io.StringIO(raw)) if row["type"] == "status.changed"]
    assert (status["field"], status["from"], status["to"]) == ("'=cmd()", "'+new", "<b>hot</b>")
    (deposit,) = [row for row in csv.DictReader(io.StringIO(raw)) if row["type"] == "deposit.processed"]
    assert (deposit["amount"], deposit["currency"]) == ("-12.50", "'@EUR")
    for cells in csv.reader(io.StringIO(raw)):
        assert not any(cell[:1] in "=+@\t\r" for cell in cells if cell)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("-12.50", "-12.50"),
        ("12", "12"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas_are_told_from_numbers(text: str, cell: str) -> None:
    assert safe(text) == cell


def test_parquet_has_types_and_says_the_same(home: Path) -> None:
    with Questions(home) as questions:
        rows = questions.trail()
        table = pq.read_table(io.BytesIO(parquet_of(questions, rows)))
    assert table.column_names == list(COLUMNS)
    told = table.to_pylist()
    assert [row["index"] for row in told] == [row.index for row in rows]
    for row, one in zip(told, rows, strict=True):
        assert row["time"] == datetime.fromtimestamp(one.time / 1e6, UTC)
        assert (row["to"], row["amount"]) == (one.data.get("to"), one.amount)
    assert {row["value_band"] for row in told} == {None, 7, 11}


def test_an_empty_trail_is_a_header(home: Path) -> None:
    with Questions(home) as questions:
        assert csv_of(questions, []).decode().strip() == ",".join(COLUMNS)
        assert pq.read_table(io.BytesIO(parquet_of(questions, []))).num_rows == 0
