"""Today's openings by hour beside the usual of that hour on this weekday: a chart and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from viewtrail.measure.clocks import DAY, HOUR, micros
from viewtrail.store.asking_answers import HourCount
from viewtrail.web import data
from viewtrail.web.charts import BAND, INK, MARK
from viewtrail.web.templatetags.told import at, zone


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the day on the viewer's clock; the usual is None where no week before is known."""

    clock: str
    openings: int | None
    usual: float | None
    reveals: int | None
    calls: int | None


def day_start(now: int, zone_name: str) -> int:
    """Midnight of the viewer's day."""
    here = at(now).astimezone(zone(zone_name) or UTC)
    return micros(datetime(here.year, here.month, here.day, tzinfo=here.tzinfo))


def hours(now: int, zone_name: str) -> list[Hour]:
    """The hours of the viewer's day; those to come have their usual alone."""
    start = day_start(now, zone_name)
    found = data.activity(start, start + DAY, zone_name)
    there = zone(zone_name) or UTC
    return [_hour(one, one.start > now, at(one.start).astimezone(there).strftime("%H:%M")) for one in found]


def _hour(one: HourCount, to_come: bool, clock: str) -> Hour:
    if to_come:
        return Hour(clock, None, one.usual_openings, None, None)
    return Hour(clock, one.openings, one.usual_openings, one.reveals, one.calls)


def so_far(told: Sequence[Hour], now: int, zone_name: str) -> tuple[int, float | None]:
    """Openings until now, and how many are usual by now."""
    part = (now - day_start(now, zone_name)) % HOUR / HOUR
    past = [one for one in told if one.openings is not None]
    usual = [one.usual for one in past]
    if not past or any(one is None for one in usual):
        return sum(one.openings or 0 for one in past), None
    known = [one or 0.0 for one in usual]
    return sum(one.openings or 0 for one in past), sum(known[:-1]) + known[-1] * part


def spec(told: Sequence[Hour]) -> dict[str, Any]:
    """Wide pale bars for the usual, narrow strong ones for today."""
    rows = [{"hour": one.clock, "openings": one.openings, "usual": one.usual} for one in told]
    x = {
        "field": "hour",
        "type": "ordinal",
        "axis": {
            "title": None,
            "labelAngle": 0,
            "values": [one.clock for one in told][::3],
            "ticks": False,
        },
    }
    y = {"type": "quantitative", "axis": {"title": None, "tickCount": 4, "domain": False}}
    return {
        "width": 560,
        "height": 150,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "bar", "color": BAND, "width": {"band": 0.9}},
                "encoding": {"x": x, "y": {**y, "field": "usual"}},
            },
            {
                "transform": [{"filter": "datum.openings != null"}],
                "mark": {"type": "bar", "color": MARK, "width": {"band": 0.32}},
                "encoding": {"x": x, "y": {**y, "field": "openings"}},
            },
            *_label(told),
        ],
    }


def _label(told: Sequence[Hour]) -> list[dict[str, Any]]:
    usual = [one for one in told if one.usual]
    if not usual:
        return []
    first = usual[0]
    return [
        {
            "data": {"values": [{"hour": first.clock, "y": first.usual}]},
            "mark": {"type": "text", "align": "right", "dx": -2, "dy": -6, "text": "usual", "color": INK},
            "encoding": {
                "x": {"field": "hour", "type": "ordinal"},
                "y": {"field": "y", "type": "quantitative"},
            },
        }
    ]
