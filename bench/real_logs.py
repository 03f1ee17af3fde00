"""What Viewtrail says of three real logs: counts, every alert, agents by short calls, thefts put in by us.

    python bench/real_logs.py                                       a report to read
    python bench/real_logs.py --inject 200                          with thefts put into the work items
    python bench/real_logs.py --write docs/explanation/real-logs.md its figures, renewed

The logs are not part of the project; `--data` or VIEWTRAIL_REAL_DATA says where they are. Each is imported
into a temporary home by the code of `viewtrail import` and folded by that of `viewtrail replay`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from real import alerts, calls, injected
from real.logs import DATA, SOURCES, RealLog, load, present
from real.page import written

WORDS = {
    "files": "Files",
    "counts": "What was read",
    "alerts": "Alerts",
    "versions": "Made by",
    "talk-times": "How long calls last",
    "short-calls": "Agents by short calls",
    "injected": "Thefts put in",
}
FOR_THE_PAGE = 1_000
SEED = 20


def figures(logs: Sequence[RealLog], number: int, seed: int) -> dict[str, str]:
    """Every section of the report that these logs give."""
    by_name = {log.source.name: log for log in logs}
    found = {
        "files": alerts.files(logs),
        "counts": alerts.counts(logs),
        "alerts": alerts.all_alerts(logs),
        "versions": alerts.versions(logs),
    }
    if bank := by_name.get("bank calls"):
        found["talk-times"] = calls.talk_times(bank)
        found["short-calls"] = calls.ranking(bank)
    if (items := by_name.get("work items")) and number:
        found["injected"] = injected.injected(items, number, seed)
    return found


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    names = [one.name for one in SOURCES]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="where the real logs are")
    parser.add_argument("--log", action="append", choices=names, help="only this log; can be repeated")
    parser.add_argument("--inject", type=int, metavar="N", help="agent-days that get each theft once")
    parser.add_argument("--seed", type=int, default=SEED, help="of the drawn agent-days and thefts")
    parser.add_argument("--once", action="store_true", help="do not import a second time")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the report there as well")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="renew the figures of this page")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = asked(arguments)
    chosen = options.log or [one.name for one in SOURCES]
    there = present(options.data, chosen)
    if not there:
        print(f"no real logs in {options.data}: put them there or set VIEWTRAIL_REAL_DATA; nothing measured")
        return 0
    if options.write and len(there) < len(SOURCES):
        print(f"the page needs all {len(SOURCES)} logs; here are {', '.join(one.name for one in there)}")
        return 1
    number = options.inject if options.inject is not None else FOR_THE_PAGE if options.write else 0
    with tempfile.TemporaryDirectory(prefix="real-logs-") as name:
        logs = [load(one, options.data, Path(name), twice=not options.once) for one in there]
        found = figures(logs, number, options.seed)
    report = "\n\n".join(f"## {WORDS[part]}\n\n{body}" for part, body in found.items()) + "\n"
    print(report)
    if options.out:
        options.out.write_text(report, encoding="utf-8")
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(written(page, found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
