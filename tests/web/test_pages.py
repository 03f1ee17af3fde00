"""Every page keeps to the same laws: strangers sign in, wrong roles are refused, openings are logged."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support import ROOT
from viewtrail.app.home import open_home
from viewtrail.finding import Finding
from viewtrail.log import Logged

if TYPE_CHECKING:
    from django.test import Client

    from viewtrail.web.page import Page

FILES = sorted(one.name for one in pkgutil.iter_modules([str(ROOT / "src/viewtrail/web/pages")]))


def pages(file: str) -> list[Page]:
    from viewtrail.web.page import pages_of

    found = pages_of(file)
    assert found, f"pages/{file}.py declares neither PAGE nor PAGES"
    return list(found)


def there(page: Page, finding: Finding) -> str:
    """An address of the page, about what the told theft left behind."""
    from django.urls import resolve, reverse

    known = {
        "finding": finding.id,
        "agent": finding.agent,
        "record": finding.records[0],
        "index": finding.entries[0],
        "person": 1,
        "name": "no-such-key",
        "form": "csv",
    }
    parts = [part.split(":")[-1].rstrip(">") for part in page.path.split("<")[1:]]
    parts = [part.partition(">")[0] for part in parts]
    unknown = [part for part in parts if part not in known]
    assert not unknown, f"{page.name} is about a {unknown[0]}: say here which one is to be tried"
    address = reverse(page.name, kwargs={part: known[part] for part in parts})
    assert resolve(address).url_name == page.name
    return address


def entries(home: Path, start: int) -> Iterator[Logged]:
    with open_home(home).reader() as log:
        yield from log.read(start)


def size(home: Path) -> int:
    with open_home(home).reader() as log:
        return log.size


@pytest.mark.parametrize("file", FILES)
def test_a_stranger_is_sent_to_sign_in(file: str, anybody: Client, finding: Finding) -> None:
    for page in pages(file):
        for answer in (anybody.get(there(page, finding)), anybody.post(there(page, finding))):
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("file", FILES)
def test_a_wrong_role_is_refused(
    file: str, signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    from viewtrail.web.access import ROLES

    for page in pages(file):
        for role in set(ROLES) - set(page.roles):
            if not page.path:  # where signing in leads: see below
                continue
            client = signed_in(role)
            for answer in (client.get(there(page, finding)), client.post(there(page, finding))):
                assert answer.status_code in (403, 404), f"{role} opened {page.name}"


def test_whoever_signs_in_begins_on_a_page_that_is_theirs(
    signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    from viewtrail.web.access import ROLES

    for role in ROLES:
        answer = signed_in(role).get("/", follow=True)
        assert answer.status_code == 200, role
        assert answer.redirect_chain == ([("/my-trail", 302)] if role == "agent" else []), role
    assert signed_in().get("/").status_code == 403, "who has no role has no page"
    lost = signed_in("agent").get("/calls").content.decode()
    assert '<a href="/my-trail">My trail</a>' in lost, "the way back leads to what they may open"


def test_what_somebody_may_not_open_they_do_not_find(
    signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    """Neither that there is such a record nor under which pseudonym it stands."""
    with open_home(writer).reader() as log:
        record = next(
            logged.entry.event.subject for logged in log.read() if logged.entry.event.type == "record.viewed"
        )
    assert record is not None
    for role, found in (
        ("compliance", True),
        ("auditor", True),
        ("head-of-sales", False),
        ("security", False),
    ):
        answer = signed_in(role).get("/find", {"q": record})
        assert answer.status_code == (302 if found else 200), role
    for role in ("agent", "hr", "admin"):
        client = signed_in(role)
        assert client.get("/find", {"q": record}).status_code == 403
        assert 'role="search"' not in client.get("/my-trail").content.decode(), "nothing to find, no field"


@pytest.mark.parametrize("file", FILES)
def test_whom_a_page_is_about_is_no_reader_of_it(
    file: str, signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    for page in pages(file):
        if page.about is None or not {"<str:agent>", "<str:finding>"} & set(page.path.split("/")):
            continue
        for role in page.roles:
            answer = signed_in(role, agent=finding.agent, desks=["all"]).get(there(page, finding))
            assert answer.status_code in (403, 404), f"{page.name} was shown to the person it is about"


@pytest.mark.parametrize("file", FILES)
def test_the_head_of_that_desk_opens_it_and_the_head_of_another_does_not(
    file: str, signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    from viewtrail.web import data
    from viewtrail.web.access import HEAD

    desk = data.staff()[finding.agent or ""].desk
    for page in pages(file):
        if page.about is None or HEAD not in page.roles:
            continue
        address = there(page, finding) + "?purpose=review-of-a-finding"
        assert signed_in(HEAD, desks=[desk]).get(address).status_code == 200, page.name
        before = size(writer)
        colleague = signed_in(HEAD, desks=["another"])
        for answer in (colleague.get(address), colleague.post(address, {"act": "close"})):
            assert answer.status_code == 404, f"{page.name} says that there is such a person"
        told = [one.entry.event.type for one in entries(writer, before)]
        assert not [kind for kind in told if kind.endswith((".viewed", ".closed"))]


@pytest.mark.parametrize("file", FILES)
def test_an_opening_is_in_the_log_with_its_purpose(
    file: str, signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    from viewtrail.web.page import ASKED
    from viewtrail.web.purposes import PURPOSES

    for page in pages(file):
        if page.about is None:
            continue
        client = signed_in(page.roles[0], desks=["all"])
        address = there(page, finding)
        before = size(writer)
        if page.purpose == ASKED:
            asked = client.get(address)
            assert asked.status_code == 200
            assert 'name="purpose"' in asked.content.decode()
            assert size(writer) == before, "shown before a purpose was said"
            assert client.post(address, {"purpose": next(iter(PURPOSES))}).status_code == 302
        answer = client.get(address)
        assert answer.status_code == 200, answer.content.decode()[:2000]
        told = [one.entry.event for one in entries(writer, before)]
        openings = [event for event in told if event.data.get("what") == page.name]
        assert openings, f"{page.name} was opened and the log has nothing of it"
        if page.purpose == ASKED:
            assert openings[-1].data["why"] == next(iter(PURPOSES))


def test_a_script_that_calls_itself_a_part_of_a_page_leaves_its_trace(
    signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    part = {"HX-Request": "true"}
    for role, address in (
        ("compliance", f"/findings/{finding.id}"),
        ("compliance", f"/trail?record={finding.records[0]}"),
    ):
        client = signed_in(role, desks=["all"])
        before = size(writer)
        for _ in range(2):
            assert client.get(address, headers=part).status_code == 200
        told = [one for one in entries(writer, before) if one.entry.event.type.endswith(".viewed")]
        assert len(told) == 1, "once the log has the opening, the page may keep itself up to date"


@pytest.mark.parametrize("file", FILES)
def test_no_log_no_look(
    file: str,
    signed_in: Callable[..., Client],
    finding: Finding,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    from viewtrail.web import logbook
    from viewtrail.web.page import ASKED

    monkeypatch.setattr(logbook, "_connection", lambda home: logbook.connect(tmp_path))
    for page in pages(file):
        if page.about is None or page.purpose == ASKED:
            continue
        answer = signed_in(page.roles[0], desks=["all"]).get(there(page, finding))
        assert answer.status_code == 503
        assert "No log, no look" in answer.content.decode()


@pytest.mark.parametrize("file", FILES)
def test_nothing_inline_that_a_strict_policy_would_block(
    file: str, signed_in: Callable[..., Client], finding: Finding, writer: Path
) -> None:
    for page in pages(file):
        answer = signed_in(page.roles[0], desks=["all"]).get(there(page, finding))
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        is_page = answer.headers["Content-Type"].startswith("text/html")
        text = answer.content.decode() if is_page else ""
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert answer.headers["Cache-Control"].find("no-store") >= 0
