"""Every command that a page shows is run, in order, in an empty folder, and prints what the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from docs.excerpt import DEMO
from docs.pages import markdown, masked, run_page, steps
from support import ROOT
from viewtrail.cli.reference import page as reference

RUN = ("tutorial/first-finding.md", "how-to/late-and-missing-data.md", "how-to/keys-and-backup.md")


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def hold(text: str, folder: Path, done: frozenset[str] = frozenset()) -> None:
    for step, told in run_page(text, folder, done):
        assert masked(told) == masked(step.says), f"{step.command}: run `python tests/docs/refresh.py`"


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_a_page_prints_what_it_says(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    hold(text_of(name), folder)


@pytest.mark.slow
def test_the_answers_to_the_buyers_questions_are_those_of_a_demo(demo: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(demo, tmp_path / "here"))  # a page that unmasks somebody writes to the log
    hold(text_of("explanation/questions.md"), folder, frozenset({DEMO}))


def test_no_page_with_commands_is_left_out() -> None:
    shown = [
        path.relative_to(ROOT / "docs").as_posix()
        for path in markdown()
        if [*steps(path.read_text(encoding="utf-8"))]
    ]
    assert sorted(shown) == sorted((*RUN, "explanation/questions.md"))


@pytest.mark.parametrize("path", markdown(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_and_option_on_a_page_exists(path: Path) -> None:
    known = reference()
    told = path.read_text(encoding="utf-8")
    for line in re.findall(r"(?:^\$ |^    |`)(?:[A-Z_]+=\S+ )?viewtrail ([^`\n|>]*)", told, re.MULTILINE):
        words = re.sub(r"^--home \S+ ", "", line).split()
        if words and re.fullmatch(r"[a-z-]+", words[0]) and not words[0].startswith("-"):
            assert re.search(rf"^## {words[0]}\b", known, re.MULTILINE), f"viewtrail {line}"
        for option in re.findall(r"(?<!\S)--[a-z-]+", line):
            assert f"`{option}" in known or option in ("--help", "--version", "--port"), f"viewtrail {line}"
