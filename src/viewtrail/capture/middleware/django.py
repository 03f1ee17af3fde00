"""For Django: one middleware, set up from `settings.VIEWTRAIL`, for synchronous and asynchronous sites.

It stands after the session and authentication middleware, and outside the transaction of ATOMIC_REQUESTS.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, cast

from viewtrail.capture.client import Client
from viewtrail.capture.middleware.site import MOST_BODY, Site
from viewtrail.capture.notes import Who, current, view_token
from viewtrail.capture.relay import Answer
from viewtrail.errors import SettingError

KNOWN: Final = frozenset(
    "url key source spool spool_bytes proof proof_s allow_s agent beacon_key views".split()
)

_clients: Final[dict[str, Client]] = {}


def client() -> Client:
    """The client of this Django site, for `reveal`, `export` and every other call."""
    if "site" not in _clients:
        told = _settings()
        own = {name: value for name, value in told.items() if name not in ("agent", "beacon_key", "views")}
        _clients["site"] = Client(**own)
    return _clients["site"]


def _settings() -> dict[str, Any]:
    from django.conf import settings

    told = dict(getattr(settings, "VIEWTRAIL", {}))
    missing, strange = {"url", "key", "source", "spool"} - set(told), set(told) - KNOWN
    if missing or strange:
        what = f"{min(missing)} is missing" if missing else f"there is no {min(strange)}"
        raise SettingError(what, where="settings.VIEWTRAIL", next=f"it has {', '.join(sorted(KNOWN))}")
    return told


def resolver() -> Callable[[Any], Any]:
    """The site's own function that says who asks, or `who`."""
    agent = _settings().get("agent") or who
    if isinstance(agent, str):
        from django.utils.module_loading import import_string

        agent = import_string(agent)
    return cast(Callable[[Any], Any], agent)


class ViewtrailMiddleware:
    """Put it last into MIDDLEWARE, or at least after authentication."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        told = _settings()
        key, views = told.get("beacon_key"), told.get("views")
        self._site = Site(client(), resolver(), key, Path(views) if views else None)
        self._get_response = get_response
        self._async = inspect.iscoroutinefunction(get_response) or _marked(get_response)
        if self._async:
            from asgiref.sync import markcoroutinefunction

            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        return self._call_async(request) if self._async else self._call(request)

    def _call(self, request: Any) -> Any:
        given = self._given(request)
        if given is not None:
            return given
        notes = self._site.notes(request, request.META.get("HTTP_USER_AGENT", ""), request.method)
        before = current.set(notes)
        try:
            response = self._get_response(request)
        finally:
            current.reset(before)
        if notes and response.status_code < 400:
            self._site.tell(notes)
        return response

    async def _call_async(self, request: Any) -> Any:
        from asgiref.sync import sync_to_async

        given = await sync_to_async(self._given)(request) if self._ours(request) else None
        if given is not None:
            return given
        notes = self._site.notes(request, request.META.get("HTTP_USER_AGENT", ""), request.method)
        before = current.set(notes)
        try:
            response = await cast(Awaitable[Any], self._get_response(request))
        finally:
            current.reset(before)
        if notes and response.status_code < 400:
            # Who asks and what a list showed may need the database, which Django lets only a thread ask.
            await sync_to_async(self._site.tell)(notes)
        return response

    def _ours(self, request: Any) -> bool:
        return self._site.script(request.path) is not None or self._site.is_beacon(
            request.method, request.path
        )

    def _given(self, request: Any) -> Any:
        """What we answer ourselves: the beacon's script and its signals."""
        script = self._site.script(request.path)
        if script is not None:
            return _response(Answer(200, script, {"Content-Type": "text/javascript"}))
        if self._site.is_beacon(request.method, request.path):
            notes = self._site.notes(request, request.META.get("HTTP_USER_AGENT", ""), request.method)
            return _response(self._site.answer(notes.who(), request.read(MOST_BODY + 1)))
        return None


def tokens(_request: Any) -> dict[str, Any]:
    """A template context processor: `{{ view_token }}` is the token of the record on the page."""
    return {"view_token": view_token}


def who(request: Any) -> Who | None:
    """The signed-in user's primary key; their session as a hash, never its key."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    session = getattr(getattr(request, "session", None), "session_key", None) or ""
    visit = hashlib.sha256(f"viewtrail:{session}".encode()).hexdigest()[:16] if session else None
    return Who(str(user.pk), visit=visit, session=session)


def _marked(get_response: Any) -> bool:
    from asgiref.sync import iscoroutinefunction

    return bool(iscoroutinefunction(get_response))


def _response(answer: Answer) -> Any:
    from django.http import HttpResponse

    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
