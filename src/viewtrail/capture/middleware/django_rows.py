"""For Django's bulk ways past any view: rows read with `iterator` or `values`, and CSV files made of them.

Nothing is counted behind the host's back: a total on a dashboard reads all leads too, and is no export.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from viewtrail.capture.answers import Proof
from viewtrail.capture.middleware.django import client, resolver
from viewtrail.capture.notes import who_of
from viewtrail.capture.shown import Export

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def exported_rows(
    request: Any,
    queryset: Any,
    fields: Sequence[str] | None = None,
    *,
    format: str = "csv",
    masked: bool | None = None,
    proof: Proof | None = None,
) -> Iterator[Any]:
    """The rows of `queryset`, from `iterator()`: instances, or tuples of `fields`; counted, with their ids.

    `export.created` is logged when they end or the reader stops; with a proof, the count is asked for first
    and `NotLogged` is raised before the first row. By nobody: set aside; with a proof, refused.
    """
    said = who_of(resolver()(request))
    proof = proof or client().proof
    rows = None if proof == "none" else queryset.count()
    export = client().export(
        said.agent if said else None,
        rows=rows,
        fields=fields,
        masked=masked,
        format=format,
        proof=proof,
        visit=said.visit if said else None,
        on_behalf_of=said.on_behalf_of if said else None,
    )
    return _rows(export.__enter__() if rows is not None else export, queryset, fields, rows is not None)


def _rows(export: Export, queryset: Any, fields: Sequence[str] | None, entered: bool) -> Iterator[Any]:
    if not entered:
        export.__enter__()
    try:
        if fields is None:
            yield from export.rows(queryset.iterator(chunk_size=2_000), id="pk")
        else:
            for pk, *row in queryset.values_list("pk", *fields).iterator(chunk_size=2_000):
                export.row(pk)
                yield tuple(row)
    finally:
        export.__exit__(None, None, None)


def csv_response(request: Any, queryset: Any, fields: Sequence[str], name: str, **more: Any) -> Any:
    """A streamed CSV file of `fields`, logged. Cells that look like formulas to a spreadsheet are quoted."""
    from django.http import StreamingHttpResponse

    rows = exported_rows(request, queryset, fields, **more)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(_csv(fields, rows), content_type="text/csv; charset=utf-8", headers=headers)


class _Line:
    """Where `csv` writes one line, taken away at once."""

    def write(self, line: str) -> str:
        return line


def _csv(fields: Sequence[str], rows: Iterator[Any]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield str(writer.writerow(fields))
    for row in rows:
        yield str(writer.writerow([_cell(value) for value in row]))


def _cell(value: Any) -> Any:
    """A leading apostrophe keeps text that begins like a formula from being one (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
