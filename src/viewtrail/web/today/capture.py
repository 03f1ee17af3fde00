"""Is capture healthy? One sentence about all sources; each has its line beside."""

from __future__ import annotations

from collections.abc import Sequence

from viewtrail.app.source_health import Health


def sentence(told: Sequence[Health]) -> str:
    """All of them in a sentence."""
    ill = [one for one in told if one.matter]
    if not told:
        return "No source has sent anything yet."
    if not ill:
        return "Capture is healthy."
    names = ", ".join(one.source.source for one in ill)
    return f"Capture needs a look: {names}."
