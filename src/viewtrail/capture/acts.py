"""What agents do, one call for each: the vocabulary's types as methods, their fields as arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack

from viewtrail.capture.shape import shape

Id = str | int
Kind = Literal["lead", "client", "account"]
Via = Literal["list", "search", "queue", "link", "task", "call", "campaign", "other"]
Surface = Literal["ui", "api", "export", "job"]
Field = Literal["phone", "email", "address", "document", "other"]
Filter = str | Mapping[str, Any] | None


class More(TypedDict, total=False):
    """What every call takes besides its own: who acted for whom, and when and under which id it is told."""

    on_behalf_of: Id | None
    actor_kind: Literal["human", "service", "system"] | None
    time: datetime | int | None
    id: str | None


class Acts:
    """Every call gives the id of its event and never raises."""

    source: str
    event: Callable[..., str]

    def viewed(
        self,
        agent: Id,
        record: Id,
        *,
        record_kind: Kind | None = None,
        via: Via | None = None,
        position: int | None = None,
        list: Id | None = None,
        surface: Surface | None = None,
        seen: Literal["true", "unknown"] | None = None,
        visit: str | None = None,
        campaign: Id | None = None,
        dwell_s: float | None = None,
        active_s: float | None = None,
        **more: Unpack[More],
    ) -> str:
        """An agent opened a record. The id is for `left`."""
        return self.event(
            "record.viewed", agent, record,
            record_kind=record_kind, via=via, position=position, list=list, surface=surface, seen=seen,
            visit=visit, campaign=campaign, dwell_s=dwell_s, active_s=active_s, **more,
        )  # fmt: skip

    def left(
        self,
        agent: Id,
        record: Id,
        view: str,
        *,
        dwell_s: float | None = None,
        active_s: float | None = None,
        complete: bool = True,
        visit: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """The agent left it. `view` is the id that `viewed` gave."""
        whole = view if "#" in view else f"{self.source}#{view}"
        return self.event(
            "record.left", agent, record,
            view=whole, dwell_s=dwell_s, active_s=active_s, complete=complete, visit=visit, **more,
        )  # fmt: skip

    def revealed(
        self,
        agent: Id,
        record: Id,
        field: Field,
        *,
        reason: str | None = None,
        surface: Surface | None = None,
        shown_s: float | None = None,
        visit: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """A number, an address or a document was shown in clear. `reveal` can also refuse to show it."""
        return self.event(
            "contact.revealed", agent, record,
            field=field, reason=reason, surface=surface, shown_s=shown_s, visit=visit, **more,
        )  # fmt: skip

    def exported(
        self,
        agent: Id,
        rows: int,
        *,
        records: Sequence[Id] | None = None,
        fields: Sequence[str] | None = None,
        masked: bool | None = None,
        format: str | None = None,
        sha256: str | None = None,
        list: Id | None = None,
        visit: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """Rows left the CRM as a file. `masked`: without contact data."""
        return self.event(
            "export.created", agent, None,
            rows=rows, records=_ids(records), fields=names_of(fields), masked=masked, format=format,
            sha256=sha256, list=list, visit=visit, **more,
        )  # fmt: skip

    def listed(
        self,
        agent: Id,
        list: Id | None = None,
        *,
        filter: Filter = None,
        sort: str | None = None,
        rows: int | None = None,
        records: Sequence[Id] | None = None,
        fields_readable: Sequence[str] | None = None,
        visit: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """A list was shown. A filter given as a mapping is kept as its shape, without values."""
        return self.event(
            "list.viewed", agent, None,
            list=list, filter=_shape(filter), sort=sort, rows=rows, records=_ids(records),
            fields_readable=names_of(fields_readable), visit=visit, **more,
        )  # fmt: skip

    def searched(
        self,
        agent: Id,
        filter: Filter = None,
        *,
        rows: int | None = None,
        records: Sequence[Id] | None = None,
        list: Id | None = None,
        visit: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """A search was made; `rows` is how many it found."""
        return self.event(
            "search.performed", agent, None,
            filter=_shape(filter), rows=rows, records=_ids(records), list=list, visit=visit, **more,
        )  # fmt: skip

    def called(
        self,
        agent: Id,
        record: Id | None = None,
        *,
        call: Id | None = None,
        direction: Literal["out", "in"] | None = None,
        answered: bool | None = None,
        ring_s: float | None = None,
        talk_s: float | None = None,
        ended_by: Literal["agent", "client"] | None = None,
        cause: str | None = None,
        campaign: Id | None = None,
        dialer: Literal["manual", "power"] | None = None,
        machine: bool | None = None,
        **more: Unpack[More],
    ) -> str:
        """A call ended. `talk_s` is from answer to end, never ringing; `answered` None: not known."""
        return self.event(
            "call.ended", agent, record,
            call=call, direction=direction, answered=answered, ring_s=ring_s, talk_s=talk_s,
            ended_by=ended_by, cause=cause, campaign=campaign, dialer=dialer, machine=machine, **more,
        )  # fmt: skip

    def noted(self, agent: Id, record: Id, fields: Sequence[str] | None = None, **more: Unpack[More]) -> str:
        """A note was added; its text is none of our business."""
        return self.event("note.added", agent, record, fields=names_of(fields), **more)


def _ids(records: Sequence[Id] | None) -> list[str] | None:
    return None if records is None else [str(record) for record in records]


def names_of(names: Sequence[str] | None) -> list[str] | None:
    return None if names is None else list(names)


def _shape(filter: Filter) -> str | None:
    return filter if filter is None or isinstance(filter, str) else shape(filter)
