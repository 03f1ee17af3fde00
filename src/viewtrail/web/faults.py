"""What a page says when there is nothing to show: what happened and what to do, in our own frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from viewtrail.errors import ViewtrailError


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Signed in, but not with a role that opens this."""
    said = str(exception or "")
    error = ViewtrailError(
        said or "your roles do not open this page", next="an administrator gives roles, under Settings"
    )
    return render(request, "fault.html", {"heading": "Not yours to open", "error": error}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or one whose existence this person may not learn of."""
    said = exception.args[0] if exception and exception.args and isinstance(exception.args[0], str) else ""
    error = ViewtrailError(said or "there is nothing at this address", next="go on from the first page")
    return render(request, "fault.html", {"heading": "Not found", "error": error}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours; the details are in the console's own output."""
    error = ViewtrailError(
        "something went wrong in the console", next="the log is not touched by it; the details are on stderr"
    )
    return render(request, "fault.html", {"heading": "A fault of the console", "error": error}, status=500)
