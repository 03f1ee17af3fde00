"""A missing tool is a skip at a desk and a failure in continuous integration."""

from __future__ import annotations

from pathlib import Path

import pytest

import support


def test_what_is_there_is_no_matter() -> None:
    support.require(True, "nothing", "")


def test_what_is_missing_is_skipped_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIEWTRAIL_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^needs strace: apt-get install strace$"):
        support.require(None, "strace", "apt-get install strace")


def test_what_is_missing_fails_where_everything_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIEWTRAIL_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match=r"^needs strace: apt-get install strace$"):
        support.require(None, "strace", "apt-get install strace")


def test_a_real_log_may_be_missing_even_then(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIEWTRAIL_REQUIRE_ALL", "1")
    monkeypatch.setattr(support, "REAL_DATA", tmp_path)
    with pytest.raises(pytest.skip.Exception, match="needs the real log calls"):
        support.real_data("calls.parquet")
    (tmp_path / "calls.parquet").touch()
    assert support.real_data("calls.parquet").exists()


def test_the_home_is_empty_and_named_by_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(home.iterdir()) == []
