"""The stream of what is new: to whom it speaks, what it says, where it begins again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from viewtrail.finding import Finding

Person = Callable[..., Any]


@pytest.fixture(autouse=True)
def _the_name_that_djangos_async_client_always_gives(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])


def stream(person: Any, messages: int, **headers: str) -> tuple[int, list[str]]:
    """(status, the first messages) of the stream for this person."""
    from django.test import AsyncClient

    async def listen() -> tuple[int, list[str]]:
        client = AsyncClient()
        if person is not None:
            await client.aforce_login(person)
        answer = await client.get("/live", headers=headers)
        found: list[str] = []
        if answer.status_code == 200:
            content: AsyncIterator[bytes] = answer.streaming_content
            async for part in content:
                found.append(part.decode())
                if len(found) >= messages:
                    break
            await content.aclose()
        return answer.status_code, found

    return asyncio.run(asyncio.wait_for(listen(), 20))


def test_it_says_which_finding_changed_and_nothing_about_anybody(person: Person, finding: Finding) -> None:
    status, told = stream(person("compliance"), 2, **{"Last-Event-ID": "-1"})
    assert status == 200
    assert told[0].startswith("retry: 2000\n")
    place, event, said = told[1].strip().split("\n")
    assert place == "id: 0"
    assert event == "event: finding"
    message = json.loads(said.removeprefix("data: "))
    assert set(message) == {"id", "kind", "status", "severity"}
    assert finding.agent not in told[1]


def test_from_now_on_when_nothing_was_heard_before(person: Person, finding: Finding) -> None:
    from viewtrail.web import data

    _, told = stream(person("compliance"), 1)
    assert f"id: {data.board().last_place()}\n" in told[0]


def test_it_begins_anew_when_places_were_given_anew(person: Person, finding: Finding) -> None:
    _, told = stream(person("compliance"), 2, **{"Last-Event-ID": "999999"})
    assert "event: anew" in told[1], "the browser held a place that no longer exists"


@pytest.mark.parametrize("role", ["agent", "hr", "auditor", "admin"])
def test_only_those_who_look_at_findings_hear_it(person: Person, finding: Finding, role: str) -> None:
    assert stream(person(role), 1)[0] == 403


def test_a_stranger_hears_nothing(site: Path) -> None:
    assert stream(None, 1)[0] == 401


def test_a_head_of_sales_hears_of_the_own_desk_alone(person: Person, finding: Finding) -> None:
    from viewtrail.web import data
    from viewtrail.web.access import Viewer
    from viewtrail.web.live import _new

    here = Viewer(1, "V", frozenset({"head-of-sales"}), frozenset({"d-1"}))
    elsewhere = Viewer(2, "W", frozenset({"head-of-sales"}), frozenset({"d-2"}))
    assert _new(here, -1)[1]
    assert _new(elsewhere, -1) == (data.board().last_place(), [])
