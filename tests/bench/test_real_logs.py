"""docs/explanation/real-logs.md: its figures come from the files it names, and its prose from its figures."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from scipy.stats import poisson

import real_logs
from real import alerts, injected, page
from real.logs import SOURCES, load
from support import REAL_DATA, ROOT, real_data

PAGE = (ROOT / "docs" / "explanation" / "real-logs.md").read_text(encoding="utf-8")
FIGURES = page.sections(PAGE)
CHEAP = [one for one in SOURCES if one.name != "loan process"]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_the_page_has_every_figure_of_the_report():
    assert set(FIGURES) == set(real_logs.WORDS)
    assert not [name for name, body in FIGURES.items() if "not yet made" in body]


@pytest.mark.parametrize("source", SOURCES, ids=[one.name for one in SOURCES])
def test_the_figures_carry_the_digest_of_their_file(source):
    named = re.search(rf"\| `{re.escape(source.file)}` \| `([0-9a-f]{{64}})` \|", FIGURES["files"])
    assert named
    assert named[1] == hashlib.sha256(real_data(source.file).read_bytes()).hexdigest()


def test_the_figures_say_which_code_and_settings_made_them():
    row = r"^\| [a-z ]+ \| (\d+\.\d+\.\d+\+[0-9a-f]{8}) \| ([0-9a-f]{8}) \|"
    made = re.findall(row, FIGURES["versions"], re.MULTILINE)
    assert len(made) == len(SOURCES)
    assert len({code for code, _ in made}) == 1


def test_importing_again_added_nothing():
    rows = [cells(row) for row in FIGURES["counts"].splitlines()[2:5]]
    assert [row[5:7] for row in rows] == [["0", "both good"]] * 3


def test_the_prose_about_the_bank_is_what_its_figures_show():
    told = [line for line in FIGURES["alerts"].splitlines() if line.startswith("- **bank calls**")]
    assert told == [], "the page says: nothing"
    mix = FIGURES["short-calls"].partition("expected for the own mix of types")[2].splitlines()[2:6]
    assert all(cells(row)[-1] == "0" for row in mix), "the page says: none of the four has an alert"
    overview = {cells(row)[0]: cells(row) for row in FIGURES["short-calls"].splitlines()[2:8]}
    assert overview["PS"][4:6] == ["27", "4"]
    assert (overview["TT"][4:7], overview["NW"][4:7]) == (["16", "3", "16"], ["21", "2", "11"])


def test_without_the_logs_one_line_says_so(tmp_path: Path, capsys):
    assert real_logs.main(["--data", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "VIEWTRAIL_REAL_DATA" in said


def test_a_page_keeps_its_prose_when_its_figures_change():
    text = f"before\n{page.section('one', 'old')}\nbetween\n{page.section('two', 'kept')}\nafter\n"
    renewed = page.written(text, {"one": "new"})
    assert renewed == text.replace("old", "new")
    with pytest.raises(KeyError, match="three"):
        page.written(text, {"three": "has no place"})


@pytest.mark.parametrize("count", [0, 1, 4, 30])
def test_the_interval_of_a_rate_is_exact(count):
    low, high = alerts.poisson(count, 1.0)
    assert poisson.cdf(count, high) == pytest.approx(0.025)
    assert low == 0 if count == 0 else poisson.sf(count - 1, low) == pytest.approx(0.025)


def test_the_interval_of_a_recall_is_wider_when_few_agents_make_it():
    many = {f"a-{n}": [n % 2 == 0] for n in range(100)}
    few = {f"a-{n}": [n % 2 == 0] * 25 for n in range(4)}
    (low, high), (lowest, highest) = injected.by_agent(many, 1), injected.by_agent(few, 1)
    assert lowest < low < 0.5 < high < highest
    assert injected.by_agent({"a-1": [True], "a-2": [True]}, 1)[0] == pytest.approx(0.158, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("source", CHEAP, ids=[one.name for one in CHEAP])
def test_a_fresh_run_gives_the_figures_of_the_page(source, tmp_path):
    real_data(source.file)
    log = load(source, REAL_DATA, tmp_path, twice=True)
    assert "| " + " | ".join(alerts.counts_row(log)) + " |" in FIGURES["counts"]
    for queue in log.queues:
        assert "| " + " | ".join(alerts.rates_row(log, queue)) + " |" in FIGURES["alerts"]
    told = [line for line in FIGURES["alerts"].splitlines() if line.startswith(f"- **{source.name}**")]
    assert told == [f"- {line}" for line in alerts.told(log)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child folds in one thread and ends
def test_thefts_leave_no_trace_in_the_run_they_are_put_into(tmp_path):
    real_data("bpic2012_work_items.parquet")
    log = load(SOURCES[1], REAL_DATA, tmp_path, twice=False)
    before = alerts.told(log)
    found = injected.injections(log, 3, 1)
    assert found == injected.injections(log, 3, 1)
    assert len(found) == 3 * len(injected.THEFTS)
    assert all(one.hit for one in found if one.theft == injected.Theft(150, 180))
    assert alerts.told(log) == before
