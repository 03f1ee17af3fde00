"""A tiny simulated company, read, folded, held against its truth and told on a page."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from viewtrail.errors import BadInput
from viewtrail.evaluate import Company, Measured, load, measure, report
from viewtrail.evaluate.measured import at_budget
from viewtrail.simulate import Summary, simulate


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return simulate(10, 66, 4, out=tmp_path_factory.mktemp("tiny"), structure="small")


@pytest.fixture(scope="module")
def company(made: Summary) -> Company:
    return load(made.events.parent)


@pytest.fixture(scope="module")
def measured(company: Company) -> Measured:
    return measure(company, (1.0, 5.0))


def test_every_event_and_every_theft_is_read(made: Summary, company: Company) -> None:
    assert len(company.entries) == made.count
    assert len(company.truth.thefts()) == made.thefts
    assert len(company.truth.lookalikes()) == made.lookalikes
    assert [one.known for one in company.entries] == sorted(one.known for one in company.entries)


def test_services_have_no_agent_days_and_people_have_one_for_each_day_at_work(company: Company) -> None:
    assert "svc-sync" not in company.acts
    assert len(set(company.days)) == len(company.days)
    assert all(day.start < day.end for day in company.days)
    for agent, day in company.back:
        assert any(one.agent == agent and one.day == day for one in company.days)


def test_thefts_and_honest_days_are_told_apart(company: Company, measured: Measured) -> None:
    for outcome in (*measured.by_budget.values(), measured.limits):
        assert len(outcome.taken) == len(company.truth.thefts())
        assert outcome.days + outcome.early_days <= len(company.days)
        assert sum(n for group, n in outcome.groups.items() if group.startswith("role")) == outcome.days


def test_a_feed_taken_away_is_gone_from_every_entry_and_nothing_else_is(company: Company) -> None:
    bare = company.without("assignment")
    types = {one.entry.event.type for one in bare.entries}
    assert "record.assigned" not in types
    assert "record.created" in types
    assert not any("owner" in one.entry.event.data for one in bare.entries)
    assert any(one.entry.event.type == "record.assigned" for one in company.entries)
    assert at_budget(bare, 1.0).days == at_budget(company, 1.0).days


def test_the_page_says_simulated_with_every_recall_and_is_the_same_twice(
    made: Summary, company: Company, measured: Measured
) -> None:
    bare = replace(measured, without={"tasks": at_budget(company.without("tasks"), 1.0)})
    page = report([bare], command="viewtrail evaluate")
    assert page == report([bare], command="viewtrail evaluate")
    for line in page.splitlines():
        assert "recall" not in line.lower() or "simulated" in line.lower(), line
    assert "## Feeds taken away" in page
    assert "Of small 4, each as if the feed had never been connected." in page
    assert "| **viewtrail, budget 5** |" in page
    digest = sha256((made.events).read_bytes()).hexdigest()
    assert f"| small 4 | {made.count:,} | {digest[:16]} |" in page


def test_a_folder_without_a_truth_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"truth\.jsonl: is missing"):
        load(tmp_path)
    (tmp_path / "truth.jsonl").write_text('{"line":"agent"}\n', encoding="utf-8")
    with pytest.raises(BadInput, match="no truth of a simulated company"):
        load(tmp_path)
