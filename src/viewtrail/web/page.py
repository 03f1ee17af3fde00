"""What a page is: where it is, who may open it, whom it is about. Pages are found by looking in `pages/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.http import HttpResponseBase
from django.urls import URLPattern, path

if TYPE_CHECKING:
    from viewtrail.web.access import Viewer

View = Callable[..., HttpResponseBase]

NO_PURPOSE, KNOWN, ASKED = "none", "known", "asked"
"""Whether a page has no purpose to state, has the one that led there, or asks for one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a page is about, and the event that says that it was opened."""

    event: str
    agent: str = ""
    finding: str = ""
    record: str = ""

    @property
    def key(self) -> str:
        """What a stated purpose is valid for."""
        return self.agent or self.finding or self.record


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `view(visit, **parts of the path)` answers it.

    `about(visit, **parts)` says whom it is about, and raises Http404 where this viewer may not know that it
    exists; every opening of such a page is an entry in the log. `rail` is its place in the rail, 0 = none.
    """

    name: str
    path: str
    title: str
    view: View
    roles: tuple[str, ...]
    about: Callable[..., Subject] | None = None
    purpose: str = NO_PURPOSE
    rail: int = 0


FOLDER: Final = "viewtrail.web.pages"


@cache
def all_pages() -> tuple[Page, ...]:
    """Every page of every file in `pages/`."""
    package = importlib.import_module(FOLDER)
    files = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(page for file in files for page in pages_of(file))


def pages_of(file: str) -> tuple[Page, ...]:
    """The pages that one file declares: its PAGE, its PAGES, or both."""
    module = importlib.import_module(f"{FOLDER}.{file}")
    one: Page | None = getattr(module, "PAGE", None)
    more: tuple[Page, ...] = getattr(module, "PAGES", ())
    return ((one,) if one is not None else ()) + tuple(more)


def page(name: str) -> Page:
    """The page of that name."""
    return next(one for one in all_pages() if one.name == name)


@cache
def rail() -> tuple[Page, ...]:
    """The pages that stand in the rail, in its order."""
    return tuple(sorted((page for page in all_pages() if page.rail), key=lambda page: page.rail))


def front(viewer: Viewer) -> Page | None:
    """The page that somebody begins on: the first of the rail that their roles open."""
    return next((one for one in rail() if "<" not in one.path and viewer.has(*one.roles)), None)


def address(page: Page) -> URLPattern:
    """The page as Django's router wants it."""
    from viewtrail.web.visit import opening

    return path(page.path, opening(page), name=page.name)
