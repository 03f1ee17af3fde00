"""Agents, one agent's days, exposure, and the own trail: who sees them and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from viewtrail.app.home import open_home
from viewtrail.finding import Finding

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]
WHY = "?purpose=review-of-a-finding"


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def last(home: Path, type: str) -> dict[str, object]:
    """The data of the last entry of that type."""
    with open_home(home).reader() as log:
        found = [one.entry.event for one in log.read(max(0, log.size - 200)) if one.entry.event.type == type]
    return dict(found[-1].data)


@pytest.mark.slow
def test_agents_stand_by_desk_and_nobody_is_ranked(signed_in: SignIn, writer: Path, site: Path) -> None:
    page = text(signed_in("compliance"), "/agents")
    assert "d-1" in page
    assert page.index("d-1") < page.index("d-2") < page.index("d-3")
    only = text(signed_in("head-of-sales", desks=["d-2"]), "/agents")
    assert "d-2" in only
    assert ">d-1<" not in only


@pytest.mark.slow
def test_the_day_of_a_finding_shows_its_timeline_its_entries_and_its_finding(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    assert finding.agent
    day = "2026-03-11"
    page = text(signed_in("compliance"), f"/agents/{finding.agent}{WHY}&day={day}")
    assert "<svg" in page
    assert page.count('class="m opened') >= 48
    assert f"/findings/{finding.id}" in page
    assert page.count('<span title="record.viewed">opened the record</span>') >= 48
    told = last(writer, "timeline.viewed")
    assert told["about"] == finding.agent
    assert told["why"] == "review-of-a-finding"


@pytest.mark.slow
def test_a_day_can_be_zoomed_into_and_a_wrong_one_is_the_last(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    client = signed_in("compliance")
    text(client, f"/agents/{finding.agent}{WHY}")
    for query in (
        "day=2026-03-11&start=1&end=2",
        "day=yesterday",
        "day=0001-01-01",
        "day=9999-12-31",
        "start=x",
    ):
        text(client, f"/agents/{finding.agent}?{query}")


@pytest.mark.slow
def test_a_long_day_is_read_part_by_part_and_each_part_is_logged(
    signed_in: SignIn, writer: Path, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, day = signed_in("compliance"), f"/agents/{finding.agent}{WHY}&day=2026-03-11"
    monkeypatch.setattr("viewtrail.web.pages.agent.SHOWN", 10_000)
    whole = re.findall(r'<tr id="e-([0-9]+)"', text(client, day))
    monkeypatch.setattr("viewtrail.web.pages.agent.SHOWN", 60)
    read, part = [], 0
    while len(read) < len(whole):
        part += 1
        before = sum(looks(writer, "review-of-a-finding"))
        page = text(client, f"{day}&part={part}")
        assert sum(looks(writer, "review-of-a-finding")) == before + 1
        rows = re.findall(r'<tr id="e-([0-9]+)"', page)
        assert 0 < len(rows) <= 60
        assert f"{len(read) + 1} to {len(read) + len(rows)} of {len(whole)}" in page
        read += rows
    assert read == whole
    assert "The next" not in page
    linked = set(re.findall(r'href="#e-([0-9]+)"', page))
    assert linked <= set(rows), "a mark leads to a row that is not on this page"
    for wrong in ("0", "-1", "x", "²", "99999999", "9" * 40):
        text(client, f"{day}&part={wrong}")


def looks(home: Path, why: str) -> list[bool]:
    """For each opening of somebody's day that the log has, whether it was for this purpose."""
    with open_home(home).reader() as log:
        events = [one.entry.event for one in log.read() if one.entry.event.type == "timeline.viewed"]
    return [event.data.get("why") == why for event in events]


@pytest.mark.slow
def test_exposure_counts_the_records_of_the_finding_and_says_nothing_of_intent(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    page = text(signed_in("compliance"), f"/agents/{finding.agent}/exposure{WHY}&days=91")
    assert "not what became of it" in page
    assert "acquisition spend" not in page  # nobody has said what a lead costs


@pytest.mark.slow
def test_my_trail_shows_who_looked_and_never_a_score_or_a_line(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    text(signed_in("compliance"), f"/agents/{finding.agent}{WHY}&day=2026-03-11")
    mine = text(signed_in("agent", agent=finding.agent), "/my-trail?day=2026-03-11")
    assert "compliance" in mine
    assert "review of a finding" in mine
    assert 'class="m opened' in mine
    assert finding.claim not in mine
    assert finding.id not in mine
    assert f"{finding.score:.3f}" not in mine


@pytest.mark.slow
def test_who_has_no_agent_of_their_own_is_told_so(signed_in: SignIn, site: Path) -> None:
    assert "not connected with an agent" in text(signed_in("agent"), "/my-trail")


@pytest.mark.slow
def test_a_note_of_ones_own_is_an_entry_whose_words_are_not_in_the_clear(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    client = signed_in("agent", agent=finding.agent)
    assert client.post("/my-trail", {"words": ""}).status_code == 422
    assert client.post("/my-trail", {"words": "the desk's list was on paper"}).status_code == 302
    told = last(writer, "case.noted")
    assert told["agent"] == finding.agent
    assert "paper" not in str(told)
    assert client.post("/my-trail", {"words": "x", "finding": finding.id}).status_code == 404
