"""From the screen to the log, with nothing left out: browser, host, client, spool, intake, writer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from capture.browser.chromium import Chromium
from capture.browser.crm import Crm
from capture.browser.person import Person
from capture.browser.processes import in_the_log, intake, told
from viewtrail.capture import Client

pytestmark = pytest.mark.slow


def test_what_was_on_the_screen_is_in_the_log_once(chromium: Chromium, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with intake(home) as (url, secret):
        client = Client(url, secret, source="/crm", spool=tmp_path / "spool")
        crm = Crm(tmp_path / "views", client)
        ivo = Person(chromium, crm, "ivo")
        try:
            tab = ivo.tab("/lead/L-1")
            time.sleep(1.5)
            tab.click("#next")
            tab.wait("location.pathname === '/lead/L-2'")
            time.sleep(0.7)
            tab.run("fetch('/lead/L-3').then((reply) => reply.text())")
            tab.close()
            ends = told(home, "record.left", 2)
            crm.half_a_minute_later()
            (served,) = told(home, "record.served", 1)
        finally:
            chromium.forget(ivo.context)
            crm.close()
            client.close()
    openings = in_the_log(home, "record.viewed")
    assert [(one["agent"], one["subject"], one["seen"]) for one in openings] == [
        ("ivo", "L-1", "true"),
        ("ivo", "L-2", "true"),
    ]
    assert [one["view"] for one in ends] == [f"/crm#{one['id']}" for one in openings]
    assert [round(one["dwell_ms"], -3) for one in ends] == pytest.approx([2_000, 1_000], abs=1_000)
    assert served["subject"] == "L-3"
    assert in_the_log(home, "identity.conflicted") == []
