"""`viewtrail status`: one screen that names what is not as it should be."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from app.living import remote, until, views
from cli.commands import viewtrail
from cli.test_serve import serving
from viewtrail.store.board import Board


def test_nothing_runs_here_and_nothing_is_here(theft: Path, home: Path) -> None:
    done = viewtrail("status", home=theft)
    assert done.code == 1
    assert "`viewtrail serve` is not running here" in done.out
    assert "1 finding to look at" in done.out
    assert "/crm: history; last heard 2026-" in done.out
    assert viewtrail("status", home=home).code == 3


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_all_well_and_one_down(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as served:
        with remote(home) as log:
            log.append(views("A-1", 150))
        until(lambda: Board(home).count(living=True) == 1)
        done = viewtrail("status", home=home)
        assert done.code == 0, done.out
        assert "the loop" in done.out
        assert "0 behind; 1 finding " in done.out
        pid = served.pid("the console")
        os.kill(pid, signal.SIGKILL)
        until(lambda: served.pid("the console") not in (0, pid), 30)
        assert "started again 1 times (last: was ended by SIGKILL)" in viewtrail("status", home=home).out
