"""The laws of every connector in the folder: same ids from any file, any portions, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.samples import SAMPLES
from sources.telephony import directory
from viewtrail.event import Event, from_wire, to_wire
from viewtrail.sources import SetAside, streams
from viewtrail.sources.connectors import found
from viewtrail.sources.files import guess_kind

EVERY = sorted(found())
LINES = [name for name in EVERY if name in SAMPLES and SAMPLES[name].lines]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told_of(told, tmp_path, name: str, text: str, file: str = ""):
    sample = SAMPLES[name]
    return told(text, file or sample.name, sample.rules, name, directory(tmp_path))


def by_id(found) -> dict[str, Event]:
    return {event.id: event for event in found.events}


def test_every_connector_has_a_sample_to_be_held_against():
    assert sorted(SAMPLES) == EVERY


@pytest.mark.parametrize("name", EVERY)
def test_a_connector_tells_events_of_the_types_that_it_declares(told, tmp_path, name):
    found_events = told_of(told, tmp_path, name, SAMPLES[name].text).events
    assert found_events
    assert {event.type for event in found_events} <= set(found()[name].gives.types)
    assert found()[name].gives.unknown, "a source says what it cannot tell"


@pytest.mark.parametrize("name", EVERY)
def test_its_events_are_what_their_wire_form_says(told, tmp_path, name):
    for event in told_of(told, tmp_path, name, SAMPLES[name].text).events:
        assert from_wire(to_wire(event)) == event


@pytest.mark.parametrize("name", EVERY)
def test_its_files_are_known_by_their_first_bytes(name):
    assert guess_kind("data", SAMPLES[name].text.encode()) == name


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
@pytest.mark.parametrize("name", EVERY)
def test_any_size_of_blocks_gives_the_same_items(told, tmp_path, monkeypatch, name, size):
    whole = told_of(told, tmp_path, name, SAMPLES[name].text)
    monkeypatch.setattr(streams, "BLOCK", size)
    again = told_of(told, tmp_path, name, SAMPLES[name].text)
    assert (again.items, again.tally) == (whole.items, whole.tally)


@pytest.mark.parametrize("name", LINES)
@QUICK
@given(data=st.data())
def test_overlapping_appended_and_rotated_files_give_the_same_events(told, tmp_path, name, data):
    parts = SAMPLES[name].parts
    whole = by_id(told_of(told, tmp_path, name, SAMPLES[name].text))
    first = data.draw(st.integers(0, len(parts)))
    second = data.draw(st.integers(0, first))
    old = by_id(told_of(told, tmp_path, name, "".join(parts[:first]), "old.1")) if first else {}
    new = by_id(told_of(told, tmp_path, name, "".join(parts[second:]), "new")) if second < len(parts) else {}
    assert set(old) | set(new) == set(whole)
    assert all(whole[id] == event for id, event in (old | new).items())


@pytest.mark.parametrize("name", LINES)
@QUICK
@given(data=st.data())
def test_a_file_cut_at_any_line_invents_nothing(told, tmp_path, name, data):
    rows = SAMPLES[name].text.splitlines(keepends=True)
    whole = set(by_id(told_of(told, tmp_path, name, "".join(rows))))
    cut = data.draw(st.integers(1, len(rows) - 1))
    for part in (rows[:cut], rows[cut:]):
        assert set(by_id(told_of(told, tmp_path, name, "".join(part)))) <= whole


@pytest.mark.parametrize("name", LINES)
def test_a_bad_row_is_set_aside_with_its_line_and_text(told, tmp_path, name):
    items = told_of(told, tmp_path, name, SAMPLES[name].text).items
    rows = SAMPLES[name].text.splitlines()
    aside = [item for item in items if isinstance(item, SetAside)]
    assert aside
    for item in aside:
        line = int(item.place.rpartition(":")[2])
        assert rows[line - 1] == item.raw


@pytest.mark.parametrize("name", LINES)
def test_every_row_is_accounted_for_once(told, tmp_path, name):
    tally = told_of(told, tmp_path, name, SAMPLES[name].text).tally
    assert tally.read == len(SAMPLES[name].text.splitlines())
