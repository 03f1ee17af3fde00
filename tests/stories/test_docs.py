"""What docs/explanation/stories.md says about the stories is true: its code runs, no story is left out."""

from __future__ import annotations

import re
from pathlib import Path

from viewtrail.stories import NAMES

PAGE = (Path(__file__).parents[2] / "docs/explanation/stories.md").read_text(encoding="utf-8")


def test_the_code_on_the_page_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    assert {"told", "alone", "first_day", "blind", "told_ivo"} <= set(names)


def test_the_page_tells_of_every_story() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(NAMES)
