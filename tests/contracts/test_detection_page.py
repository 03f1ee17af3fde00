"""docs/explanation/detection.md quotes every number that decides, and quotes it right."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest

from support import ROOT
from viewtrail.measure.clocks import DAY, HOUR, MINUTE, SECOND
from viewtrail.patterns.base import discovered
from viewtrail.settings import Settings

PAGE = (ROOT / "docs" / "explanation" / "detection.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "viewtrail"

UNITS = {"": 1, "ms": 1, "seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "days": DAY}
QUOTED = re.findall(
    r"^\| `((?:measure|patterns|watch|settings)[\w.]+)` \| ([-\d.]+) ?(\w*) \| \S", PAGE, re.M
)

NOT_NUMBERS_THAT_DECIDE = {
    *(f"measure.clocks.{unit}" for unit in ("SECOND", "MINUTE", "HOUR", "DAY")),
    *(
        f"measure.reasons.{name}"
        for name in (
            "ASSIGNED TASK CAMPAIGN INBOUND ABSENT DECLARED CONTACT WORK FRESH SELF_MADE UNKNOWN".split()
        )
    ),
    "watch.facts.FOR_EVER",
    "measure.counts.ENDLESS",
}


def constants() -> Iterator[tuple[str, float]]:
    """(module.NAME, value) of every number that a file of measure, patterns or watch defines."""
    for room in ("measure", "patterns", "watch"):
        for path in sorted((SOURCE / room).glob("*.py")):
            if path.stem == "short_call_rates":
                continue  # a ranking: no finding comes of it
            name = f"{room}.{path.stem}".removesuffix(".__init__")
            module = importlib.import_module(f"viewtrail.{name}")
            for line in path.read_text(encoding="utf-8").splitlines():
                found = re.match(r"([A-Z][A-Z_]+(?:, [A-Z_]+)*)(?:: Final)? = ", line)
                for each in found[1].split(", ") if found else ():
                    value = getattr(module, each)
                    if isinstance(value, (int, float)) and f"{name}.{each}" not in NOT_NUMBERS_THAT_DECIDE:
                        yield f"{name}.{each}", value


def in_code(name: str) -> float:
    room, _, attribute = name.rpartition(".")
    holder: object = Settings() if room == "settings" else importlib.import_module(f"viewtrail.{room}")
    return float(getattr(holder, attribute))


@pytest.mark.parametrize(("name", "value", "unit"), QUOTED, ids=[name for name, _, _ in QUOTED])
def test_a_constant_on_the_page_is_the_codes(name: str, value: str, unit: str) -> None:
    if name in ("measure.clocks.CUT", "measure.clocks.NOON"):
        assert in_code(name) == float(value), "minutes after midnight, not microseconds"
    else:
        assert in_code(name) == float(value) * UNITS[unit]


def test_no_number_that_decides_is_left_out() -> None:
    quoted = {name for name, _, _ in QUOTED}
    assert sorted({name for name, _ in constants()} - quoted) == []
    decides = {f"settings.{n}" for n, f in Settings.__dataclass_fields__.items() if f.metadata["decides"]}
    assert decides - {"settings.time_zone"} <= quoted


def test_the_signals_on_the_page_are_the_patterns() -> None:
    rows = re.findall(
        r"^\| ([\w-]+) \| `([\w:]+)` \| (\d+) \| ([\d.]+) \| (yes|no) \| (yes|no) \|$", PAGE, re.M
    )
    yes = {True: "yes", False: "no"}
    told = {
        (p.name, s.name, str(s.floor), str(s.severity), yes[s.live], yes[s.final])
        for p in discovered()
        for s in p.signals
    }
    assert set(rows) == told


def test_the_limits_on_the_page_are_the_patterns() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| `([\w]+:[\w]+)` \| (\d+) \| ([^|]*[a-z][^|]*) \|$", PAGE, re.M)
    told = {(p.name, f"{x.count}:{x.scale}", str(x.at), x.reason) for p in discovered() for x in p.limits}
    assert set(rows) == told
