"""Tables in Markdown, and a page's figures between markers, so that prose by hand stays where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]], left: int = 1) -> str:
    """A table whose first `left` columns are words and the others numbers."""
    rule = ["---"] * left + ["--:"] * (len(head) - left)
    lines = [head, rule, *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def section(name: str, body: str) -> str:
    """The figures as they stand in a page."""
    return f"<!-- figures: {name} -->\n{body}\n<!-- end of figures -->"


def sections(page: str) -> dict[str, str]:
    """The figures of a page by name."""
    return dict(_SECTION.findall(page))


def written(page: str, figures: Mapping[str, str]) -> str:
    """The page with these figures in their places; KeyError when it has no place for one of them."""
    missing = set(figures) - set(sections(page))
    if missing:
        raise KeyError(f"the page has no markers for {', '.join(sorted(missing))}")
    return _SECTION.sub(lambda found: section(found[1], figures.get(found[1], found[2])), page)


_SECTION = re.compile(r"<!-- figures: ([a-z-]+) -->\n(.*?)\n<!-- end of figures -->", re.DOTALL)
