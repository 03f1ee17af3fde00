"""What stands around every page: static files, the second factor, and nothing kept in caches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class Static(WhiteNoiseMiddleware):
    """Serves the files of `static/`, read whole: under ASGI a file that streams would block the loop."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        return (
            cast(Answer, super().__call__(request)) if not iscoroutinefunction(self) else self._later(request)
        )

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        found = self.files.get(request.path_info)
        if found is not None:
            return await sync_to_async(self.serve, thread_sensitive=False)(found, request)
        return await cast(Awaitable[HttpResponseBase], self.get_response(request))

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        response = HttpResponse(body, status=int(found.status))
        for name, value in found.headers:
            response[name] = value
        return response


class StampedFiles(StaticFilesStorage):
    """Addresses of static files that change when the file does, without a copy of each under another name."""

    def url(self, name: str | None) -> str:
        return f"{super().url(name)}?{_stamp(name or '')}"


@cache
def _stamp(name: str) -> str:
    path = finders.find(name)
    return sha256(Path(path).read_bytes()).hexdigest()[:10] if path else ""


FREE = ("/accounts/", "/first/", "/static/", "/health")
"""Where somebody without a second factor may be: to get one, or to leave."""


@sync_and_async_middleware
def second_factor(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Where a second factor is required, whoever has none is asked to set one up before anything else."""

    def lacking(request: HttpRequest) -> bool:
        from allauth.mfa.utils import is_mfa_enabled

        if settings.VIEWTRAIL.settings.second_factor != "required" or not request.user.is_authenticated:
            return False
        # Whoever comes from the company's provider has shown there what the company asks for.
        how = {one.get("method") for one in request.session.get("account_authentication_methods", [])}
        return "socialaccount" not in how and not is_mfa_enabled(request.user)

    if not iscoroutinefunction(get_response):

        def plain(request: HttpRequest) -> HttpResponseBase:
            if not request.path_info.startswith(FREE) and lacking(request):
                return HttpResponseRedirect(reverse("mfa_index"))
            return cast(HttpResponseBase, get_response(request))

        return plain

    async def later(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(FREE) and await sync_to_async(lacking)(request):
            return HttpResponseRedirect(reverse("mfa_index"))
        return cast(HttpResponseBase, await get_response(request))

    return later


@sync_and_async_middleware
def no_cache(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Pages about people stay in no cache: not the browser's, not a proxy's."""

    def marked(response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    if not iscoroutinefunction(get_response):
        return lambda request: marked(get_response(request))

    async def later(request: HttpRequest) -> HttpResponseBase:
        return marked(await get_response(request))

    return later
