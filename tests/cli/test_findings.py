"""`viewtrail replay` and `findings`: the told theft is there, in every form, for whoever may see it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from cli.commands import jsonl, line, viewtrail
from viewtrail.app.findings import COLUMNS, flat
from viewtrail.store import open_log, open_reader

PSEUDONYM = re.compile(r"\b[ar]-[a-z2-7]{16}\b")


def test_a_replay_says_what_came_of_it(theft: Path) -> None:
    again = viewtrail("replay", home=theft)
    assert re.search(r"([\d,]+) entries folded, \1 of them by an earlier run in [\d.]+ seconds", again.out)
    done = viewtrail("rebuild", home=theft)
    assert done.code == 0
    assert re.search(r"[\d,]+ entries folded in [\d.]+ seconds", done.out)
    assert done.out.splitlines()[1:] == again.out.splitlines()[1:]
    assert re.search(r"findings: [1-9]\d* opened, [1-9]\d* confirmed, \d+ withdrawn", done.out)


def test_out_holds_transitions_and_findings_and_the_log_is_left_alone(theft: Path, tmp_path: Path) -> None:
    with open_reader(theft) as reader:
        before = reader.size, reader.root()
    assert viewtrail("replay", "--out", tmp_path / "out.jsonl", home=theft).code == 0
    lines = [json.loads(text) for text in (tmp_path / "out.jsonl").read_text().splitlines()]
    found = [one for one in lines if one["line"] == "finding"]
    opened = [
        one["finding"]["id"] for one in lines if one["line"] == "transition" and one["kind"] == "opened"
    ]
    assert {one["id"] for one in found} == set(opened)
    with open_reader(theft) as reader:
        assert (reader.size, reader.root()) == before


def test_from_and_to_limit_what_is_told_and_not_what_is_folded(theft: Path, tmp_path: Path) -> None:
    whole, part, none = (tmp_path / name for name in ("whole", "part", "none"))
    viewtrail("replay", "--out", whole, home=theft)
    viewtrail("replay", "--from", "2026-03-11", "--to", "2026-03-13", "--out", part, home=theft)
    viewtrail("replay", "--from", "2027-01-01", "--out", none, home=theft)
    assert none.read_text() == ""
    told = part.read_text().splitlines()
    assert told
    assert set(told) <= set(whole.read_text().splitlines())
    assert "a-" in viewtrail("findings", home=theft).out, "the projections hold all of it"


def test_a_span_that_ends_before_it_starts_and_a_day_that_is_none(theft: Path) -> None:
    wrong = viewtrail("replay", "--from", "2026-03-11", "--to", "2026-03-10", home=theft)
    assert (wrong.code, "is not after" in wrong.err) == (3, True)
    wrong = viewtrail("replay", "--from", "yesterday", home=theft)
    assert (wrong.code, "neither a date nor a time" in wrong.err) == (3, True)


def test_another_engine_names_the_next_step(theft: Path) -> None:
    done = viewtrail("replay", "--engine", "spark", home=theft)
    assert done.code == 3
    assert "leave it out" in done.err


def test_the_table_tells_claim_usual_reasons_and_what_speaks_against(replayed: Path) -> None:
    done = viewtrail("findings", home=replayed)
    assert done.code == 0
    for label in ("claim ", "usual ", "reasons ", "against ", "ordinary ", "context "):
        assert f"  {label}" in done.out
    assert max(map(len, done.out.splitlines())) <= 110
    assert "a-104" not in done.out


def test_nothing_about_somebody_whom_the_log_never_met_is_said_to_be_that(theft: Path) -> None:
    met = viewtrail("findings", "--agent", "a-104", home=theft)
    assert "HIGH" in met.out
    assert "never met" not in met.err
    for agent in ("A-104", "a-" + "a" * 16):
        unmet = viewtrail("findings", "--agent", agent, home=theft)
        assert unmet.out == "no findings\n"
        assert f"--agent: {agent!r} was never met in this log" in unmet.err
    quiet = viewtrail("findings", "--agent", "a-900", home=theft)
    assert (quiet.out, "never met" in quiet.err) == ("no findings\n", False)


def test_a_queue_that_is_none_names_those_there_are(theft: Path) -> None:
    done = viewtrail("findings", "--queue", "foo", home=theft)
    assert done.code == 3
    assert "Invalid value for '--queue': 'foo' is not one of 'access', 'calls'" in done.err


def test_jsonl_is_the_public_form(replayed: Path) -> None:
    found = [
        json.loads(text)
        for text in viewtrail("findings", "--format", "jsonl", home=replayed).out.splitlines()
    ]
    assert found
    assert all(one["status"] in ("open", "confirmed") for one in found)
    assert all(PSEUDONYM.fullmatch(one["agent"]) for one in found)
    every = viewtrail("findings", "--format", "jsonl", "--all", home=replayed).out.splitlines()
    assert len(every) >= len(found)


def test_csv_has_the_same_findings(replayed: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(viewtrail("findings", "--format", "csv", home=replayed).out)))
    found = viewtrail("findings", "--format", "jsonl", home=replayed).out.splitlines()
    assert [row["id"] for row in rows] == [json.loads(text)["id"] for text in found]


def test_no_cell_of_the_csv_is_a_formula() -> None:
    for evil in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"):
        finding = dict.fromkeys(COLUMNS, "") | {
            "agent": evil,
            "agents": [evil],
            "reasons": {evil: 1},
            "score": -1.5,
        }
        cells = dict(zip(COLUMNS, flat(finding), strict=True))
        assert [str(cells[name])[0] for name in ("agent", "agents", "reasons")] == ["'"] * 3
        assert cells["score"] == -1.5


def test_source_ids_stand_in_every_field_and_the_look_is_logged(theft: Path) -> None:
    before = viewtrail("findings", "--format", "jsonl", home=theft).out
    agent = json.loads(before.splitlines()[0])["agent"]
    done = viewtrail("findings", "--format", "jsonl", "--ids", "source", home=theft)
    assert done.code == 0
    one = json.loads(done.out.splitlines()[0])
    assert one["agent"] == "a-104"
    assert "a-104" in one["claim"]
    assert not PSEUDONYM.search(done.out)
    with open_reader(theft) as reader:
        last = next(reader.read(reader.size - 1)).entry.event
        assert (last.source, last.type) == ("viewtrail", "identity.unmasked")
        assert reader.resolve(last.data["agent"])
        assert last.data["what"] == "findings"
        assert reader.detail(reader.size - 1)
    again = viewtrail("findings", "--format", "jsonl", home=theft)
    assert again.out == before
    assert again.err == "", "the look itself does not make the findings old"
    assert agent in before


def test_one_agent_by_pseudonym_or_by_the_sources_id(theft: Path) -> None:
    by_id = viewtrail("findings", "--agent", "a-104", "--format", "jsonl", home=theft).out
    pseudonym = json.loads(by_id.splitlines()[0])["agent"]
    assert viewtrail("findings", "--agent", pseudonym, "--format", "jsonl", home=theft).out == by_id
    assert viewtrail("findings", "--agent", "a-999", home=theft).out == "no findings\n"
    with open_reader(theft) as reader:
        kinds = [logged.entry.event.data.get("about") for logged in reader.read(reader.size - 2)]
        assert [reader.resolve(about) for about in kinds if about] == ["a-104", "a-999"]


def test_since_leaves_out_what_was_over(theft: Path) -> None:
    assert viewtrail("findings", "--since", "2026-04-30", home=theft).out == "no findings\n"
    assert "claim" in viewtrail("findings", "--since", "2026-03-11", home=theft).out


def test_one_queue_alone(theft: Path) -> None:
    every = [
        json.loads(one) for one in viewtrail("findings", "--format", "jsonl", home=theft).out.splitlines()
    ]
    access = viewtrail("findings", "--queue", "access", "--format", "jsonl", home=theft).out.splitlines()
    assert [json.loads(one) for one in access] == [one for one in every if one["queue"] == "access"]
    assert access
    assert viewtrail("findings", "--queue", "dance", home=theft).code == 3


def test_source_ids_need_the_key(theft: Path) -> None:
    (theft / "keys" / "master.key").unlink()
    done = viewtrail("findings", "--ids", "source", home=theft)
    assert (done.code, done.out) == (3, "")
    assert "master.key: the key cannot be read" in done.err
    assert viewtrail("findings", home=theft).code == 0, "pseudonyms need none"


def test_no_entry_no_names(theft: Path) -> None:
    with open_log(theft):
        done = viewtrail("findings", "--ids", "source", home=theft)
    assert (done.code, done.out) == (3, "")
    assert "another process is writing" in done.err


def test_findings_say_when_the_log_has_gone_on(theft: Path, tmp_path: Path) -> None:
    viewtrail(
        "import", jsonl(tmp_path / "more.jsonl", [line(n, source="/more") for n in range(3)]), home=theft
    )
    assert "3 entries came since these findings were made" in viewtrail("findings", home=theft).err


def test_before_a_replay_there_are_no_findings(home: Path, tmp_path: Path) -> None:
    assert "there is no log here" in viewtrail("findings", home=home).err
    assert viewtrail("replay", home=home).code == 3
    viewtrail("import", jsonl(tmp_path / "crm.jsonl", [line(1)]), home=home)
    asked = viewtrail("findings", home=home)
    assert asked.code == 3
    assert "viewtrail replay" in asked.err
    assert viewtrail("replay", home=home).code == 0
    assert viewtrail("findings", home=home).out == "no findings\n"


def test_rebuild_gives_the_projections_back_to_the_byte(theft: Path) -> None:
    before = (theft / "projections.db").read_bytes()
    (theft / "projections.db").unlink()
    done = viewtrail("rebuild", home=theft)
    assert done.code == 0
    assert (theft / "projections.db").read_bytes() == before
    (theft / "projections.db").write_bytes(b"not a database at all")
    assert "viewtrail rebuild" in viewtrail("findings", home=theft).err
    assert viewtrail("rebuild", home=theft).code == 0
    assert (theft / "projections.db").read_bytes() == before


def test_findings_of_another_log_are_not_shown_as_this_ones(theft: Path, home: Path, tmp_path: Path) -> None:
    viewtrail("import", jsonl(tmp_path / "crm.jsonl", [line(1)]), home=home)
    (home / "projections.db").write_bytes((theft / "projections.db").read_bytes())
    done = viewtrail("findings", home=home)
    assert (done.code, done.out) == (3, "")
    assert "made from another log" in done.err
