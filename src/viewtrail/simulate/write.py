"""Events in time order to a JSON Lines or Parquet file; the truth, apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from viewtrail.event import COLUMNS, to_flat
from viewtrail.simulate.rows import COUNTED, SOURCES, Rows

Due = list[tuple[int, int, str]]


class EventFile:
    """Takes each day's events in any order and writes them by time; what lies beyond the day waits."""

    def __init__(self, folder: Path, *, flat: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / ("events.parquet" if flat else "events.jsonl")
        self._out: Any = _Parquet(self.path) if flat else _Lines(self.path)
        self._waiting: Due = []
        self._numbers = [0] * len(SOURCES)
        self.written = 0

    def day(self, rows: list[Rows], singles: Due, limit: int) -> None:
        """Write everything before `limit` (ms); the rest waits for a later day."""
        lines = [line for _, _, line in self._waiting] + [line for _, _, line in singles]
        times = [np.array([t for t, _, _ in self._waiting + singles], dtype=np.int64)]
        sources = [np.array([s for _, s, _ in self._waiting + singles], dtype=np.int64)]
        for batch in rows:
            lines += batch.lines()
            times.append(batch.time)
            sources.append(np.full(len(batch), batch.source))
        time, source = np.concatenate(times), np.concatenate(sources)
        order = np.argsort(time, kind="stable")
        ready = int(np.searchsorted(time[order], limit))
        self._write([(int(source[i]), lines[i]) for i in order[:ready].tolist()])
        self._waiting = [(int(time[i]), int(source[i]), lines[i]) for i in order[ready:].tolist()]

    def _write(self, ready: list[tuple[int, str]]) -> None:
        closed = []
        for source, line in ready:
            if source in COUNTED:
                self._numbers[source] += 1
                closed.append(f'{line},"sequence":"{self._numbers[source]}"}}\n')
            else:
                closed.append(line + "}\n")
        self._out.write(closed)
        self.written += len(closed)

    def close(self) -> None:
        self._write([(source, line) for _, source, line in self._waiting])
        self._out.close()


class _Lines:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, lines: list[str]) -> None:
        self._file.write("".join(lines))

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """The flat columns; one row group a day."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        numbers = {"dwell_s", "active_s", "ring_s", "talk_s"}
        whole = {"position", "rows", "value_band"}
        truths = {"masked", "answered", "machine"}
        kinds: dict[str, Any] = {
            **dict.fromkeys(numbers, pa.float64()),
            **dict.fromkeys(whole, pa.int64()),
        }
        kinds |= dict.fromkeys(truths, pa.bool_())
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, lines: list[str]) -> None:
        import pyarrow as pa

        if not lines:
            return
        rows = [to_flat(msgspec.json.decode(line)) for line in lines]
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        self._file.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._file.close()


def write_truth(folder: Path, lines: list[dict[str, Any]]) -> Path:
    """One JSON object a line: the company, the agents, then the incidents by start."""
    path = folder / "truth.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return path
