"""Charts drawn on the server from one spec: as SVG in the page's own colours, and in ink for print."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MARK, PAST, BAND, INK, RULE = "#0000f1", "#0000f2", "#0000f3", "#0000f4", "#0000f5"
"""Stand-ins for colours in a spec: the one strong mark, what was before, what is usual, words, lines."""

SCREEN: Final = {MARK: "--mark", PAST: "--past", BAND: "--band", INK: "--ink-3", RULE: "--rule"}
PRINT: Final = {MARK: "#0f5c7c", PAST: "#8d8a82", BAND: "#e4e0d7", INK: "#55534d", RULE: "#d8d5cd"}

LOOK: Final[dict[str, Any]] = {
    "background": None,
    "font": "sans-serif",
    "padding": {"left": 0, "top": 6, "right": 0, "bottom": 0},
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "labelFontSize": 12,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": RULE,
        "gridOpacity": 1,
        "tickSize": 4,
        "labelPadding": 4,
    },
    "text": {"fontSize": 12, "color": INK},
}
"""What all charts have in common; the same small sizes as the page's notes."""


def svg(spec: Mapping[str, Any], label: str) -> SafeString:
    """The chart as inline SVG that follows light and dark; `label` says in words what it shows."""
    found = _drawn(json.dumps({"config": LOOK, **spec}, sort_keys=True))
    for stand_in, name in SCREEN.items():
        found = found.replace(f'"{stand_in}"', f'"var({name})"')
    return mark_safe(found.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1))


def printed(spec: Mapping[str, Any]) -> str:
    """The same chart as SVG for paper."""
    found = _drawn(json.dumps({"config": LOOK, **spec}, sort_keys=True))
    for stand_in, colour in PRINT.items():
        found = found.replace(stand_in, colour)
    return found


@lru_cache(maxsize=512)
def _drawn(spec: str) -> str:
    """The SVG of a spec; a chart that was drawn is not drawn again."""
    import vl_convert

    found: str = vl_convert.vegalite_to_svg(spec)
    # The chart is one image with words of its own: what its parts say to a screen reader is noise.
    return re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", found)


def warm_up() -> None:
    """Draw something small: the first chart of a process takes a second, the others a thirtieth."""
    _drawn(json.dumps({"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {}}))
