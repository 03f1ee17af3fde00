"""Noting a fold changes nothing of it; a part taken out is out for that fold and back after it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from viewtrail.evaluate import Company, Measured, load, measure, report
from viewtrail.evaluate.ablation import PARTS, Part, Without, ablated, meanings, parts, swapped
from viewtrail.evaluate.baselines import OURS
from viewtrail.evaluate.company import fold
from viewtrail.evaluate.noted import fold_noted
from viewtrail.measure.judge import Judge
from viewtrail.settings import Settings
from viewtrail.simulate import simulate


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder: Path = tmp_path_factory.mktemp("tiny")
    simulate(10, 66, 4, out=folder, structure="small")
    return load(folder)


@pytest.fixture(scope="module")
def whole(made: Company) -> Measured:
    return measure(made, (5.0,), baselines=True)


def test_what_is_noted_is_what_the_loop_tells_without_it(made: Company) -> None:
    settings = Settings(budget=100.0, calls_budget=100.0)
    _, plain = fold(made, settings)
    loop, told, days = fold_noted(made, settings)
    assert told == plain
    assert [(one.agent, one.day) for one in days.days] == sorted(
        ((one.agent, one.day) for one in made.days), key=lambda pair: (pair[1], pair[0])
    )
    final = [finding for finding in loop.findings() if finding.tier == "final"]
    assert final
    for finding in final:
        assert any(
            one.agent == finding.agent and one.score[finding.queue] == pytest.approx(finding.score)
            for one in days.days
        )


def test_every_part_says_what_it_is_to_be_without_it() -> None:
    assert len(meanings()) == len(parts()) > len(PARTS)
    assert all(meanings().values())


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_what_is_taken_out_is_put_back_even_after_an_error(part: Part) -> None:
    before = [getattr(owner, name) for owner, name, _ in part.swaps]
    with pytest.raises(ZeroDivisionError), swapped(part.swaps):
        _fails_while_it_is_out(part)
    assert [getattr(owner, name) for owner, name, _ in part.swaps] == before


def _fails_while_it_is_out(part: Part) -> None:
    assert [getattr(owner, name) for owner, name, _ in part.swaps] == [new for _, _, new in part.swaps]
    raise ZeroDivisionError


def test_without_reasons_nothing_has_one_and_without_the_live_tier_only_closes_speak(made: Company) -> None:
    judged = Judge.at_opening
    found = dict(ablated(made, 5.0, only=("reasons", "live tier", "pattern short-calls")))
    assert Judge.at_opening is judged
    assert set(found) == {"reasons", "live tier", "pattern short-calls"}
    told = {name: one.outcome for name, one in found.items()}
    spoke = [one.alert for one in told["live tier"].false] + [
        a for t in told["live tier"].taken for a in t.by
    ]
    assert {alert.tier for alert in spoke} <= {"final", "limit"}
    assert not [told for alert in spoke for told in alert.told if told.live and alert.tier == "final"]
    calls = [one for one in told["pattern short-calls"].false if one.alert.queue == "calls"]
    assert not calls
    assert len(told["reasons"].false) >= len(told["live tier"].false)
    assert "calls" not in {one.queue for one in found["pattern short-calls"].closes.told}


def test_the_page_has_the_rarity_the_reasons_the_blocks_and_what_was_asked_for(
    made: Company, whole: Measured
) -> None:
    page = report([whole], command="viewtrail evaluate")
    for told in ("Whether the stated rarity holds", "The realised rate over time", "Openings with a reason"):
        assert f"## {told}" in page
    assert "| isolation forest, budget 5 |" in page
    assert "## Parts taken out" not in page
    assert "What single parts of the detector add: `--only parts`" in page
    assert "How general methods do" not in page
    for line in page.splitlines():
        assert "recall" not in line.lower() or "simulated" in line.lower(), line
    outcome = whole.by_budget[5.0]
    assert sum(outcome.blocks.values()) == outcome.days
    assert whole.explained is not None
    assert 0.5 < 1 - whole.explained.unexplained / whole.explained.opened < 1


def test_the_part_that_is_taken_out_stands_on_the_page_with_what_was_lost_by_it(
    made: Company, whole: Measured
) -> None:
    closes = whole.compared[OURS]
    less = replace(whole, closes=closes, ablated={"reasons": Without(whole.by_budget[5.0], closes)})
    page = report([less], command="viewtrail evaluate")
    [row] = [line for line in page.splitlines() if line.startswith("| reasons |")]
    assert "no opening has a reason" in row
    assert row.endswith("| 0 | 0 |")
