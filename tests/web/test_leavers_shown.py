"""Beside the findings: an answer about who leaves, a list with nobody to judge, several together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from viewtrail.finding import Finding
from viewtrail.measure.clocks import DAY
from viewtrail.measure.context import Person
from viewtrail.measure.look_back import PastDay
from viewtrail.store.board import Board
from viewtrail.store.projections import read_projections, write_projections
from viewtrail.watch.leavers import Asked, answer

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]
LIST = "f-" + "1" * 24
RING = "f-" + "2" * 24


@pytest.fixture(scope="module")
def leaver(writer: Path, site: Path) -> Iterator[Finding]:
    """Whom the told theft is about gives notice the day after; and the list c-9 was bad."""
    from viewtrail.web import data

    before = read_projections(site)
    agent, at = before.findings[0].agent or "", before.findings[0].last_at
    past = [PastDay(739_600 + n, at - (40 - n) * DAY, at, 0.3, 30, 4, 0, 0, (12, 9, 6, 3)) for n in range(40)]
    asked = Asked(agent, ("/hr", "n-1"), before.findings[0].entries[0], at + DAY)
    found = answer(asked, past, Person(agent, desk="d-1"), at + DAY, {"code": "t", "settings": "t"})
    about = {"id": LIST, "subject_kind": "campaign", "agent": None, "pattern": "bad-list", "queue": "calls"}
    bad = replace(found, claim="On the list c-9 the calls were over in seconds.", context=(), **about)
    about |= {"id": RING, "subject_kind": "ring", "pattern": "one-list-split", "queue": "rings"}
    both = {"agents": (agent, "a-" + "9" * 24), "claim": f"{agent} and a-{'9' * 24} opened 90 clients"}
    ring = replace(found, context=(), **about, **both)
    write_projections(site, replace(before, findings=[*before.findings, found, bad, ring]))
    data.forget()
    yield found
    write_projections(site, before)
    data.forget()


def test_compliance_reads_the_answer(leaver: Finding, signed_in: SignIn) -> None:
    page = signed_in("compliance").get(f"/findings/{leaver.id}").content.decode()
    assert "has given notice" in page
    assert "active days" in page
    assert "value band 14 to 20" in page
    assert "Where it ranks" not in page, "it has no score"


@pytest.mark.parametrize("role", ["head-of-sales", "security"])
def test_nobody_else_is_told_that_there_is_one(leaver: Finding, signed_in: SignIn, role: str) -> None:
    browser = signed_in(role, desks=["all"])
    assert browser.get(f"/findings/{leaver.id}").status_code == 404
    assert "has given notice" not in browser.get("/findings").content.decode()


def test_it_draws_on_no_budget(leaver: Finding, site: Path) -> None:
    board = Board(site)
    assert board.count() - board.count(behaviour=True) == 3


def test_several_together_are_shown_and_asked_one_by_one(leaver: Finding, signed_in: SignIn) -> None:
    browser = signed_in("compliance")
    page = browser.get(f"/findings/{RING}").content.decode()
    assert "who they are" in page
    assert page.count(f'href="/agents/{leaver.agent}"') >= 1
    for act in ("ask", "unmask", "declare"):
        said = {"act": act, "whom": "agent", "question": "What was it then?", "reason": "asked by compliance"}
        answer = browser.post(f"/findings/{RING}", said)
        assert answer.status_code < 500
        assert "Not done" in answer.content.decode(), act


def test_a_finding_about_a_list_has_nobody_to_ask_or_judge(leaver: Finding, signed_in: SignIn) -> None:
    browser = signed_in("head-of-sales", desks=["d-2"])
    page = browser.get(f"/findings/{LIST}").content.decode()
    assert "On the list c-9" in page
    for word in ("Ask about it", "See who it is", "A breach is established", "Reasons on file"):
        assert word not in page, word
    asked = browser.post(
        f"/findings/{LIST}", {"act": "ask", "whom": "agent", "question": "What was it then?"}
    )
    assert "this is about a list: there is nobody to ask" in asked.content.decode()
