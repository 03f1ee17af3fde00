"""No page names a machine, blames a person, or knows how it came to be written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pages import markdown
from support import ROOT

MACHINES = re.compile(r"(?<![\w.~])/(?:home|root|Users|work|tmp|opt)/")
MAKING = re.compile(r"\b(?:helper|subagent|language model|LLM|prompt|brief\.md|house\.md)\b", re.IGNORECASE)
BLAMING = re.compile(r"\b(?:suspects?|suspicious|offenders?|violat\w+|culprits?)\b", re.IGNORECASE)
SELLING = re.compile(
    r"\b(?:seamless\w*|powerful|cutting.edge|best.in.class|world.class|robustly|blazing\w*|effortless\w*|"
    r"next.generation|revolution\w*|unparalleled|game.chang\w+)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "words", [MACHINES, MAKING, BLAMING, SELLING], ids=["machines", "making", "blaming", "selling"]
)
@pytest.mark.parametrize("path", markdown(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_words_that_no_page_has(path: Path, words: re.Pattern[str]) -> None:
    assert words.findall(path.read_text(encoding="utf-8")) == []
