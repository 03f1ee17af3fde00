"""Parquet files batch by batch: the columns' own types, so times keep their zone and numbers stay numbers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from viewtrail.errors import BadInput
from viewtrail.sources.cells import plain
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.jsonl import BATCH
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.rows import RowsReader, converter
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.values import Row

ROWS = 1_000  # rows at a time: a row may give two events and a batch holds 2,000


class ParquetRows:
    """An open Parquet file of `total` rows. The file's own damage is BadInput; a bad row is set aside."""

    def __init__(self, source: ByteSource) -> None:
        import pyarrow as pa  # here, so that reading JSONL and CSV does not load 60 MB of it
        import pyarrow.parquet as pq

        self._name = source.name
        self._errors: tuple[type[Exception], ...] = (pa.ArrowException, OSError, ValueError)
        self._bytes: IO[bytes] | None = None
        try:
            if source.packed:  # read from its end, so a packed file is unpacked to a nameless one first
                self._bytes = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close(), and gone then
                _unpack(source, self._bytes)
            self._file: Any = pq.ParquetFile(self._bytes or source.path)
            self.header: list[str] = self._file.schema_arrow.names
            self.total: int = self._file.metadata.num_rows
        except BaseException as error:
            if self._bytes is not None:
                self._bytes.close()
            if isinstance(error, self._errors):
                raise self._damaged(error) from error
            raise

    def read(self, tally: Tally, mapping: Mapping | None) -> Iterator[list[Item]]:
        """Events in batches of at most 2,000; the nth row, if bad, is set aside as `name row n`."""
        convert = converter(self.header, mapping, self._name)
        reader = RowsReader(convert, tally, lambda row: _shown(self.header, row))
        items: list[Item] = []
        number = 0

        def place() -> str:
            return f"{self._name} row {number}"

        for row in self._rows():
            if len(items) >= BATCH - 64:
                yield items
                items = []
            number += 1
            reader.take(row, place, items)
        yield items

    def close(self) -> None:
        self._file.close()
        if self._bytes is not None:
            self._bytes.close()

    def _rows(self) -> Iterator[Row]:
        try:
            for batch in self._file.iter_batches(batch_size=ROWS, use_threads=False):
                yield from zip(*(_readable(column) for column in batch.columns), strict=True)
        except self._errors as error:
            raise self._damaged(error) from error

    def _damaged(self, error: BaseException) -> BadInput:
        first = str(error).partition("\n")[0][:200]
        return BadInput(f"is not a readable Parquet file ({first})", where=self._name, next="export it again")


def _unpack(source: ByteSource, into: IO[bytes]) -> None:
    for block in source.blocks():
        into.write(block)
    if source.broken:
        raise ValueError(source.broken)


def _readable(column: Any) -> list[Any]:
    """The column's values; bytes as text, decimals as text, nanoseconds cut to the microseconds we keep."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", tz=kind.tz), safe=False)
    values: list[Any] = column.to_pylist()
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return [cell if cell is None else cell.decode("utf-8", "surrogateescape") for cell in values]
    if pa.types.is_nested(kind):
        return [cell if cell is None else json.dumps(cell, default=str) for cell in values]
    if pa.types.is_decimal(kind):
        return [cell if cell is None else format(cell, "f") for cell in values]
    return values


def _shown(header: list[str], row: Row) -> str:
    return ", ".join(
        f"{name}={plain(cell)}" for name, cell in zip(header, row, strict=True) if cell is not None
    )
