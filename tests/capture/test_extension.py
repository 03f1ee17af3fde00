"""The extension as it is built: for one host, with no more rights than it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from viewtrail.capture.extension import build, extension_id
from viewtrail.capture.extension.__main__ import main
from viewtrail.errors import BadInput

ASKED = [
    "--crm",
    "https://crm.example.com",
    "--viewtrail",
    "https://viewtrail.example.com",
    "--site",
    "site-1",
]


def test_it_may_look_at_the_crm_and_speak_to_viewtrail_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "built"
    assert main([*ASKED, "--out", str(out)]) == 0
    told = json.loads((out / "manifest.json").read_text())
    assert told["manifest_version"] == 3
    assert told["permissions"] == ["storage"]
    assert told["host_permissions"] == ["https://viewtrail.example.com/*"]
    assert [script["matches"] for script in told["content_scripts"]] == [["https://crm.example.com/*"]]
    assert "key" not in told


def test_every_file_that_the_manifest_names_is_there(tmp_path: Path) -> None:
    out = tmp_path / "built"
    main([*ASKED, "--out", str(out)])
    told = json.loads((out / "manifest.json").read_text())
    named = [
        told["background"]["service_worker"],
        told["storage"]["managed_schema"],
        *(name for script in told["content_scripts"] for name in script["js"]),
        "settings.js",
        "built.json",
    ]
    assert all((out / name).stat().st_size for name in named)
    assert json.loads((out / "built.json").read_text()) == {
        "to": "https://viewtrail.example.com/b/signal",
        "rules": "https://viewtrail.example.com/b/rules.json",
        "site": "site-1",
    }


def test_what_policy_may_say_is_what_the_extension_reads(tmp_path: Path) -> None:
    out = tmp_path / "built"
    main([*ASKED, "--out", str(out)])
    schema = json.loads((out / "managed_schema.json").read_text())
    assert set(schema["properties"]) == {"to", "rules", "site", "agent"}


def test_the_id_follows_from_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "built"
    assert main([*ASKED, "--out", str(out), "--public-key", "AAAA"]) == 0
    assert capsys.readouterr().out == f"{out}\t{extension_id(bytes(3))}\n"
    assert extension_id(bytes(3)) == "hajoiamiieihkcebbobooenpljpcckig"


@pytest.mark.parametrize(
    "origin", ["crm.example.com", "https://crm.example.com/", "https://*", "ftp://x", ""]
)
def test_an_origin_that_is_none_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(BadInput, match="is no origin"):
        build(tmp_path / "built", crm=origin, viewtrail="https://viewtrail.example.com", site="s")
    assert not (tmp_path / "built").exists()


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main([*ASKED, "--out", str(tmp_path)]) == 1
    assert "not empty" in capsys.readouterr().err
    assert main([*ASKED, "--out", str(tmp_path / "new"), "--public-key", "?"]) == 1
