"""A silent source stands on Today, Integrity and Findings; a finding that is none any more says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from viewtrail.app.fold import whole
from viewtrail.app.home import open_home
from viewtrail.app.refusals import FILE, HOOKS, Refusals
from viewtrail.event import Event
from viewtrail.finding import Finding
from viewtrail.store.board import Board
from viewtrail.store.projections import read_projections, write_projections

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]
NAME = "f-" + "0" * 24


@pytest.fixture(scope="module")
def silent(writer: Path, site: Path) -> Iterator[Finding]:
    """The CRM of the told home fell silent, and a finding of which the log speaks is none."""
    from viewtrail.store.remote_log import RemoteLog
    from viewtrail.web import data

    before = read_projections(site)
    since = time.time_ns() // 1000 - 3_600_000_000
    said = [
        Event(
            "viewtrail",
            "silent-test",
            "source.silent",
            since,
            {"feed": "/crm", "from": since, "why": "nothing-heard"},
        ),
        Event("viewtrail", "u-test", "finding.updated", since, {"finding": NAME, "transition": "withdrawn"}),
    ]
    with RemoteLog(site) as log:
        log.append(said, masked=True)
    home = open_home(site)
    with home.reader() as reader:
        fold = whole(home, reader)
        fold.finish()
        write_projections(site, fold.projections(fold.made(home, reader)))
    data.forget()  # another test may have asked a moment ago how the sources do
    yield next(one for one in Board(site).findings(living=True) if one.subject_kind == "source")
    write_projections(site, before)
    data.forget()


def test_compliance_and_security_see_it_and_a_head_of_sales_does_not(
    silent: Finding, signed_in: SignIn
) -> None:
    for role, status in (("compliance", 200), ("security", 200), ("head-of-sales", 404)):
        answer = signed_in(role, desks=["all"]).get(f"/findings/{silent.id}")
        assert answer.status_code == status, role
    page = signed_in("security").get(f"/findings/{silent.id}").content.decode()
    assert "The source /crm is silent" in page
    for word in ("Ask about it", "See who it is", "A breach is established", "Reasons on file"):
        assert word not in page, word


def test_it_stands_among_the_findings_and_on_today(silent: Finding, signed_in: SignIn) -> None:
    browser = signed_in("compliance")
    for place in ("/findings", "/"):
        assert "The source /crm is silent" in browser.get(place).content.decode(), place


def test_it_is_not_counted_against_the_budget(silent: Finding, site: Path) -> None:
    board = Board(site)
    assert board.count() - board.count(behaviour=True) == 1
    assert board.count(living=True, behaviour=True) == board.count(living=True) - 1


def test_integrity_says_how_each_source_does(silent: Finding, signed_in: SignIn) -> None:
    page = signed_in("auditor").get("/integrity").content.decode()
    assert "how it does" in page
    assert "silent since" in page
    assert "History: it came as files alone" in page


def test_integrity_says_which_posts_of_hooks_were_refused(site: Path, signed_in: SignIn) -> None:
    refusals = Refusals(site / HOOKS)
    now = time.time_ns() // 1000
    for _ in range(3):
        refusals.note("hq: the signature does not fit", now)
    refusals.keep(now)
    try:
        page = signed_in("auditor").get("/integrity").content.decode()
    finally:
        (site / HOOKS / FILE).unlink()
    assert "hq: the signature does not fit</span>, 3 times." in page
    assert "that were refused" not in signed_in("auditor").get("/integrity").content.decode()


def test_a_finding_that_is_none_any_more_says_so(silent: Finding, signed_in: SignIn) -> None:
    answer = signed_in("compliance").get(f"/findings/{NAME}")
    assert answer.status_code == 410
    assert "This finding is none any more" in answer.content.decode()
    assert signed_in("compliance").get("/findings/f-never").status_code == 404
    assert signed_in("hr").get(f"/findings/{NAME}").status_code == 403


def test_nobody_is_asked_about_a_source_and_it_is_closed_as_what_it_can_be(
    silent: Finding, signed_in: SignIn
) -> None:
    browser, place = signed_in("compliance"), f"/findings/{silent.id}"
    asked = browser.post(place, {"act": "ask", "whom": "agent", "question": "What was the work that day?"})
    assert "there is nobody to ask" in asked.content.decode()
    judged = browser.post(place, {"act": "close", "outcome": "breach-established", "words": "it is"})
    assert "there is nobody to ask, to name or to judge" in judged.content.decode()
    closed = browser.post(place, {"act": "close", "outcome": "ordinary-work", "words": "a new version"})
    assert closed.status_code == 302


def test_closing_many_at_once_judges_nobody_where_there_is_nobody(silent: Finding, signed_in: SignIn) -> None:
    said = {"act": "close", "outcome": "wrong-person", "finding": [silent.id], "back": "/findings"}
    page = signed_in("compliance").post("/findings", said, follow=True).content.decode()
    assert "1 not done: this is about a source" in page


def test_a_source_has_an_owner_where_the_setting_names_one(silent: Finding, signed_in: SignIn) -> None:
    from django.test import override_settings

    from viewtrail.web import data

    home = data.home()
    owned = replace(home.settings, source_owners="/crm=crm-team@broker.example")
    browser = signed_in("security")
    with override_settings(VIEWTRAIL=replace(home, settings=owned)):
        data.forget()
        assert "crm-team@broker.example" in browser.get("/integrity").content.decode()
        assert "crm-team@broker.example" in browser.get(f"/findings/{silent.id}").content.decode()
    data.forget()
