"""Dates of joining, notice and leave, for HR: no behaviour, no pseudonym, each look at one person logged."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from viewtrail.app.home import open_home
from viewtrail.finding import Finding

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]


def looks(home: Path) -> list[dict[str, object]]:
    """What the log has of somebody's having looked at dates."""
    with open_home(home).reader() as log:
        events = [one.entry.event for one in log.read()]
    return [event.data for event in events if event.data.get("what") == "dates"]


def staff_number(home: Path, agent: str | None) -> str:
    assert agent
    with open_home(home).reader() as log:
        return log.resolve(agent) or ""


def test_hr_reads_the_dates_by_desk_and_under_no_name(signed_in: SignIn, writer: Path) -> None:
    before = len(looks(writer))
    page = signed_in("hr").get("/dates").content.decode()
    assert page.index("d-1") < page.index("d-2")
    assert "2026" in page or "2025" in page
    assert not re.search(r"\ba-[a-z2-7]{6}", page.partition("<main")[2])
    assert "opened" not in page.partition("<main")[2]
    (look,) = looks(writer)[before:]
    assert "about" not in look


def test_one_person_is_looked_up_by_the_staff_number_and_can_read_that_somebody_did(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    client = signed_in("hr")
    number = staff_number(writer, finding.agent)
    page = client.post("/dates", {"number": number}).content.decode()
    assert "1 person:" in page
    assert number not in page.partition("<main")[2]
    assert looks(writer)[-1]["about"] == finding.agent
    mine = signed_in("agent", agent=finding.agent).get("/my-trail").content.decode()
    assert "<td>dates</td>" in mine


def test_a_number_that_nobody_has_is_said_to_be_so_and_nobody_was_looked_at(
    signed_in: SignIn, writer: Path
) -> None:
    client = signed_in("hr")
    before = len(looks(writer))
    assert "Nobody of that number" in client.post("/dates", {"number": "no-such-number"}).content.decode()
    assert len(looks(writer)) == before


def test_ones_own_dates_are_not_among_them(signed_in: SignIn, writer: Path, finding: Finding) -> None:
    client = signed_in("hr", agent=finding.agent)
    page = client.post("/dates", {"number": staff_number(writer, finding.agent)}).content.decode()
    assert "Nobody of that number" in page
