"""The host's end of the beacon, without a framework: signals of a page in, events out through a client.

Nothing a browser says is believed where the server knows better:

1. Which record, agent and opening it is stands in the signed token, and the token holds in its session only.
2. When a view began lies between the token's issue and now; a dwell longer than the time since issue is cut.
3. A signal said twice tells nothing new: ids are made of the token's id and the kind of signal.
4. A request has a size, a number of signals and a pace; beyond them it is refused, with the reason.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from viewtrail.capture.browsers import browser_of
from viewtrail.capture.pace import Pace
from viewtrail.capture.served import EVERY, Events, Served
from viewtrail.capture.signals import Signal, TooLong, signal, signals
from viewtrail.capture.tokens import BadToken, Tokens, ViewToken, now
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.event.vocabulary import VOCABULARY, words

AGREE: Final = 1_000_000
"""µs by which the browser's two ways of telling a view's beginning may differ; beyond, the arrival counts.

They differ by more where a page came out of a cache or was fetched ahead: its token is of earlier."""

REMEMBERED: Final = 50_000
"""Signals remembered so as not to be told again; what is forgotten has the same id if it comes again."""

PARTS: Final = 100
"""Views that one token may stand for: going back and forth to one page so often is no longer reading."""

_COPIED: Final = words("contact.copied", "field")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host answers: a status, JSON and headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Resolve = Callable[[Tokens, Signal, str], tuple[ViewToken, Signal]]
"""Which page a session's signal is about, and the signal as it is to be understood; `BadInput` if unknown."""


def of_token(tokens: Tokens, heard: Signal, session: str) -> tuple[ViewToken, Signal]:
    """The page whose token the host issued: nothing else is believed. Lists the host tells itself."""
    if heard.kind == "list":
        raise BadInput("a list is told by the host here", next="send list.viewed where the list is made")
    return tokens.read(heard.token, session), heard


class Relay:
    """Issues tokens, answers beacons. One for each process; processes of one host may share `folder`."""

    def __init__(
        self,
        client: Events,
        key: bytes,
        *,
        former: Sequence[bytes] = (),
        folder: Path | None = None,
        every: float | None = EVERY,
        pace: Pace | None = None,
        clock: Callable[[], int] = now,
        resolve: Resolve | None = None,
    ) -> None:
        self.tokens = Tokens(key, former=former, clock=clock)
        self.served = Served(client, folder=folder, every=every, clock=clock)
        self._client = client
        self._clock = clock
        self._pace = pace or Pace()
        self._resolve = resolve or of_token
        self._told: OrderedDict[str, None] = OrderedDict()
        self._parts: OrderedDict[str, tuple[str, set[str]]] = OrderedDict()
        self._lock = threading.Lock()

    def issue(
        self,
        *,
        agent: str,
        record: str,
        session: str,
        kind: str | None = None,
        user_agent: str = "",
        **data: Any,
    ) -> str:
        """The token for a page about `record` that goes out now; `data` are fields of the opening.

        Unless a visible signal comes within 30 seconds, `record.served` is told for it. Of `user_agent` only
        the kind of browser is kept, and counted.
        """
        known = VOCABULARY["record.viewed"]
        strange = sorted(name for name in data if name not in known)
        if strange:
            raise BadInput(
                f"record.viewed has no field {strange[0]!r}", next=f"it has {', '.join(sorted(known))}"
            )
        view = self.tokens.view(agent, record, session=session, kind=kind, **data)
        token = self.tokens.sign(view)
        self.served.sent(view, browser_of(user_agent) if user_agent else "")
        return token

    def answer(self, body: bytes, *, session: str, pace: str | None = None) -> Answer:
        """What to answer to `body`, posted in `session`. What is wrong with it is told with a 4xx.

        `pace` is whose signals are counted, where that is not the session.
        """
        try:
            found = signals(body)
        except TooLong as refusal:
            return _answer(413, [_refused(refusal)])
        except BadInput as refusal:
            return _answer(400, [_refused(refusal)])
        wait = self._pace.wait(session if pace is None else pace, len(found), self._clock())
        if wait:
            why = {"why": "too many signals", "next": "send them again later"}
            return _answer(429, [why], {"Retry-After": str(int(wait) + 1)})
        try:
            told = [self._one(said, session) for said in found]
        except (ViewtrailError, OSError):  # kept nowhere: the browser keeps it, and sends it again
            return _answer(
                503, [{"why": "events cannot be kept now", "next": "send again"}], {"Retry-After": "5"}
            )
        return _answer(200 if any("part" in one for one in told) else 403, told)

    def _one(self, said: Mapping[str, Any], session: str) -> dict[str, str]:
        try:
            heard = signal(said)
            view, heard = self._resolve(self.tokens, heard, session)
            if heard.seq and heard.page:
                self.served.said(_page(view, heard.page), heard.seq, self._clock())
            if heard.kind == "list":
                return self._list(view, heard)
            part = self._part(view, heard)
        except BadInput as refusal:
            return _refused(refusal)
        self._tell(view, heard, part)
        return {"part": part} if heard.token is not None else {"part": part, "token": self.tokens.sign(view)}

    def _list(self, view: ViewToken, heard: Signal) -> dict[str, str]:
        """A list that stood on the screen, with the ids of its rows."""
        data = {**view.data, "rows": heard.rows, "records": list(heard.records)}
        self._once(f"{view.id}.{heard.n}", "list.viewed", view, self._clock() - heard.age * 1_000, data)
        return {"part": ""}

    def _part(self, view: ViewToken, heard: Signal) -> str:
        """Which view of this token it is: a page out of a cache has the token of another page that was seen.

        The first page to speak has the token's own id; a second page is told the name of its part, and
        says it from then on.
        """
        with self._lock:
            known = self._parts.setdefault(view.id, (heard.page, set()))
            self._parts.move_to_end(view.id)
            while len(self._parts) > REMEMBERED:
                self._parts.popitem(last=False)
            first, parts = known
            part = heard.part or ("" if heard.page == first else heard.page)
            if len(parts) >= PARTS and part not in parts:
                raise BadToken("too-many-views", "load the page again")
            parts.add(part)
            return part

    def _tell(self, view: ViewToken, heard: Signal, part: str) -> None:
        opening = f"{view.id}.{part}" if part else view.id
        at = self._clock()
        began, then = _times(view, heard, at)
        dwell, active, whole = _dwell(view, heard, at)
        if heard.kind != "heartbeat":
            self._once(opening, "record.viewed", view, began, _opening(view, part))
        if heard.kind == "left":
            data = {"view": f"{self._client.source}#{opening}", "complete": whole}
            data |= {"dwell_s": dwell / 1_000, "active_s": active / 1_000}
            self._once(f"{opening}.left", "record.left", view, then, data)
            self.served.left(view, opening)
        else:
            self._noted(view, heard, opening, then)
            self.served.heard(view, opening, then, dwell, active)

    def _noted(self, view: ViewToken, heard: Signal, opening: str, then: int) -> None:
        """A copy or a print, that it was and of what kind; never what."""
        visit = {"visit": view.data["visit"]} if "visit" in view.data else {}
        if heard.kind == "copied":
            kind = heard.field if heard.field in _COPIED else "other"
            self._once(f"{opening}.copied.{heard.n}", "contact.copied", view, then, {"field": kind, **visit})
        elif heard.kind == "printed":
            self._once(f"{opening}.printed.{heard.n}", "page.printed", view, then, visit)

    def _once(self, id: str, type: str, view: ViewToken, time: int, data: Mapping[str, Any]) -> None:
        with self._lock:
            if id in self._told:
                return
        subject = view.record if type != "list.viewed" else None
        self._client.event(type, view.agent, subject, id=id, time=time, **data)
        with self._lock:
            self._told[id] = None
            while len(self._told) > REMEMBERED:
                self._told.popitem(last=False)

    def close(self) -> None:
        self.served.close()


