"""Rows a second that each connector reads, beside Python's own csv.reader or json.loads on the same file.

    python bench/bench_connectors.py [ROWS] [FORMAT ...]

CPU seconds of one process, the best of seven. Numbers, extensions and users are resolved; "new numbers": no
two calls have the same number, so each has to be read and hashed, which a cold list is like. Where nothing
else is said a row is an event; of "access-log, a page's files" four of five lines are for static files.
"""

from __future__ import annotations

import csv
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from rows import calls, records
from viewtrail.sources.directory import Claim, Directory, Link
from viewtrail.sources.files import open_source
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.numbers import Numbers

ROWS = 100_000
TIMES = 7
KEY = b"k" * 32
NUMBERS = (20_000, 10**6)  # the second: every call has a number of its own
FROM = datetime(2026, 3, 2, 8)  # noqa: DTZ001  # a wall clock, as the files have it
CALLS = """
connector = "{}"
source = "/pbx"
[time]
time_zone = "Asia/Nicosia"
[calls]
country = "CY"
"""
OWN = """
connector = "{}"
source = "/own"
[time]
time_zone = "Asia/Nicosia"
[{}]
"""


@dataclass(frozen=True)
class Format:
    """One kind of file: how a row of it is written, and how it is to be read."""

    kind: str
    row: Callable[..., str]
    mapping: str = ""
    header: str = ""
    each: int = 1  # rows of one call
    csv: bool = True
    plain: str = ""  # the reader it is held against, where it is no CSV


TELEPHONE = {
    "asterisk-cdr": Format("asterisk-cdr", calls.cdr),
    "asterisk-cel": Format("asterisk-cel", calls.cel, each=7),
    "3cx": Format("3cx", calls.threecx),
    "freeswitch-csv": Format("freeswitch-csv", calls.freeswitch),
    "yeastar": Format("yeastar", calls.yeastar, csv=False),
    "aircall": Format("aircall", calls.aircall, csv=False),
    "twilio (four callbacks a call)": Format("twilio", calls.twilio, each=4, csv=False),
}
RECORDS = {
    "hr-roster (two events a row)": Format(
        "hr-roster", records.roster, OWN.format("hr-roster", "hr"), records.HR_HEADER
    ),
    "salesforce-elf": Format(
        "salesforce-elf", records.salesforce, OWN.format("salesforce-elf", "salesforce"), records.ELF_HEADER
    ),
    "CSV by a mapping": Format("csv", records.view, records.TABLE, "at,user,what,lead,from,took\n"),
    "CSV in the flat form": Format("csv", records.flat, "", records.FLAT_HEADER),
    "espocrm": Format("espocrm", records.espocrm, OWN.format("espocrm", "crm"), records.ESPO_HEADER),
    "odoo": Format("odoo", records.odoo, OWN.format("odoo", "crm"), records.ODOO_HEADER),
    "suitecrm": Format("suitecrm", records.suitecrm, OWN.format("suitecrm", "crm"), records.SUITE_HEADER),
    "frappe": Format("frappe", records.frappe, OWN.format("frappe", "crm"), records.FRAPPE_HEADER),
    "hubspot": Format("hubspot", records.hubspot, OWN.format("hubspot", "crm"), records.HUBSPOT_HEADER),
    "mt5 (half of them trades)": Format("mt5", records.mt5, OWN.format("mt5", "mt5"), records.MT5_HEADER),
    "access-log": Format("access-log", records.combined, records.WEB, csv=False, plain="lines"),
    "access-log, a page's files": Format("access-log", records.site, records.WEB, csv=False, plain="lines"),
    "access-log, JSON lines": Format("access-log", records.json_line, records.WEB, csv=False),
    "JSON by a mapping": Format("jsonl", records.audit, records.OBJECTS, csv=False),
}


def write(path: Path, row: Callable[..., str], calls: int, numbers: int) -> None:
    rng, at = Random(1), FROM
    with path.open("w") as file:
        for n in range(calls):
            at += timedelta(seconds=rng.randint(0, 3))
            number = f"99{(n if numbers > 900_000 else rng.randrange(numbers)):06d}"
            file.write(
                row(at, n, 200 + rng.randrange(80), number, rng.randint(2, 30), rng.choice((0, 5, 40, 300)))
            )


def write_records(path: Path, of: Format, rows: int) -> None:
    rng, at = Random(1), FROM
    with path.open("w") as file:
        file.write(of.header)
        for n in range(rows):
            at += timedelta(seconds=rng.randint(0, 2))
            file.write(of.row(at, n, rng))


def fastest(work: Callable[[], int]) -> float:
    """Rows a CPU second, the best of seven."""
    found = 0.0
    for _ in range(TIMES):
        begun = time.process_time()
        rows = work()
        found = max(found, rows / (time.process_time() - begun))
    return found


def plain(path: Path, of: Format) -> int:
    """The same file by the standard library's own reader, with nothing made of it."""
    with path.open(newline="") as file:
        if of.csv:
            return sum(1 for _ in csv.reader(file))
        return sum(1 for line in file if of.plain == "lines" or json.loads(line))


def read(path: Path, of: Format, mapping: Mapping | None, known: Known) -> int:
    """As an import does it: whoever reads a big file has a process and a directory of its own."""
    who = Directory(known.claims, known.links, Numbers(KEY))
    reading = open_source(path, kind=of.kind, mapping=mapping, directory=who)
    for _ in reading:
        pass
    assert not reading.tally.set_aside
    assert reading.tally.events
    return reading.tally.read


@dataclass(frozen=True)
class Known:
    """Whose extensions and accounts these are, and which records have which numbers."""

    claims: list[Claim]
    links: dict[str, tuple[Link, ...]]


def known_to_all() -> Known:
    claims = [Claim(f"a-{n}", "extension", str(n)) for n in range(200, 280)]
    claims += [Claim("a-1", "web", "anna"), Claim("a-2", "crm", "0055g00000AaBbC")]
    for n in range(40):
        users = (("crm", f"anna-{n}"), ("crm", str(100 + n)), ("email", f"anna-{n}@example.test"))
        claims += [Claim(f"a-{n}", kind, user) for kind, user in users]
    numbers = Numbers(KEY)
    links = {numbers.hash(f"99{n:06d}", "CY") or "": (Link(f"L-{n}"),) for n in range(0, 20_000, 2)}
    return Known(claims, links)


def shown(name: str, of: Format, *cells: float) -> None:
    form = "CSV" if of.csv else "text" if of.plain else "JSON"
    print(
        f"| {name} | {form} | " + " | ".join(f"{cell:,.0f}" if cell else "" for cell in cells) + " |",
        flush=True,
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    wanted = set(sys.argv[2:])
    known = known_to_all()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # as the reading process has it
    print(f"{rows:,} rows; rows a CPU second\n")
    print("| format | is | standard library | Viewtrail | new numbers |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, of in (TELEPHONE | RECORDS).items():
            if wanted and of.kind not in wanted:
                continue
            mapping, path = None, Path(folder, "file")
            if name in TELEPHONE:
                mapping, other = parse_mapping(CALLS.format(of.kind), "bench"), Path(folder, "other")
                for place, numbers in zip((path, other), NUMBERS, strict=True):
                    write(place, of.row, rows // of.each, numbers)
                new = [fastest(partial(read, other, of, mapping, known))]
            else:
                mapping, new = parse_mapping(of.mapping, "bench") if of.mapping else None, [0.0]
                write_records(path, of, rows)
            both = fastest(partial(plain, path, of)), fastest(partial(read, path, of, mapping, known))
            shown(name, of, *both, *new)


if __name__ == "__main__":
    main()
