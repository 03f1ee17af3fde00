"""`viewtrail fetch` against a server that behaves like Salesforce."""

from __future__ import annotations

import pytest

from sources.salesforce_server import serving
from viewtrail.cli.commands import run


@pytest.fixture
def org():
    with serving() as there:
        there.add(1, "2026-03-02T01:10:00.000+0000")
        yield there


def test_new_files_are_fetched_and_named_and_then_there_are_none(org, tmp_path, capsys):
    (tmp_path / "token").write_text("t-1")
    args = ["fetch", org.address, "--to", str(tmp_path / "sf"), "--token-file", str(tmp_path / "token")]
    assert run(args) == 0
    path = tmp_path / "sf" / "URI-2026-03-02-0AT5g0000000001AAA.csv"
    assert capsys.readouterr().out == f"{path}\n1 new file\n"
    assert run(args) == 0
    assert capsys.readouterr().out == "0 new files\n"
    assert run(["connect", "try", str(path), "--home", str(tmp_path / "home")]) == 0


def test_a_refused_token_is_an_error_with_what_to_do(org, tmp_path, capsys):
    (tmp_path / "token").write_text("wrong")
    assert (
        run(["fetch", org.address, "--to", str(tmp_path / "sf"), "--token-file", str(tmp_path / "token")])
        == 3
    )
    assert "View Event Log Files" in capsys.readouterr().err


def test_a_token_is_needed_and_only_one_way_to_it(org, tmp_path, capsys):
    assert run(["fetch", org.address, "--to", str(tmp_path / "sf")]) == 3
    assert "--token-file" in capsys.readouterr().err


def test_an_apps_own_id_and_secret_do_as_well(org, tmp_path, capsys):
    (tmp_path / "secret").write_text("s3cret")
    told = ["--client", "c-1", "--secret-file", str(tmp_path / "secret"), "--type", "URI"]
    assert run(["fetch", org.address, "--to", str(tmp_path / "sf"), *told]) == 0
    assert "1 new file" in capsys.readouterr().out
