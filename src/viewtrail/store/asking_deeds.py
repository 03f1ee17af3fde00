"""One agent's rows, read and counted as columns: a question about so few takes longer to plan than to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from viewtrail.measure.reasons import SHORT_TALK_MS

Placed = tuple[int, int, int | None, int | None, bool | None]
"""An entry's index and time, and how long its view lasted as another entry told: dwell, active, complete."""

Spans = Mapping[str, Sequence[tuple[int, int]]]
"""By agent, the spans (µs) in which something is counted, each from and up to."""

_TOLD: Final = ("view", "idx", "dwell_ms", "active_ms", "complete")
_DAY: Final = ("idx", "time", "type", "opening", "view", "dwell_ms")


def between(rows: pa.Table, start: int, end: int) -> pa.Table:
    """The rows from `start` up to `end` (µs)."""
    time: Any = rows.column("time")
    return rows.filter(pc.and_(pc.greater_equal(time, pa.scalar(start)), pc.less(time, pa.scalar(end))))


def of_part(rows: pa.Table, *parts: str) -> pa.Table:
    """What the agent "did", what was told "about" them, which records they "exported"."""
    return rows.filter(_among(rows, "part", parts))


def of_types(rows: pa.Table, types: Sequence[str]) -> pa.Table:
    """The rows of these types of event."""
    return rows.filter(_among(rows, "type", types))


def entries(acts: pa.Table, start: int, end: int, *, about: bool) -> list[Placed]:
    """What the agent did in this span, and with `about` what was told of them, in order of time.

    `acts` reach as far around the span as a leaving may be from its opening. A record's leaving belongs to
    its opening: it has a row of its own only where the opening was never heard.
    """
    shown = of_part(between(acts, start, end), "did", *(("about",) if about else ()))
    told = _told(acts, shown)
    left = shown.filter(_are(shown, "record.left"))
    opened = set(acts.filter(_among(acts, "opening", _known(left, "view"))).column("opening").to_pylist())
    found: set[Placed] = set()
    for index, time, kind, opening, view, dwell in zip(*(_cells(shown, name) for name in _DAY), strict=True):
        if kind == "record.left" and view is not None and view in opened:
            continue
        last = told.get(opening) if kind == "record.viewed" and opening is not None else None
        # A leaving may be told before its opening; what the opening itself says later is better then.
        heeded = last is not None and (last[0] > index or dwell is None)
        found.add(
            (index, time, *last[1:]) if last is not None and heeded else (index, time, None, None, None)
        )
    return sorted(found, key=lambda one: (one[1], one[0]))


def _told(acts: pa.Table, shown: pa.Table) -> dict[str, tuple[int, int, int | None, bool | None]]:
    """By opening, what its last leaving told: the index of that, dwell, active, complete."""
    left = of_part(acts.filter(_are(acts, "record.left")), "did")
    left = left.filter(_among(left, "view", _known(shown, "opening")))
    left = left.filter(pc.is_valid(left.column("dwell_ms"))).sort_by("idx")
    return {view: tuple(rest) for view, *rest in zip(*(_cells(left, name) for name in _TOLD), strict=True)}


def counted(acts: pa.Table, spans: Spans) -> list[tuple[str, int, dict[str, int]]]:
    """(agent, place among their spans, counts) of each span in which the agent did anything.

    An agent's spans are in order and apart; `acts` are these agents' and nobody else's.
    """
    did = of_part(acts, "did")
    numbers = _numbers(did, spans)
    did, inside = did.filter(pa.array(numbers >= 0)), numbers[numbers >= 0]
    how: Any = [(name, "sum") for name in _SUMS] + [(name, "count_distinct") for name in _DIFFERENT]
    how += [("time", "count"), ("time", "min"), ("time", "max")]
    columns = {"span": pa.array(inside), **_columns(did)}
    found = pa.table(columns).group_by("span", use_threads=False).aggregate(how).sort_by("span")
    whose = [(agent, place) for agent, mine in spans.items() for place in range(len(mine))]
    return [(*whose[one.pop("span")], _counts(one)) for one in found.to_pylist()]


