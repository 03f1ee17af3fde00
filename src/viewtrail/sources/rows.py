"""Rows of a table into events: by the contract's flat columns, or by a mapping made into functions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from datetime import datetime
from operator import itemgetter
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.event import Event, derived_id, from_flat, from_wire
from viewtrail.event.strict_json import text_fault
from viewtrail.sources.cells import plain
from viewtrail.sources.intake import Item, Tally, aside
from viewtrail.sources.mapping import EventRule, Mapping, RowRule
from viewtrail.sources.values import Columns, Row, Value

NO_RULE = "no [[event]] of the mapping is for this row"
FLAT_NEEDED = ("id", "source", "type", "time")
Convert = Callable[[Row], list[Event] | str]  # the events, or why the row gives none on purpose
Raw = Callable[[Row], str]


class RowsReader:
    """Takes the rows of one file, counts each once, and gives a row's events or the row set aside, whole."""

    def __init__(self, convert: Convert, tally: Tally, raw: Raw, text: Raw | None = None) -> None:
        self._convert = convert
        self._tally = tally
        self._raw = raw  # how a row that is set aside is shown
        self._text = text or _text_of  # all text of a row, to see that it is text

    def take(self, row: Row, place: Callable[[], str], into: list[Item]) -> None:
        tally = self._tally
        tally.read += 1
        try:
            text = self._text(row)
            if not text.isascii() or "\0" in text:
                check_text(text)
            told = self._convert(row)
        except BadInput as error:
            tally.set_aside += 1
            into.append(aside(self._raw(row), error, place()))
            return
        if isinstance(told, str):
            tally.not_mapped[told] += 1
            return
        tally.kept += 1
        tally.events += len(told)
        into += told

    def refuse(self, raw: str, why: str, place: str, into: list[Item]) -> None:
        """A piece that is not even a row."""
        self._tally.read += 1
        self._tally.set_aside += 1
        into.append(aside(raw, BadInput(why), place))


def _text_of(row: Row) -> str:
    return "\n".join([cell for cell in row if type(cell) is str])


def check_text(text: str) -> None:
    """Refuses a row whose text other readers could take for something else; it is never changed."""
    fault = text_fault(text)
    if fault == "holds a lone surrogate":  # what bytes that are no text were read as
        raise BadInput(
            "is not UTF-8", next='if all is in another encoding, say so in the mapping: encoding = "cp1252"'
        )
    if fault:
        raise BadInput(fault)


def converter(header: Sequence[str], mapping: Mapping | None, where: str) -> Convert:
    """The function for the rows under this header; BadInput when header and mapping do not fit."""
    try:
        check_text("\n".join(header))
    except BadInput as error:
        raise BadInput(f"the header {error.what}", where=where, next=error.next) from None
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise BadInput(f"column {twice[0]!r} stands twice", where=where, next="name each column once")
    return by_mapping(header, mapping) if mapping is not None else _flat(header, where)


def _flat(header: Sequence[str], where: str) -> Convert:
    missing = [name for name in FLAT_NEEDED if name not in header]
    if missing:
        raise BadInput(
            f"has no column {missing[0]!r}, so it is not in the flat form",
            where=where,
            next="give a mapping with --map (docs/how-to/import-files.md)",
        )
    names = tuple(header)
    return lambda row: [
        from_flat({name: _flat_cell(name, cell) for name, cell in zip(names, row, strict=True)})
    ]


def _flat_cell(name: str, cell: Any) -> Any:
    """A cell that JSON can hold, because a field we do not know is kept as it is."""
    kind = type(cell)
    if cell is None or kind is str or kind is bool:
        return cell
    if kind is float:
        if math.isinf(cell):
            raise BadInput(f"{name} is infinite")
        return cell
    if kind is int:
        if abs(cell) >= 2**53:
            raise BadInput(f"{name} {cell} is beyond 2^53 and would not survive other readers")
        return cell
    return cell if name == "time" else plain(cell)


