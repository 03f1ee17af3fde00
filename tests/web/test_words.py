"""How a page says things: clauses, times on two clocks, numbers, pseudonyms."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.web.findings.words import clauses, proved


def test_a_claim_falls_into_clauses_that_lead_to_its_proof() -> None:
    claim = (
        "a-1 opened 80 records between 14:02 and 14:41; 80 in 40 minutes, each open for 6 s (median of 80)."
    )
    assert [one.text for one in clauses(claim, "#entries")] == [
        "a-1 opened 80 records between 14:02 and 14:41;",
        " 80 in 40 minutes,",
        " each open for 6 s (median of 80).",
    ]


def test_each_clause_of_a_claim_leads_to_its_own_entries() -> None:
    claim = "a-1 opened 80 records; 70 in 40 minutes, each open for 6 s (median of 80)."
    assert [one.to for one in proved(claim)] == [
        "?proof=all#entries",
        "?proof=peak#entries",
        "?proof=open#entries",
    ]


@given(st.text(alphabet="ab ;,each open"))
def test_no_word_of_a_claim_is_lost(text: str) -> None:
    assert "".join(one.text for one in clauses(text, "#x")) == text


def test_a_time_is_written_for_both_clocks(site: Path) -> None:
    from viewtrail.web.templatetags.told import moment, written

    summer = 1_774_600_000_000_000  # 27 March 2026 08:26:40 UTC
    assert written(summer, "Europe/Nicosia", "Europe/London") == ("27 Mar 10:26", "08:26")
    assert written(summer, "Europe/Nicosia", "Europe/Athens") == ("27 Mar 10:26", ""), (
        "the same clock is said once"
    )
    assert written(summer, "Asia/Tokyo", "America/New_York") == ("27 Mar 17:26", "04:26")
    assert written(1_774_650_000_000_000, "Asia/Tokyo", "UTC") == ("28 Mar 07:20", "27 Mar 22:20"), (
        "another day"
    )
    assert written(summer, "Not/AZone", "UTC") == ("27 Mar 08:26", "")
    context = {"viewer": SimpleNamespace(time_zone="Europe/London")}
    told = moment(context, summer, "Europe/Nicosia")
    assert 'title="2026-03-27 08:26:40 UTC"' in told
    assert 'datetime="2026-03-27T08:26:40Z"' in told
    assert "–" in moment(context, None)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0, "0"),
        (1234567, "1,234,567"),
        (12.0, "12"),
        (566.5, "566"),
        (3.25, "3.2"),
        (0.04, "0.04"),
    ],
)
def test_numbers_are_written_as_people_write_them(site: Path, value: float | None, said: str) -> None:
    from viewtrail.web.templatetags.told import number

    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (6.2, "6 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3720, "1 h 02 min")]
)
def test_durations_are_said_as_one_reads_them_aloud(site: Path, value: float | None, said: str) -> None:
    from viewtrail.web.templatetags.told import seconds

    assert seconds(value) == said


def test_what_a_source_wrote_cannot_write_on_the_page(site: Path) -> None:
    from viewtrail.web.names import Shown
    from viewtrail.web.templatetags.told import plain

    evil = "<script>alert(1)</script> a-" + "b" * 16
    shown = Shown({"a-" + "b" * 16: "<b>Ivo</b>"}, {})
    told = plain({"visit": SimpleNamespace(names=shown)}, evil)
    assert "<script>" not in told
    assert "&lt;b&gt;Ivo&lt;/b&gt;" in told