def _numbers(did: pa.Table, spans: Spans) -> Any:
    """For each row the number of the span it lies in, counted through all agents; -1 where in none."""
    people: Any = pc.index_in(did.column("person"), value_set=pa.array(list(spans), pa.string()))
    person, times = people.to_numpy(), did.column("time").to_numpy()
    found = np.full(len(times), -1, dtype=np.int64)
    before = 0
    for place, mine in enumerate(spans.values()):
        rows = np.flatnonzero(person == place)
        begins, ends = np.array(mine, dtype=np.int64).reshape(-1, 2).T
        at = np.searchsorted(begins, times[rows], side="right") - 1
        inside = (at >= 0) & (times[rows] < ends[at])
        found[rows[inside]] = before + at[inside]
        before += len(mine)
    return found


_SUMS: Final = (
    *("openings", "reveals", "calls", "answered", "unknown", "short", "talk_ms"),
    *("messages", "exports", "exported_rows"),
)
_DIFFERENT: Final = ("opened", "revealed")


def _counts(one: dict[str, Any]) -> dict[str, int]:
    counts = {name: one[f"{name}_sum"] or 0 for name in _SUMS}
    counts |= {name: one[f"{name}_count_distinct"] for name in _DIFFERENT}
    return counts | {"entries": one["time_count"], "first": one["time_min"], "last": one["time_max"]}


def _columns(did: pa.Table) -> dict[str, Any]:
    """What is added up of each row, and the records of which the different ones are counted."""
    record, talk, surface = (_cells_of(did, name) for name in ("record", "talk_ms", "surface"))
    is_ = {name: _are(did, name) for name in _COUNTED}
    by_person: Any = pc.fill_null(pc.not_equal(surface, pa.scalar("job")), True)
    openings, reveals = pc.and_(is_["record.viewed"], by_person), is_["contact.revealed"]
    calls, exports = is_["call.ended"], is_["export.created"]
    answered: Any = pc.and_(calls, pc.fill_null(_cells_of(did, "answered"), False))
    no_machine: Any = pc.invert(pc.fill_null(_cells_of(did, "machine"), False))
    brief: Any = pc.fill_null(pc.less(talk, pa.scalar(SHORT_TALK_MS)), False)
    nothing = pa.scalar(None, pa.int64())
    nobody = pa.scalar(None, pa.string())
    return {
        "time": did.column("time"),
        "openings": openings,
        "opened": pc.if_else(openings, record, nobody),
        "reveals": reveals,
        "revealed": pc.if_else(reveals, record, nobody),
        "calls": calls,
        "answered": answered,
        "unknown": pc.and_(calls, pc.is_null(did.column("answered"))),
        "short": pc.and_(pc.and_(answered, no_machine), brief),
        "talk_ms": pc.if_else(calls, talk, nothing),
        "messages": is_["message.sent"],
        "exports": exports,
        "exported_rows": pc.if_else(exports, did.column("rows"), nothing),
    }


_COUNTED: Final = ("record.viewed", "contact.revealed", "call.ended", "message.sent", "export.created")


def _among(rows: pa.Table, column: str, wanted: Any) -> Any:
    values = wanted if isinstance(wanted, pa.Array | pa.ChunkedArray) else pa.array(wanted, pa.string())
    return pc.is_in(rows.column(column), value_set=values)


def _known(rows: pa.Table, column: str) -> Any:
    """What stands in a column, without the empty cells: nothing is found by those."""
    return pc.drop_null(rows.column(column)).combine_chunks()


def _are(rows: pa.Table, kind: str) -> Any:
    """Which rows are of this type of event."""
    return pc.equal(_cells_of(rows, "type"), pa.scalar(kind))


def _cells_of(rows: pa.Table, name: str) -> Any:
    return rows.column(name)


def _cells(rows: pa.Table, name: str) -> list[Any]:
    cells: list[Any] = rows.column(name).to_pylist()
    return cells
