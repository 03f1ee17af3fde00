"""Reading a file of events here, or in a process beside this one: the same batches either way.

Checking JSON takes about as long as writing it to the log, so a big file is read by a second process while
this one writes. Events cross as marshalled tuples, which costs a third of what reading them here does.
"""

from __future__ import annotations

import gc
import marshal
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, Final

import viewtrail
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.event import Event, made
from viewtrail.sources import Item, Mapping, SetAside, Tally, open_source
from viewtrail.sources.directory import Directory

BATCH: Final = 2_000
WORTH_IT: Final = 8 << 20
"""Bytes from which a second process pays: starting it takes as long as reading about 6 MB."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next items of a file; `done` of `total` (bytes or rows) and the `tally` so far."""

    items: list[Item]
    done: int
    total: int
    tally: Tally


Steps = Generator[Step, None, None]


def read(
    path: Path, *, kind: str | None, mapping: Mapping | None, directory: Directory | None = None
) -> Steps:
    """The file in steps of 2,000 items, the last one shorter; close it when stopping earlier.

    BadInput when the file as a whole cannot be read.
    """
    if (os.cpu_count() or 1) > 1 and sys.executable and _size(path) >= WORTH_IT:
        return read_beside(path, kind=kind, mapping=mapping, directory=directory)
    return read_here(path, kind=kind, mapping=mapping, directory=directory)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_here(
    path: Path, *, kind: str | None, mapping: Mapping | None, directory: Directory | None = None
) -> Steps:
    """The file read by this process."""
    waiting: list[Item] = []
    with closing(open_source(path, kind=kind, mapping=mapping, directory=directory)) as reading:
        for items in reading:
            waiting += items
            while len(waiting) >= BATCH:
                yield Step(waiting[:BATCH], reading.done, reading.total, reading.tally)
                del waiting[:BATCH]
        yield Step(waiting, reading.done, reading.total, reading.tally)


def read_beside(
    path: Path, *, kind: str | None, mapping: Mapping | None, directory: Directory | None = None
) -> Steps:
    """The same, read by a process of its own that ends with this one."""
    package = str(Path(viewtrail.__file__).parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    reader = subprocess.Popen(
        # -P: a file called json.py in the folder the import is started from is none of ours
        [sys.executable, "-P", "-m", __spec__.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    try:
        with suppress(BrokenPipeError), reader.stdin as asked:  # it has died: `_received` says so
            asked.write(pickle.dumps((path, kind, mapping, directory)))
        yield from _received(reader.stdout, path)
    finally:
        reader.kill()
        reader.stdout.close()
        reader.wait()


def _received(pipe: IO[bytes], path: Path) -> Iterator[Step]:
    while raw := _piece(pipe):
        told = marshal.loads(raw)
        if told[0] == "stop":
            raise BadInput(told[1], where=told[2], next=told[3])
        if told[0] == "end":
            return
        _, items, done, total, tally = told
        yield Step([_item(parts) for parts in items], done, total, Tally(*tally))
    raise ViewtrailError("the process that read the file has ended early", where=str(path), next="try again")


def _piece(pipe: IO[bytes]) -> bytes:
    """The next frame; empty when the pipe ended before or inside it."""
    size = int.from_bytes(pipe.read(8))
    raw = pipe.read(size)
    return raw if len(raw) == size else b""


_parts = attrgetter("source", "id", "type", "time", "data", "subject", "sequence", "extra")


def _item(parts: tuple[Any, ...]) -> Item:
    return made(*parts) if len(parts) == 8 else SetAside(*parts)


def _frame(told: tuple[Any, ...]) -> bytes:
    raw = marshal.dumps(told)
    return len(raw).to_bytes(8) + raw


def _send(
    pipe: IO[bytes], path: Path, kind: str | None, mapping: Mapping | None, directory: Directory | None
) -> None:
    try:
        for step in read_here(path, kind=kind, mapping=mapping, directory=directory):
            items = [_parts(item) if isinstance(item, Event) else astuple(item) for item in step.items]
            pipe.write(_frame(("step", items, step.done, step.total, _counts(step.tally))))
        pipe.write(_frame(("end",)))
    except BadInput as error:
        pipe.write(_frame(("stop", error.what, error.where, error.next)))
    pipe.flush()


def _counts(tally: Tally) -> tuple[Any, ...]:
    return tally.read, tally.kept, tally.set_aside, tally.events, dict(tally.not_mapped), dict(tally.joins)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is for the process that writes; it ends this one
    asked = pickle.loads(sys.stdin.buffer.read())
    # Events hold no cycles, and looking for some among all that was read so far takes a fifth of the time
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        _send(sys.stdout.buffer, *asked)
    except BrokenPipeError:
        os._exit(1)  # nobody reads on: the importing process has ended


if __name__ == "__main__":
    _main()
