"""Records, calls, the trail and integrity: what they answer, to whom, and what is written when they do."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from viewtrail.app import verify_job
from viewtrail.finding import Finding

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.slow

SignIn = Callable[..., "Client"]


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_a_record_shows_who_opened_it_and_the_client_gets_no_names(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    record, client = finding.records[0], signed_in("compliance")
    page = text(client, f"/records/{record}?purpose=request-of-a-client")
    assert (finding.agent or "")[:8] in page
    assert '<span title="record.viewed">opened the record</span>' in page
    report = text(client, f"/records/{record}/access-report.csv?purpose=request-of-a-client")
    rows = list(csv.reader(io.StringIO(report)))
    assert rows[0] == ["time (UTC)", "what", "way", "purpose"]
    assert any(row[1] == "record.viewed" for row in rows)
    assert "a-" not in report.replace("access", "")
    text(client, "/records/r-aaaaaaaaaaaaaaaa?purpose=audit", 404)


def test_what_clients_have_in_common_is_the_agent_who_opened_them(
    signed_in: SignIn, writer: Path, finding: Finding
) -> None:
    client = signed_in("compliance")
    answer = client.post("/records", {"records": "\n".join(finding.records)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"{(finding.agent or '')[:8]}" in page
    assert "not who told anybody" in page
    few = client.post("/records", {"records": " ".join(finding.records[:2])}).content.decode()
    assert "too few to say" in few
    assert client.post("/records", {"records": "x " * 2_001}).status_code == 422
    nobody = client.post("/records", {"records": "no-such-record"}).content.decode()
    assert "Nobody is on file" in nobody


@pytest.mark.parametrize("query", ["", "?days=7", "?days=91", "?days=never"])
def test_calls_say_what_is_short_and_of_how_many(signed_in: SignIn, writer: Path, query: str) -> None:
    page = text(signed_in("compliance"), f"/calls{query}")
    assert "Bad list or bad agent?" in page


def test_the_trail_can_be_filtered_and_says_what_it_did_not_understand(
    signed_in: SignIn, writer: Path
) -> None:
    client = signed_in("auditor")
    page = text(client, "/trail?kind=status")
    assert "status.changed" in page
    assert "record.assigned" not in page.split("<tbody>")[1]
    for wrong in ("kind=feeling", "agent=Ivo", "from=yesterday", "from=2026-03-02&to=never"):
        assert 'role="alert"' in text(client, f"/trail?{wrong}", 422)


def test_the_trail_leaves_as_csv_parquet_paper_and_proof_and_each_is_logged(
    signed_in: SignIn, writer: Path
) -> None:
    client = signed_in("auditor")
    rows = list(csv.reader(io.StringIO(text(client, "/trail/export/csv?kind=status"))))
    assert rows[0][:3] == ["index", "leaf_sha256", "time"]
    assert len(rows) > 10
    assert client.get("/trail/export/parquet?kind=status").content[:4] == b"PAR1"
    assert client.get("/trail/export/pdf?kind=status&from=2026-03-09").content[:5] == b"%PDF-"
    pack = zipfile.ZipFile(io.BytesIO(client.get("/trail/export/pack?kind=status&from=2026-03-11").content))
    assert {"README.txt", "check.py", "checkpoint", "key.txt"} <= set(pack.namelist())
    assert client.get("/trail/export/exe").status_code == 404
    assert client.get("/trail/export/csv?record=nobody").status_code == 404
    from viewtrail.app.home import open_home

    with open_home(writer).reader() as log:
        told = [
            one.entry.event.data.get("what")
            for one in log.read(max(0, log.size - 100))
            if one.entry.event.type == "evidence.exported"
        ]
    assert {"trail-csv", "trail-parquet", "trail-pdf", "trail-pack"} <= set(told)


def test_verification_runs_beside_the_page_and_gives_two_verdicts(signed_in: SignIn, writer: Path) -> None:
    client = signed_in("security")
    assert "Verify now" in text(client, "/integrity")
    assert client.post("/integrity").status_code == 302
    until = time.monotonic() + 60
    while (state := verify_job.read(writer)) is None or state.exit_code is None:
        assert time.monotonic() < until, state
        time.sleep(0.1)
    page = text(client, "/integrity")
    assert state.exit_code == 0
    assert "good (nothing was altered)" in page
    assert "no gap in any source" in page
    assert "viewtrail/default" in text(client, "/integrity/checkpoint")


def test_a_verification_that_was_killed_says_that_nothing_is_known(tmp_path: Path) -> None:
    assert verify_job.read(tmp_path) is None
    (tmp_path / verify_job.FILE).write_bytes(b'{"began":1,"done":5,"of":10,"running":true}')
    state = verify_job.read(tmp_path)
    assert state is not None
    assert not state.running
    assert state.exit_code is None
