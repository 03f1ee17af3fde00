"""The values and conditions of a mapping, each made once into a function from a row to its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.sources.cells import CHANGES, Cell, constant, plain
from viewtrail.sources.times import Clock, shown, time_reader

Row = Sequence[Any]
Value = Callable[[Row], Any]  # None: the row says nothing here


NAMED: Final = 30
"""Columns that are named where the ones that are looked for are not among them."""

_OF_PEOPLE: Final = re.compile(r"@|\d{4}")  # addresses, numbers and dates: no name of a column


def listed(header: Iterable[str]) -> str:
    """The columns that there are; what is no header may tell of people, and is not repeated."""
    names = list(header)
    if any(_OF_PEOPLE.search(name) or not name.isprintable() for name in names):
        return "none: what stands there is not a header"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


class Columns:
    """The columns of one file; makes the functions that read its rows. `where` is set in what it raises."""

    def __init__(self, header: Sequence[str], absent: frozenset[str], clock: Clock, source: str) -> None:
        self._at = {name: number for number, name in enumerate(header)}
        self._absent = absent | {""}
        self._clock = clock
        self._source = source

    def value(self, told: Any, where: str) -> Value:
        """What a mapping calls a value: a column's name, or a table with `column` or `const` and a change."""
        if isinstance(told, str):
            return self.text(self.at(told, where))
        if not isinstance(told, dict):
            raise BadInput(
                f"{shown(told)} is no value", where=where, next='a column "name" or { const = ... }'
            )
        if "const" in told:
            _only(told, {"const"}, where)
            const = constant(told["const"], where)
            return lambda row: const
        if "column" not in told:
            raise BadInput("has neither column, const nor view_of", where=where)
        if "minus" in told:
            return self._difference(told, where)
        return self._changed(self.at(told["column"], where), self._change(told, where), told["column"])

    def time(self, told: Any, where: str) -> Callable[[Row], datetime]:
        """A time that has to be there; `{ column, plus, unit }` adds a duration that the row tells."""
        told = told if isinstance(told, dict) else {"column": told}
        _only(told, {"column", "plus", "unit"}, where)
        at, read, name = self.at(told.get("column"), where), time_reader(self._clock), told.get("column")
        present, absent = self._present, self._absent

        def plain_time(row: Row) -> datetime:
            cell = row[at]
            if cell in absent if type(cell) is str else not present(cell):
                raise BadInput(f"{name} is empty")
            try:
                return read(cell)
            except BadInput as error:
                what = error.what if error.what.startswith("time ") else f"{name} {error.what}"
                raise BadInput(what, next=error.next) from None

        if "plus" not in told:
            return plain_time
        plus = {"column": told["plus"], "unit": told.get("unit", "seconds")}
        extra = self.value(plus, where)

        def later(row: Row) -> datetime:
            # In UTC: adding to a wall clock would be an hour off where it springs
            return plain_time(row).astimezone(UTC) + timedelta(seconds=extra(row) or 0)

        return later

    def text(self, at: int) -> Value:
        absent = self._absent

        def read(row: Row) -> Any:
            cell = row[at]
            if type(cell) is str:
                return None if cell in absent else cell
            if cell is None or cell != cell or cell in absent:
                return None
            return plain(cell)

        return read

    def condition(self, told: Mapping[str, Any], where: str) -> Callable[[Row], bool]:
        """Whether a row meets all of `when`; an empty one is met by every row."""
        tests = [self._test(self.at(name, where), wanted, f"{where} {name}") for name, wanted in told.items()]
        if not tests:
            return lambda row: True
        if len(tests) == 1:
            return tests[0]
        return lambda row: all(test(row) for test in tests)

    def at(self, name: Any, where: str) -> int:
        if name not in self._at:
            raise BadInput(
                f"column {name!r} is not in the file", where=where, next=f"it has {listed(self._at)}"
            )
        return self._at[name]

    def _present(self, cell: Any) -> bool:
        return cell is not None and cell == cell and (type(cell) is not str or cell not in self._absent)

    def _changed(self, at: int, change: Cell, name: str) -> Value:
        present, absent = self._present, self._absent

        def read(row: Row) -> Any:
            cell = row[at]
            if cell in absent if type(cell) is str else not present(cell):
                return None
            try:
                return change(cell)
            except BadInput as error:
                raise BadInput(f"{name} {error.what}", next=error.next) from None

        return read

    def _change(self, told: Mapping[str, Any], where: str) -> Cell:
        changes = sorted(set(told) - {"column", "otherwise", "decimal"})
        if "decimal" in told and changes not in (["unit"], ["number"]):
            raise BadInput("decimal stands alone", where=where, next="it goes with unit or number = true")
        if not changes:
            return plain
        if len(changes) > 1 or changes[0] not in (*CHANGES, "time"):
            raise BadInput(
                f"does not understand {', '.join(changes)}",
                where=where,
                next=f"one of {', '.join(CHANGES)}, time, minus",
            )
        if changes[0] == "time":
            return time_reader(self._clock)
        return CHANGES[changes[0]](told, where)

    def _difference(self, told: Mapping[str, Any], where: str) -> Value:
        """Seconds from the time in `minus` to the time in `column`; nothing if either is absent."""
        _only(told, {"column", "minus"}, where)
        start, end = self.at(told["minus"], where), self.at(told["column"], where)
        read, present = time_reader(self._clock), self._present
        names = f"{told['column']} is before {told['minus']}"

        def seconds(row: Row) -> float | None:
            if not (present(row[start]) and present(row[end])):
                return None
            passed = (read(row[end]).astimezone(UTC) - read(row[start]).astimezone(UTC)).total_seconds()
            if passed < 0:
                raise BadInput(names)
            return passed

        return seconds

    def _test(self, at: int, wanted: Any, where: str) -> Callable[[Row], bool]:
        read = self.text(at)
        if not isinstance(wanted, dict):
            words = _words(wanted)
            return lambda row: read(row) in words
        if len(wanted) != 1:
            raise BadInput("is not one condition", where=where, next="present, not, starts or not_starts")
        [(kind, told)] = wanted.items()
        if kind == "present" and isinstance(told, bool):
            return lambda row: (read(row) is not None) is told
        if kind == "not":
            words = _words(told)
            return lambda row: read(row) not in words
        if kind == "starts":
            starts = tuple(_words(told))
            return lambda row: (read(row) or "").startswith(starts)
        if kind == "not_starts":
            starts = tuple(_words(told))
            return lambda row: not (read(row) or "").startswith(starts)
        raise BadInput(
            f"condition {kind!r} is unknown", where=where, next="present = true, not, starts or not_starts"
        )


def _words(told: Any) -> frozenset[str]:
    return frozenset(plain(word) for word in (told if isinstance(told, list) else [told]))


def _only(told: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(told) - allowed)
    if unknown:
        raise BadInput(f"key {unknown[0]!r} does not go with {', '.join(sorted(allowed))}", where=where)
