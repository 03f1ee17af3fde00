"""`POST /v1/allow` and the beacon's end, served by the same process that takes events."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from viewtrail.capture import Client
from web.intake.running import NOW, Running, opening


def asked(intake: Running, **more: Any) -> Any:
    question = {"source": "/crm", "agent": "a-1", "action": "reveal", **more}
    return intake.client.post("/v1/allow", json=question)


def test_who_has_revealed_far_more_than_ever_is_asked_for_a_reason(intake: Running) -> None:
    until = time.monotonic() + 20
    while "not known" in asked(intake, agent="a-ivo").json()["why"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    reveals = [
        opening(
            n,
            id=f"allow-{n}",
            type="contact.revealed",
            time=(NOW - timedelta(seconds=60 - n)).isoformat(),
            sequence=None,
            data={"agent": "a-ivo", "field": "phone"},
        )
        for n in range(12)
    ]
    for one in reveals:
        del one["sequence"]
    assert asked(intake, agent="a-ivo").json()["answer"] == "go-on"
    assert intake.post(reveals).json()["accepted"] == 12
    assert intake.post(reveals).json()["accepted"] == 12  # sent again, counted once
    told = asked(intake, agent="a-ivo").json()
    assert told["answer"] == "ask-a-reason"
    assert told["why"].startswith("the 13th reveal today")
    assert asked(intake, agent="a-eva").json()["answer"] == "go-on"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 422),
        (b"\xff", 400),
        (b"[" * 10_000, 400),
        (b'{"source":"/crm","agent":"a-1"}', 422),
        (b'{"source":"/crm","agent":"a-1","action":"delete"}', 422),
        (b'{"source":"/crm","agent":"","action":"reveal"}', 422),
        (b'{"source":"/crm","agent":"a\\u0000","action":"reveal"}', 422),
        (b'{"source":"/hr","agent":"a-1","action":"reveal"}', 403),
        (b" " * 20_000, 413),
    ],
)
def test_a_question_that_is_none_is_refused_with_what_to_do(
    intake: Running, body: bytes, status: int
) -> None:
    answer = intake.client.post("/v1/allow", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["error"]


def test_without_a_key_nobody_asks_and_a_get_is_none(intake: Running) -> None:
    assert intake.client.get("/v1/allow").status_code == 405
    answer = intake.client.post("/v1/allow", json={}, headers={"authorization": "Bearer vt_no"})
    assert answer.status_code == 401


def test_the_capture_library_gets_its_answer(intake: Running, tmp_path: Any) -> None:
    key = intake.client.headers["authorization"].removeprefix("Bearer ")
    client = Client(intake.url, key, "/crm", spool=tmp_path / "spool")
    try:
        told = client.allow("a-1", "reveal")
        assert told.asked, told
        assert told.word == "go-on"
    finally:
        client.close()


def test_the_beacons_script_and_a_site_nobody_knows(intake: Running) -> None:
    assert "viewtrail" in intake.client.get("/b/beacon.js").text
    assert intake.client.get("/b/rules.json?site=none").status_code == 404
    assert intake.client.post("/b/signal", content=b"x").status_code == 400
