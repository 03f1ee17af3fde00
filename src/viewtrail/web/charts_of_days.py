"""One agent's days beside the peers': small marks, one strong mark, a band behind; the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final

from viewtrail.finding import Finding
from viewtrail.store.asking_answers import DayCounts
from viewtrail.web.charts import BAND, INK, MARK, PAST

FEWEST: Final = 5
"""Peers below which no band is drawn: figures of fewer people are figures about persons."""

WIDE, HIGH = 560, 150

MEASURES: Final = {
    "revealed": "different clients whose contact was revealed, by day",
    "short": "answered calls under 20 seconds, by day",
    "exported_rows": "exported rows, by day",
    "opened": "different records opened, by day",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the table: what the agent did that day, and what peers did, lowest tenth to highest."""

    day: date
    own: int | None
    low: float | None
    middle: float | None
    high: float | None
    strong: bool


def measure_of(finding: Finding) -> str:
    """Which count of a day the finding's pattern is about."""
    if finding.pattern == "orphan-reveals":
        return "revealed"
    if finding.pattern == "short-calls":
        return "short"
    return "exported_rows" if finding.pattern == "exports" else "opened"


def days(
    own: Sequence[DayCounts], peers: Mapping[str, Sequence[DayCounts]], measure: str, strong: set[date]
) -> list[Day]:
    """The agent's days in order, each with the peers' that day where there are enough of them."""
    mine = {one.day: int(getattr(one, measure)) for one in own}
    others: dict[date, list[int]] = {}
    for found in peers.values():
        for one in found:
            others.setdefault(one.day, []).append(int(getattr(one, measure)))
    told = []
    for day in sorted(mine.keys() | {day for day, counts in others.items() if len(counts) >= FEWEST}):
        low, middle, high = _band(sorted(others.get(day, ())))
        told.append(Day(day, mine.get(day), low, middle, high, day in strong))
    return told


def _band(counts: Sequence[int]) -> tuple[float | None, float | None, float | None]:
    """Lowest tenth, middle and highest tenth; nothing where too few people stand behind them."""
    if len(counts) < FEWEST:
        return None, None, None
    return quantile(counts, 0.1), float(median(counts)), quantile(counts, 0.9)


def quantile(counts: Sequence[int], q: float) -> float:
    """The q-quantile of sorted counts, between neighbours in proportion."""
    place = q * (len(counts) - 1)
    low = int(place)
    high = min(low + 1, len(counts) - 1)
    return round(counts[low] + (counts[high] - counts[low]) * (place - low), 1)


def spec(told: Sequence[Day], measure: str) -> dict[str, Any]:
    """The chart of these days as a Vega-Lite spec."""
    rows = [
        {"day": one.day.isoformat(), "own": one.own, "low": one.low, "high": one.high, "strong": one.strong}
        for one in told
    ]
    x = {
        "field": "day",
        "type": "temporal",
        "axis": {"title": None, "format": "%-d %b", "grid": False, "tickCount": 6},
    }
    y = {"field": "own", "type": "quantitative", "axis": {"title": None, "tickCount": 4, "domain": False}}
    layers: list[dict[str, Any]] = []
    if any(one.low is not None for one in told):
        layers.append(
            {
                "transform": [{"filter": "datum.low != null"}],
                "mark": {"type": "area", "color": BAND, "interpolate": "step", "opacity": 1},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    layers += [
        {
            "transform": [{"filter": "datum.own != null && !datum.strong"}],
            "mark": {
                "type": "point",
                "shape": "circle",
                "size": 16,
                "filled": True,
                "color": PAST,
                "opacity": 1,
            },
            "encoding": {"x": x, "y": y},
        },
        {
            "transform": [{"filter": "datum.own != null && datum.strong"}],
            "layer": [
                {"mark": {"type": "point", "size": 110, "filled": True, "color": MARK, "opacity": 1}},
                {
                    "mark": {
                        "type": "text",
                        "align": "right",
                        "dx": -11,
                        "color": MARK,
                        "fontWeight": "bold",
                    },
                    "encoding": {"text": {"field": "own", "type": "quantitative"}},
                },
            ],
            "encoding": {"x": x, "y": y},
        },
    ]
    layers += _labels(told)
    return {"width": WIDE, "height": HIGH, "data": {"values": rows}, "layer": layers}


def _labels(told: Sequence[Day]) -> list[dict[str, Any]]:
    """Words beside the marks, so that nobody looks for a legend."""
    found = []
    banded = [one for one in told if one.high is not None]
    if banded:
        # Over the highest day of the first third, where the strong mark, which is late, never is.
        top = max(banded[: max(1, len(banded) // 3)], key=lambda one: one.high or 0)
        found.append(_word(top.day, top.high or 0, "peers", dy=-7))
    return found


def _word(day: date, y: float, text: str, dy: int) -> dict[str, Any]:
    return {
        "data": {"values": [{"day": day.isoformat(), "y": y}]},
        "mark": {"type": "text", "align": "left", "dy": dy, "dx": 2, "text": text, "color": INK},
        "encoding": {"x": {"field": "day", "type": "temporal"}, "y": {"field": "y", "type": "quantitative"}},
    }


def said(told: Sequence[Day], measure: str) -> str:
    """What the chart shows, in words, for whoever does not see it."""
    past = [one.own for one in told if one.own is not None and not one.strong]
    strong = [one for one in told if one.strong and one.own is not None]
    now = ", ".join(f"{one.own} on {one.day:%-d %B}" for one in strong) or "none"
    usual = f"; on {len(past)} other days between {min(past)} and {max(past)}" if past else ""
    return f"{MEASURES[measure]}: {now}{usual}."
