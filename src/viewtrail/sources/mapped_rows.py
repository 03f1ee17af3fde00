"""A mapping and the columns of a table made into one function, from a row to its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.event import Event, EventShape, from_wire
from viewtrail.sources.cells import plain
from viewtrail.sources.mapping import EventRule, Mapping, RowRule
from viewtrail.sources.row_ids import RowIds
from viewtrail.sources.values import Columns, Row, Value

NO_RULE = "no [[event]] of the mapping is for this row"
Convert = Callable[[Row], list[Event] | str]  # the events, or why the row gives none on purpose


def by_mapping(header: Sequence[str], mapping: Mapping) -> Convert:
    """The mapping for these columns as one function. A row gives all its events or, if one is bad, none."""
    columns = Columns(header, mapping.absent, mapping.clock, mapping.source)
    rules = [_made(rule, columns, mapping, number) for number, rule in enumerate(mapping.events, 1)]
    stops = [
        *_stops(mapping.set_aside, columns, f"{mapping.place} [[set_aside]]", True),
        *_stops(mapping.skip, columns, f"{mapping.place} [[skip]]", False),
    ]
    make_id = _ids(header, columns, mapping)
    only = rules[0] if len(rules) == 1 else None

    def convert(row: Row) -> list[Event] | str:
        for meets, why, is_aside in stops:
            if meets(row):
                if is_aside:
                    raise BadInput(why)
                return why
        if only is not None:  # most mappings have one
            meets, (when, make) = only
            return [make(row, when(row), make_id(row))] if meets(row) else NO_RULE
        made = [made for meets, made in rules if meets(row)]
        if not made:
            return NO_RULE
        times = [when(row) for when, _ in made]
        base = make_id(row)
        return [make(row, time, base) for time, (_, make) in zip(times, made, strict=True)]

    return convert


Made = tuple[Callable[[Row], datetime], Callable[[Row, datetime, str], Event]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What an [[event]] says of its data: the same in every row, told by the row, naming another event."""

    fixed: dict[str, Any]
    values: list[tuple[str, Value]]
    views: list[tuple[str, str]]


def _made(
    rule: EventRule, columns: Columns, mapping: Mapping, number: int
) -> tuple[Callable[[Row], bool], Made]:
    where = f"{mapping.place} [[event]] {rule.name or number}"
    told = {"agent": rule.agent, **rule.data} if rule.agent is not None else rule.data
    parts = _parts(told, columns, mapping, where)
    subject = columns.value(rule.subject, f"{where} subject") if rule.subject is not None else _nothing
    sequence = columns.value(rule.sequence, f"{where} sequence") if rule.sequence is not None else _nothing
    detail = [(name, columns.at(name, f"{mapping.place} detail")) for name in mapping.detail]
    suffix = f"-{rule.name}" if rule.name else ""
    source, systems = mapping.source, mapping.system_agents

    def whole(row: Row, time: datetime, base: str) -> Event:
        """The event as its wire form says it, with all checks and their reasons."""
        data = parts.fixed.copy()
        for name, value in parts.values:
            data[name] = value(row)
        for name, of in parts.views:
            data[name] = f"{source}#{base}-{of}"
        if systems and data.get("agent") in systems:
            data["actor_kind"] = "system"
        if detail:
            data["row"] = {name: plain(row[at]) for name, at in detail if row[at] is not None}
        return from_wire(
            {
                "specversion": "1.0",
                "id": base + suffix,
                "source": source,
                "type": rule.type,
                "time": time,
                "subject": subject(row),
                "sequence": sequence(row),
                "data": data,
            }
        )

    meets, time = columns.condition(rule.when, f"{where} when"), columns.time(rule.time, f"{where} time")
    if parts.views or systems or detail:
        return meets, (time, whole)
    return meets, (time, _quick(rule, source, suffix, parts, subject, sequence, whole))


def _quick(
    rule: EventRule,
    source: str,
    suffix: str,
    parts: Parts,
    subject: Value,
    sequence: Value,
    whole: Callable[[Row, datetime, str], Event],
) -> Callable[[Row, datetime, str], Event]:
    """The same for events of one shape, in half the time; `whole` has what is out of the ordinary."""
    names = [name for name, _ in parts.values]
    read = [value for _, value in parts.values]
    shape = EventShape.of(rule.type, source, parts.fixed, names)
    if shape is None:
        return whole

    def make(row: Row, time: datetime, base: str) -> Event:
        event = shape.event(base + suffix, time, [value(row) for value in read], subject(row), sequence(row))
        return whole(row, time, base) if event is None else event

    return make


def _nothing(row: Row) -> None:
    return None


def _parts(told: Table[str, Any], columns: Columns, mapping: Mapping, where: str) -> Parts:
    parts = Parts({}, [], [])
    for name, value in told.items():
        spot = f"{where} {name}"
        if isinstance(value, dict) and "view_of" in value:
            if value["view_of"] not in {rule.name for rule in mapping.events if rule.name}:
                raise BadInput(f"view_of names {value['view_of']!r}, which is no [[event]]", where=spot)
            parts.views.append((name, value["view_of"]))
        elif isinstance(value, dict) and "const" in value:
            parts.fixed[name] = columns.value(value, spot)(())
        else:
            parts.values.append((name, columns.value(value, spot)))
    return parts


def _stops(
    rules: Sequence[RowRule], columns: Columns, where: str, is_aside: bool
) -> list[tuple[Callable[[Row], bool], str, bool]]:
    return [
        (columns.condition(rule.when, f"{where} {number} when"), rule.why, is_aside)
        for number, rule in enumerate(rules, 1)
    ]


def _ids(header: Sequence[str], columns: Columns, mapping: Mapping) -> Callable[[Row], str]:
    """Native ids where the mapping names them; else ids derived from the row's own content."""
    if mapping.id is not None:
        native = columns.value(mapping.id, f"{mapping.place} id")

        def own(row: Row) -> str:
            told = native(row)
            if told is None:
                raise BadInput("the row's id is empty")
            return str(told)

        return own
    # By name, so that an export with its columns in another order gives the same ids
    names = mapping.id_from or tuple(sorted(header))
    cells = _picked([columns.at(name, f"{mapping.place} id_from") for name in names])
    made = RowIds(mapping.connector, mapping.source)

    def derived(row: Row) -> str:
        return made.of(
            [cell if type(cell) is str else None if cell is None else plain(cell) for cell in cells(row)]
        )

    return derived


def _picked(at: Sequence[int]) -> Callable[[Row], tuple[Any, ...]]:
    if len(at) == 1:
        return lambda row: (row[at[0]],)
    return itemgetter(*at)
