"""Whether somebody was at work: a yes stays, a no is looked up again once the log has grown."""

from __future__ import annotations

from pathlib import Path

from store import asked
from viewtrail.event import Event
from viewtrail.store import open_log
from viewtrail.store.asking_follow import Source
from viewtrail.store.asking_hours import QUARTER
from viewtrail.store.asking_work import Worked
from viewtrail.store.open_log import open_reader

NOON = asked.START // QUARTER + 8
SPAN = (NOON - 8, NOON + 60)


def opening(id: str, quarter: int, agent: str = "x") -> Event:
    return Event("/crm", id, "record.viewed", quarter * QUARTER, {"agent": agent}, subject="L-1")


def test_a_yes_stays_and_a_no_is_asked_again(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append(
            [opening("late", NOON + 5), opening("other", NOON, "y")], received=asked.START + 3 * asked.DAY
        )
        mine, other, nobody = (log.pseudonym("a", name) for name in ("x", "y", "z"))
        source, worked = Source(tmp_path, open_reader(tmp_path)), Worked()

        def was_there(agent: str, before: int) -> bool:
            with source.asking() as ask:
                return worked.was_there(ask, agent, SPAN, before)

        assert was_there(other, NOON + 1)
        assert not was_there(mine, NOON + 5), "the same quarter is not before it"
        assert not was_there(nobody, NOON + 50)
        log.append(
            [opening("early", NOON + 2), opening("came", NOON + 3, "z")], received=asked.START + 3 * asked.DAY
        )
        assert was_there(mine, NOON + 5), "what came since counts"
        assert was_there(nobody, NOON + 50)
        assert was_there(other, NOON + 1)
        source.close()


def test_a_state_of_the_log_does_not_know_what_came_after_it(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([opening("other", NOON, "y")], received=asked.START + 3 * asked.DAY)
        (mine,) = (log.pseudonym("a", "x"),)
        source, worked = Source(tmp_path, open_reader(tmp_path)), Worked()
        before = source.now()
        log.append([opening("new", NOON)], received=asked.START + 3 * asked.DAY)
        with source.asking() as ask:
            assert worked.was_there(ask, mine, SPAN, NOON + 1)
        with source.asking(before) as ask:
            assert not worked.was_there(ask, mine, SPAN, NOON + 1)
        source.close()
