"""A mapping file, read and checked: which rows of somebody else's table are which events."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viewtrail.errors import BadInput
from viewtrail.event import VOCABULARY
from viewtrail.sources.call_rules import CallRules, call_rules
from viewtrail.sources.times import Clock

TOP = {
    "connector", "source", "id", "id_from", "absent", "system_agents", "detail",
    "columns", "delimiter", "encoding", "time", "skip", "set_aside", "event", "calls",
    "rows", "web", "hr", "salesforce", "crm", "mt5", "calendar",
}  # fmt: skip
OWN = ("web", "hr", "salesforce", "crm", "mt5", "calendar")  # that their connector reads and checks
EVENT = {"name", "type", "when", "time", "subject", "agent", "sequence", "data"}
RULE = {"when", "why"}
ENCODINGS = {"utf-8", "latin-1", *(f"cp{page}" for page in range(1250, 1259))}


@dataclass(frozen=True, slots=True)
class EventRule:
    """One `[[event]]`: rows that meet `when` give an event; its values are still as the file says them."""

    name: str
    type: str
    when: Table[str, Any]
    time: Any
    subject: Any = None
    agent: Any = None
    sequence: Any = None
    data: Table[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowRule:
    """One `[[skip]]` or `[[set_aside]]`: rows that meet `when`, and why they give no event."""

    when: Table[str, Any]
    why: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """How rows become events; `place` names the file for messages. Checked against columns when one opens."""

    place: str
    connector: str
    source: str
    events: tuple[EventRule, ...]
    clock: Clock = field(default_factory=Clock)
    skip: tuple[RowRule, ...] = ()
    set_aside: tuple[RowRule, ...] = ()
    id: Any = None
    id_from: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    system_agents: frozenset[str] = frozenset()
    detail: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    delimiter: str = ""
    encoding: str = "utf-8"
    rows: str = ""  # JMESPath to the list of objects in a JSON text
    calls: CallRules | None = None
    own: Table[str, Any] = field(default_factory=dict)  # tables of one connector, by name, as they stand


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file, or BadInput with the line or key that is wrong and what it may be."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"cannot be opened ({error.strerror})", where=str(path), next="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"is not UTF-8 at byte {error.start}", where=path.name) from error
    return parse_mapping(text, path.name)


def parse_mapping(text: str, place: str) -> Mapping:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"is not TOML: {error}", where=place) from error
    _known(told, TOP, place)
    clock = _clock(told.get("time", {}), f"{place} [time]")
    rules = _tables(told, "event", place)
    if not rules and not {"calls", *OWN} & set(told):
        raise BadInput("has no [[event]]", where=place, next="say what a row is: docs/reference/mapping.md")
    events = tuple(
        _event(rule, told.get("time", {}).get("column"), f"{place} [[event]] {number}")
        for number, rule in enumerate(rules, 1)
    )
    _names(events, place)
    if told.get("encoding", "utf-8") not in ENCODINGS:
        raise BadInput(
            f"encoding {told['encoding']!r} is unknown", where=place, next=", ".join(sorted(ENCODINGS))
        )
    if len(_text(told, "delimiter", place, "")) > 1:
        raise BadInput("delimiter is not one character", where=place)
    if "id" in told and "id_from" in told:
        raise BadInput(
            "has both id and id_from", where=place, next="keep id if the rows have one of their own"
        )
    return Mapping(
        place=place,
        connector=_text(told, "connector", place),
        source=_text(told, "source", place),
        events=events,
        clock=clock,
        skip=_row_rules(told, "skip", place),
        set_aside=_row_rules(told, "set_aside", place),
        id=told.get("id"),
        id_from=_texts(told, "id_from", place),
        absent=frozenset(_texts(told, "absent", place)),
        system_agents=frozenset(_texts(told, "system_agents", place)),
        detail=_texts(told, "detail", place),
        columns=_texts(told, "columns", place),
        delimiter=_text(told, "delimiter", place, ""),
        encoding=_text(told, "encoding", place, "utf-8"),
        rows=_text(told, "rows", place, ""),
        calls=call_rules(told["calls"], f"{place} [calls]") if "calls" in told else None,
        own={name: told[name] for name in OWN if name in told},
    )


def _event(told: Table[str, Any], time_column: Any, where: str) -> EventRule:
    _known(told, EVENT, where)
    type_ = _text(told, "type", where)
    if type_ not in VOCABULARY:
        raise BadInput(
            f"type {type_!r} is not in the vocabulary", where=where, next="see docs/reference/events.md"
        )
    time = told.get("time", time_column)
    if time is None:
        raise BadInput(
            "has no time", where=where, next='say time = "COLUMN" here or column = "COLUMN" in [time]'
        )
    return EventRule(
        name=_text(told, "name", where, ""),
        type=type_,
        when=_table(told, "when", where),
        time=time,
        subject=told.get("subject"),
        agent=told.get("agent"),
        sequence=told.get("sequence"),
        data=_table(told, "data", where),
    )


def _names(events: tuple[EventRule, ...], place: str) -> None:
    """Names tell the events of one row apart in their ids, so they have to differ."""
    seen: set[str] = set()
    for number, rule in enumerate(events, 1):
        if rule.name in seen:
            what = f"name {rule.name!r} stands twice" if rule.name else "a second [[event]] without a name"
            raise BadInput(
                what, where=f"{place} [[event]] {number}", next="ids are made with it: give each its own name"
            )
        seen.add(rule.name)


def _clock(told: Any, where: str) -> Clock:
    if not isinstance(told, dict):
        raise BadInput("is not a table", where=where)
    _known(told, {"column", "format", "time_zone", "overrule_zone", "ambiguous"}, where)
    zone = None
    if "time_zone" in told:
        try:
            zone = ZoneInfo(_text(told, "time_zone", where))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadInput(
                f"time_zone {told['time_zone']!r} is unknown",
                where=where,
                next='write it like "Europe/Amsterdam"',
            ) from None
    overrule = told.get("overrule_zone", False)
    if type(overrule) is not bool or (overrule and zone is None):
        raise BadInput("overrule_zone is true or false and needs time_zone", where=where)
    ambiguous = _text(told, "ambiguous", where, "set-aside")
    if ambiguous not in ("set-aside", "first", "second"):
        raise BadInput(f"ambiguous {ambiguous!r} is none of set-aside, first, second", where=where)
    return Clock(_text(told, "format", where, "iso"), zone, overrule, ambiguous)


def _row_rules(told: Table[str, Any], key: str, place: str) -> tuple[RowRule, ...]:
    rules = []
    for number, rule in enumerate(_tables(told, key, place), 1):
        where = f"{place} [[{key}]] {number}"
        _known(rule, RULE, where)
        rules.append(RowRule(_table(rule, "when", where), _text(rule, "why", where)))
    return tuple(rules)


def _known(told: Table[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(told) - allowed)
    if unknown:
        raise BadInput(
            f"key {unknown[0]!r} is unknown", where=where, next=f"known: {', '.join(sorted(allowed))}"
        )


def _text(told: Table[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = told.get(key, default)
    if value is None:
        raise BadInput(f"{key} is missing", where=where, next="see docs/reference/mapping.md")
    if not isinstance(value, str) or (not value and default is None):
        raise BadInput(f"{key} is not a text", where=where)
    return value


def _texts(told: Table[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadInput(f"{key} is not a list of texts", where=where)
    return tuple(value)


def _table(told: Table[str, Any], key: str, where: str) -> Table[str, Any]:
    value = told.get(key, {})
    if not isinstance(value, dict):
        raise BadInput(f"{key} is not a table", where=where, next=f"write it as {key} = {{ column = ... }}")
    return value


def _tables(told: Table[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadInput(f"{key} is not a list of tables", where=where, next=f"write it as [[{key}]]")
    return value


def columns_named(mapping: Mapping) -> tuple[str, ...]:
    """Every column that the mapping names, for formats that have no header of their own."""
    conditions = [rule.when for rule in mapping.events]
    conditions += [rule.when for rule in (*mapping.skip, *mapping.set_aside)]
    names = [*mapping.id_from, *mapping.detail, *(name for when in conditions for name in when)]
    told = [mapping.id]
    for event in mapping.events:
        told += [event.time, event.subject, event.agent, event.sequence, *event.data.values()]
    for value in told:
        if isinstance(value, str):
            names.append(value)
        elif isinstance(value, dict):
            names += [value[key] for key in ("column", "minus", "plus") if isinstance(value.get(key), str)]
    return tuple(dict.fromkeys(names))