def _page(view: ViewToken, page: str) -> str:
    """A page's name in its session: no other session can speak for it, and it leads to nobody."""
    return hashlib.sha256(f"{view.session}\n{page}".encode()).hexdigest()[:24]


def _times(view: ViewToken, heard: Signal, at: int) -> tuple[int, int]:
    """(when the view began, when the signal happened), µs by the server's clock.

    Counted from the token's issue the answer is the same however often a signal is sent again. Counted
    back from the arrival it is right for pages out of a cache too. Where both agree the first is taken.
    """
    from_issue = view.issued + heard.began * 1_000
    from_arrival = at - (heard.age + heard.lasted) * 1_000
    began = from_issue if abs(from_issue - from_arrival) <= AGREE else from_arrival
    began = min(max(began, view.issued), at)
    return began, min(began + heard.lasted * 1_000, at)


def _dwell(view: ViewToken, heard: Signal, at: int) -> tuple[int, int, bool]:
    """(dwell ms, active ms, whole): nobody can have looked for longer than the page has been out."""
    longest = max(0, at - view.issued) // 1_000
    dwell = min(heard.dwell, longest)
    return dwell, min(heard.active, dwell), heard.whole and heard.dwell <= longest


def _opening(view: ViewToken, part: str) -> dict[str, Any]:
    data = {"surface": "ui", **view.data, "seen": "true"}
    if view.kind is not None:
        data["record_kind"] = view.kind
    if part:  # come back to, not opened from where the page was opened first
        data.pop("position", None)
        data["via"] = "other"
    return data


def _refused(refusal: BadInput) -> dict[str, str]:
    return {"why": refusal.what, "next": refusal.next}


def _answer(status: int, results: list[dict[str, str]], headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps({"results": results}, separators=(",", ":")).encode()
    kept = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Answer(status, body, {**kept, **(headers or {})})


def beacon_js() -> bytes:
    """The script that pages load: small, of one file, with no dependency."""
    return resources.files("viewtrail.capture").joinpath("beacon.js").read_bytes()
