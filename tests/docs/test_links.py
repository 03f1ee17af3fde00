"""Every link in every page leads to a file that is there, and to a heading that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pages import markdown
from support import ROOT

PAGES = markdown()
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """The headings of a page as the links that lead to them."""
    text = CODE.sub(lambda found: found[0].strip("`") if "\n" not in found[0] else "", path.read_text())
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(path: Path) -> list[str]:
    found = LINK.findall(CODE.sub("", path.read_text(encoding="utf-8")))
    return [link for link in found if "://" not in link]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(path):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), f"{link} leaves the project"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


@pytest.mark.parametrize("index", ["README.md", "docs/README.md"])
def test_no_page_is_forgotten_by_the_map(index: str) -> None:
    """Decisions have a list of their own, and README.md leads there."""
    page = ROOT / index
    led = {(page.parent / link.partition("#")[0]).resolve() for link in links(page)}
    docs = [path for path in PAGES if path.is_relative_to(ROOT / "docs") and path.name != "README.md"]
    assert [named(path) for path in docs if path.parent.name != "decisions" and path not in led] == []


def test_every_decision_is_in_the_list_with_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    told = (folder / "README.md").read_text(encoding="utf-8")
    for path in sorted(folder.glob("[0-9]*.md")):
        number, _, title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(": ")
        assert f"| [{number}]({path.name}) | {title} |" in told
