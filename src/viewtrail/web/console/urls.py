"""Addresses: the pages found in `pages/`, signing in, and the stream of what is new."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from viewtrail.web import faults, first_admin, live
from viewtrail.web.page import address, all_pages


def health(request: HttpRequest) -> HttpResponse:
    """The console answers; whether capture is healthy stands on Today."""
    return HttpResponse("ok\n", content_type="text/plain")


CLOSED = ("signup/", "password/reset/", "email/", "confirm-email/", "3rdparty/signup/")
"""Pages of allauth that a console of people who were added has no use for."""


def no_such_page(request: HttpRequest) -> HttpResponse:
    raise Http404("people are added, and forgotten passwords set anew, by an administrator")


urlpatterns = [
    path("health", health),
    path("live", live.stream, name="live"),
    path("first/<str:token>", first_admin.sign_up, name="first_admin"),
    # People are added, and forgotten passwords set anew, by an administrator.
    *(path(f"accounts/{closed}", no_such_page) for closed in CLOSED),
    path("accounts/", include("allauth.urls")),
    *(address(page) for page in all_pages()),
]

handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.failed
