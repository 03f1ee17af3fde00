"""`viewtrail common`: of the records that were taken, the one who opened them stands first."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.commands import environment, jsonl, line, viewtrail
from viewtrail.store import open_reader
from viewtrail.stories import only


@pytest.fixture(scope="module")
def episode() -> tuple[str, tuple[str, ...]]:
    (told,) = only("forty_seven_in_an_hour", history_days=42).episodes
    return told.agent, told.records


def test_who_took_the_records_stands_first(theft: Path, episode: tuple[str, tuple[str, ...]]) -> None:
    agent, records = episode
    done = viewtrail("common", *records[:20], home=theft)
    assert done.code == 0, done.err
    with open_reader(theft) as reader:
        name = reader.pseudonym("a", agent)
    head, first, *_ = done.out.splitlines()
    assert head.split()[:4] == ["agent", "opened", "revealed", "called"]
    assert first.split()[:2] == [name, "20"]
    assert "below 1 in a million" in first
    assert agent not in done.out
    assert not any(record in done.out for record in records)


def test_as_json_lines_and_from_stdin(theft: Path, episode: tuple[str, tuple[str, ...]]) -> None:
    _, records = episode
    args = [sys.executable, "-m", "viewtrail", "common", "--format", "jsonl", "-"]
    told = subprocess.run(
        args,
        input="\n".join(records[:12]) + "\n\n",
        capture_output=True,
        text=True,
        env=environment(VIEWTRAIL_HOME=str(theft)),
    )
    assert told.returncode == 0, told.stderr
    found = [json.loads(text) for text in told.stdout.splitlines()]
    assert found[0]["opened"] == found[0]["asked"] == 12
    assert found[0]["expected"] < 6
    assert len(found[0]["records"]) == 12
    assert all(re.fullmatch("r-[a-z2-7]{16}", record) for record in found[0]["records"])
    again = viewtrail("common", "--format", "jsonl", *found[0]["records"], home=theft)
    assert again.out == told.stdout  # pseudonyms in, the same out


def test_source_ids_are_given_and_that_is_logged_first(
    theft: Path, episode: tuple[str, tuple[str, ...]]
) -> None:
    agent, records = episode
    with open_reader(theft) as reader:
        before = reader.size
    done = viewtrail("common", "--ids", "source", "--format", "jsonl", *records[:8], home=theft)
    first = json.loads(done.out.splitlines()[0])
    assert (first["agent"], set(first["records"])) == (agent, set(records[:8]))
    with open_reader(theft) as reader:
        assert reader.size == before + 1
        event = reader.entry(before).entry.event
        assert (event.type, event.data["what"]) == ("identity.unmasked", "records-in-common")
        latest = reader.latest_checkpoint()
        assert latest is not None
        assert latest.size == before + 1


def test_without_keys_only_pseudonyms_can_be_asked_about(
    theft: Path, episode: tuple[str, tuple[str, ...]]
) -> None:
    _, records = episode
    with open_reader(theft) as reader:
        names = [reader.pseudonym("r", record) for record in records[:6]]
    (theft / "keys" / "tenant.key").unlink()
    assert viewtrail("common", *names, home=theft).code == 0
    for args in ((records[0],), ("--ids", "source", *names)):
        done = viewtrail("common", *args, home=theft)
        assert (done.code, "keys are not readable" in done.err) == (3, True)


def test_too_few_never_met_and_nobody(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = jsonl(tmp_path / "crm.jsonl", [line(n) for n in range(300)])
    assert viewtrail("import", file, home=home).code == 0
    few = viewtrail("common", "L-1", "L-2", "L-none", home=home)
    assert few.code == 0
    assert "3 records are too few to say" in few.out
    assert "1 of 3 records never met in this log: L-none" in few.err
    nobody = viewtrail("common", "L-none", "=cmd()", home=home)
    assert "nobody opened" in nobody.out
    assert viewtrail("common", "L-1", "--format", "csv", home=home).code == 3
    assert viewtrail("common", home=home).code == 3


def test_there_has_to_be_a_log(tmp_path: Path) -> None:
    done = viewtrail("common", "L-1", home=tmp_path)
    assert (done.code, "there is no log here" in done.err) == (3, True)
