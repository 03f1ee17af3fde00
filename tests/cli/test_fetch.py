"""`viewtrail fetch` against servers that behave like Salesforce and like the other CRMs."""

from __future__ import annotations

import pytest

from sources import crm_server
from sources.crms import active, audited, espo, secured, signed_in, viewed
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


@pytest.fixture
def crm():
    with crm_server.serving() as there:
        there.espo = [espo(n) for n in range(1, 4)]
        there.odoo = {"auditlog.log": [audited(1)]}
        there.hubspot = {"security": [secured()], "login": [signed_in()]}
        there.frappe = {"View Log": [viewed()], "Activity Log": [active()]}
        yield there


@pytest.mark.parametrize(
    ("system", "more", "files", "rows"),
    [
        ("espocrm", (), ["action-history-00000001"], 3),
        ("frappe", (), ["view-log-00000001", "activity-log-00000001"], 2),
        ("frappe", ("--type", "View Log"), ["view-log-00000001"], 1),
        ("odoo", ("--database", "prod", "--user", "auditor"), ["auditlog-log-00000001"], 1),
        ("odoo", ("--database", "prod"), ["auditlog-log-00000001"], 1),
        ("hubspot", (), ["security-00000001", "login-00000001"], 2),
    ],
)
def test_rows_of_a_crm_are_fetched_once(crm, tmp_path, capsys, system, more, files, rows):
    (tmp_path / "key").write_text("k-1")
    args = ["fetch", crm.address, "--from", system, "--to", str(tmp_path / "in")]
    args += ["--token-file", str(tmp_path / "key"), *more]
    assert run(args) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:-1] == [str(tmp_path / "in" / f"{name}.jsonl") for name in files]
    assert (
        told[-1]
        == f"{len(files)} new file{'' if len(files) == 1 else 's'}, {rows} row{'' if rows == 1 else 's'}"
    )
    assert run(args) == 0
    assert capsys.readouterr().out == "0 new files\n"


def test_what_was_fetched_is_imported(crm, tmp_path, capsys):
    (tmp_path / "key").write_text("k-1")
    (tmp_path / "people.csv").write_text(f"agent,crm_user\na-1,{espo()['userId']}\n")
    args = ["fetch", crm.address, "--from", "espocrm", "--to", str(tmp_path / "in")]
    assert run([*args, "--token-file", str(tmp_path / "key")]) == 0
    home = ["--home", str(tmp_path / "home")]
    assert run(["connect", "people", str(tmp_path / "people.csv"), *home]) == 0
    assert run(["import", str(tmp_path / "in" / "action-history-00000001.jsonl"), *home]) == 0
    assert "3 read, 3 added" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--from", "vtiger"), "'vtiger' is no system"),
        (("--from", "espocrm"), "--token-file"),
        (("--from", "odoo", "--token-file", "key"), "--database"),
        (("--from", "frappe", "--token-file", "key", "--type", "Error Log"), "none of its logs"),
    ],
)
def test_what_is_missing_is_said(crm, tmp_path, capsys, monkeypatch, args, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_text("k-1")
    assert run(["fetch", crm.address, "--to", "in", *args]) == 3
    assert said in capsys.readouterr().err
