"""What people do about a finding, and what the log has of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from viewtrail.app.home import open_home
from viewtrail.finding import Finding

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]


@pytest.fixture(autouse=True)
def _nobody_folds_here(monkeypatch: pytest.MonkeyPatch, writer: Path) -> None:
    """No loop runs beside these tests: waiting for one would only cost time."""
    monkeypatch.setattr("viewtrail.web.visit.LONGEST_WAIT", 0.0)


def told(home: Path, since: int) -> Iterator[tuple[str, dict[str, Any]]]:
    with open_home(home).reader() as log:
        for one in log.read(since):
            yield one.entry.event.type, dict(one.entry.event.data)


def size(home: Path) -> int:
    with open_home(home).reader() as log:
        return log.size


def say(client: Client, finding: Finding, **said: str) -> str:
    answer = client.post(f"/findings/{finding.id}", said, follow=True)
    return answer.content.decode()


def test_asking_places_a_hold_first_and_keeps_the_words_sealed(
    signed_in: SignIn, finding: Finding, writer: Path
) -> None:
    since = size(writer)
    page = say(
        signed_in("compliance"), finding, act="ask", whom="agent", question="What was the work that day?"
    )
    assert "Asked." in page
    acts = [one for one in told(writer, since) if one[0] in ("hold.placed", "finding.asked")]
    assert [type_ for type_, _ in acts] == ["hold.placed", "finding.asked"]
    assert acts[1][1]["about"] == finding.agent
    with open_home(writer).reader() as log:
        index = max(one.index for one in log.read(since) if one.entry.event.type == "finding.asked")
        assert b"What was the work" not in (log.storage.row(index) or (0, 0, b""))[2]
        detail = log.detail(index)
        assert detail is not None
        assert detail["data"]["words"] == "What was the work that day?"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"act": "ask", "question": "why?"}, "at least 10 characters"),
        ({"act": "ask", "question": "x" * 2001}, "2,000 are kept"),
        ({"act": "close"}, "choose the reason"),
        ({"act": "close", "outcome": "because"}, "choose the reason"),
        ({"act": "close", "outcome": "breach-established", "words": "short"}, "at least 20 characters"),
        ({"act": "snooze", "until": "5 years"}, "until it escalates"),
        ({"act": "undo", "type": "setting.changed"}, "nothing of that kind"),
        ({"act": "unmask", "reason": "because"}, "at least 15 characters"),
        ({"act": "declare", "purpose": "theft", "scope": "records"}, "choose what the work was"),
        (
            {"act": "declare", "purpose": "cover", "scope": "records", "first": "26 March", "last": ""},
            "is no day",
        ),
        (
            {
                "act": "declare",
                "purpose": "cover",
                "scope": "desk",
                "first": "2026-03-12",
                "last": "2026-03-11",
                "expected": "3",
            },
            "before the first",
        ),
        (
            {
                "act": "declare",
                "purpose": "cover",
                "scope": "desk",
                "first": "2026-03-11",
                "last": "2026-03-11",
                "expected": "-3",
            },
            "as a whole number",
        ),
        ({"act": "agree", "declaration": "999999"}, "answered already"),
        ({"act": "let-see", "unmasking": "999999"}, "answered already"),
        ({"act": "delete"}, "nothing that one can do here"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_no_trace(
    signed_in: SignIn, finding: Finding, writer: Path, said: dict[str, str], why: str
) -> None:
    since = size(writer)
    answer = signed_in("compliance").post(f"/findings/{finding.id}", said)
    assert answer.status_code == 422
    assert why in answer.content.decode().replace("&#x27;", "'")
    assert not [
        type_ for type_, _ in told(writer, since) if type_ not in ("finding.viewed", "session.signed-in")
    ]


def test_whoever_it_is_about_decides_nothing(signed_in: SignIn, finding: Finding, writer: Path) -> None:
    since = size(writer)
    about = signed_in("compliance", agent=finding.agent)
    assert (
        about.post(f"/findings/{finding.id}", {"act": "close", "outcome": "ordinary-work"}).status_code == 404
    )
    assert (
        about.post(
            "/findings", {"act": "close", "outcome": "ordinary-work", "finding": finding.id}
        ).status_code
        == 302
    )
    assert [type_ for type_, _ in told(writer, since)] == []


def test_two_persons_where_the_preset_asks_for_two(
    signed_in: SignIn, finding: Finding, writer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from django.conf import settings

    from viewtrail.web import data

    strict = replace(
        settings.VIEWTRAIL, settings=replace(settings.VIEWTRAIL.settings, unmasking="two-persons")
    )
    monkeypatch.setattr(data, "home", lambda: strict)
    asking = signed_in("head-of-sales", desks=["all"], name="Asking One")
    since = size(writer)
    assert "a second person" in say(asking, finding, act="unmask", reason="I have to talk to the agent.")
    assert "identity.unmasked" not in dict(told(writer, since)), (
        "nothing is shown yet, so nothing was unmasked"
    )
    other = signed_in("compliance")
    page = other.get(f"/findings/{finding.id}").content.decode()
    assert "Asking One</b> asks to see who it is" in page
    (waiting,) = re.findall(r'name="unmasking" value="(\d+)"', page)
    assert "a second person from compliance" in say(
        asking, finding, act="let-see", unmasking=waiting, agrees="yes"
    )
    say(other, finding, act="let-see", unmasking=waiting, agrees="yes")
    unmasked = dict(told(writer, since))["identity.unmasked"]
    assert unmasked["about"] == finding.agent
    assert unmasked["finding"] == finding.id
    seen = asking.get(f"/findings/{finding.id}").content.decode()
    assert "a-104 (agent, d-1)" in re.sub(r"<[^>]+>", "", seen)
    assert "a-104 (agent" not in re.sub(r"<[^>]+>", "", other.get(f"/findings/{finding.id}").content.decode())


def test_a_mask_is_on_again_when_the_time_is_up(
    signed_in: SignIn, finding: Finding, writer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("compliance")
    say(client, finding, act="unmask", reason="I have to talk to the agent.", records="yes")
    page = client.get(f"/findings/{finding.id}").content.decode()
    assert "a-104 (agent" in re.sub(r"<[^>]+>", "", page)
    assert "L-" in page or "C-" in page, "the clients too, as asked for"
    from datetime import timedelta

    from viewtrail.web import data

    later = data.instant() + timedelta(hours=25)
    monkeypatch.setattr(data, "instant", lambda: later)
    page = client.get(f"/findings/{finding.id}").content.decode()
    assert "a-104 (agent" not in re.sub(r"<[^>]+>", "", page)


def test_one_person_sees_the_name_on_that_finding_and_nowhere_else(
    signed_in: SignIn, finding: Finding, writer: Path
) -> None:
    client = signed_in("compliance")
    say(client, finding, act="unmask", reason="I have to talk to the agent.")
    there = f"/findings/{finding.id}"
    assert "a-104 (agent" in re.sub(r"<[^>]+>", "", client.get(there).content.decode())
    for elsewhere in ("/", "/findings", f"/entries/{finding.entries[0]}"):
        assert "a-104" not in re.sub(r"<[^>]+>", "", client.get(elsewhere).content.decode()), elsewhere


def test_no_entry_no_name(
    signed_in: SignIn, finding: Finding, writer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewtrail.web import logbook

    client = signed_in("compliance")
    monkeypatch.setattr(logbook, "_connection", lambda home: logbook.connect(tmp_path))
    answer = client.post(
        f"/findings/{finding.id}", {"act": "unmask", "reason": "I have to talk to the agent."}
    )
    assert answer.status_code == 503
    monkeypatch.undo()
    page = client.get(f"/findings/{finding.id}").content.decode()
    assert "a-104 (agent" not in re.sub(r"<[^>]+>", "", page)


def test_several_at_once_and_back_again(signed_in: SignIn, finding: Finding, writer: Path) -> None:
    client = signed_in("compliance")
    since = size(writer)
    page = client.post("/findings", {"act": "snooze", "finding": [finding.id]}, follow=True).content.decode()
    assert "Put off until it escalates." in page
    assert "Take it back" in page
    client.post("/findings", {"act": "undo", "type": "finding.snoozed", "finding": [finding.id]})
    snoozed = [one for type_, one in told(writer, since) if type_ == "finding.snoozed"]
    assert [one.get("transition") for one in snoozed] == [None, "undone"]


def test_nothing_marked_says_how_one_marks(signed_in: SignIn, writer: Path, finding: Finding) -> None:
    page = signed_in("compliance").post("/findings", {"act": "close"}, follow=True).content.decode()
    assert "Nothing was marked" in page


def test_a_way_back_leads_only_to_this_console(signed_in: SignIn, writer: Path, finding: Finding) -> None:
    client = signed_in("compliance")
    for back in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        answer = client.post("/findings", {"act": "take", "finding": finding.id, "back": back})
        assert answer.headers["Location"] == "/findings"


def test_filters_are_kept_under_a_name_and_forgotten(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    client = signed_in("compliance")
    asked = "show=all&severity=high&desk=d-1"
    page = client.post("/findings", {"act": "keep-view", "name": "desk one", "query": asked}, follow=True)
    text = page.content.decode()
    assert "Kept as “desk one”." in text
    assert "show=all&amp;severity=high&amp;desk=d-1" in text
    (view,) = re.findall(r'name="view" value="(\d+)"', text)
    other = signed_in("compliance").get("/findings").content.decode()
    assert "desk one" not in other
    assert (
        "desk one"
        not in client.post("/findings", {"act": "forget-view", "view": view}, follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("severity=high", True),
        ("severity=low", False),
        ("desk=d-1", True),
        ("desk=d-2", False),
        ("queue=calls", False),
        ("show=closed", False),
        ("since=2026-03-11&until=2026-03-12", True),
        ("since=2026-03-13", False),
        ("until=2026-03-10", False),
        ("severity=none&page=-1&since=yesterday&show=x", True),
    ],
)
def test_a_filter_shows_what_it_says(
    signed_in: SignIn, finding: Finding, writer: Path, query: str, shown: bool
) -> None:
    page = signed_in("compliance").get(f"/findings?{query}").content.decode()
    assert (f'id="{finding.id}"' in page) is shown


@pytest.mark.slow
def test_on_paper_it_says_the_same_under_pseudonyms_and_is_an_export(
    signed_in: SignIn, finding: Finding, writer: Path
) -> None:
    client = signed_in("compliance")
    say(client, finding, act="unmask", reason="I have to talk to the agent.")
    since = size(writer)
    answer = client.get(f"/findings/{finding.id}/paper.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    exported = [one for type_, one in told(writer, since) if type_ == "evidence.exported"]
    assert [(one["finding"], one["about"]) for one in exported] == [(finding.id, finding.agent)]
