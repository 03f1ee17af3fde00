"""Rows a second that each telephone connector reads, beside Python's own csv.reader on the same file.

    python bench/bench_connectors.py [ROWS]

CPU seconds of one process, the best of three. Numbers and extensions are resolved; "new numbers": no two
calls have the same number, so each has to be read and hashed, which a cold list is like.
"""

from __future__ import annotations

import csv
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from viewtrail.sources.directory import Claim, Directory, Link
from viewtrail.sources.files import open_source
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.numbers import Numbers

ROWS = 100_000
TIMES = 3
KEY = b"k" * 32
NUMBERS = (20_000, 10**6)  # the second: every call has a number of its own
MAPPING = """
connector = "{}"
source = "/pbx"
[time]
time_zone = "Asia/Nicosia"
[calls]
country = "CY"
"""
LOCAL = "%Y-%m-%d %H:%M:%S"


def quoted(*cells: object) -> str:
    return ",".join(str(cell) if isinstance(cell, int) else f'"{cell}"' for cell in cells) + "\n"


def cdr(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    answer, end = at + timedelta(seconds=ring), at + timedelta(seconds=ring + talk)
    unique = f"{int(at.timestamp()) - 7_200}.{n}"
    own, line = f"PJSIP/{extension}-{n:08x}", f"PJSIP/trunk-{n + 1:08x}"
    times = (f"{at:{LOCAL}}", f"{answer:{LOCAL}}" if talk else "", f"{end:{LOCAL}}")
    told = "ANSWERED" if talk else "NO ANSWER"
    start = ("", extension, number, "from-internal", f'""Agent"" <{extension}>', own, line, "Dial")
    rest = (ring + talk, talk, told, "DOCUMENTATION", unique, "", "", unique, n)
    return quoted(*map(str, start), f"PJSIP/{number}@trunk,60", *times, *rest)


def threecx(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    answer, end = at + timedelta(seconds=ring), at + timedelta(seconds=ring + talk)
    form = "%Y/%m/%d %H:%M:%S"
    times = (f"{at:{form}}", f"{answer:{form}}" if talk else "", f"{end:{form}}")
    cells = [f"Call {n}", f"00000C21DE5C2470_{n}", "00:00:30", *times, "TerminatedBySrc", f"Ext.{extension}"]
    cells += [number, str(extension), "10021", number, "", number, *[""] * 5, f"Chain: Ext.{extension};"]
    return ",".join(cells) + "\n"


def cel(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    """A call in seven channel events, so a seventh of the calls for the same rows."""
    began = at.timestamp() - 7_200
    phone, line = f"PJSIP/{extension}-{n:08x}", f"PJSIP/trunk-{n + 1:08x}"
    linked = f"{int(began)}.{n}"
    bridge = f'{{""bridge_id"":""b{n}""}}'
    hangup = f'{{""hangupcause"":16,""hangupsource"":""{line}"",""dialstatus"":""""}}'
    steps = [
        ("CHAN_START", 0, phone, linked, number, ""),
        ("CHAN_START", 0.2, line, linked + "1", "", ""),
        ("BRIDGE_ENTER", ring, line, linked + "1", "", bridge),
        ("BRIDGE_ENTER", ring, phone, linked, "", bridge),
        ("HANGUP", ring + talk, line, linked + "1", "", hangup),
        ("HANGUP", ring + talk, phone, linked, "", hangup),
        ("LINKEDID_END", ring + talk, phone, linked, "", ""),
    ]
    told = ""
    for name, when, channel, unique, exten, extra in steps:
        start = (name, f"{began + when:.6f}", "", str(extension), "", "", "", exten, "ctx", channel)
        told += quoted(*start, "Dial", "", "3", "", unique, linked, "", "", "", extra)
    return told


FORMATS: dict[str, tuple[Callable[..., str], int]] = {
    "asterisk-cdr": (cdr, 1),
    "3cx": (threecx, 1),
    "asterisk-cel": (cel, 7),
}


def write(path: Path, row: Callable[..., str], calls: int, numbers: int) -> None:
    rng, at = Random(1), datetime(2026, 3, 2, 8)  # noqa: DTZ001  # a wall clock, as the file has it
    with path.open("w") as file:
        for n in range(calls):
            at += timedelta(seconds=rng.randint(0, 3))
            number = f"99{(n if numbers > 900_000 else rng.randrange(numbers)):06d}"
            file.write(
                row(at, n, 200 + rng.randrange(80), number, rng.randint(2, 30), rng.choice((0, 5, 40, 300)))
            )


def fastest(work: Callable[[], int]) -> float:
    """Rows a CPU second, the best of three."""
    found = 0.0
    for _ in range(TIMES):
        begun = time.process_time()
        rows = work()
        found = max(found, rows / (time.process_time() - begun))
    return found


def plain(path: Path) -> int:
    with path.open(newline="") as file:
        return sum(1 for _ in csv.reader(file))


def read(path: Path, mapping: Mapping, claims: list[Claim], links: dict[str, tuple[Link, ...]]) -> int:
    """As an import does it: whoever reads a big file has a process and a directory of its own."""
    who = Directory(claims, links, Numbers(KEY))
    reading = open_source(path, kind=mapping.connector, mapping=mapping, directory=who)
    for _ in reading:
        pass
    assert not reading.tally.set_aside
    return reading.tally.read


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    claims = [Claim(f"a-{number}", "extension", str(number)) for number in range(200, 280)]
    known = Numbers(KEY)
    links = {known.hash(f"99{n:06d}", "CY") or "": (Link(f"L-{n}"),) for n in range(0, 20_000, 2)}
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # as the reading process has it
    print(f"{rows:,} rows; rows a CPU second\n")
    print("| format | csv.reader | 20,000 numbers | new numbers |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (row, each) in FORMATS.items():
            mapping = parse_mapping(MAPPING.format(name), "bench")
            paths = [Path(folder, f"{name}-{numbers}") for numbers in NUMBERS]
            for path, numbers in zip(paths, NUMBERS, strict=True):
                write(path, row, rows // each, numbers)
            cells = [fastest(partial(plain, paths[0]))]
            cells += [fastest(partial(read, path, mapping, claims, links)) for path in paths]
            print(f"| {name} | " + " | ".join(f"{cell:,.0f}" for cell in cells) + " |", flush=True)


if __name__ == "__main__":
    main()
