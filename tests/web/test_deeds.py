"""What was done is said in plain words, and the type of the event stays with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from viewtrail.event.meanings import MEANINGS
from viewtrail.store.asking_rows import Row
from viewtrail.web.deeds import WORDS, what

PLAIN = Row(
    **dict.fromkeys(
        "agent subject record_kind via dwell_s active_s field reason talk_s answered direction rows amount "
        "currency value_band".split()
    ),
    index=7,
    known=0,
    time=1_774_600_000_000_000,
    type="record.viewed",
    source="/crm",
    data={},
)  # type: ignore[arg-type]


def test_every_type_of_event_has_words_and_no_code_among_them() -> None:
    assert set(WORDS) == set(MEANINGS)
    for kind, words in WORDS.items():
        assert kind not in words
        assert not set("._") & set(words)
    assert what("coffee.poured") == "coffee.poured", "what this release does not know is not hidden"


def test_the_words_keep_the_type_and_nothing_of_a_field_is_markup(site: Path) -> None:
    from viewtrail.web.templatetags import deeds

    revealed = replace(PLAIN, type="contact.revealed", field="<b>phone")
    assert deeds.what(revealed) == '<span title="contact.revealed">had a contact shown</span>: &lt;b&gt;phone'
    assert deeds.what(revealed, False) == '<span title="contact.revealed">had a contact shown</span>'
    assert "&quot;&gt;x" in deeds.what(replace(PLAIN, type='">x'))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"via": "list"}, "from list"),
        ({"type": "call.ended", "direction": "in", "answered": True}, "in, answered"),
        ({"type": "call.ended", "direction": "out", "answered": False}, "out, not answered"),
        ({"type": "call.ended", "direction": "out"}, "out, answer not known"),
        ({"type": "call.started", "direction": "out"}, "out"),
        ({"type": "export.created", "rows": 1200}, "1,200 rows"),
        ({"via": "<i>"}, "from &lt;i&gt;"),
        ({}, ""),
    ],
)
def test_how_it_was_done(site: Path, told: dict[str, object], said: str) -> None:
    from viewtrail.web.templatetags import deeds

    assert deeds.how(replace(PLAIN, **told), unsaid=True) == said  # type: ignore[arg-type]


def test_a_row_of_a_day_has_all_its_cells_and_no_markup_of_what_was_told(site: Path) -> None:
    from viewtrail.web import names
    from viewtrail.web.templatetags import deeds

    visit = SimpleNamespace(names=names.Shown({}, {}))
    viewer = SimpleNamespace(time_zone="Europe/London")
    row = replace(
        PLAIN, record="r-aaaaaaaaaaaaaaaa", reason="<script>", dwell_s=61.0, dwell_is_least=True, via="list"
    )
    page = deeds.day({"visit": visit, "viewer": viewer}, [(row, "assigned"), (PLAIN, "task")], "Asia/Tokyo")
    first, second = page.splitlines()
    assert first.startswith('<tr id="e-7">')
    assert first.count("<td") == second.count("<td") == 7
    assert 'href="/records/r-aaaaaaaaaaaaaaaa"' in first
    assert "&lt;script&gt;" in first
    assert "<script>" not in first
    assert "at least 1 min 01 s" in first
    assert "17:26:40 <small>(agent)</small> 08:26:40" not in first, "seconds are the agent's clock's"
    assert ">task<" in second
    assert 'href="/entries/7"' in second
