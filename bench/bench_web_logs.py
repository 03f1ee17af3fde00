"""Rows a second of access logs, event log files, personnel tables and of CSV and JSON by a mapping.

Beside them: Python's own csv.reader on the same file.

    python bench/bench_web_logs.py [ROWS]

CPU seconds of one process, the best of three. Every row is an event, except in "access-log, a page's files",
where four of five lines are for static files, as in a log of a whole site.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from viewtrail.sources.directory import Claim, Directory
from viewtrail.sources.files import open_source
from viewtrail.sources.mapping import parse_mapping

ROWS = 100_000
TIMES = 3
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0"
WEB = """
connector = "access-log"
source = "/crm/web"
[[web.url]]
path = "/leads/{record}"
type = "record.viewed"
data = { record_kind = "lead" }
[[web.url]]
path = "/clients/{record}"
type = "record.viewed"
data = { record_kind = "client" }
[[web.url]]
path = "/search"
type = "search.performed"
"""
OWN = """
connector = "{}"
source = "/own"
"""
OBJECTS = """
connector = "acme"
source = "/crm"
id = "uid"
[time]
column = "at"
[[event]]
type = "record.viewed"
subject = "object.id"
agent = "actor.id"
data.record_kind = { const = "lead" }
"""


TABLE = """
connector = "acme"
source = "/crm"
[time]
column = "at"
format = "%Y-%m-%d %H:%M:%S"
time_zone = "Asia/Nicosia"
[[skip]]
when = { what = "login" }
why = "signing in"
[[event]]
type = "record.viewed"
when = { what = "view" }
subject = "lead"
agent = "user"
data.record_kind = { const = "lead" }
data.via = { column = "from", values = { L = "list", S = "search" }, otherwise = "other" }
data.dwell_s = { column = "took", unit = "milliseconds" }
"""


def combined(at: datetime, n: int, rng: Random, path: str = "/leads/L-{}") -> str:
    return (
        f"10.0.3.17 - anna [{at:%d/%b/%Y:%H:%M:%S} +0200] "
        f'"GET {path.format(rng.randrange(20_000))} HTTP/1.1" '
        f'200 5316 "https://crm.example/leads" "{BROWSER}"\n'
    )


def site(at: datetime, n: int, rng: Random) -> str:
    return combined(at, n, rng) if n % 5 == 0 else combined(at, n, rng, f"/static/app-{n % 40}.js")


def json_line(at: datetime, n: int, rng: Random) -> str:
    told = {
        "time_iso8601": f"{at:%Y-%m-%dT%H:%M:%S}+02:00", "request_method": "GET", "status": "200",
        "request_uri": f"/leads/L-{rng.randrange(20_000)}", "remote_user": "anna", "http_user_agent": BROWSER,
        "request_id": f"{n:032x}",
    }  # fmt: skip
    return json.dumps(told) + "\n"


def salesforce(at: datetime, n: int, rng: Random) -> str:
    lead = f"00Q5g00000{rng.randrange(20_000):05}"
    return (
        f'"URI","{at:%Y%m%d%H%M%S}.120","r{n:020}","00D5g000004AbCd","0055g00000AaBbC","88","41","/{lead}","S",'
        f'"10.0.3.17","{at:%Y-%m-%dT%H:%M:%S}.120Z","{lead}AAA"\n'
    )


def roster(at: datetime, n: int, rng: Random) -> str:
    return f"a-{n},2026-02-{rng.randint(10, 28)},2026-03-31,agent,cyprus,Asia/Nicosia,2024-05-06\n"


def audit(at: datetime, n: int, rng: Random) -> str:
    told = {"uid": f"u-{n}", "at": f"{at:%Y-%m-%dT%H:%M:%S}+02:00", "actor": {"id": "a-1", "name": "A"}}
    return json.dumps(told | {"object": {"id": f"L-{rng.randrange(20_000)}", "type": "Lead"}}) + "\n"


def view(at: datetime, n: int, rng: Random) -> str:
    lead, took = rng.randrange(20_000), rng.randrange(90_000)
    return f"{at:%Y-%m-%d %H:%M:%S},anna{rng.randrange(40)},view,L-{lead},{rng.choice('LSX')},{took}\n"


ELF_HEADER = (
    '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","RUN_TIME","CPU_TIME","URI",'
    '"REQUEST_STATUS","CLIENT_IP","TIMESTAMP_DERIVED","URI_ID_DERIVED"\n'
)
HR_HEADER = "Agent,ResignationDate,LastWorkingDate,Role,Desk,TimeZone,JoinDate\n"
FORMATS: dict[str, tuple[str, str, str, Callable[[datetime, int, Random], str]]] = {
    "access-log": ("access-log", WEB, "", combined),
    "access-log, a page's files": ("access-log", WEB, "", site),
    "access-log, JSON lines": ("access-log", WEB, "", json_line),
    "salesforce-elf": (
        "salesforce-elf",
        OWN.format("salesforce-elf") + "[salesforce]\n",
        ELF_HEADER,
        salesforce,
    ),
    "hr-roster (two events a row)": ("hr-roster", OWN.format("hr-roster") + "[hr]\n", HR_HEADER, roster),
    "CSV by a mapping": ("csv", TABLE, "at,user,what,lead,from,took\n", view),
    "JSON by a mapping": ("jsonl", OBJECTS, "", audit),
}


def fastest(work: Callable[[], int]) -> float:
    """Rows a CPU second, the best of three."""
    found = 0.0
    for _ in range(TIMES):
        begun = time.process_time()
        rows = work()
        found = max(found, rows / (time.process_time() - begun))
    return found


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    who = Directory([Claim("a-1", "web", "anna"), Claim("a-2", "crm", "0055g00000AaBbC")])
    print(f"{rows:,} rows; rows a CPU second\n\n| format | csv.reader | Viewtrail |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (kind, mapping, header, row) in FORMATS.items():
            rng, at, path = Random(1), datetime(2026, 3, 2, 8), Path(folder, "file")  # noqa: DTZ001  # a wall clock
            with path.open("w") as file:
                file.write(header)
                for n in range(rows):
                    at += timedelta(seconds=rng.randint(0, 2))
                    file.write(row(at, n, rng))
            rules = parse_mapping(mapping, "bench")

            def read(path: Path = path, kind: str = kind, rules: object = rules) -> int:
                reading = open_source(path, kind=kind, mapping=rules, directory=who)  # type: ignore[arg-type]
                for _ in reading:
                    pass
                assert not reading.tally.set_aside
                return reading.tally.read

            def plain(path: Path = path) -> int:
                with path.open(newline="") as file:
                    return sum(1 for _ in csv.reader(file))

            print(f"| {name} | {fastest(plain):,.0f} | {fastest(read):,.0f} |", flush=True)


if __name__ == "__main__":
    main()