def by_mapping(header: Sequence[str], mapping: Mapping) -> Convert:
    """The mapping for these columns as one function. A row gives all its events or, if one is bad, none."""
    columns = Columns(header, mapping.absent, mapping.clock, mapping.source)
    rules = [_made(rule, columns, mapping, number) for number, rule in enumerate(mapping.events, 1)]
    stops = [
        *_stops(mapping.set_aside, columns, f"{mapping.place} [[set_aside]]", True),
        *_stops(mapping.skip, columns, f"{mapping.place} [[skip]]", False),
    ]
    make_id = _ids(header, columns, mapping)

    def convert(row: Row) -> list[Event] | str:
        for meets, why, is_aside in stops:
            if meets(row):
                if is_aside:
                    raise BadInput(why)
                return why
        made = [make for meets, make in rules if meets(row)]
        if not made:
            return NO_RULE
        times = [when(row) for when, _ in made]
        base = make_id(row)
        return [make(row, time, base) for time, (_, make) in zip(times, made, strict=True)]

    return convert


Made = tuple[Callable[[Row], datetime], Callable[[Row, datetime, str], Event]]


def _made(
    rule: EventRule, columns: Columns, mapping: Mapping, number: int
) -> tuple[Callable[[Row], bool], Made]:
    where = f"{mapping.place} [[event]] {rule.name or number}"
    told = {"agent": rule.agent, **rule.data} if rule.agent is not None else rule.data
    fixed, views, values = _parts(told, columns, mapping, where)
    subject = columns.value(rule.subject, f"{where} subject") if rule.subject is not None else _nothing
    sequence = columns.value(rule.sequence, f"{where} sequence") if rule.sequence is not None else _nothing
    detail = [(name, columns.at(name, f"{mapping.place} detail")) for name in mapping.detail]
    suffix = f"-{rule.name}" if rule.name else ""
    source, type_, systems = mapping.source, rule.type, mapping.system_agents

    def make(row: Row, time: datetime, base: str) -> Event:
        data = fixed.copy()
        for name, value in values:
            data[name] = value(row)
        for name, of in views:
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
                "type": type_,
                "time": time,
                "subject": subject(row),
                "sequence": sequence(row),
                "data": data,
            }
        )

    return columns.condition(rule.when, f"{where} when"), (columns.time(rule.time, f"{where} time"), make)


def _nothing(row: Row) -> None:
    return None


def _parts(
    told: Table[str, Any], columns: Columns, mapping: Mapping, where: str
) -> tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, Value]]]:
    """The fields that are the same in every row, those that name another event of the row, and the rest."""
    fixed: dict[str, Any] = {}
    views: list[tuple[str, str]] = []
    values: list[tuple[str, Value]] = []
    for name, value in told.items():
        spot = f"{where} {name}"
        if isinstance(value, dict) and "view_of" in value:
            if value["view_of"] not in {rule.name for rule in mapping.events if rule.name}:
                raise BadInput(f"view_of names {value['view_of']!r}, which is no [[event]]", where=spot)
            views.append((name, value["view_of"]))
        elif isinstance(value, dict) and "const" in value:
            fixed[name] = columns.value(value, spot)(())
        else:
            values.append((name, columns.value(value, spot)))
    return fixed, views, values


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
    seen: set[str] = set()
    repeats: Counter[str] = Counter()

    def derived(row: Row) -> str:
        told = [cell if type(cell) is str else None if cell is None else plain(cell) for cell in cells(row)]
        first = derived_id(mapping.connector, mapping.source, told, 0)
        # Identical rows have identical times, so counting the row counts it within its own second.
        # 80 bits of its id stand for the row: a chance of 1 in 10^10 for a clash among 10 million rows.
        short = first[:16]
        if short not in seen:
            seen.add(short)
            return first
        repeats[short] += 1
        return derived_id(mapping.connector, mapping.source, told, repeats[short])

    return derived


def _picked(at: Sequence[int]) -> Callable[[Row], tuple[Any, ...]]:
    if len(at) == 1:
        return lambda row: (row[at[0]],)
    return itemgetter(*at)
