"""The stream of what is new: one small message for each change of a finding that this person may see."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from viewtrail.errors import ViewtrailError
from viewtrail.finding import Transition
from viewtrail.web import access, data
from viewtrail.web.access import Viewer

EVERY: Final = 0.25
"""Seconds between two looks: the eye does not notice less, and a look costs a tenth of a millisecond."""

PLACE: Final = re.compile(r"-1|[0-9]{1,15}")

PULSE: Final = 60
"""Looks between two signs of life, so that browser and proxies keep the connection: 15 seconds."""


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """`text/event-stream` from the place the browser last saw, or from now."""
    user: Any = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    viewer = user.viewer(data.home().settings.time_zone)
    if not viewer.has(access.COMPLIANCE, access.HEAD, access.SECURITY):
        return HttpResponse(status=403)
    last = request.headers.get("Last-Event-ID", "") or request.GET.get("after", "")
    start = int(last) if PLACE.fullmatch(last) else None
    response = StreamingHttpResponse(_messages(viewer, start), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


async def _messages(viewer: Viewer, after: int | None) -> AsyncIterator[str]:
    look = sync_to_async(_new, thread_sensitive=False)
    last = await sync_to_async(_last, thread_sensitive=False)()
    place = last if after is None else after
    yield f"retry: 2000\nid: {place}\nevent: hello\ndata: {{}}\n\n"
    quiet = 0
    while True:
        place, messages = await look(viewer, place)
        for message in messages:
            yield message
        quiet = 0 if messages else quiet + 1
        if quiet >= PULSE:
            quiet = 0
            yield ": still here\n\n"
        await asyncio.sleep(EVERY)


def _last() -> int:
    try:
        return data.board().last_place()
    except ViewtrailError:
        return -1


def _new(viewer: Viewer, after: int) -> tuple[int, list[str]]:
    """(place reached, messages) of what came after `after`."""
    try:
        last = data.last_place()
        found = data.board().recent(after) if last > after else []
    except ViewtrailError:  # no findings yet, or being made anew: look again
        return after, []
    if last < after:
        # History was imported or all made anew, and places were given anew: the page has to be read again.
        return last, [f"id: {last}\nevent: anew\ndata: {{}}\n\n"]
    if not found:
        return after, []
    staff = data.staff()
    told = [
        f"id: {place}\nevent: finding\ndata: {_said(one)}\n\n"
        for place, one in found
        if access.sees_finding(viewer, one.finding, staff)
    ]
    return found[-1][0], told


def _said(one: Transition) -> str:
    """What a browser needs to know: which finding, what happened, how grave; no claim, no agent."""
    finding = one.finding
    return json.dumps(
        {"id": finding.id, "kind": one.kind, "status": finding.status, "severity": finding.severity}
    )
