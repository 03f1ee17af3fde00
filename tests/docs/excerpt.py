"""The lines of the demo that README.md shows, picked out of a real run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from docs.pages import run
from support import ROOT

README: Final = ROOT / "README.md"
BEGIN, END = "<!-- from a run of the demo: tests/docs/refresh.py -->\n```text\n", "```\n<!-- until here -->"

DEMO: Final = "viewtrail demo --no-serve > demo.txt"

SHOWN: Final = (
    r"^HIGH    a-117 .*?(?=\n\n)",
    r"^WHAT WAS TOLD AS A THEFT.*?$",
    r"^FOUND: eighty before leaving.*?(?=\n\n)",
    r"^WHAT WAS TOLD AS HONEST.*?$",
    r"^left alone: manager before quarter end \(.*?(?=\n\n)",
    r"^  integrity: .*?(?=\n  freshness)",
)
"""The leaver's eighty, the manager who opens the same eighty, how many were right, and the log's verdicts."""


def made(folder: Path) -> str:
    """What a demo in `folder` prints."""
    code, _ = run(DEMO, folder)
    assert code == 0
    return (folder / "demo.txt").read_text(encoding="utf-8")


def excerpt(told: str) -> str:
    """The chosen parts, one under the other; what differs from run to run is not among them."""
    parts = []
    for pattern in SHOWN:
        found = re.search(pattern, told, re.MULTILINE | re.DOTALL)
        assert found, f"the demo prints nothing like {pattern}"
        parts.append("\n".join(line for line in found[0].splitlines() if not line.startswith("  id ")))
    return "\n\n".join(parts) + "\n"


def refreshed(text: str, told: str) -> str:
    """The page with the excerpt of this run."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{excerpt(told)}{END}{after}"
