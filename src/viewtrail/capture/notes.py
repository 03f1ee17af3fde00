"""What happened to records in one request: noted while it is answered, told when the answer has succeeded.

The notes hang on the request's context and not on a framework, so one decorator serves all. Nothing is
told from inside the host's transaction: what was rolled back or refused was not shown.
"""

from __future__ import annotations

import functools
import inspect
import logging
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from viewtrail.errors import ViewtrailError

F = TypeVar("F", bound=Callable[..., Any])

_log: Final = logging.getLogger("viewtrail.capture")


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: the agent's id as the CRM knows it, for whom else, and in which session.

    `session` ties a view token to the browser session and goes no further; `visit` goes into the events.
    """

    agent: str
    on_behalf_of: str | None = None
    actor_kind: str | None = None
    visit: str | None = None
    session: str = ""


class Events(Protocol):
    """What is needed of the client."""

    def event(self, type: str, agent: Any, subject: Any = None, **data: Any) -> str: ...

    def trouble(self, error: Exception) -> None: ...


class Tokens(Protocol):
    """What is needed of the beacon's relay."""

    def issue(
        self,
        *,
        agent: str,
        record: str,
        session: str,
        kind: str | None = None,
        user_agent: str = "",
        **data: Any,
    ) -> str: ...


@dataclass(slots=True)
class _Note:
    type: str
    record: str | None
    data: dict[str, Any]
    later: Callable[[], Mapping[str, Any] | None] | None
    at: int = field(default_factory=lambda: time.time_ns() // 1_000)
    token: str = ""


class Notes:
    """The notes of one request. `who` is asked once, and only if there is something to tell.

    A HEAD request runs the same view as a GET and shows nothing of it (RFC 9110, 9.3.2): nothing is told.
    """

    def __init__(
        self,
        client: Events,
        who: Callable[[], Any],
        relay: Tokens | None = None,
        user_agent: str = "",
        method: str | None = "GET",
    ) -> None:
        self._client, self._who, self._relay, self._user_agent = client, who, relay, user_agent
        self._shows = method != "HEAD"
        self._notes: list[_Note] = []

    def __bool__(self) -> bool:
        return self._shows and bool(self._notes)

    def note(
        self,
        type: str,
        record: Any = None,
        *,
        later: Callable[[], Mapping[str, Any] | None] | None = None,
        **data: Any,
    ) -> None:
        """An act to tell. `later` gives further fields once the answer is made; None: nothing to tell."""
        self._notes.append(_Note(type, None if record is None else str(record), data, later))

    def token(self) -> str:
        """The view token of the record noted last, for the page being made; "" where no beacon is used.

        From then on the beacon's signal makes the opening, and the answer alone does not.
        """
        views = [note for note in self._notes if note.type == "record.viewed"]
        if self._relay is None or not views or not self._shows:
            return ""
        who = who_of(self._who())
        if who is None:
            return ""
        if not who.session:
            _say_once(
                "no view tokens: the agent is known, the session is not, and a token is good in one alone"
            )
            return ""
        last = views[-1]
        known = {name: value for name, value in last.data.items() if value is not None}
        kind = known.pop("record_kind", None)
        known.setdefault("visit", who.visit)
        known = {name: value for name, value in known.items() if value is not None}
        last.token = last.token or self._relay.issue(
            agent=who.agent,
            record=last.record or "",
            session=who.session,
            kind=kind,
            user_agent=self._user_agent,
            **known,
        )
        return last.token

    def who(self) -> Any:
        """What the host's own function says: a `Who`, an id, None, or something to await."""
        return self._who()

    def tell(self, said: Any) -> None:
        """Tell all of it for who asked, as `who` said; nobody known: nothing an agent did."""
        who = who_of(said)
        if who is None:
            return
        more = {"on_behalf_of": who.on_behalf_of, "actor_kind": who.actor_kind, "visit": who.visit}
        for note in self._notes:
            if note.token:
                continue
            found = note.later() if note.later else {}
            if found is not None:
                data = {**more, **note.data, **found}
                self._client.event(note.type, who.agent, note.record, time=note.at, **data)


def who_of(said: Any) -> Who | None:
    """A host may say a `Who`, an id, or None for nobody."""
    return said if said is None or isinstance(said, Who) else Who(str(said))


current: Final[ContextVar[Notes | None]] = ContextVar("viewtrail_notes", default=None)
"""The notes of the request that is being answered; set by the middleware."""


def record_viewed(kind: str, record: Any, **data: Any) -> None:
    """Note that this request shows a record, from anywhere in the code that answers it."""
    notes = current.get()
    if notes is None:
        _say_once("a record was shown outside a request that the middleware sees; such are not logged")
        return
    data.setdefault("surface", "ui")
    notes.note("record.viewed", record, record_kind=kind, seen="unknown", **data)


@functools.cache
def _say_once(what: str) -> None:
    """A mistake in the set-up is one line in the host's log, not one for each request."""
    _log.warning(what)


def list_viewed(list: Any = None, **data: Any) -> None:
    """Note that this request shows a list: filter (its shape), sort, rows, records."""
    notes = current.get()
    if notes is not None:
        notes.note("list.viewed", None, list=None if list is None else str(list), **data)


def view_token() -> str:
    """The token for the page being made, or "": put it into the page beside the beacon."""
    notes = current.get()
    try:
        return notes.token() if notes is not None else ""
    except (ViewtrailError, OSError) as error:
        _log.warning("no view token: %s", error)
        return ""


def records_view(kind: str, id: str | Callable[..., Any] = "pk", **data: Any) -> Callable[[F], F]:
    """`@records_view("lead", id="pk")`: the view shows the record whose id is in its argument `pk`.

    `id` may be a function of the view's arguments. `data` are fields of `record.viewed`: via, list, surface.
    """

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def noted(*args: Any, **kwargs: Any) -> Any:
            _note(view, kind, id, data, args, kwargs)
            return view(*args, **kwargs)

        @functools.wraps(view)
        async def noted_async(*args: Any, **kwargs: Any) -> Any:
            _note(view, kind, id, data, args, kwargs)
            return await view(*args, **kwargs)

        return noted_async if inspect.iscoroutinefunction(view) else noted  # type: ignore[return-value]  # the same call

    return decorate


def _note(
    view: Callable[..., Any],
    kind: str,
    id: str | Callable[..., Any],
    data: Mapping[str, Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> None:
    try:
        if callable(id):
            record = id(*args, **kwargs)
        elif id in kwargs:
            record = kwargs[id]
        else:
            record = inspect.signature(view).bind_partial(*args, **kwargs).arguments[id]
        record_viewed(kind, record, **data)
    except Exception as error:  # a wrong name here may not take the page away
        name = getattr(view, "__qualname__", view)
        _say_once(f"{name}: which {kind} it shows is not known: {error!r}")
