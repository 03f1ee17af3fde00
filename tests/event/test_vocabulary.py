"""The vocabulary is closed, complete and consistent with itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from viewtrail.event import GROUPS, ROLES, SUBJECT, VOCABULARY, WORDS, Kind, words
from viewtrail.event.flat import FIELDS
from viewtrail.event.meanings import MEANINGS
from viewtrail.event.vocabulary import AGENTLESS, COMMON, MOST, on_wire

TYPES = sorted(VOCABULARY)


def test_roles_are_those_of_the_contract() -> None:
    assert ROLES == ("agent", "senior", "manager", "compliance", "back-office", "admin", "service")


@pytest.mark.parametrize("type_", TYPES)
def test_types_read_noun_and_past_tense(type_: str) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)?", type_)
    assert type_ in MEANINGS
    assert SUBJECT[type_] in ("record", "agent", "key", "")


def test_no_meaning_without_a_type_and_no_type_in_two_groups() -> None:
    assert set(MEANINGS) == set(VOCABULARY)
    assert sum(len(group) for group in GROUPS.values()) == len(VOCABULARY)


@pytest.mark.parametrize("type_", TYPES)
def test_fields_are_named_alike_in_the_log_and_on_the_wire(type_: str) -> None:
    for stored, kind in VOCABULARY[type_].items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", stored), "keys of the log are ASCII"
        assert stored.endswith("_ms") is (kind is Kind.MS)
        assert not on_wire(stored, kind).endswith("_ms")
        if kind is Kind.ENUM:
            assert words(type_, stored)
    assert COMMON.items() <= VOCABULARY[type_].items()


def test_every_list_of_words_belongs_to_a_field() -> None:
    used = {
        name
        for type_, fields in VOCABULARY.items()
        for stored, kind in fields.items()
        if kind is Kind.ENUM
        for name in (stored, f"{type_}:{stored}")
    }
    assert set(WORDS) <= used
    assert {stored for fields in VOCABULARY.values() for stored in fields} >= set(MOST)


def test_every_column_of_a_file_is_a_field_of_some_type() -> None:
    known = {on_wire(stored, kind) for fields in VOCABULARY.values() for stored, kind in fields.items()}
    assert {name.rstrip("_") for name in FIELDS} <= known


@pytest.mark.parametrize("group", ["behaviour", "transactions"])
def test_acts_need_an_agent(group: str) -> None:
    assert not AGENTLESS & set(GROUPS[group])


@pytest.mark.parametrize("type_", ["client.contacted", "contact.linked", "canary.contacted"])
def test_the_clients_own_moves_need_no_agent(type_: str) -> None:
    assert type_ in AGENTLESS


def test_the_page_and_the_schema_are_those_of_the_vocabulary(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "viewtrail.event.schema", tmp_path], check=True, capture_output=True
    )
    kept = Path(__file__).parents[2] / "docs" / "reference"
    for fresh in tmp_path.iterdir():
        same = fresh.read_bytes() == (kept / fresh.name).read_bytes()
        assert same, f"{fresh.name} is stale: run python -m viewtrail.event.schema docs/reference"
