"""One entry as a page shows it, with how long a record stayed open where that was told in another entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from viewtrail.log.entry import Logged
from viewtrail.store.segments_columns import about_of, record_of


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `time` (µs) is corrected for the source's skew; None is: not said, not known.

    `dwell_is_least`: the record was open at least so long, its leaving was never heard. `data` is all of the
    event's data as the log keeps it, durations in milliseconds.
    """

    index: int
    known: int
    time: int
    type: str
    agent: str | None
    subject: str | None
    record_kind: str | None
    via: str | None
    dwell_s: float | None
    active_s: float | None
    field: str | None
    reason: str | None
    talk_s: float | None
    answered: bool | None
    direction: str | None
    rows: int | None
    amount: str | None
    currency: str | None
    value_band: int | None
    source: str
    data: dict[str, Any]
    id: str = ""
    received: int = 0
    record: str | None = None
    about: str | None = None
    on_behalf_of: str | None = None
    dwell_is_least: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Where this row stands in an answer: what `before` and `after` want."""
        return self.time, self.index


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long a view lasted, as told last (milliseconds)."""

    dwell_ms: int | None
    active_ms: int | None
    complete: bool | None


def row(one: Logged, dwell: Dwell | None = None) -> Row:
    """The row of an entry; `dwell` is what another entry told of this view."""
    entry, event, data = one.entry, one.entry.event, one.entry.event.data
    get = data.get
    told = dwell or Dwell(get("dwell_ms"), get("active_ms"), get("complete"))
    return Row(
        index=one.index,
        known=one.known,
        time=event.time - entry.skew * 1000,
        type=event.type,
        agent=get("agent"),
        subject=event.subject,
        record_kind=get("record_kind"),
        via=get("via"),
        dwell_s=seconds(told.dwell_ms),
        active_s=seconds(told.active_ms),
        field=get("field"),
        reason=get("reason"),
        talk_s=seconds(get("talk_ms")),
        answered=get("answered"),
        direction=get("direction"),
        rows=get("rows"),
        amount=get("amount"),
        currency=get("currency"),
        value_band=get("value_band"),
        source=event.source,
        data=data,
        id=event.id,
        received=entry.received,
        record=record_of(event.type, event.subject, data),
        about=about_of(event.type, event.subject, data),
        on_behalf_of=get("on_behalf_of"),
        dwell_is_least=told.complete is False,
    )


def seconds(ms: Any) -> float | None:
    """Milliseconds as seconds; None of what is no number."""
    return ms / 1000 if type(ms) is int else None


def rows(entries: Iterable[Logged], dwells: Mapping[int, Dwell]) -> list[Row]:
    """The rows of these entries, in their order; `dwells` by the index of the view."""
    return [row(one, dwells.get(one.index)) for one in entries]
