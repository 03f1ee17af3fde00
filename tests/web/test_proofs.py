"""Each clause of a finding shows the entries that prove it, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from viewtrail.finding import Finding
from viewtrail.measure.counts import WINDOW
from viewtrail.store.asking import Questions
from viewtrail.store.asking_rows import Row

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[..., "Client"]


def rows_of(page: str) -> int:
    """Entries in the table of proofs."""
    table = page.partition('id="proof"')[2].partition("</section>")[0]
    return len(re.findall(r"<tr><td", table))


def opened(time: int, record: str) -> Row:
    return replace(BLANK, index=time, known=time, time=time, record=record)


UNTOLD = dict.fromkeys(Row.__slots__)
BLANK = Row(
    **{**UNTOLD, "index": 0, "known": 0, "time": 0, "type": "record.viewed", "source": "/crm", "data": {}}
)  # type: ignore[arg-type]


@given(
    acts=st.lists(st.tuples(st.integers(0, 4 * WINDOW), st.sampled_from("abcdef")), min_size=1, max_size=40)
)
def test_no_window_has_more_records_than_the_busiest(site: Path, acts: list[tuple[int, str]]) -> None:
    from viewtrail.web.findings.proofs import busiest

    rows = [opened(time, record) for time, record in acts]
    found = busiest(rows)
    assert max(row.time for row in found) - min(row.time for row in found) < WINDOW
    most = max(
        len({row.record for row in rows if start <= row.time < start + WINDOW})
        for start in {row.time for row in rows}
    )
    assert len({row.record for row in found}) == most


def test_the_busiest_window_is_less_than_the_whole(signed_in: SignIn, finding: Finding, writer: Path) -> None:
    client = signed_in("compliance")
    whole = client.get(f"/findings/{finding.id}?entries=all").content.decode()
    assert rows_of(whole) == len(finding.entries)
    peak = client.get(f"/findings/{finding.id}?proof=peak&entries=all").content.decode()
    assert "The busiest 40 minutes of them" in peak
    assert 0 < rows_of(peak) < len(finding.entries)


def test_a_reason_leads_to_the_openings_that_have_it(
    signed_in: SignIn, finding: Finding, writer: Path
) -> None:
    client = signed_in("compliance")
    page = client.get(f"/findings/{finding.id}").content.decode()
    assert "proof=reason%3Anone+on+file#entries" in page
    none = client.get(f"/findings/{finding.id}?proof=reason:none on file&entries=all").content.decode()
    assert entries_of(none) == without_reason(writer, finding)
    assert rows_of(none) == len(entries_of(none)) >= finding.reasons["none on file"] > 0


def entries_of(page: str) -> list[str]:
    """The entries in the table of proofs, in its order."""
    table = page.partition('id="proof"')[2].partition("</section>")[0]
    return re.findall(r'href="/entries/([0-9]+)"', table)


def without_reason(home: Path, finding: Finding) -> list[str]:
    """The openings of the finding's day, 04:00 to 04:00 of the company's clock, with no reason on file."""
    assert finding.agent
    began = datetime.fromtimestamp(finding.first_at / 1e6, ZoneInfo("Europe/Nicosia")) - timedelta(hours=4)
    start = began.replace(hour=4, minute=0, second=0, microsecond=0)
    with Questions(home) as ask:
        span = [int(t.timestamp()) * 1_000_000 for t in (start, start + timedelta(days=1))]
        rows = ask.agent_entries(finding.agent, *span, about=False)
        why = ask.reasons(rows)
    return [str(row.index) for row in rows if why.get(row.index) == ("none on file",)]


def test_an_unknown_proof_shows_them_all(signed_in: SignIn, finding: Finding, writer: Path) -> None:
    for name in ("", "nothing", "reason:", "reason:<script>"):
        answer = signed_in("compliance").get(f"/findings/{finding.id}", {"proof": name})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().partition('id="proof"')[2]


def test_a_colleagues_leave_is_no_reason_that_everybody_reads(
    signed_in: SignIn, finding: Finding, writer: Path
) -> None:
    from types import SimpleNamespace

    from viewtrail.finding import Reader
    from viewtrail.web.visit import Visit

    told = SimpleNamespace(
        questions=SimpleNamespace(reasons=lambda rows: {1: ("absent", "contact")}), reader=Reader(hr=False)
    )
    assert Visit.reasons(told, [])[1] == "other, contact"  # type: ignore[arg-type]
    told.reader = Reader(hr=True)
    assert Visit.reasons(told, [])[1] == "absent, contact"  # type: ignore[arg-type]
