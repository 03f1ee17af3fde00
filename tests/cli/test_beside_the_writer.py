"""Commands that add to the log while its writer runs go through it, and say and leave the same."""

from __future__ import annotations

import json
from pathlib import Path

from cli.commands import jsonl, line, viewtrail
from viewtrail.store import open_reader, verify_home
from web.intake.running import openings, running


def test_an_import_while_the_intake_takes_events_loses_none_of_either(tmp_path: Path) -> None:
    good = [line(n) for n in range(3_000)]
    file = jsonl(tmp_path / "crm.jsonl", [*good[:1_500], "not json", *good[1_500:], good[0]])
    with running(tmp_path / "home", "/live") as intake:
        live = [{**one, "source": "/live"} for one in openings(50)]
        assert intake.post(live).json()["accepted"] == 50
        done = viewtrail("import", file, home=intake.home)
        assert done.code == 0, done.err
        assert "3,002 read, 3,000 added, 1 repeated, 1 set aside" in done.out
        assert "crm.jsonl:1501" in done.out
        assert "the log has 3,051 entries, 3,051 signed" in done.out
        assert intake.post(live[:1]).json()["results"][0]["outcome"] == "repeated"
        again = viewtrail("import", file, home=intake.home)
        assert "0 added, 3,001 repeated, 1 set aside" in again.out
        with open_reader(intake.home) as reader:
            history = [one.entry.backfill for one in reader.read() if one.entry.event.source == "/crm"]
            assert history == [True] * 3_000
            (item,) = reader.set_aside()
            assert reader.open_set_aside(item) == b"not json"
        intake.stop()
    assert verify_home(tmp_path / "home").integrity.good


def test_names_are_taken_off_through_the_running_writer_and_logged_there(theft: Path) -> None:
    with running(theft) as intake:
        done = viewtrail("findings", "--format", "jsonl", "--ids", "source", home=intake.home)
        assert done.code == 0, done.err
        finding = json.loads(done.out.splitlines()[0])
        assert not finding["agent"].startswith("a-") or len(finding["agent"]) != 18
        with open_reader(intake.home) as reader:
            last = reader.entry(reader.size - 1).entry.event
            assert last.type == "identity.unmasked"
            signed = reader.latest_checkpoint()
            assert signed is not None
            assert signed.size == reader.size


def test_a_log_that_is_open_elsewhere_without_a_writer_to_ask_is_a_clear_line(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", [line(1)])
    with running(tmp_path / "home") as intake:
        (intake.home / "writer.sock").unlink()
        done = viewtrail("import", file, home=intake.home)
        assert done.code == 3
        assert "another process is writing to this log" in done.err
