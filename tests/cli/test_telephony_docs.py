"""The tables, rows and mappings on the pages about telephones do what the pages say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.commands import viewtrail
from support import ROOT

HOW_TO = ROOT / "docs" / "how-to"


def blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """A folder with a home in which the page about people was followed."""
    place = tmp_path_factory.mktemp("office")
    people, numbers, book = blocks("connect-people-and-numbers.md", "csv")
    for name, text in (("people.csv", people), ("numbers.csv", numbers), ("book.csv", book)):
        (place / name).write_text(text)
    said = [
        run(place, "connect", "people", "people.csv"),
        run(place, "connect", "numbers", "numbers.csv", "--country", "CY"),
        run(place, "connect", "book", "book.csv"),
    ]
    assert "3 agents" in said[0]
    assert "conflict" not in said[0]
    assert "4 numbers of 4 records" in said[1]
    assert "numbers in several records: 1; their calls stay without a record" in said[1]
    assert "2 records" in said[2]
    return place


def run(place: Path, *args: object) -> str:
    done = viewtrail(*args, home=place / "home", cwd=place)
    assert done.code == 0, done.err
    return done.out


def test_the_page_about_asterisk(office):
    (office / "pbx.toml").write_text(blocks("connect-asterisk.md", "toml")[0])
    (office / "Master.csv").write_text(blocks("connect-asterisk.md", "csv")[0])
    tried = run(office, "connect", "try", "Master.csv", "--map", "pbx.toml")
    assert "3 read, 3 events, 0 set aside" in tried
    assert "2 calls: 2 matched to a record" in tried
    assert "3 read, 3 added" in run(office, "import", "Master.csv", "--map", "pbx.toml")
    followed = run(office, "follow", "Master.csv", "--map", "pbx.toml", "--once", "--settle", "0")
    assert "3 read, 0 added, 3 repeated" in followed


def test_the_page_about_3cx(office):
    first, chosen = blocks("connect-3cx.md", "toml")
    (office / "3cx.toml").write_text(first)
    (office / "cdr.log").write_text(blocks("connect-3cx.md", "csv")[0])
    assert "2 read, 3 events, 0 set aside" in run(office, "connect", "try", "cdr.log", "--map", "3cx.toml")
    (office / "chosen.toml").write_text(chosen)
    (office / "chosen.log").write_text(
        "c-1;02.03.2026 09:33:54;;02.03.2026 09:39:31;Ext.211;99123456;;TerminatedBySrc\n"
    )
    told = run(office, "connect", "try", "chosen.log", "--map", "chosen.toml")
    assert "1 read, 1 event, 0 set aside" in told
    assert "1 matched to a record" in told


def test_the_page_about_other_telephone_systems(office):
    """Each mapping on the page reads what stands below it: one call, matched to its record."""
    told = (HOW_TO / "connect-a-telephone-system.md").read_text(encoding="utf-8")
    pairs = re.findall(
        r"^```toml\n(.*?)^```\n.*?^```(?:jsonl|text|csv)\n(.*?)^```", told, re.DOTALL | re.MULTILINE
    )
    assert len(pairs) == told.count("```toml") == 8
    for mapping, rows in pairs:
        (office / "map.toml").write_text(mapping)
        (office / "calls.jsonl").write_text(rows)
        tried = run(office, "connect", "try", "calls.jsonl", "--map", "map.toml")
        assert f"{len(rows.splitlines())} read, 1 event, 0 set aside, 0 skipped" in tried, mapping
        assert "1 matched to a record" in tried or "client.contacted" in tried, mapping


def test_every_hook_on_the_page_can_be_made(office):
    told = (HOW_TO / "connect-a-telephone-system.md").read_text(encoding="utf-8")
    twilio, _, freeswitch = blocks("connect-a-telephone-system.md", "toml")[:3]
    (office / "twilio.toml").write_text(twilio)
    (office / "freeswitch.toml").write_text(freeswitch)
    (office / "auth-token").write_text("0123456789abcdef0123456789abcdef\n")
    lines = re.findall(r"^    viewtrail (connect hook .*)$", told, re.MULTILINE)
    assert len(lines) == 4
    said = [run(office, *line.split()) for line in lines]
    assert said[0] == "https://hooks.example.com/v1/hooks/twilio\n"
    assert re.fullmatch(r"https://hooks.example.com/v1/hooks/fs\nfs:[a-z2-7]{52}\n", said[1])
    assert "fs  freeswitch as /pbx/freeswitch  basic" in said[2]
    assert said[3] == "the hook fs is removed\n"


def test_the_tables_are_kept_as_the_page_says(office):
    folder = office / "home" / "directory"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert json.loads((folder / "people.json").read_text())["version"] == 1
