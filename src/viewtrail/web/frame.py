"""What stands around every page: the rail, the search, who is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from viewtrail.web import data
from viewtrail.web.page import page, rail


def frame(request: HttpRequest) -> dict[str, Any]:
    """The rail with the pages that this person may open, and where they are in it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rail": [], "demo": False}
    viewer = user.viewer(data.home().settings.time_zone)
    places = []
    for one in rail():
        if not viewer.has(*one.roles):
            continue
        try:
            there = reverse(one.name)
        except NoReverseMatch:  # a page that needs to be told about whom is reached from elsewhere
            continue
        here = request.path == there or (there != "/" and request.path.startswith(there.rstrip("/") + "/"))
        places.append({"title": one.title, "href": there, "here": here})
    return {
        "undo": request.session.pop("undo", None) if request.headers.get("HX-Request") != "true" else None,
        "rail": places,
        "finds": viewer.has(*page("find").roles),
        "hears": viewer.has(*page("findings").roles),
        "viewer": viewer,
        "loose": data.home().settings.second_factor != "required",
        "tenant": data.home().settings.tenant,
    }
