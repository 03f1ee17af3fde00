"""For Django's classes: mix-ins for detail and list views, for the admin, and for Django REST framework.

class LeadDetail(RecordView, DetailView): record_kind = "lead"
class LeadAdmin(RecordAdmin, admin.ModelAdmin): record_kind = "lead"
class LeadViewSet(RecordViewSet, ModelViewSet): record_kind = "lead"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from viewtrail.capture.notes import current, list_viewed, record_viewed
from viewtrail.capture.shape import shape

NO_FILTER: Final = (
    "page",
    "page_size",
    "limit",
    "offset",
    "cursor",
    "ordering",
    "sort",
    "o",
    "p",
    "all",
    "format",
    "e",
)
"""Query parameters that lead through a list or order it, and select nothing."""

MOST_IDS: Final = 500
"""Ids of a list's page that one event names."""


class RecordView:
    """For `DetailView` and its like: what `get_object` gives is shown."""

    record_kind: str = "lead"
    record_via: str | None = None

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(*args, **kwargs)  # type: ignore[misc]  # of the view it is mixed into
        record_viewed(self.record_kind, found.pk, via=self.record_via)
        return found


class RecordList:
    """For `ListView` and its like."""

    record_list: str | None = None

    def get_context_data(self, **kwargs: Any) -> Any:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        page, paginator = context.get("object_list"), context.get("paginator")
        _listed(self.record_list or type(self).__name__, self.request.GET, page, paginator)  # type: ignore[attr-defined]
        return context


class RecordAdmin:
    """For `ModelAdmin`: the change page is a view of the record, the change list is a list."""

    record_kind: str = "lead"

    def change_view(self, request: Any, object_id: str, *args: Any, **kwargs: Any) -> Any:
        response = super().change_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        if request.method == "GET" and response.status_code == 200:
            record_viewed(self.record_kind, object_id)
        return response

    def changelist_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().changelist_view(request, *args, **kwargs)  # type: ignore[misc]
        changes = getattr(response, "context_data", None) or {}
        if request.method == "GET" and "cl" in changes:
            found = changes["cl"]
            _listed(f"admin:{found.opts.label_lower}", request.GET, found.result_list, found.paginator)
        return response


class RecordViewSet:
    """For Django REST framework's views that retrieve and list. `record_id` names the serialised id."""

    record_kind: str = "lead"
    record_id: str = "id"

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().retrieve(request, *args, **kwargs)  # type: ignore[misc]
        if isinstance(response.data, Mapping) and self.record_id in response.data:
            record_viewed(self.record_kind, response.data[self.record_id], surface="api")
        return response

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().list(request, *args, **kwargs)  # type: ignore[misc]
        data = response.data
        rows = data.get("results", []) if isinstance(data, Mapping) else data
        total = data.get("count", len(rows)) if isinstance(data, Mapping) else len(rows)
        ids = [row[self.record_id] for row in rows if isinstance(row, Mapping) and self.record_id in row]
        filter = shape(request.query_params, NO_FILTER)
        list_viewed(type(self).__name__, filter=filter, rows=total, records=_named(ids))
        return response


def _listed(name: str, asked: Mapping[str, Any], page: Any, paginator: Any) -> None:
    """The rows are asked for when the page has been made: by then they are loaded, and cost no query."""

    def found() -> dict[str, Any]:
        ids = [row.pk for row in page if hasattr(row, "pk")]
        rows = paginator.count if paginator is not None else len(ids)
        return {"rows": rows, "records": _named(ids)}

    notes = current.get()
    if notes is not None:
        notes.note("list.viewed", None, later=found, list=name, filter=shape(asked, NO_FILTER))


def _named(ids: Sequence[Any]) -> list[str]:
    return [str(id) for id in ids[:MOST_IDS]]
