"""The excerpt of the demo in README.md is what the demo prints, and its two commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.excerpt import README, excerpt, refreshed
from docs.pages import masked
from support import ROOT
from viewtrail.patterns.base import discovered

TEXT = README.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_excerpt_is_that_of_a_run(demo: Path) -> None:
    told = (demo / "demo.txt").read_text(encoding="utf-8")
    assert masked(excerpt(told)) == excerpt(told), "only lines that are the same in every run are shown"
    assert refreshed(TEXT, told) == TEXT, "run `python tests/docs/refresh.py`"


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", TEXT)) >= {"demo", "test"}
    assert set(re.findall(r"`make ([a-z]+)`", TEXT)) <= targets


def test_the_patterns_on_the_page_are_those_there_are() -> None:
    (line,) = re.findall(r"^- patterns, .*?;$", TEXT, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([a-z-]+)`", line)) == {pattern.name for pattern in discovered()}
