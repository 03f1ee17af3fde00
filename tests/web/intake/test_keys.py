"""Who may send what: keys by the source, in force from the next request on, and each change in the log."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest

from cli.commands import viewtrail
from viewtrail.app.api_keys import ApiKey, KeyRing, listed
from viewtrail.store import open_reader
from web.intake.running import Running, make_key, opening, outcomes, running

SECRET = re.compile(r"vt_[a-z2-7]{52}")


def refused(intake: Running) -> bool:
    return intake.post(opening(1)).status_code == 401


def test_a_key_is_made_shown_once_listed_and_taken_back_while_the_intake_runs(tmp_path: Path) -> None:
    with running(tmp_path / "home", secret="vt_none") as intake:
        assert refused(intake)
        made = viewtrail("keys", "add", "crm", "--source", "/crm", "--source", "/pbx", home=intake.home)
        assert made.code == 0
        secret = made.out.strip()
        assert SECRET.fullmatch(secret)
        intake.client.headers["authorization"] = f"Bearer {secret}"
        assert outcomes(intake.post([opening(1), opening(1, source="/pbx")])) == ["added", "added"]
        told = viewtrail("keys", "list", home=intake.home)
        assert re.match(r"crm  /crm, /pbx  made \S+  in force\n", told.out)
        assert secret not in told.out
        assert viewtrail("keys", "revoke", "crm", home=intake.home).code == 0
        assert refused(intake)
        assert "revoked" in viewtrail("keys", "list", home=intake.home).out
        again = viewtrail("keys", "add", "crm", "--source", "/crm", home=intake.home)
        assert again.out.strip() != secret
        with open_reader(intake.home) as reader:
            changes = [one.entry.event for one in reader.read() if one.entry.event.type == "setting.changed"]
        assert [event.data["what"] for event in changes] == ["api-key:crm"] * 3
        assert [event.data["why"] for event in changes] == ["made", "revoked", "made"]
        assert changes[0].data["to"] == "/crm,/pbx"


def test_a_source_without_its_slash_is_said_when_the_key_is_made(tmp_path: Path) -> None:
    made = viewtrail(
        "keys", "add", "crm", "--source", "crm", "--source", "https://crm.example/", home=tmp_path
    )
    assert SECRET.fullmatch(made.out.strip())
    assert "'crm' begins with no slash: it is another source than /crm, whose events are refused" in made.err
    assert "https" not in made.err.partition("\n")[2]


def test_the_secret_is_kept_nowhere(tmp_path: Path) -> None:
    secret = make_key(tmp_path, "/crm")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert stat.S_IMODE(os.stat(tmp_path / "keys" / "intake.json").st_mode) == 0o600


def test_a_key_sends_for_its_sources_and_what_lies_below_them(tmp_path: Path) -> None:
    with running(tmp_path / "home", "/crm") as intake:
        sources = ["/crm", "/crm/eu", "/crmx", "/pbx", "viewtrail"]
        answer = intake.post([opening(n, source=source) for n, source in enumerate(sources)])
        assert outcomes(answer) == ["added", "added", "refused", "refused", "refused"]
        assert answer.status_code == 200
        assert answer.json()["accepted"] == 2
        assert "may not send for the source /pbx; it may for /crm" in answer.json()["results"][3]["why"]
        assert intake.post([opening(9, source="/pbx")]).status_code == 403
        unread = opening(10, source="/pbx", time="x")
        assert outcomes(intake.post([unread])) == ["refused"]
        with open_reader(intake.home) as reader:
            assert reader.set_aside() == [], "what is refused is not kept either"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("CRM", "--source", "/crm"), "is no name for a key"),
        (("crm", "--source", ""), "is no source"),
        (("crm", "--source", "viewtrail"), "is no source that a key may send for"),
        (("crm", "--source", "viewtrail/x"), "is no source that a key may send for"),
        (("crm", "--source", "a\nb"), "is no source"),
        (("taken", "--source", "/crm"), "there is a key 'taken' already"),
        (("crm",), "Missing option"),
    ],
)
def test_a_key_that_cannot_be_is_not_made(tmp_path: Path, args: tuple[str, ...], says: str) -> None:
    make_key(tmp_path, "/crm", name="taken")
    done = viewtrail("keys", "add", *args, home=tmp_path)
    assert done.code == 3
    assert says in done.err
    assert len(listed(tmp_path)) == 1


def test_what_is_not_there_cannot_be_revoked(tmp_path: Path) -> None:
    done = viewtrail("keys", "revoke", "crm", home=tmp_path)
    assert done.code == 3
    assert "there is no key 'crm' in force" in done.err
    assert viewtrail("keys", "list", home=tmp_path).out == ""


def test_a_file_that_cannot_be_read_opens_nothing_and_says_so(tmp_path: Path) -> None:
    secret = make_key(tmp_path, "/crm")
    (tmp_path / "keys" / "intake.json").write_text(json.dumps([{"name": "x"}]))
    done = viewtrail("keys", "list", home=tmp_path)
    assert done.code == 3
    assert "intake.json: cannot be read" in done.err
    with running(tmp_path, secret=secret) as intake:
        answer = intake.post(opening(1))
        assert answer.status_code == 503
        assert "intake.json" in answer.text


def test_the_ring_follows_the_file(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    assert ring.find("vt_x") is None
    secret = make_key(tmp_path, "/crm")
    found = ring.find(secret)
    assert isinstance(found, ApiKey)
    (tmp_path / "keys" / "intake.json").unlink()
    assert ring.find(secret) is None
