"""`viewtrail verify`: two verdicts and four exit codes, also against a checkpoint that a mail carries."""

from __future__ import annotations

import sqlite3
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from cli.commands import jsonl, line, viewtrail
from support import require


@pytest.fixture
def imported(home: Path, tmp_path: Path) -> Path:
    viewtrail("import", jsonl(tmp_path / "crm.jsonl", map(line, range(1, 601))), home=home)
    return home


def test_a_good_log_is_good(imported: Path) -> None:
    done = viewtrail("verify", home=imported)
    assert done.code == 0
    assert "integrity: good" in done.out
    assert "completeness: good" in done.out
    assert "freshness: not provable" in done.out


def test_a_checkpoint_held_elsewhere_proves_freshness(imported: Path, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.write_bytes((imported / "checkpoint").read_bytes())
    viewtrail("import", jsonl(tmp_path / "more.jsonl", map(line, range(601, 701))), home=imported)
    done = viewtrail("verify", "--against", held, home=imported)
    assert done.code == 0
    assert "proven up to entry 599" in done.out
    assert "the 100 entries after it are not covered" in done.out


@pytest.mark.parametrize("how", ["plain", "base64", "quoted-printable", "quoted", "attached", "crlf-note"])
def test_a_mail_is_an_anchor(imported: Path, tmp_path: Path, how: str) -> None:
    note = (imported / "checkpoint").read_text(encoding="utf-8")
    mail = EmailMessage()
    mail["Subject"] = "Viewtrail: yesterday"
    if how == "attached":
        mail.set_content("Good morning.")
        mail.add_attachment(note, filename="checkpoint")
    elif how == "quoted":
        mail.set_content("Yes:\n\n" + "".join(f"> {row}\n" for row in note.splitlines()))
    else:
        mail.set_content(
            f"Good morning.\n\n{note}\nGoodbye.\n", cte=how if "-" in how and "crlf" not in how else None
        )
    raw = mail.as_bytes()
    if how == "crlf-note":
        raw = note.replace("\n", "\r\n").encode()
    (tmp_path / "mail.eml").write_bytes(raw)
    done = viewtrail("verify", "--against", tmp_path / "mail.eml", home=imported)
    assert done.code == 0, done.out
    assert "proven up to entry 599" in done.out


def test_an_altered_entry_is_integrity_broken(imported: Path) -> None:
    with sqlite3.connect(imported / "log.db") as db:
        db.execute("UPDATE entries SET entry = cast(replace(entry, 'list', 'task') AS BLOB) WHERE idx = 3")
    db.close()
    done = viewtrail("verify", home=imported)
    assert done.code == 1
    assert "integrity: BROKEN" in done.out


def test_a_shorter_log_than_the_one_held_is_integrity_broken(imported: Path, tmp_path: Path) -> None:
    held = tmp_path / "held"
    viewtrail("import", jsonl(tmp_path / "more.jsonl", map(line, range(601, 701))), home=imported)
    held.write_bytes((imported / "checkpoint").read_bytes())
    with sqlite3.connect(imported / "log.db") as db:
        db.execute("DELETE FROM entries WHERE idx >= 600")
    db.close()
    assert viewtrail("verify", "--against", held, home=imported).code == 1


def test_a_gap_in_a_sources_numbering_is_incomplete(home: Path, tmp_path: Path) -> None:
    numbers = [n for n in range(1, 50) if n != 17]
    viewtrail("import", jsonl(tmp_path / "crm.jsonl", map(line, numbers)), home=home)
    done = viewtrail("verify", home=home)
    assert done.code == 2
    assert "completeness: INCOMPLETE" in done.out


@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe", b"Subject: no note\n\nhello\n", b"viewtrail/x\n1\nabc\n"]
)
def test_what_cannot_be_checked_says_so(imported: Path, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "held").write_bytes(content)
    done = viewtrail("verify", "--against", tmp_path / "held", home=imported)
    assert done.code == 3
    assert "could not check" in done.out


def test_another_logs_checkpoint_is_no_anchor_of_this_one(imported: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    viewtrail("import", tmp_path / "crm.jsonl", home=other)
    done = viewtrail("verify", "--against", other / "checkpoint", home=imported)
    assert done.code in (1, 3)
    assert "proven" not in done.out


def test_a_log_asked_for_under_another_tenants_name_is_not_called_broken(imported: Path) -> None:
    done = viewtrail("verify", home=imported, VIEWTRAIL_TENANT="acme")
    assert done.code == 3
    assert "this log is of the tenant 'default', and 'acme' was asked for" in done.out + done.err
    assert "broken" not in done.out.lower()


def test_no_log_and_wrong_usage_are_3_and_not_2(home: Path) -> None:
    assert viewtrail("verify", home=home).code == 3
    wrong = viewtrail("verify", "--agianst", "x", home=home)
    assert wrong.code == 3
    assert "--agianst" in wrong.err


def test_a_folder_that_may_not_be_written_to_is_no_word_about_the_log(tmp_path: Path) -> None:
    place = tmp_path / "archive"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True)
    require(mount.returncode == 0, "the right to mount", "run the tests as root")
    try:
        viewtrail("import", jsonl(tmp_path / "crm.jsonl", map(line, range(1, 50))), home=place / "home")
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        done = viewtrail("verify", home=place / "home")
    finally:
        subprocess.run(["umount", place], check=True)
    assert done.code in (0, 3), done.out
    assert "BROKEN" not in done.out
