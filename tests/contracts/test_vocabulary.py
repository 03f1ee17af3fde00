"""Every field that a pattern, reason, count or context term needs stands in the vocabulary."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import viewtrail
from viewtrail.event import VOCABULARY

HOMES = ("measure", "patterns")


def declarations() -> Iterator[tuple[str, Any]]:
    """(module, NEEDS) of every module of measure/ and patterns/ that declares what it needs."""
    for home in HOMES:
        for found in pkgutil.walk_packages(viewtrail.__path__, "viewtrail."):
            if found.name.startswith(f"viewtrail.{home}"):
                module = importlib.import_module(found.name)
                if hasattr(module, "NEEDS"):
                    yield found.name, module.NEEDS


def unknown(needs: Mapping[str, Any]) -> list[str]:
    """What a declaration names and the vocabulary has not."""
    types = [f"type {type_}" for type_ in needs if type_ not in VOCABULARY]
    fields = [
        f"{type_}.{field}"
        for type_, named in needs.items()
        if type_ in VOCABULARY
        for field in named
        if field not in VOCABULARY[type_]
    ]
    return [*types, *fields]


DECLARED = list(declarations())
EXISTING = {found.name for found in pkgutil.iter_modules(viewtrail.__path__)}


@pytest.mark.parametrize(("module", "needs"), DECLARED, ids=[module for module, _ in DECLARED])
def test_what_a_module_needs_exists(module: str, needs: Mapping[str, Any]) -> None:
    assert isinstance(needs, Mapping), f"{module}.NEEDS is {{event type: {{stored fields}}}}"
    assert not any(isinstance(named, str) for named in needs.values()), "a set of fields, not one string"
    assert unknown(needs) == []


@pytest.mark.skipif("measure" not in EXISTING, reason="nothing reads the fields of events yet")
def test_what_reads_events_says_which_fields_it_needs() -> None:
    assert DECLARED, "no module of measure/ or patterns/ declares NEEDS"


def test_a_field_of_wire_form_or_a_typing_error_is_noticed() -> None:
    assert unknown({"record.viewed": {"dwell_ms", "agent"}}) == []
    assert unknown({"record.viewed": {"dwell_s"}, "record.veiwed": set()}) == [
        "type record.veiwed",
        "record.viewed.dwell_s",
    ]
