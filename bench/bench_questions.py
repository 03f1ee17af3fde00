"""The console's questions over millions of events: how long each takes, warm, p50 and p95, and CPU time.

    python bench/bench_questions.py [--events 2000000] [--rounds 20] [--keep DIR]

The segments are written by the product's own sealing (`viewtrail.store.segments.add`) from made-up columns;
only the step before it, reading ten million entries out of a log, is left out. Rows that an answer shows are
read from a real log of a hundred thousand entries that stands in for the large one; half of it is also the
tail that is not sealed.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from viewtrail.event import Event
from viewtrail.log import LogReader
from viewtrail.log.entry import Logged
from viewtrail.store import open_log, open_reader, segments, segments_manifest
from viewtrail.store.asking import Questions
from viewtrail.store.segments_columns import SCHEMA

AGENTS, RECORDS, DAYS = 400, 120_000, 120
REAL, TAIL = 100_000, 50_000
START = 1_764_547_200_000_000
DAY = 86_400_000_000
TYPES = np.array(
    "record.viewed record.left list.viewed contact.revealed call.ended note.added status.changed "
    "deposit.processed record.assigned document.uploaded".split()
)
SHARES = np.array([0.38, 0.32, 0.06, 0.05, 0.11, 0.04, 0.015, 0.01, 0.01, 0.005])
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz234567"))


def names(kind: str, count: int) -> np.ndarray[Any, Any]:
    chance = np.random.default_rng(ord(kind))
    letters = LETTERS[chance.integers(0, 32, (count, 16))]
    return np.array([f"{kind}-{''.join(row)}" for row in letters])


class Made:
    """Columns of a made-up company: each agent works mostly on an own book, eight hours a weekday."""

    def __init__(self, events: int) -> None:
        self.agents, self.records = names("a", AGENTS), names("r", RECORDS)
        self.events = events

    def block(self, first: int, count: int) -> pa.Table:
        chance = np.random.default_rng(first)
        index = np.arange(first, first + count)
        share = (index + 0.5) / self.events * DAYS
        day = share.astype(np.int64)
        time = START + day * DAY + ((6 + (share - day) * 12) * 3.6e9).astype(np.int64)
        kind = TYPES[chance.choice(len(TYPES), count, p=SHARES)]
        agent = chance.integers(0, AGENTS, count)
        book = RECORDS // AGENTS
        own = agent * book + chance.integers(0, book, count)
        record = np.where(chance.random(count) < 0.9, own, chance.integers(0, RECORDS, count))
        # A leaving belongs to the viewing before it: the same agent, the same record.
        left = np.flatnonzero(kind == "record.left")
        left = left[(left > 0) & (kind[left - 1] == "record.viewed")]
        agent[left], record[left] = agent[left - 1], record[left - 1]
        told = {
            "idx": index,
            "known": time,
            "received": time,
            "skew": np.zeros(count, np.int64),
            "backfill": np.zeros(count, bool),
            "id": np.char.add("e-", index.astype(str)),
            "source": np.where(kind == "call.ended", "/pbx", "/crm"),
            "type": kind,
            "time": time,
            "sequence": (first + np.cumsum(kind != "call.ended")).astype(str),
            "agent": self.agents[agent],
        }
        columns: dict[str, Any] = {name: pa.array(held) for name, held in told.items()}
        columns["sequence"] = pa.array(told["sequence"], mask=kind == "call.ended")
        about = pa.array(self.records[record], mask=kind == "list.viewed")
        columns |= {"record": about, "subject": about}
        ms, called = chance.integers(2_000, 90_000, count), kind == "call.ended"
        answered = chance.random(count) < 0.4
        view = np.full(count, "", dtype=object)
        view[left] = np.char.add("/crm#e-", (index[left] - 1).astype(str))
        only: dict[str, tuple[Any, Any]] = {
            "dwell_ms": (ms, kind == "record.left"),
            "active_ms": (ms // 2, kind == "record.left"),
            "view": (view, view != ""),
            "via": (np.array(["list", "search", "queue"])[index % 3], kind == "record.viewed"),
            "answered": (answered, called),
            "talk_ms": (np.where(chance.random(count) < 0.2, ms // 6, ms * 3), called & answered),
            "ended_by": (np.where(chance.random(count) < 0.4, "agent", "client"), called & answered),
            "campaign": (np.char.add("c-", (index % 12).astype(str)), called & (index % 2 == 0)),
            "direction": (np.where(index % 9 == 0, "in", "out"), called),
            "value_band": (index % 12, kind == "deposit.processed"),
            "owner": (self.agents[agent], kind == "record.assigned"),
            "effective": (time, kind == "record.assigned"),
        }
        for name, (held, there) in only.items():
            columns[name] = pa.array(held, SCHEMA.field(name).type, mask=~there)
        columns["data"] = pa.array(np.char.add('{"agent":"', np.char.add(self.agents[agent], '"}')))
        nulls = {
            name: pa.nulls(count, SCHEMA.field(name).type) for name in SCHEMA.names if name not in columns
        }
        return pa.table({**columns, **nulls}).select(SCHEMA.names).cast(SCHEMA)


class Stand(LogReader):
    """A small log that answers for a large one: entry n is its entry n modulo its size."""

    def __init__(self, real: LogReader, size: int) -> None:
        super().__init__(real.storage, tenant=real.tenant)
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    def root(self, size: int | None = None) -> bytes:
        return bytes(32)

    def entry(self, index: int) -> Logged:
        held = super().entry(index % REAL)
        return Logged(index, held.known, held.entry)

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Logged]:
        end = self._size if stop is None else stop
        for number, held in enumerate(super().read(0, end - start)):
            yield Logged(start + number, held.known, held.entry)


def fill(home: Path, made: Made) -> None:
    last = START + DAYS * DAY
    chance = random.Random(1)
    kinds = chance.choices(("record.viewed", "contact.revealed", "note.added"), (8, 1, 1), k=REAL)
    with open_log(home) as log:
        events = [
            Event(
                "/crm", f"t-{n}", kind, last + n * 1_000, {"agent": f"p-{n % 50}"}, subject=f"L-{n % 9_000}"
            )
            for n, kind in enumerate(kinds)
        ]
        log.append(events, received=last, backfill=True)
    began = time.perf_counter()
    (home / "segments").mkdir()
    for first in range(0, made.events, segments.LARGEST):
        count = min(segments.LARGEST, made.events - first)
        segments.add(home, first, first + count, bytes(32).hex(), made.block(first, count))
        segments.merge_due(home)
    took = time.perf_counter() - began
    size = sum(one.bytes for one in segments_manifest.read(home))
    print(
        f"{made.events:,} events made, sealed and merged in {took:.0f} s, "
        f"{size / made.events:.1f} bytes an event"
    )


def asked(questions: Questions, made: Made, rounds: int) -> dict[str, Callable[[], Any]]:
    chance = random.Random(2)
    agents = [str(chance.choice(made.agents)) for _ in range(rounds)]
    records = [str(chance.choice(made.records)) for _ in range(rounds + 50)]
    days = [START + chance.randrange(10, DAYS - 1) * DAY for _ in range(rounds)]
    turn = iter(range(10**9))

    def n() -> int:
        return next(turn) % rounds

    end, ask = START + DAYS * DAY, questions
    return {
        "who looked at a record": lambda: ask.record_entries(records[n()]),
        "one agent's day": lambda: ask.agent_entries(agents[n()], (day := days[n()]), day + DAY),
        "one agent's 30 days, counted": lambda: ask.agent_days(agents[n()], end - 30 * DAY, end),
        "trail, a page": lambda: ask.trail(limit=100),
        "trail, of one record": lambda: ask.trail(record=records[n()]),
        "trail, deposits of a week": lambda: ask.trail(
            ("deposit",), start=(day := days[n()]), end=day + 7 * DAY
        ),
        "calls of 30 days by agent": lambda: ask.calls(end - 30 * DAY, end, "agent"),
        "calls of 30 days by agent and hour": lambda: ask.calls(end - 30 * DAY, end, "agent-hour"),
        "talk times of 30 days": lambda: ask.talk_times(end - 30 * DAY, end),
        "activity of a day and usual": lambda: ask.activity(end - DAY, end, "Europe/Nicosia"),
        "fifteen agents' 30 days, counted": lambda: ask.peer_days(agents[:15], end - 30 * DAY, end),
        "what desks did in a day": lambda: ask.desk_counts(end - DAY, end),
        "agents": ask.agents,
        "sources and their gaps": ask.sources,
        "exposure of 30 days": lambda: ask.exposure(agents[n()], end - 30 * DAY, end),
        "what 20 records have in common": lambda: ask.in_common(records[(k := n()) : k + 20]),
        "search": lambda: ask.search(records[n()]),
    }


def measure(questions: Questions, made: Made, rounds: int) -> None:
    print(f"\n{'question':<36} {'first':>8} {'p50':>8} {'p95':>8} {'CPU':>8}   ms")
    for name, ask in asked(questions, made, rounds).items():
        times, spent = [], []
        for _ in range(rounds + 1):
            began, busy = time.perf_counter(), time.process_time()
            ask()
            times.append((time.perf_counter() - began) * 1000)
            spent.append((time.process_time() - busy) * 1000)
        warm, cpu = sorted(times[1:]), sorted(spent[1:])
        told = (times[0], warm[len(warm) // 2], warm[int(len(warm) * 0.95)], cpu[len(cpu) // 2])
        print(f"{name:<36} " + " ".join(f"{one:8.1f}" for one in told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder for the data, used again where it is there")
    given = parser.parse_args()
    made = Made(given.events)
    home = given.keep or Path(tempfile.mkdtemp(prefix="bench-questions-"))
    try:
        if not (home / "segments").exists():
            fill(home, made)
        questions = Questions(home, reader=Stand(open_reader(home), made.events + TAIL))
        began = time.perf_counter()
        size = questions.size
        print(
            f"{size:,} entries, the last {TAIL:,} not sealed: opened in {time.perf_counter() - began:.1f} s"
        )
        measure(questions, made, given.rounds)
        questions.close()
    finally:
        if given.keep is None:
            shutil.rmtree(home)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nmemory at most {most:,.0f} MB")


if __name__ == "__main__":
    main()
