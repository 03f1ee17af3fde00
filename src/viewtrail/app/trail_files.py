"""A trail as a file: CSV that no spreadsheet runs, or Parquet; each row with its entry and its hash."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from viewtrail.event import rfc3339
from viewtrail.log.entry import encode_json
from viewtrail.store.asking import Questions, Row

FIELDS: Final = tuple(
    "record_kind owner desk to from batch field document kind decision reason account platform amount "
    "currency value_band purpose given on_behalf_of".split()
)
"""What a transaction may say, each in its column; `data` has all of it as JSON."""

COLUMNS: Final = ("index", "leaf_sha256", "time", "type", "agent", "record", *FIELDS, "source", "id", "data")

RUNS: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?")


def csv_of(questions: Questions, rows: Sequence[Row]) -> bytes:
    """UTF-8 with a header. A text that a spreadsheet would take for a formula has an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _flat(questions, rows):
        writer.writerow(["" if cell is None else safe(str(cell)) for cell in row])
    return out.getvalue().encode()


def safe(text: str) -> str:
    """The text as a cell that is only ever text or a number."""
    return f"'{text}" if RUNS.match(text) and not NUMBER.fullmatch(text) else text


def parquet_of(questions: Questions, rows: Sequence[Row]) -> bytes:
    """The same columns with their types: the index a number, the time a timestamp in UTC, the rest text."""
    kinds = {"index": pa.int64(), "time": pa.timestamp("us", tz="UTC"), "value_band": pa.int64()}
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row, cells in zip(rows, _flat(questions, rows), strict=True):
        for name, cell in zip(COLUMNS, cells, strict=True):
            plain = cell is None or name in ("index", "value_band")
            columns[name].append(row.time if name == "time" else cell if plain else str(cell))
    table = pa.table({name: pa.array(held, kinds.get(name, pa.string())) for name, held in columns.items()})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _flat(questions: Questions, rows: Sequence[Row]) -> list[list[Any]]:
    leaves = questions.leaves([row.index for row in rows])
    return [
        [
            *(row.index, leaf.hex(), rfc3339(row.time), row.type, row.agent, row.record),
            *[_plain(row.data.get(name)) for name in FIELDS],
            *(row.source, row.id, encode_json(row.data).decode()),
        ]
        for row, leaf in zip(rows, leaves, strict=True)
    ]


def _plain(value: Any) -> Any:
    """Text and whole numbers as they are, true and false as JSON has them; lists are in `data` alone."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, (str, int)) else None
