"""The examples in the documentation of imports run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from viewtrail.sources import mapping, read_mapping
from viewtrail.sources.cells import CHANGES, SECONDS
from viewtrail.sources.connectors import xes
from viewtrail.sources.mapping import parse_mapping

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE)


def test_the_events_on_the_page_are_events(told):
    page = "how-to/import-files.md"
    assert told(blocks(page, "jsonl")[0], "events.jsonl").ids == ["v1"]
    assert told(blocks(page, "csv")[0], "events.csv").events[0].data["dwell_ms"] == 12_500


def test_the_table_on_the_page_is_read_with_its_mapping(tmp_path, monkeypatch, capsys):
    page = "how-to/import-files.md"
    (tmp_path / "calls.csv").write_text(blocks(page, "csv")[1])
    (tmp_path / "calls.toml").write_text(blocks(page, "toml")[0])
    monkeypatch.chdir(tmp_path)
    exec(blocks(page, "python")[0], {})
    shown = capsys.readouterr().out
    assert "call.ended L-1 {" in shown
    for told in (
        "'agent': 'crm-17'",
        "'direction': 'out'",
        "'talk_ms': 390000",
        "'answered': False",
        "read=2",
    ):
        assert told in shown


def test_the_reference_shows_a_mapping_that_works(told):
    [text] = blocks("reference/mapping.md", "toml")
    rows = "2026-03-02 09:00:00;7;L-1;Chrome;/list;2026-03-02 09:00:09\n2026-03-02 09:00:00;-;L-1;x;/list;-\n"
    rows += "2026-03-02 09:00:00;-;L-1;x;/health;-\n2026-03-02 09:01:00;7;L-2;x;/health;\n"
    found = told(rows, "views.csv", parse_mapping(text, "map.toml"))
    assert [event.type for event in found.events] == ["record.viewed", "record.left"]
    assert found.events[1].data["dwell_ms"] == 9_000
    assert len(found.aside) == 2
    assert found.tally.not_mapped == {"a health check": 1}


@pytest.mark.parametrize("path", sorted((DOCS / "how-to").glob("*.toml")), ids=lambda path: path.name)
def test_each_mapping_that_is_shipped_is_valid(path):
    assert read_mapping(path).events


def test_every_key_of_a_mapping_is_in_the_reference():
    page = (DOCS / "reference/mapping.md").read_text()
    for key in {*mapping.TOP, *mapping.EVENT, *mapping.RULE, *CHANGES, *SECONDS, "hh:mm:ss"}:
        assert key in page, key
    assert parse_mapping(xes.DEFAULT, "default").events
