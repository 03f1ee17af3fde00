"""What can be judged by one source: no pattern is forgotten, and none is called judged without its events."""

from __future__ import annotations

import pytest

from support import ROOT
from viewtrail.app.connect_judged import COUNTED, counted, judged, page
from viewtrail.event import VOCABULARY
from viewtrail.measure.reasons import FEEDS
from viewtrail.patterns.base import discovered
from viewtrail.sources.connectors import found


@pytest.mark.parametrize("pattern", discovered(), ids=lambda one: one.name)
def test_every_count_of_a_pattern_is_a_count_of_something_known(pattern):
    for signal in pattern.signals:
        assert any(signal.count.startswith(begins) for begins in COUNTED), signal.count
        assert counted(signal.count) in VOCABULARY


def test_calls_alone_judge_short_calls_and_nothing_that_needs_openings():
    told = {one.pattern: one for one in judged(("call.ended", "client.contacted"))}
    assert told["short-calls"].how == "fully"
    assert told["unexplained-openings"].how == "not judged"
    assert told["unexplained-openings"].lacks == ("record.viewed",)


def test_openings_without_the_feeds_of_their_reasons_are_judged_in_part():
    told = {one.pattern: one for one in judged(("record.viewed", "record.left"))}
    assert told["unexplained-openings"].how == "partly"
    assert any(lack.startswith("assignment") for lack in told["unexplained-openings"].lacks)


def test_all_feeds_together_judge_everything():
    types = {
        "record.viewed",
        "record.left",
        "record.served",
        "contact.revealed",
        "export.created",
        "list.viewed",
    }
    types |= {name for feed in FEEDS.values() for name in feed}
    assert {one.how for one in judged(types)} == {"fully"}


def test_the_page_has_every_connector_and_is_up_to_date():
    told = page()
    assert all(f"| `{name}` |" in told for name in found())
    assert (ROOT / "docs" / "reference" / "connectors.md").read_text() == told, "run `make reference`"
