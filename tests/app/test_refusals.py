"""What the beacon's end refuses is counted, kept and shown."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

import pytest

from app.living import HOUR, MINUTE, end, line_with, start, writer
from cli.commands import viewtrail
from viewtrail.app.refusals import OTHER, REASONS, Refusals, refused

NOW = 1_775_000_000_000_000


def test_they_are_counted_by_reason_for_a_day_and_survive_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "beacon"
    for n, why in enumerate(["no site", "no rule", "no site"]):
        Refusals(folder).note(why, NOW + n * MINUTE)
    assert refused(tmp_path, NOW + HOUR) == {"no site": 2, "no rule": 1}
    assert refused(tmp_path, NOW + 25 * HOUR) == {}
    held = Refusals(folder)
    held.note("later", NOW + 60 * HOUR)
    assert "no site" not in (folder / "refused.json").read_text(), "what is older than two days goes"


def test_reasons_from_outside_do_not_fill_the_memory(tmp_path: Path) -> None:
    held = Refusals(tmp_path / "beacon")
    for n in range(REASONS + 30):
        held.note(f"reason {n}", NOW + n)
    held.keep(NOW + MINUTE)
    found = refused(tmp_path, NOW)
    assert len(found) == REASONS + 1
    assert found[OTHER] == 30


@pytest.mark.parametrize("text", ["", "[]", '{"1": 2}', "{"])
def test_a_file_that_cannot_be_read_counts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "beacon").mkdir()
    (tmp_path / "beacon" / "refused.json").write_text(text)
    assert refused(tmp_path, NOW) == {}


def test_status_tells_what_a_running_beacon_refused(tmp_path: Path) -> None:
    with writer(tmp_path):
        process = start("viewtrail.web.beacon", "--home", str(tmp_path), "--port", "0")
        try:
            port = int(line_with(process, "beacon http").split()[2].rpartition(":")[2])
            for _ in range(25):
                wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                wire.request(
                    "POST", "/b/signal", b'[{"site": "nobody"}]', {"Content-Type": "application/json"}
                )
                assert wire.getresponse().status == 404
                wire.close()
        finally:
            end(process)
        assert refused(tmp_path, time.time_ns() // 1000) == {"the site is not known": 25}
        said = viewtrail("status", home=tmp_path).out
    assert "the beacon: 25 signals refused in 24 hours, 25 of them: the site is not known" in said
