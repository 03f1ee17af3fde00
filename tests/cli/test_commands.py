"""The rest of the command line: the demo, connect, simulate, its reference, and how it fails."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.commands import environment, jsonl, line, viewtrail
from support import ROOT
from viewtrail.app.serve import LOCK
from viewtrail.store.loop_lock import LoopLock
from viewtrail.stories import tell


def test_the_demo_lists_every_told_episode_with_its_outcome(tmp_path: Path) -> None:
    began = time.monotonic()
    done = viewtrail("demo", "--no-serve", cwd=tmp_path)
    assert done.code == 0, done.err
    assert time.monotonic() - began < 55
    for episode in tell().episodes:
        verdicts = "FOUND|MISSED" if episode.unusual else "left alone|FLAGGED"
        name = episode.name.replace("_", " ")
        assert re.search(
            rf"^({verdicts}): {name} \({episode.agent}, {episode.day}\)$", done.out, re.MULTILINE
        )
    assert "integrity: good" in done.out
    assert "completeness: good" in done.out
    assert (tmp_path / "demo-data" / "projections.db").exists()
    again = viewtrail("findings", "--home", "demo-data", cwd=tmp_path)
    assert (again.code, again.err) == (0, "")


def test_the_demo_replaces_nothing_but_a_demo(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "log.db").write_text("precious")
    done = viewtrail("demo", "--no-serve", "--home", tmp_path / "mine")
    assert done.code == 3
    assert "was not made by a demo" in done.err
    assert (tmp_path / "mine" / "log.db").read_text() == "precious"


def test_a_demo_that_somebody_looks_at_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "made-by-viewtrail-demo").write_text("")
    (tmp_path / "log.db").write_text("in use")
    with LoopLock(tmp_path, LOCK, what="", next=""):
        done = viewtrail("demo", "--no-serve", "--home", tmp_path)
    assert done.code == 3
    assert "a demo is at work in it; stop that one first" in done.err
    assert (tmp_path / "log.db").read_text() == "in use"


def test_a_home_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for command in ("findings", "status", "replay", "verify"):
        done = viewtrail(command, home=tmp_path / "file")
        assert (done.code, "is a file; a data directory is a folder" in done.err) == (3, True), done.err
    done = viewtrail("findings", home=tmp_path / "nowhere")
    assert (done.code, "there is no log here; check --home" in done.err) == (3, True)
    assert not (tmp_path / "nowhere").exists()


def test_connect_lists_and_explains_every_kind() -> None:
    listed = viewtrail("connect", "list").out
    for kind in ("jsonl", "json", "csv", "parquet", "xes"):
        assert re.search(rf"^{kind}\b", listed, re.MULTILINE)
        told = viewtrail("connect", "explain", kind)
        assert (told.code, told.out.startswith(f"{kind}: ")) == (0, True)
    assert viewtrail("connect", "explain", "fax").code == 3


def test_connect_try_tells_what_is_in_a_file_and_imports_nothing(home: Path, tmp_path: Path) -> None:
    odd = [*(line(n) for n in range(20)), line(21, type="coffee.brewed"), "{", {**line(22), "sequence": None}]
    done = viewtrail("connect", "try", jsonl(tmp_path / "crm.jsonl", odd), home=home)
    assert done.code == 0
    assert "23 read, 22 events, 1 set aside" in done.out
    assert "crm.jsonl:22: " in done.out
    assert "7 agents" in done.out
    assert "1 of 22 have no sequence number" in done.out
    assert "1 of 22 are of a type that is not in the vocabulary" in done.out
    assert re.search(r"not in this file:(\n  .*)*\n  call.ended", done.out)
    assert not (home / "log.db").exists()


def test_a_simulated_brokerage_can_be_imported(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "company"
    done = viewtrail("simulate", "--agents", 12, "--days", 3, "--seed", 7, "--out", out)
    assert done.code == 0, done.err
    count = len((out / "events.jsonl").read_bytes().splitlines())
    assert f"{count:,} events" in done.out
    assert json.loads((out / "truth.jsonl").read_text().splitlines()[0])["line"] == "company"
    assert f"{count:,} read, {count:,} added" in viewtrail("import", out / "events.jsonl", home=home).out


def test_home_may_stand_before_or_after_the_command_and_wins_over_the_environment(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", [line(1)])
    for name, args in (
        ("before", ("--home", "before", "import", file)),
        ("after", ("import", file, "--home", "after")),
    ):
        assert viewtrail(*args, home=tmp_path / "other", cwd=tmp_path).code == 0
        assert (tmp_path / name / "log.db").exists()
    assert viewtrail("import", file, cwd=tmp_path).code == 0
    assert (tmp_path / "viewtrail-data" / "log.db").exists()
    assert not (tmp_path / "other").exists()


def test_help_and_version() -> None:
    assert viewtrail().out == viewtrail("--help").out
    assert viewtrail("--version").out.startswith("viewtrail ")
    assert viewtrail("dance").code == 3


def test_without_the_servers_parts_it_says_how_to_get_them() -> None:
    # -S: no site-packages; -I: nothing from the environment either
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from viewtrail.cli import main; main()"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, "verify"], capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr == "viewtrail is installed without its server parts: pip install 'viewtrail[server]'\n"


def test_ctrl_c_is_one_line_and_the_log_goes_on(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "crm.jsonl", (line(n, id=f"{n:040}") for n in range(1, 150_001)))
    process = subprocess.Popen(
        [sys.executable, "-m", "viewtrail", "import", file],
        stderr=subprocess.PIPE,
        env=environment(VIEWTRAIL_HOME=str(home), VIEWTRAIL_CHECKPOINT_ENTRIES="2000"),
        start_new_session=True,
    )
    assert process.stderr is not None
    process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    told = process.stderr.read().decode().splitlines()
    process.stderr.close()
    assert process.wait() == 130
    assert told[-1].startswith("viewtrail: stopped")
    assert "Traceback" not in "".join(told)
    assert viewtrail("import", file, home=home).code == 0
    assert viewtrail("verify", home=home).code == 0


def test_a_reader_that_stops_early_is_no_error(replayed: Path) -> None:
    command = f"{sys.executable} -m viewtrail findings --format jsonl --all | true"
    done = subprocess.run(
        ["sh", "-c", command], env=environment(VIEWTRAIL_HOME=str(replayed)), capture_output=True, text=True
    )
    assert done.stderr == ""


def test_the_reference_page_is_that_of_the_commands() -> None:
    pytest.importorskip("typer")
    from viewtrail.cli.reference import page

    told = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    assert told == page(), "run `python -m viewtrail.cli.reference docs/reference`"


@pytest.mark.parametrize("guide", ["verify.md"])
def test_the_commands_of_a_guide_exist(guide: str) -> None:
    text = (ROOT / "docs" / "how-to" / guide).read_text(encoding="utf-8")
    for command, rest in re.findall(r"^    viewtrail ([a-z-]+)(.*)$", text, re.MULTILINE):
        options = viewtrail(command, "--help")
        assert options.code == 0, command
        for option in re.findall(r"--[a-z]+", rest):
            assert option in options.out
