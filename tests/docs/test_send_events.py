"""The requests on the page about sending events are sent, in order, and answered as it says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from cli.commands import environment, jsonl, line
from support import ROOT, require
from web.intake.running import running

PAGE = (ROOT / "docs" / "how-to" / "send-events.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^```sh\n(.*?)^```\n\n```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_each_request_gets_the_answer_that_stands_below_it(tmp_path: Path) -> None:
    require(_there("curl") and _there("gzip"), "curl and gzip", "install them")
    jsonl(tmp_path / "day.jsonl", [{**line(n), "id": f"d-{n}"} for n in (1, 2, 3)])
    shown = SHOWN.findall(PAGE)
    assert len(shown) == PAGE.count("```sh") == 4
    with running(tmp_path / "home") as intake:
        env = environment(
            INTAKE=intake.url.rstrip("/"), KEY=intake.client.headers["authorization"].split()[1]
        )
        for command, says in shown:
            done = subprocess.run(
                ["sh", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True
            )
            assert json.loads(done.stdout) == json.loads(says), command


def test_the_table_of_outcomes_and_statuses_is_that_of_the_description() -> None:
    from viewtrail.web.intake.openapi import openapi

    told: dict[str, Any] = json.loads(openapi())
    outcomes = told["components"]["schemas"]["Result"]["properties"]["outcome"]["enum"]
    assert re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE) == outcomes
    statuses = set(told["paths"]["/v1/events"]["post"]["responses"]) - {"200", "409"}
    assert set(re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)) == statuses


def _there(program: str) -> bool:
    return subprocess.run(["sh", "-c", f"command -v {program}"], capture_output=True).returncode == 0
