"""The page of the settings is that of the code, and every setting says its unit and its reason."""

from __future__ import annotations

import re
import tomllib
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from viewtrail.cli.settings_page import page
from viewtrail.errors import SettingError
from viewtrail.settings import FILE, Settings, read

TEXT = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")


def test_the_page_is_fresh() -> None:
    assert page() == TEXT, "run `python -m viewtrail.cli.settings_page docs/reference`"


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_a_setting_has_a_unit_and_a_reason_on_the_page(field: Field[Any]) -> None:
    assert field.metadata["unit"]
    assert len(field.metadata["reason"]) > 20
    assert f"| `{field.name}` |" in TEXT


def test_the_example_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / FILE).write_text(example, encoding="utf-8")
    found = read(tmp_path, {"VIEWTRAIL_BUDGET": "3"})
    assert (found.time_zone, found.budget) == (tomllib.loads(example)["time_zone"], 3.0)


@pytest.mark.parametrize("told", ["Europe/Nikosia", "UTC+2", "", "../etc/passwd", 2])
def test_a_time_zone_that_there_is_not_is_said_at_once(tmp_path: Path, told: object) -> None:
    (tmp_path / FILE).write_text(f"time_zone = {told!r}\n", encoding="utf-8")
    with pytest.raises(SettingError, match="is no time zone; write it like"):
        read(tmp_path, {})


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("VIEWTRAIL_BUDGT", "VIEWTRAIL_BUDGET"),
        ("VIEWTRAIL_TIMEZONE", "VIEWTRAIL_TIME_ZONE"),
        ("VIEWTRAIL_TENAT", "VIEWTRAIL_TENANT"),
    ],
)
def test_a_misspelt_variable_is_an_error_that_says_what_was_meant(
    tmp_path: Path, told: str, meant: str
) -> None:
    with pytest.raises(SettingError, match=f"{told}.*did you mean {meant}"):
        read(tmp_path, {told: "3"})


def test_variables_of_others_are_nobodys_mistake(tmp_path: Path) -> None:
    others = {"VIEWTRAIL_HOME": "x", "VIEWTRAIL_KEY": "vt_x", "VIEWTRAIL_LISTEN": "::", "VIEWTRAIL_URL": "u"}
    assert read(tmp_path, others) == read(tmp_path, {})
