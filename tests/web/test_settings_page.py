"""People, keys and what is set: only an administrator changes them, and the log says that they did."""

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

pytestmark = pytest.mark.slow

SignIn = Callable[..., "Client"]


def changes(home: Path) -> list[dict[str, object]]:
    with open_home(home).reader() as log:
        return [
            dict(one.entry.event.data)
            for one in log.read(max(0, log.size - 60))
            if one.entry.event.type == "setting.changed"
        ]


def test_somebody_is_added_with_a_password_shown_once_and_can_be_switched_off(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    from viewtrail.web.accounts.models import Person

    admin = signed_in("admin")
    said = {"email": "New@Example.com", "name": "New One", "roles": ["auditor"], "agent": finding.agent}
    page = admin.post("/settings/people", said).content.decode()
    password = re.search(r"<code>([\w-]{20})</code>", page)
    assert password
    made = Person.objects.get(email="new@example.com")
    try:
        assert made.check_password(password[1])
        assert made.valid_until is not None  # an auditor's work has an end
        assert {"what": "person:new@example.com", "to": "auditor"}.items() <= changes(writer)[-1].items()
        assert password[1] not in admin.get("/settings").content.decode()
        assert admin.post(f"/settings/people/{made.pk}").status_code == 302
        made.refresh_from_db()
        assert not made.is_active
        assert changes(writer)[-1]["to"] == "off"
        admin.post("/settings/people", {**said, "roles": ["compliance"], "agent": ""})
        made.refresh_from_db()
        assert made.roles == ["compliance"]
    finally:
        made.delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"roles": ["emperor"]},
        {"roles": []},
        {"time_zone": "Europe/Nowhere"},
        {"agent": "nobody-of-that-id"},
        {"days": "0"},
    ],
)
def test_what_is_wrong_with_a_person_is_said_beside_the_field(
    signed_in: SignIn, writer: Path, wrong: dict[str, object]
) -> None:
    said = {"email": "x@example.com", "name": "X", "roles": ["auditor"], **wrong}
    answer = signed_in("admin").post("/settings/people", said)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()


def test_nobody_switches_themselves_off(signed_in: SignIn, writer: Path) -> None:
    admin = signed_in("admin")
    me = int(admin.session["_auth_user_id"])
    assert admin.post(f"/settings/people/{me}").status_code == 422
    assert admin.post("/settings/people/999999").status_code == 404


def test_a_key_is_made_shown_once_and_taken_back(signed_in: SignIn, writer: Path) -> None:
    admin = signed_in("admin")
    page = admin.post("/settings/keys", {"name": "crm-test", "sources": "/crm, /crm/eu"}).content.decode()
    secret = re.search(r"vt_[a-z2-7]{40,}", page)
    assert secret
    assert secret[0] not in admin.get("/settings").content.decode()
    assert admin.post("/settings/keys", {"name": "crm-test", "sources": "/crm"}).status_code == 422
    assert admin.post("/settings/keys", {"name": "Ä", "sources": "/crm"}).status_code == 422
    assert admin.post("/settings/keys/crm-test").status_code == 302
    assert admin.post("/settings/keys/crm-test").status_code == 422
    told = [one for one in changes(writer) if one["what"] == "api-key:crm-test"]
    assert [one["why"] for one in told] == ["made", "revoked"]


def test_what_is_set_stands_with_its_unit_and_reason(signed_in: SignIn, writer: Path) -> None:
    page = signed_in("admin").get("/settings").content.decode()
    assert "learning_days" in page
    assert "findings per 1,000 agent-days" in page
