"""Pages that nobody is known to have seen: told once, by one of many processes, after a restart too."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from capture.browser.crm import KEY, Clock, Kept
from viewtrail.capture import Client
from viewtrail.capture.middleware.site import Site
from viewtrail.capture.sent_views import SentViews, heard, left, sent
from viewtrail.capture.served import Served
from viewtrail.capture.tokens import Tokens
from viewtrail.capture.view_journal import MINUTE, Journal

SECOND = 1_000_000


class Workers:
    """Several processes of one host, as far as files can tell: each with a table of its own."""

    def __init__(self, folder: Path, count: int) -> None:
        self.clock = Clock()
        self.kept = Kept(self.clock)
        self.tokens = Tokens(KEY, clock=self.clock)
        self.folder = folder
        self.all = [self.one() for _ in range(count)]

    def one(self) -> Served:
        return Served(self.kept, folder=self.folder, every=None, clock=self.clock)

    def page(self, record: str, worker: int) -> object:
        view = self.tokens.read(self.tokens.issue("17", record, session="s"), "s")
        self.all[worker].sent(view)
        return view


def test_the_signal_may_reach_another_process_than_the_page_came_from(tmp_path: Path) -> None:
    host = Workers(tmp_path, 3)
    seen = host.page("L-1", 0)
    host.page("L-2", 1)
    host.all[2].heard(seen, seen.id, host.clock())  # type: ignore[attr-defined, arg-type]
    host.clock.skip(31)
    assert [worker.sweep() for worker in host.all] == [1, 0, 0], "one process looks, the others need not"
    assert [event.subject for event in host.kept.events.values()] == ["L-2"]


def test_a_restart_forgets_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    host = Workers(tmp_path, 1)
    host.page("L-1", 0)
    host.clock.skip(31)
    assert host.all[0].sweep() == 1
    host.page("L-2", 0)
    host.all[0].close()
    host.clock.skip(31)
    assert host.one().sweep() == 2, "the first is told again: it has the same id and content"
    assert [event.subject for event in host.kept.events.values()] == ["L-1", "L-2"]
    assert host.kept.conflicts == []


def test_when_the_looking_process_ends_another_one_looks(tmp_path: Path) -> None:
    host = Workers(tmp_path, 2)
    assert host.all[0].sweep() == 0
    host.page("L-1", 1)
    host.clock.skip(31)
    assert host.all[1].sweep() == 0
    host.all[0].close()
    assert host.all[1].sweep() == 1


def test_the_folder_holds_what_is_open_and_no_more(tmp_path: Path) -> None:
    host = Workers(tmp_path, 1)
    worker = host.all[0]
    view = host.tokens.read(host.tokens.issue("17", "L-0", session="s"), "s")
    worker.sent(view)
    worker.heard(view, view.id, host.clock(), 5_000, 1_000)
    for minute in range(8):
        host.page(f"L-{minute + 1}", 0)
        host.clock.skip(60)
        worker.sweep()
    files = sorted(tmp_path.glob("*.views"))
    assert len(files) <= 4
    worker.close()
    host.clock.skip(1_800)
    host.one().sweep()
    (bound,) = host.kept.of("record.left")
    assert (bound.subject, bound.data["dwell_ms"]) == ("L-0", 5_000), "carried over from file to file"
    assert len(host.kept.of("record.served")) == 8
    assert host.kept.conflicts == []


def test_it_looks_by_itself(tmp_path: Path) -> None:
    clock = Clock()
    kept = Kept(clock)
    others = set(threading.enumerate())  # hosts of other tests may still be running
    served = Served(kept, folder=tmp_path, every=0.05, clock=clock)
    tokens = Tokens(KEY, clock=clock)
    served.sent(tokens.read(tokens.issue("17", "L-1", session="s"), "s"))
    (looker,) = (one for one in set(threading.enumerate()) - others if one.name == "viewtrail-served")
    clock.skip(31)
    end = time.monotonic() + 5
    while not kept.events and time.monotonic() < end:
        time.sleep(0.01)
    served.close()
    assert [event.type for event in kept.events.values()] == ["record.served"]
    looker.join(timeout=5)
    assert not looker.is_alive()


def test_it_looks_in_the_child_of_a_fork(tmp_path: Path) -> None:
    clock = Clock()
    kept = Kept(clock)
    tokens = Tokens(KEY, clock=clock)
    served = Served(kept, folder=tmp_path / "views", every=None, clock=clock)
    served.sweep()  # the parent holds the lock
    served.sent(tokens.read(tokens.issue("17", "L-1", session="s"), "s"))
    child = os.fork()
    if child == 0:  # pragma: no cover
        os._exit(served.sweep())
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the lock is the parent's"
    clock.skip(31)
    assert served.sweep() == 1
    served.close()


def test_a_page_that_could_not_be_told_is_told_later(tmp_path: Path) -> None:
    host = Workers(tmp_path, 1)
    host.page("L-1", 0)
    host.clock.skip(31)
    host.kept.full = True
    with pytest.raises(OSError, match="No space"):
        host.all[0].sweep()
    host.kept.full = False
    assert host.all[0].sweep() == 1


def test_a_line_that_was_torn_off_waits_for_its_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(["left", "a", "a"], 0)
    (path,) = tmp_path.glob("*.views")
    with path.open("ab") as file:
        file.write(b'["left","b"')
    assert list(journal.fresh()) == [["left", "a", "a"]]
    with path.open("ab") as file:
        file.write(b',"b"]\nrubbish\n')
    assert list(journal.fresh()) == [["left", "b", "b"]]
    journal.close()


def test_many_threads_lose_no_line(tmp_path: Path) -> None:
    journals = [Journal(tmp_path) for _ in range(4)]

    def write(number: int) -> None:
        for line in range(200):
            journals[number].append(["left", f"{number}", "x" * 300], MINUTE * (line % 3))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(Journal(tmp_path).fresh())) == 800
    for journal in journals:
        journal.close()


def test_an_end_that_is_read_before_its_beginning_is_an_end() -> None:
    table = SentViews("/crm")
    table.apply(left("v", "v"))
    table.apply(heard("v", "v", "17", "L-1", 0, 9_000))
    table.apply(sent("v", 0, "17", "L-1", "lead", {}))
    assert len(table) == 0
    assert list(table.due(10**12)) == []


def test_a_full_table_tells_the_oldest_early_and_loses_none() -> None:
    table = SentViews("/crm", most=10)
    for number in range(25):
        table.apply(sent(f"v{number}", number, "17", f"L-{number}", None, {}))
    early = [told.subject for told in table.due(30)]
    assert early == [f"L-{number}" for number in range(15)]
    late = [told.subject for told in table.due(100 * SECOND)]
    assert early + late == [f"L-{number}" for number in range(25)]


def test_a_table_comes_back_from_its_lines() -> None:
    table = SentViews("/crm")
    table.apply(sent("a", 0, "17", "L-1", "lead", {"via": "list", "position": 3}))
    table.apply(heard("b", "b.p2", "17", "L-2", 5, 700, 20))
    again = SentViews("/crm")
    for line in table.lines():
        again.apply(json.loads(json.dumps(line)))
    assert list(again.due(10**12)) == list(table.due(10**12))


def test_a_client_that_is_closed_ends_what_the_middleware_began_beside_it(client: Client) -> None:
    before = set(threading.enumerate())
    relay = Site(client, lambda _request: "17", KEY).relay()
    assert relay is not None
    relay.issue(agent="17", record="L-1", session="s")
    began = {one.name for one in set(threading.enumerate()) - before}
    assert "viewtrail-served" in began
    client.close(0.0)
    assert not any(one.name == "viewtrail-served" for one in set(threading.enumerate()) - before)
