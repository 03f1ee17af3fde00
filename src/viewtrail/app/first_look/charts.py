"""The one chart of a first look: how long answered calls last, drawn as SVG without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import vl_convert

LONGEST: Final = 300
"""Seconds at which the axis ends: longer calls are counted in the last bar."""

BIN: Final = 10
SHORT: Final = 20
"""Seconds under which an answered call is short."""


def talk_times(seconds: Sequence[float]) -> str:
    """An SVG: answered calls by talk time in steps of ten seconds, the short ones in another colour."""
    bins = [0] * (LONGEST // BIN + 1)
    for one in seconds:
        bins[min(int(one) // BIN, LONGEST // BIN)] += 1
    rows = [
        {
            "from": place * BIN,
            "to": (place + 1) * BIN,
            "calls": count,
            "kind": "under 20 seconds" if place * BIN < SHORT else "20 seconds and more",
        }
        for place, count in enumerate(bins)
    ]
    short = sum(one < SHORT for one in seconds)
    title = f"{len(seconds):,} answered calls; {short:,} under 20 seconds"
    spec = (
        alt.Chart(
            alt.InlineData(values=rows),
            title=alt.TitleParams(title, anchor="start", fontSize=13),
            width=640,
            height=180,
        )
        .mark_bar()
        .encode(
            x=alt.X("from:Q", title="talk time in seconds; the last bar is five minutes and more"),
            x2="to:Q",
            y=alt.Y("calls:Q", title="calls"),
            y2=alt.datum(0),
            color=alt.Color(
                "kind:N",
                legend=None,
                scale=alt.Scale(
                    domain=["under 20 seconds", "20 seconds and more"], range=["#1f5f8b", "#b9c3cc"]
                ),
            ),
        )
        .configure_view(strokeWidth=0)
        .configure(font="sans-serif")
    )
    return str(vl_convert.vegalite_to_svg(spec.to_json()))
