"""`viewtrail patterns`: questions as they stand in the code, limits as they would have spoken in the past."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from cli.commands import viewtrail
from viewtrail.app.demo import demo
from viewtrail.patterns.base import discovered

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company of the stories, in a home of its own."""
    folder = tmp_path_factory.mktemp("company") / "home"
    demo(folder, now=0, entropy=os.urandom)
    return folder


def backtest(company: Path, *limits: str) -> list[int]:
    """On how many agent-days each limit would have spoken."""
    done = viewtrail("patterns", "backtest", *(f"--limit={limit}" for limit in limits), home=company)
    assert done.code == 0, done.err
    return [int(n) for n in re.findall(r"^  (\d+) agent-days? of", done.out, re.MULTILINE)]


def test_list_names_every_pattern_with_what_it_cannot_see() -> None:
    done = viewtrail("patterns", "list")
    assert done.code == 0
    for pattern in discovered():
        assert f"{pattern.name}: {pattern.question}" in done.out
        assert all(f"blind to   {line}" in done.out for line in pattern.blind)


def test_list_names_whatever_a_finding_may_go_by(company: Path) -> None:
    listed = viewtrail("patterns", "list").out
    found = viewtrail("findings", "--all", "--format", "jsonl", home=company).out.splitlines()
    told = {json.loads(line)["pattern"] for line in found}
    assert {"look-back", "bad-list", "orphan-reveals"} <= told
    assert all(name in listed for name in told)


def test_backtest_counts_the_two_days_with_sixty_unaccounted_for_in_forty_minutes(company: Path) -> None:
    assert backtest(company, "unaccounted:40m=60") == [2]


def test_a_lower_limit_speaks_more_often(company: Path) -> None:
    low, high = backtest(company, "unaccounted:40m=20", "unaccounted:40m=60")
    assert low > high >= 1


def test_without_a_limit_those_of_the_patterns_are_tried(company: Path) -> None:
    assert len(backtest(company)) == sum(len(pattern.limits) for pattern in discovered())


@pytest.mark.parametrize("limit", ["unaccounted:40m=0", "nothing:day=4", "opened:week=3", "80"])
def test_a_limit_that_is_none_says_which_there_are(company: Path, limit: str) -> None:
    done = viewtrail("patterns", "backtest", f"--limit={limit}", home=company)
    assert done.code == 3
    assert "is not a limit" in done.err
    assert "unaccounted:40m" in done.err


def test_prove_says_what_spoke_and_what_stayed_silent(tmp_path: Path) -> None:
    done = viewtrail("patterns", "prove", "exports", home=tmp_path)
    assert done.code == 0, done.err
    assert "exports: holds" in done.out
    assert "silent on  the same rows by somebody who exports nearly as many every day" in done.out


def test_prove_for_programs_and_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "viewtrail.toml").write_text("budget = 0.0001\n")
    done = viewtrail("patterns", "prove", "exports", "--format", "json", home=tmp_path)
    assert done.code == 1, done.err
    (one,) = json.loads(done.out)
    assert (one["pattern"], one["speaks"], one["silent"], one["holds"]) == ("exports", False, True, False)


def test_prove_of_no_pattern_and_in_no_format(tmp_path: Path) -> None:
    assert "there are best-of-own-book" in viewtrail("patterns", "prove", "skims", home=tmp_path).err
    done = viewtrail("patterns", "prove", "exports", "--format", "xml", home=tmp_path)
    assert (done.code, "table or json" in done.err) == (3, True)
