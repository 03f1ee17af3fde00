"""Somebody else's JSON by a mapping: JMESPath for columns, lines or arrays, each bad object alone."""

from __future__ import annotations

import json

import jmespath
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources import open_source
from viewtrail.sources.json_rows import _compiled
from viewtrail.sources.mapping import parse_mapping

MAPPING = """
connector = "acme-audit"
source = "/crm"
absent = ["n/a"]

[time]
column = "occurred.at"
format = "epoch-ms"

[[skip]]
when = { "action" = "login" }
why = "a sign-in"

[[event]]
name = "opened"
type = "record.viewed"
when = { "action" = "view" }
subject = "object.id"
agent = { column = "actor.id", prefix = "crm-" }
data.record_kind = { column = "object.type", values = { Lead = "lead", Client = "client" } }
data.seen = { const = "unknown" }

[[event]]
name = "exported"
type = "export.created"
when = { "action" = "export" }
agent = { column = "actor.id", prefix = "crm-" }
data.rows = { column = "length(rows)", number = true }
data.records = { column = "rows[].id", split = "," }
data.masked = { column = '"is-masked"', values = { true = true, false = false } }
"""
VIEW = {
    "action": "view", "occurred": {"at": 1772442843120}, "actor": {"id": 17, "name": "Anna"},
    "object": {"id": "L-1", "type": "Lead"}, "note": "e\u0301",
}  # fmt: skip
EXPORT = {
    "action": "export", "occurred": {"at": 1772442900000}, "actor": {"id": 18}, "is-masked": False,
    "rows": [{"id": "L-1"}, {"id": "L-2"}],
}  # fmt: skip
LOGIN = {"action": "login"}


@pytest.fixture
def acme(told):
    def read(text: str, name: str = "audit.jsonl", more: str = ""):
        return told(text, name, parse_mapping(more + MAPPING.replace("length(rows)", LENGTH), "acme.toml"))

    return read


LENGTH = "length(rows || `[]`)"


def lines(*objects) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def test_nested_objects_are_events_by_their_paths(acme):
    found = acme(lines(VIEW, EXPORT, LOGIN))
    opened, exported = found.events
    assert (opened.type, opened.subject, rfc3339(opened.time)) == (
        "record.viewed", "L-1", "2026-03-02T09:14:03.120000Z",
    )  # fmt: skip
    assert opened.data == {"agent": "crm-17", "record_kind": "lead", "seen": "unknown"}
    assert exported.data == {"agent": "crm-18", "rows": 2, "records": ["L-1", "L-2"], "masked": False}
    assert found.tally.not_mapped == {"a sign-in": 1}


def test_lines_an_array_a_line_of_many_and_a_list_inside_give_the_same_events(acme):
    wanted = acme(lines(VIEW, EXPORT)).events
    both = json.dumps([VIEW, EXPORT])
    assert acme(both, "audit.json").events == wanted
    assert acme(both + "\n").events == wanted
    inside = json.dumps({"page": 1, "data": {"items": [VIEW, EXPORT]}}, indent=1)
    assert acme(inside, "audit.json", 'rows = "data.items"\n').events == wanted


def test_keys_in_another_order_are_the_same_object_and_a_second_one_is_another(acme):
    [once] = acme(lines(VIEW)).events
    again = acme(lines(dict(reversed(VIEW.items())), VIEW)).events
    assert again[0] == once
    assert again[1].id != once.id


def test_an_id_of_its_own_wins(acme):
    [event] = acme(lines(VIEW | {"uid": "u-1"}), more='id = "uid"\n').events
    assert event.id == "u-1-opened"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not JSON"),
        ("1", "is not a JSON object"),
        (json.dumps(VIEW | {"object": {"id": "L-1", "type": "Deal"}}), "is none of Lead, Client"),
        (json.dumps(VIEW | {"occurred": {"at": "n/a"}}), "occurred.at is empty"),
        (json.dumps(VIEW | {"object": {"id": "e\u0301", "type": "Lead"}}), "normal form C"),
        (json.dumps(VIEW | {"rows": 7}), "cannot be read"),
        ('{"action": "\ud800"}', "is not UTF-8"),
    ],
)
def test_a_bad_object_is_set_aside_alone(acme, bad, reason):
    raw = bad.encode("utf-8", "surrogatepass")
    found = acme(lines(VIEW).encode() + raw + b"\n" + lines(EXPORT).encode())
    assert len(found.events) == 2
    [aside] = found.aside
    assert aside.place == "audit.jsonl:2"
    assert reason in aside.reason
    assert aside.raw == raw.decode("utf-8", "backslashreplace")


def test_an_element_that_is_broken_costs_no_other(acme):
    text = "[" + json.dumps(VIEW) + ", {x}, " + json.dumps(EXPORT) + "]"
    found = acme(text, "audit.json")
    assert len(found.events) == 2
    assert found.aside[0].place == "audit.json item 2"


def test_a_path_that_is_none_is_refused_at_once(told):
    with pytest.raises(BadInput, match="is no JMESPath"):
        told("{}", "a.jsonl", parse_mapping(MAPPING.replace("length(rows)", "my name"), "acme.toml"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["action", "occurred", "at", "object", "id", "rows"]), inner)
        ),
        max_leaves=12,
    ),
    cut=st.integers(0, 200),
)
def test_any_json_and_any_part_of_it_is_read_to_its_end(tmp_path, told, cut):
    path = tmp_path / "any"
    mapping = parse_mapping(MAPPING.replace("length(rows)", LENGTH), "acme.toml")
    text = json.dumps(told)
    for content, kind in ((text, "jsonl"), (text, "json"), (text[:cut], "jsonl")):
        path.write_text(content)
        reading = open_source(path, kind=kind, mapping=mapping)
        items = [item for batch in reading for item in batch]
        tally = reading.tally
        assert tally.read == tally.kept + tally.set_aside + sum(tally.not_mapped.values())
        assert len(items) == tally.events + tally.set_aside


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        ),
    ),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
)
def test_names_with_dots_find_what_jmespath_finds(told, names):
    path = ".".join(names)
    assert _compiled(path, "map.toml")(told) == jmespath.search(path, told)
