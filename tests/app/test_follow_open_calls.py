"""Following callbacks of calls that go on: kept without work, over a restart, and told when they are over."""

from __future__ import annotations

from pathlib import Path

from app.test_follow import NOW, SECOND, brokerage
from sources.connectors.test_twilio import as_forms, dialled, rules
from viewtrail.app.follow import Follower


def test_a_call_that_goes_on_is_kept_without_work_and_told_when_it_is_over(tmp_path: Path) -> None:
    home, path = brokerage(tmp_path), tmp_path / "hook.jsonl"
    posts = dialled()
    path.write_text(as_forms([posts[0], *posts[2:5]]))
    with home.writer() as log:
        follower = Follower(home, log, path, kind="twilio", mapping=rules())
        assert follower.step(NOW)
        for seconds in (31, 600, 3_600):
            assert not follower.step(NOW + seconds * SECOND), "nothing is done while nothing comes"
        follower.close()
        follower = Follower(home, log, path, kind="twilio", mapping=rules())
        with path.open("a") as file:
            file.write(as_forms([posts[1], posts[5]]))
        assert follower.step(NOW + 3_601 * SECOND)
        assert follower.done.added == 0
        assert follower.step(NOW + 3_640 * SECOND)
        assert (follower.done.added, follower.done.read) == (1, 6)
        assert not follower.step(NOW + 3_700 * SECOND)
        follower.close()
