"""The laws of every connector in the folder: same ids from any file, any portions, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.connectors.samples import samples
from sources.telephony import directory
from viewtrail.errors import BadInput
from viewtrail.event import Event, canonical, from_wire, to_wire
from viewtrail.sources import SetAside
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import found
from viewtrail.sources.files import Reading, guess_kind
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.streams import BytesInHand

SAMPLES = samples()
EVERY = sorted(found())
LINES = [name for name in EVERY if SAMPLES[name].lines]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Told(NamedTuple):
    """What a connector made of some bytes."""

    items: list[Item]
    tally: Tally

    @property
    def events(self) -> dict[str, Event]:
        return {item.id: item for item in self.items if isinstance(item, Event)}

    @property
    def aside(self) -> list[SetAside]:
        return [item for item in self.items if isinstance(item, SetAside)]


class Cut(BytesInHand):
    """Bytes that come in blocks which end at these places."""

    def __init__(self, content: bytes, name: str, cuts: tuple[int, ...]) -> None:
        super().__init__(content, name)
        self._content, self._cuts = content, sorted(cuts)

    def blocks(self) -> Iterator[bytes]:
        for start, end in zip([0, *self._cuts], [*self._cuts, self.total], strict=True):
            self.done = end
            if start < end:
                yield self._content[start:end]


Tell = Callable[..., Told]


@pytest.fixture(scope="module")
def tell(tmp_path_factory) -> Tell:
    """Reads bytes or text as a file of this connector, in blocks that end at `cuts`."""
    who = directory(tmp_path_factory.mktemp("who"))

    def read(name: str, content: str | bytes, file: str = "", cuts: tuple[int, ...] = ()) -> Told:
        sample = SAMPLES[name]
        told = content if isinstance(content, bytes) else content.encode()
        reading = Reading(Cut(told, file or sample.name, cuts), name, Asked(sample.rules, who))
        items = [item for batch in reading for item in batch]
        return Told(items, reading.tally)

    return read


def is_whole(told: Told) -> bool:
    """Whether every piece is accounted for once, as what it was."""
    tally = told.tally
    return tally.read == tally.kept + tally.set_aside + sum(tally.not_mapped.values()) and (
        (tally.events, tally.set_aside) == (len(told.items) - len(told.aside), len(told.aside))
    )


@pytest.mark.parametrize("name", EVERY)
def test_a_connector_tells_events_of_the_types_that_it_declares(tell, name):
    events = tell(name, SAMPLES[name].text).events.values()
    assert events
    assert {event.type for event in events} <= set(found()[name].gives.types)
    assert found()[name].gives.unknown, "a source says what it cannot tell"


@pytest.mark.parametrize("name", EVERY)
def test_the_ids_of_a_file_are_those_that_an_earlier_release_gave(tell, name):
    """A file that was imported once adds nothing when it is imported again, whatever became of the code."""
    assert SAMPLES[name].ids
    assert set(tell(name, SAMPLES[name].text).events) >= SAMPLES[name].ids


@pytest.mark.parametrize("name", EVERY)
def test_its_events_are_what_their_wire_form_says(tell, name):
    for event in tell(name, SAMPLES[name].text).events.values():
        assert from_wire(to_wire(event)) == event


@pytest.mark.parametrize("name", EVERY)
def test_its_files_are_known_by_their_first_bytes(name):
    assert guess_kind("data", SAMPLES[name].text.encode()) == name


@pytest.mark.parametrize("name", EVERY)
def test_every_piece_is_accounted_for_once(tell, name):
    sample = SAMPLES[name]
    told = tell(name, sample.text)
    assert is_whole(told)
    if sample.lines:
        assert told.tally.read == len("".join(sample.parts).splitlines())


@pytest.mark.parametrize("name", EVERY)
def test_what_cannot_be_read_is_set_aside_with_its_place(tell, name):
    told = tell(name, SAMPLES[name].text)
    assert told.aside
    assert all(one.reason and one.place.startswith(SAMPLES[name].name) for one in told.aside)


@pytest.mark.parametrize("name", LINES)
def test_a_bad_row_is_set_aside_with_its_line_and_text(tell, name):
    rows = SAMPLES[name].text.splitlines()
    for one in tell(name, SAMPLES[name].text).aside:
        line = int(one.place.rpartition(":")[2])
        assert rows[line - 1] == one.raw


@pytest.mark.parametrize("name", EVERY)
@QUICK
@given(data=st.data())
def test_any_blocks_give_the_same_items(tell, name, data):
    content = SAMPLES[name].text.encode()
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=12) | st.just(range(len(content))))
    assert tell(name, content, cuts=tuple(cuts)) == tell(name, content)


@pytest.mark.parametrize("name", EVERY)
@QUICK
@given(data=st.data())
def test_overlapping_appended_and_rotated_files_give_the_same_events(tell, name, data):
    sample = SAMPLES[name]
    whole = tell(name, sample.text).events
    first = data.draw(st.integers(0, len(sample.parts)))
    second = data.draw(st.integers(0, first))
    old = tell(name, sample.file(sample.parts[:first]), "old.1").events if first else {}
    new = tell(name, sample.file(sample.parts[second:]), "new").events if second < len(sample.parts) else {}
    assert set(old) | set(new) == set(whole)
    assert all(whole[id] == event for id, event in (old | new).items())


@pytest.mark.parametrize("name", LINES)
@QUICK
@given(data=st.data())
def test_a_file_cut_at_any_line_invents_nothing(tell, name, data):
    sample = SAMPLES[name]
    rows = "".join(sample.parts).splitlines(keepends=True)
    whole = set(tell(name, sample.text).events)
    cut = data.draw(st.integers(1, len(rows) - 1))
    for part in (rows[:cut], rows[cut:]):
        assert set(tell(name, sample.file(("".join(part),))).events) <= whole


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A good file with some of its bytes changed, cut out or repeated, or bytes that are no file at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=60))
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(found))), draw(st.integers(0, 12))
        found[at : at + length] = draw(st.binary(max_size=8) | st.just(bytes(found[at : at + 40])))
    return bytes(found)


@pytest.mark.parametrize("name", EVERY)
@settings(QUICK, max_examples=150)
@given(data=st.data())
def test_damaged_bytes_give_items_that_account_for_all_of_it_or_bad_input(tell, name, data):
    content = data.draw(damaged(SAMPLES[name].text.encode()))
    try:
        told = tell(name, content)
    except BadInput as error:
        str(error).encode()
        return
    assert is_whole(told)
    for item in told.items:
        if isinstance(item, Event):
            assert canonical(from_wire(to_wire(item))) == canonical(item)
        else:
            (item.place + item.reason + item.raw).encode()
