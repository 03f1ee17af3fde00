"""One opening of a page by one person: checked, given a purpose, logged, and only then shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from viewtrail.errors import ViewtrailError
from viewtrail.finding import Finding, Gone, Reader
from viewtrail.web import access, data, logbook, names, purposes
from viewtrail.web.access import Viewer
from viewtrail.web.page import ASKED, Page, Subject, front

if TYPE_CHECKING:
    from viewtrail.store.asking import Questions
    from viewtrail.store.asking_answers import AgentSeen
    from viewtrail.store.asking_rows import Row
    from viewtrail.store.board import Board

LONGEST_WAIT: Final = 1.5
"""Seconds for which an act waits to be folded; the loop needs a tenth of one."""

_RETURNING: Final = "returning"
_OPENED: Final = "opened"

OPEN_AT_ONCE: Final = 30
"""Pages about somebody that one session keeps up to date at once; an older one is opened anew, and logged."""


@dataclass(slots=True)
class Visit:
    """Who opens which page, about whom, and why; and what a page needs to answer."""

    request: HttpRequest
    page: Page
    viewer: Viewer
    by: str
    subject: Subject | None = None
    purpose: str = ""
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    _names: names.Shown | None = None

    @property
    def board(self) -> Board:
        return data.board()

    @property
    def questions(self) -> Questions:
        return data.questions()

    @property
    def staff(self) -> Mapping[str, AgentSeen]:
        """What the log says about each agent, by pseudonym."""
        return data.staff()

    @property
    def reader(self) -> Reader:
        """What this person may read in a finding."""
        return access.reader(self.viewer)

    def reasons(self, rows: Sequence[Row]) -> dict[int, str]:
        """By index, the reasons on file for each opening, in words that this person may read.

        That an owner was away is a fact about a colleague's leave; "other" for those not entitled to it.
        """
        found = self.questions.reasons(rows)
        if not self.reader.hr:
            found = {
                index: tuple("other" if name == "absent" else name for name in names)
                for index, names in found.items()
            }
        return {index: ", ".join(names) for index, names in found.items()}

    @property
    def names(self) -> names.Shown:
        """Which pseudonyms this person sees as ids at the moment."""
        if self._names is None:
            self._names = names.shown_to(self.viewer.id, self.subject.finding if self.subject else "")
        return self._names

    @property
    def pseudonym(self) -> str:
        """Under which pseudonym this person's acts stand in the log."""
        return data.pseudonym(self.by)

    @property
    def is_part(self) -> bool:
        """A piece of a page, fetched by a script."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def is_open(self) -> bool:
        """A piece of a page about somebody whose opening the log has from this session.

        The header alone proves nothing: whoever can set it could look without a trace.
        """
        opened = self.request.session.get(_OPENED, [])
        return self.is_part and self.subject is not None and [self.page.name, self.subject.key] in opened

    def tell(self, event: str, **told: Any) -> int:
        """Write to the log what this person does here; NotLogged when it cannot be written."""
        about = self.subject
        if about is not None:
            told = {"finding": about.finding, "about": about.agent, "record": about.record, **told}
        return logbook.write(event, by=self.by, **{"who": self.viewer.role, **told})

    def opened(self, why: str) -> None:
        """Write to the log that the page about `subject` was opened; NotLogged when it cannot be written."""
        assert self.subject is not None
        self.tell(self.subject.event, what=self.page.name, why=why)
        this = [self.page.name, self.subject.key]
        before = [one for one in self.request.session.get(_OPENED, []) if one != this]
        self.request.session[_OPENED] = [*before[1 - OPEN_AT_ONCE :], this]

    def back_to(self, url: str) -> HttpResponseBase:
        """Back to the page after an act on it that the log has."""
        if self.subject is not None:
            self.request.session[_RETURNING] = self.subject.key
        return HttpResponseRedirect(url)

    def settle(self, index: int) -> bool:
        """Wait until the loop has folded entry `index`, so that the next page shows what was just done."""
        until = time.monotonic() + LONGEST_WAIT
        while self.board.made().size <= index:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def offer_undo(self, said: str, type_: str, findings: Sequence[str]) -> None:
        """Say on the next page what was done, with a button that takes it back."""
        self.request.session["undo"] = {"said": said, "type": type_, "findings": list(findings)}

    def render(self, template: str, /, status: int = 200, **context: Any) -> HttpResponse:
        """The template, framed: rail, crumbs, and how this viewer reads times and names."""
        return render(self.request, template, {"visit": self, **context}, status=status)


class Dissolved(Http404):
    """A finding that there was and that later history does not come to any more: it is about nobody now."""

    def __init__(self, gone: Gone) -> None:
        super().__init__("this finding is none any more")
        self.gone = gone


def opening(page: Page) -> Callable[..., HttpResponseBase]:
    """The Django view of a page.

    1. somebody is signed in, and one of their roles may open the page
    2. they may see whom it is about
    3. they have said why, where the page asks for it
    4. the log has it that they opened it: no log, no look
    """

    def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        visit = _visit(request, page)
        if not visit.viewer.has(*page.roles):  # 1
            first = front(visit.viewer)
            if page.path or first is None:
                raise PermissionDenied
            return HttpResponseRedirect(reverse(first.name))  # signing in leads here, whoever it is
        try:
            if page.about is not None:
                visit.subject = page.about(visit, **parts)  # 2
                visit.purpose = _said(visit)
                if page.purpose == ASKED:  # 3
                    answer = purposes.ask(visit)
                    if answer is not None:
                        return answer
                if request.method == "GET" and not visit.is_open and not _returning(visit):  # 4
                    visit.opened(why=visit.purpose)
            with data.one_moment():
                return page.view(visit, **parts)
        except Dissolved as error:
            return visit.render("gone.html", status=410, gone=error.gone)
        except logbook.NotLogged as error:
            return visit.render("fault.html", status=503, error=error, heading="No log, no look")
        except ViewtrailError as error:
            return visit.render("fault.html", status=503, error=error, heading="This cannot be shown now")

    return wraps(page.view)(view)


def _returning(visit: Visit) -> bool:
    """Back on the page from an act on it, which is in the log already: that is no new opening."""
    about = visit.subject.key if visit.subject is not None else ""
    return bool(visit.request.session.pop(_RETURNING, "") == about != "")


def _said(visit: Visit) -> str:
    """The purpose that led here: that of the link, or looking into the finding whose page it is."""
    said = visit.request.GET.get("purpose", "")
    if said in purposes.PURPOSES:
        return said
    return "review-of-a-finding" if visit.subject is not None and visit.subject.finding else ""


def _visit(request: HttpRequest, page: Page) -> Visit:
    person = cast(Any, request.user)
    viewer = person.viewer(data.home().settings.time_zone)
    return Visit(request, page, viewer, logbook.name_of(person))


def about_finding(visit: Visit, finding: str) -> Subject:
    """A page about a finding, for those who may see it."""
    found = seen_finding(visit, finding)
    return Subject("finding.viewed", agent=found.agent or "", finding=found.id)


def seen_finding(visit: Visit, finding: str) -> Finding:
    """The finding, or Http404 where there is none that this viewer may know of."""
    found = visit.board.finding(finding)
    if found is None and (gone := visit.board.gone(finding)) is not None:
        raise Dissolved(gone)
    if found is None or not access.sees_finding(visit.viewer, found, visit.staff):
        raise Http404("there is no such finding, or it is not yours to see")
    return found


def about_agent(visit: Visit, agent: str) -> Subject:
    """A page about what an agent did, for those who may see it."""
    if agent not in visit.staff or not access.sees_agent(visit.viewer, agent, visit.staff):
        raise Http404("there is no such agent, or they are not yours to see")
    return Subject("timeline.viewed", agent=agent)


def about_record(visit: Visit, record: str) -> Subject:
    """A page about a record and those who opened it."""
    return Subject("timeline.viewed", record=record)
