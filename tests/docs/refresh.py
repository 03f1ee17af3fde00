"""Writes what commands really print into the pages that show them: `python tests/docs/refresh.py`."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from docs.excerpt import README, made, refreshed
from docs.pages import BLOCK, masked, run_page
from support import ROOT

PAGES = (
    "tutorial/first-finding.md",
    "how-to/late-and-missing-data.md",
    "how-to/keys-and-backup.md",
    "explanation/questions.md",
)


def fresh(text: str, folder: Path) -> str:
    """The page with each command's output as it is now; what only chance has changed stays."""
    told = [
        f"$ {step.command}\n{step.says if masked(step.says) == masked(real) else real}"
        for step, real in run_page(text, folder)
    ]
    return BLOCK.sub(lambda block: f"```console\n{_next(told, block[1])}```", text)


def _next(told: list[str], block: str) -> str:
    return "".join(told.pop(0) for _ in re.findall(r"^\$ ", block, re.MULTILINE))


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for name in sys.argv[1:] or PAGES:
            page = ROOT / "docs" / name
            folder = Path(place, page.stem, "here")
            folder.mkdir(parents=True)
            page.write_text(fresh(page.read_text(encoding="utf-8"), folder), encoding="utf-8")
        if not sys.argv[1:]:
            folder = Path(place, "readme")
            folder.mkdir()
            README.write_text(refreshed(README.read_text(encoding="utf-8"), made(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
