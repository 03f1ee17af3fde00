"""Following a log of calls: in whatever portions it grows, the events are those of the whole file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.connectors.samples import samples
from sources.telephony import NUMBERS, PEOPLE, cdr, mapping
from viewtrail.app.connect_numbers import choice_of, import_numbers
from viewtrail.app.connect_people import import_people
from viewtrail.app.follow import Follower
from viewtrail.app.home import Home, open_home
from viewtrail.app.import_files import import_file
from viewtrail.errors import BadInput
from viewtrail.sources.connectors import found

NOW = 1_772_500_000_000_000
SECOND = 1_000_000
SAMPLES = samples()
LINES = [name for name, connector in found().items() if connector.follows]


def brokerage(folder: Path) -> Home:
    home = open_home(folder / "home")
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "numbers.csv").write_text(NUMBERS)
    import_people(home, folder / "people.csv", now=NOW)
    import_numbers(home, folder / "numbers.csv", country="CY", now=NOW)
    return home


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Path:
    """A home with the brokerage's people and numbers, to be copied."""
    folder = tmp_path_factory.mktemp("ready")
    brokerage(folder)
    return folder / "home"


@pytest.fixture
def home(ready, tmp_path) -> Home:
    return open_home(Path(shutil.copytree(ready, tmp_path / "home")))


def told(home: Home, source: str = "/pbx/hq") -> dict[str, tuple]:
    """What the log has from this source, by id."""
    with home.reader() as log:
        entries = [logged.entry for logged in log.read()]
    return {
        entry.event.id: (entry.event.type, entry.event.time, entry.event.subject, entry.event.data)
        for entry in entries
        if entry.event.source == source
    }


def imported(ready: Path, folder: Path, name: str) -> dict[str, tuple]:
    home = open_home(Path(shutil.copytree(ready, folder / "whole")))
    path = folder / SAMPLES[name].name
    path.write_text(SAMPLES[name].text)
    with home.writer() as log:
        import_file(
            log, path, choice_of(home, name, SAMPLES[name].rules), clock=lambda: NOW, sign_every=10**9
        )
    return told(home, SAMPLES[name].rules.source)


@pytest.mark.parametrize("name", LINES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_portions_rotations_and_restarts_give_the_events_of_the_whole_file(
    ready, tmp_path_factory, name, data
):
    folder = tmp_path_factory.mktemp("follow")
    whole = imported(ready, folder, name)
    home = open_home(Path(shutil.copytree(ready, folder / "home")))
    text, path = SAMPLES[name].text.encode(), folder / "live" / SAMPLES[name].name
    path.parent.mkdir()
    path.touch()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    now, turns = NOW, 0
    with home.writer() as log:
        follower = Follower(home, log, path, kind=name, mapping=SAMPLES[name].rules)
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            with path.open("ab") as file:
                file.write(text[start:end])
            while follower.step(now):
                pass
            now += SECOND
            if data.draw(st.booleans()):
                follower.close()
                follower = Follower(home, log, path, kind=name, mapping=SAMPLES[name].rules)
            at_line = text[start:end].endswith(b"\n")
            if at_line and path.stat().st_size and data.draw(st.booleans()):
                turns += 1
                if data.draw(st.booleans()):
                    path.rename(path.with_name(f"{path.name}.{turns}"))
                    path.touch()
                else:
                    shutil.copy(path, path.with_name(f"{path.name}.{turns}"))
                    os.truncate(path, 0)
        while follower.step(now + 60 * SECOND):
            pass
        follower.close()
    assert whole
    assert told(home, SAMPLES[name].rules.source) == whole
    assert follower.done.conflicts == 0


def test_a_call_is_told_when_no_row_of_it_came_for_half_a_minute(home, tmp_path):
    path = tmp_path / "Master.csv"
    path.write_text(cdr())
    with home.writer() as log:
        follower = Follower(home, log, path, kind=None, mapping=mapping())
        assert follower.step(NOW)
        assert not follower.step(NOW + 29 * SECOND)
        assert follower.done.added == 0
        assert follower.step(NOW + 31 * SECOND)
        assert (follower.done.added, follower.done.read) == (1, 1)
        follower.close()


def test_what_is_there_at_first_is_history_and_what_comes_after_is_live(home, tmp_path):
    path = tmp_path / "events.jsonl"
    row = '{{"specversion":"1.0","id":"e{0}","source":"/crm","type":"record.viewed","subject":"L-1",'
    row += '"time":"2026-03-02T09:14:0{0}Z","data":{{"agent":"a-1"}}}}\n'
    path.write_text(row.format(1))
    with home.writer() as log:
        follower = Follower(home, log, path, kind=None, mapping=None)
        while follower.step(NOW):
            pass
        with path.open("a") as file:
            file.write(row.format(2) + "oops\n")
        follower.step(NOW + SECOND)
        follower.close()
    [places] = follower.done.shown.values()
    assert places[0].startswith("events.jsonl:3: ")
    with home.reader() as log:
        entries = {logged.entry.event.id: logged.entry for logged in log.read()}
    assert (entries["e1"].backfill, entries["e2"].backfill) == (True, False)


def test_people_who_are_imported_meanwhile_are_known_from_then_on(home, tmp_path):
    path = tmp_path / "Master.csv"
    path.write_text(cdr(channel="PJSIP/299-00000001"))
    with home.writer() as log:
        follower = Follower(home, log, path, kind=None, mapping=mapping(), settle=0)
        follower.step(NOW)
        follower.step(NOW)
        assert follower.done.set_aside == 1
        follower.close()
    (tmp_path / "more.csv").write_text("agent,extension,pbx\na-9,299,hq\n")
    import_people(home, tmp_path / "more.csv", now=NOW)
    with home.writer() as log:
        follower = Follower(home, log, path, kind=None, mapping=mapping(), settle=0)
        with path.open("a") as file:
            file.write(cdr("1772436899.1", channel="PJSIP/299-00000002"))
        follower.step(NOW)
        follower.step(NOW)
        follower.close()
    assert follower.done.added == 1


def test_what_cannot_be_read_line_by_line_is_refused(home, tmp_path):
    path = tmp_path / "log.xes"
    path.write_text("<log/>")
    with home.writer() as log, pytest.raises(BadInput, match="is not read line by line"):
        Follower(home, log, path, kind=None, mapping=None)
