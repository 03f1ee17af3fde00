"""Entry v1: bytes that never change and mean the same to every reader."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log.some_events import KEYS, MONDAY, counted, viewed, with_detail
from viewtrail.errors import BadInput, LogDamaged
from viewtrail.event import canonical
from viewtrail.log.entry import Entry, Stored, check_data, decode, encode, frame, known_at, seal
from viewtrail.log.group import Group, Part, Writing
from viewtrail.log.merkle import leaf_hash
from viewtrail.log.ready import content_bytes


class NoStorage:
    """A log that has nothing yet."""

    def candidates(self, keys: list[bytes]) -> dict[int, list[tuple[int, bytes]]]:
        return {}

    def detail_key(self, name: str) -> None:
        return None


def written(*events: Any, received: int = MONDAY, **how: Any) -> list[bytes]:
    group = Group(Writing("default", KEYS, NoStorage(), counted()), 0)  # type: ignore[arg-type]
    group.take(Part(events, received, **how), received)
    return [raw for _, raw in group.batch.entries]


def test_entry_bytes_of_fixed_events_never_change() -> None:
    plain, detailed = written(viewed(3), with_detail(4), backfill=True, skew=-250)
    assert plain == GOLDEN_PLAIN
    assert detailed == GOLDEN_DETAILED
    assert leaf_hash(plain).hex() == GOLDEN_LEAF


GOLDEN_PLAIN = (
    b'{"backfill":true,"event":{"data":{"agent":"a-5s4bquanq7d4237q","position":3,"record_kind":"lead'
    b'","via":"list"},"id":"e-3","sequence":"4","source":"/crm","subject":"r-lqqqor6v2hldsqol","time"'
    b':1772442846120000,"type":"record.viewed"},"received":1772442843120000,"skew":-250,"tenant":"def'
    b'ault","v":1}'
)
GOLDEN_DETAILED = (
    b'{"backfill":true,"detail":"dcdb2eb9e2123eb0e12116b6005a06df9326cc5050b4b59cc051564915adb0ad","e'
    b'vent":{"data":{"agent":"a-lc3wxswnl32ig46f","position":4,"record_kind":"lead","via":"list"},"id'
    b'":"e-4","sequence":"5","source":"/crm","subject":"r-xigsbdq3zxudfvj4","time":1772442847120000,"'
    b'type":"record.viewed"},"received":1772442843120000,"skew":-250,"tenant":"default","v":1}'
)
GOLDEN_LEAF = "1f0c2b4fd205b006aad91e2e7de7cfdf3917770fb4a13f6b03ee1097f529eb37"

# JSON text in normal form C without NUL and lone surrogates: what may enter an entry.
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20).map(
    lambda words: unicodedata.normalize("NFC", words)
)
names = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=12)
whole = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    text | whole | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(names, values, max_size=5), text, text, st.none() | text, whole, st.booleans(), whole)
def test_bytes_are_canonical_and_read_back(data, id, source, subject, time, backfill, skew) -> None:
    check_data(data)
    event = Stored(data=data, id=id, source=source, subject=subject, time=time, type="x")
    raw = seal(event, *frame("firm", 5, backfill=backfill, skew=skew), None)
    # RFC 8785 on our subset: sorted ASCII keys, no space, whole numbers, UTF-8, only what must be escaped is.
    assert (
        raw == json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    entry = decode(raw)
    assert entry == Entry(backfill=backfill, event=event, received=5, skew=skew, tenant="firm", v=1)
    assert encode(entry) == raw


@given(st.dictionaries(names, values, max_size=5), text, text, st.none() | text, st.none() | text, whole)
def test_content_bytes_are_those_of_the_event_contract(data, id, source, subject, sequence, time) -> None:
    event = viewed(data=data, id=id, source=source, subject=subject, sequence=sequence, time=time)
    assert content_bytes(event) == canonical(event)


@pytest.mark.parametrize(
    "data",
    [
        {"position": 1.0},
        {"position": float("nan")},
        {"position": 2**53},
        {"position": -(2**53)},
        {"position": 2**70},
        {"list": b"bytes"},
        {"records": ["L-1", None]},
        {"scope": {"desk": 1.5}},
        {"list": "e\u0301"},
        {"list": "\ud800"},
        {"list": "nul\0"},
        {"ключ": "x"},
        {"list": "x" * 66_000},
    ],
    ids=lambda data: repr(data)[:30],
)
def test_what_has_no_single_canonical_form_is_set_aside(data: dict[str, Any]) -> None:
    group = Group(Writing("default", KEYS, NoStorage(), counted()), 0)  # type: ignore[arg-type]
    good, bad = group.take(Part([viewed(1), viewed(2, data={"agent": "x", **data})], MONDAY), MONDAY)
    assert good.outcome == "added"
    assert bad.outcome == "set-aside"
    assert bad.why
    assert len(group.batch.aside) == 1
    assert len(group.batch.entries) == 1


@pytest.mark.parametrize("time", [-1, 2**53, 2**80])
def test_a_time_that_is_none_is_set_aside(time: int) -> None:
    assert written(viewed(1, time=time), with_detail(2, time=time), received=2**53 - 1) == []


def test_a_null_field_is_the_same_as_an_absent_one() -> None:
    assert written(viewed(1, data={"agent": "x", "via": None})) == written(viewed(1, data={"agent": "x"}))


def test_no_id_of_an_agent_or_a_record_stands_in_an_entry() -> None:
    declared = viewed(
        type="work.declared",
        subject="agent-secret",
        data={
            "agent": "agent-secret",
            "purpose": "cover",
            "scope": {"agents": ["agent-secret"], "records": ["L-secret"]},
        },
    )
    listed = viewed(
        1, type="list.viewed", subject=None, data={"agent": "agent-secret", "records": ["L-secret"]}
    )
    for raw in written(declared, listed, viewed(2, subject="L-secret", type="unheard.of")):
        assert b"secret" not in raw


def test_an_agent_has_one_pseudonym_wherever_it_stands() -> None:
    (raw,) = written(viewed(type="agent.joined", subject="kim", data={"agent": "kim", "manager": "kim"}))
    event = decode(raw).event
    assert event.subject == event.data["agent"] == event.data["manager"]


def test_known_time_is_receipt_or_for_history_its_own() -> None:
    assert known_at(9, False, 5, {"known_from": 3}) == 9
    assert known_at(9, True, 5, {}) == 5
    assert known_at(9, True, 5, {"known_from": 3}) == 3
    assert known_at(9, True, 5, {"known_from": "2026-03-02"}) == 5


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b"[]", b'{"v":2}', GOLDEN_PLAIN + b" x"])
def test_bytes_that_are_no_entry_are_damage(raw: bytes) -> None:
    with pytest.raises(LogDamaged):
        decode(raw)


def test_a_newer_entry_version_is_not_guessed_at() -> None:
    with pytest.raises(LogDamaged):
        decode(written(viewed())[0].replace(b'"v":1', b'"v":2'))


def test_an_entry_of_exactly_the_limit_is_taken_and_one_more_byte_is_not() -> None:
    event = Stored(data={}, id="", source="s", time=1, type="t")
    opening, closing = frame("t", 1, backfill=False, skew=0)
    room = 65_535 - len(seal(event, opening, closing, None))
    full = Stored(data={}, id="x" * room, source="s", time=1, type="t")
    assert len(seal(full, opening, closing, None)) == 65_535
    with pytest.raises(BadInput, match="65,536"):
        seal(Stored(data={}, id="x" * (room + 1), source="s", time=1, type="t"), opening, closing, None)
