"""`viewtrail evaluate` writes its page, and says what is wrong with what it was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewtrail.cli.commands import run

TINY = ("--agents", "8", "--days", "60", "--structures", "small", "--budget", "1", "--no-feeds")


def test_the_page_names_the_command_that_wrote_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "detection.md"
    assert run(["evaluate", *TINY, "--out", str(page)]) == 0
    assert "1 company, " in capsys.readouterr().out
    told = page.read_text(encoding="utf-8")
    assert (
        "`viewtrail evaluate --agents 8 --days 60 --seeds 1 --structures small --budget 1 --no-feeds`" in told
    )


def test_other_methods_stand_on_the_page_when_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "detection.md"
    assert run(["evaluate", *TINY, "--baselines", "--out", str(page)]) == 0
    told = page.read_text(encoding="utf-8")
    assert "--no-feeds --baselines`" in told
    assert told.count("| isolation forest, budget 1 |") == 3  # with floors, without, on raw counts


@pytest.mark.slow
def test_parts_taken_out_stand_on_the_page_when_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "detection.md"
    assert run(["evaluate", *TINY, "--ablation", "--out", str(page)]) == 0
    told = page.read_text(encoding="utf-8")
    assert "--no-feeds --ablation`" in told
    assert "| live tier | only the close of a day speaks" in told


@pytest.mark.parametrize(
    "wrong", [["--budget", "0"], ["--seeds", "x"], ["--structures", "tower"], ["--only", "all"]]
)
def test_what_cannot_be_measured_is_said_in_one_line(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", *TINY, *wrong]) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert wrong[0].rstrip("s") in told


@pytest.mark.slow
def test_two_companies_at_a_time_give_the_page_that_one_after_the_other_gives(tmp_path: Path) -> None:
    pages = []
    for jobs in ("1", "2"):
        page = tmp_path / f"{jobs}.md"
        more = ["--structures", "small,pooled", "--jobs", jobs, "--out", str(page)]
        assert run(["evaluate", *TINY, *more]) == 0
        pages.append(page.read_bytes())
    assert pages[0] == pages[1]


def test_what_is_wrong_in_a_process_of_its_own_is_said_in_the_same_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["evaluate", *TINY, "--structures", "small,tower", "--jobs", "2"]) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "tower" in told


@pytest.mark.slow
def test_thefts_are_added_until_there_are_enough_and_honest_days_are_not(tmp_path: Path) -> None:
    pages = []
    for more in ((), ("--thefts", "4")):
        page = tmp_path / "page.md"
        assert run(["evaluate", *TINY, *more, "--out", str(page)]) == 0
        pages.append(page.read_text(encoding="utf-8"))
    once, again = pages
    assert "--no-feeds --thefts 4`" in again
    assert "times more" in again
    assert "times more" not in once
    for page in pages:  # what is said of honest people is of the company as it came
        assert once.split("## False alerts")[1].split("## Data")[0] in page


@pytest.mark.slow
def test_methods_and_parts_have_a_page_of_their_own_when_only_they_are_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "detection-parts.md"
    assert run(["evaluate", *TINY, "--only", "parts", "--out", str(page)]) == 0
    told = page.read_text(encoding="utf-8")
    assert "--no-feeds --only parts`" in told
    assert "| isolation forest, budget 1 |" in told
    assert "| live tier | only the close of a day speaks" in told
    assert "## Data" in told
    assert "## Groups of people" not in told


@pytest.mark.slow
def test_the_attacker_has_a_page_of_their_own_when_only_they_are_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "detection-attacker.md"
    assert run(["evaluate", *TINY, "--only", "attacker", "--out", str(page)]) == 0
    told = page.read_text(encoding="utf-8")
    assert told.startswith("# The attacker who has read the detector")
    assert "--no-feeds --only attacker`" in told
    assert "## Groups of people" not in told
