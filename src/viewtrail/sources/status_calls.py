"""Status callbacks in Twilio's shape, which several vendors share, put together to calls.

1. Callbacks come late, twice and in any order: those of one CallSid are sorted by SequenceNumber, then time.
2. A call over several lines is one: lines name the one that began it as ParentCallSid.
3. Nothing is told before every line that was heard of is over. What never ends is counted, not told.
4. Whether the other side answered, and how long they talked, is what its own line says: an agent's line is
   answered by the agent or by a menu, and holds the ringing of the client.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import Told, campaign, cause
from viewtrail.sources.call_parties import Parties, Party
from viewtrail.sources.call_posts import CallPosts, Joined
from viewtrail.sources.call_rows import KEPT_OPEN
from viewtrail.sources.calls import LINE, OUT, OWN, RUNG, Leg, Row
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.posts import Post, text_of
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import in_range

OVER: Final = {"completed": True, "busy": False, "no-answer": False, "failed": False, "canceled": False}
"""How a line can end, and whether it was answered."""

BEFORE: Final = ("queued", "initiated", "ringing")
TALKING: Final = ("in-progress", "answered")

NO_STATE: Final = "a callback that tells no state of a call"
UNDER_WAY: Final = "a call whose end is not told"

_MICROSECOND: Final = timedelta(microseconds=1)
LONGEST_CALL: Final = 24 * 3_600_000_000
"""µs; no vendor lets a call last longer, so one that is not over by then will not be told of any more."""


class Step(NamedTuple):
    """One callback. Times are µs, None where the callback does not say."""

    phone: str  # the own phone of this line, for whoever sets its row aside
    start: int
    line: str
    parent: str
    status: str
    order: tuple[int, int]
    caller: Party
    callee: Party
    inbound: bool
    at: int | None
    began: int | None
    answered_at: int | None
    duration: int | None  # ms, from the answer
    hung_up: str  # caller, callee
    cause: str | None
    campaign: str | None


@dataclass(frozen=True, slots=True)
class Vendor:
    """What differs: `talks` where CallDuration is known to begin at the answer."""

    talks: bool = False


class Callbacks:
    """Makes a step of each callback, and legs of all steps of a call."""

    def __init__(self, file: CallPosts, vendor: Vendor) -> None:
        self._parties = Parties(file.rules, file.directory)
        self._campaign = file.rules.campaign
        self._vendor = vendor

    def convert(self, post: Post) -> Told | str:
        line = text_of(post, "CallSid", "sid", "Sid")
        if not line:
            raise BadInput("has no CallSid, so which call it is about is not known")
        status = text_of(post, "CallStatus", "status").lower().replace("cancelled", "canceled")
        if not status:
            return NO_STATE
        if status not in OVER and status not in BEFORE + TALKING:
            raise BadInput(f"CallStatus {shown(status)} is unknown")
        parent = text_of(post, "ParentCallSid", "parent_call_sid")
        return parent or line, (self._step(post, line, parent, status),), False

    def _step(self, post: Post, line: str, parent: str, status: str) -> Step:
        caller = self._parties.of(text_of(post, "From", "from"), line)
        callee = self._parties.of(text_of(post, "To", "to"), line)
        at = _time(post, "Timestamp", "EndTime", "end_time", "date_updated")
        if status in OVER:
            at = _time(post, "EndTime", "end_time") or at
            if at is None:
                raise BadInput("has neither Timestamp nor EndTime, so when the call ended is not known")
        direction = text_of(post, "Direction", "direction").lower()
        number = _whole(post, "SequenceNumber")
        return Step(
            phone=caller.phone or callee.phone,
            start=at or 0,
            line=line,
            parent=parent,
            status=status,
            order=(99 if number is None else number, at or 0),
            caller=caller,
            callee=callee,
            inbound=direction == "inbound" or (not direction and not parent and bool(caller.number)),
            at=at,
            began=_time(post, "CallInitiatedAt", "StartTime", "start_time") if status in OVER else at,
            answered_at=_time(post, "AnsweredTime") if status in OVER else None,
            duration=self._duration(post) if OVER.get(status) else None,
            hung_up=text_of(post, "HangupSource").lower(),
            cause=_cause(post, status),
            campaign=campaign(text_of(post, self._campaign)) if self._campaign else None,
        )

    def _duration(self, post: Post) -> int | None:
        seconds = _whole(post, "CallDuration", "duration") if self._vendor.talks else None
        if seconds is not None and seconds * 1000 > LONGEST_MS:
            raise BadInput(f"CallDuration {seconds} is longer than 7 days")
        return None if seconds is None else seconds * 1000

    def legs(self, rows: Sequence[Row]) -> Sequence[Leg]:
        """The legs of one call: one for each line of it that is over."""
        by_line: dict[str, list[Step]] = {}
        for step in (step for row in rows for step in row.told):
            by_line.setdefault(step.line, []).append(step)
        lines = [line for steps in by_line.values() if (line := _line(steps)) is not None]
        outside = [one for one in lines if one.last.parent and one.last.callee.number]
        to_outside = any(_to_outside(one) for one in lines)
        found = (_leg(one, outside, to_outside) for one in lines)
        return [leg for leg in found if leg is not None]


@dataclass(frozen=True, slots=True)
class Line:
    """One CallSid that is over, by all its callbacks."""

    last: Step
    began: int | None
    answered_at: int | None
    end: int

    @property
    def answered(self) -> bool:
        return OVER[self.last.status]

    @property
    def talk(self) -> int | None:
        """From the answer to the end, in ms."""
        if not self.answered:
            return None
        if self.last.duration is not None:
            return self.last.duration
        return _between(self.answered_at, self.end)

    @property
    def ring(self) -> int | None:
        return _between(self.began, self.answered_at if self.answered else self.end)

    @property
    def start(self) -> int:
        return min(self.end, self.end if self.began is None else self.began)


def _line(steps: Iterable[Step]) -> Line | None:
    """The line, or None while it is not over."""
    told = sorted(steps, key=_order)
    ends = [step for step in told if step.status in OVER]
    if not ends:
        return None
    last = ends[-1]
    before = [step.began for step in told if step.status in BEFORE and step.began is not None]
    began = min(before) if before else last.began if last.answered_at is not None else None
    heard = [step.at for step in told if step.status in TALKING and step.at is not None]
    answered = last.answered_at if last.answered_at is not None else min(heard, default=None)
    assert last.at is not None
    return Line(last, began, answered, last.at)


def _order(step: Step) -> tuple[int, int]:
    return step.order


def _between(start: int | None, end: int | None) -> int | None:
    """Milliseconds; None where one of the times is not known or they do not fit."""
    if start is None or end is None or not 0 <= end - start <= LONGEST_MS * 1000:
        return None
    return (end - start) // 1000


def _to_outside(line: Line) -> bool:
    return not line.last.inbound and bool(line.last.callee.number)


def _leg(line: Line, outside: Sequence[Line], to_outside: bool) -> Leg | None:
    step = line.last
    if step.caller.phone and not step.parent:
        return _first(line, step.caller, step.callee.number, outside)
    if step.callee.phone:
        if not step.parent:
            return _first(line, step.callee, "", outside)
        return _called(line, to_outside)
    if step.inbound and not step.parent:
        return Leg(
            LINE, "", "", step.caller.number, line.start, line.end, None, None, None, began_outside=True
        )
    number = step.callee.number
    return Leg(LINE, "", "", number, line.start, line.end, None, None, None, to_outside=bool(number))


def _first(line: Line, who: Party, number: str, outside: Sequence[Line]) -> Leg:
    """An agent who dialled, or was called first and then connected: the client's own line says the rest."""
    step = line.last
    if not outside and not number:
        return Leg(OWN, who.phone, who.account, "", line.start, line.end, line.answered, None, None)
    if not outside:
        return Leg(
            OUT,
            who.phone,
            who.account,
            number,
            line.start,
            line.end,
            None,
            None,
            None,
            campaign=step.campaign,
        )
    reached = next((one for one in outside if one.answered), outside[-1])
    hung_up = {"callee": "client", "caller": "agent"}.get(reached.last.hung_up)
    return Leg(
        OUT,
        who.phone,
        who.account,
        reached.last.callee.number,
        line.start,
        reached.end,
        reached.answered,
        reached.talk,
        reached.ring,
        hung_up,
        reached.last.cause,
        reached.last.campaign or step.campaign,
    )


def _called(line: Line, to_outside: bool) -> Leg | None:
    """An agent who was called for a call that somebody else began; nothing where it only rang."""
    step = line.last
    if to_outside and not line.answered:
        return None
    return Leg(
        RUNG,
        step.callee.phone,
        step.callee.account,
        step.caller.number,
        line.start,
        line.end,
        line.answered,
        line.talk,
        line.ring,
        {"callee": "agent", "caller": "client"}.get(step.hung_up),
        step.cause,
        step.campaign,
    )


class StatusRows:
    """The callbacks of calls, held together until every line of a call is over."""

    def __init__(self, joined: Joined) -> None:
        self._teller, self._tally, self._held = joined.teller, joined.tally, joined.asked.held
        self._open: dict[str, list[Row]] = {}
        self._heard: deque[tuple[str, Row]] = deque()

    def add(self, call: str, row: Row, into: list[Item], *, over: bool = False) -> None:
        self._open.setdefault(call, []).append(row)
        if self._held is not None:
            return
        heard = self._heard
        heard.append((call, row))
        while heard[0][1].line + KEPT_OPEN <= row.line:
            first, oldest = heard.popleft()
            rows = self._open.get(first)
            if rows is not None and rows[-1] is oldest and _is_over(rows):
                self._tell(first, into)

    def end(self, into: list[Item]) -> None:
        """Tell what is over, and of a followed file what was quiet for long enough; the rest stays open."""
        held = self._held
        latest = max((_last(rows) for rows in self._open.values()), default=0)
        for call, rows in list(self._open.items()):
            quiet = held is None or rows[-1].read <= held.quiet
            if held is None or (quiet and (_is_over(rows) or _last(rows) + LONGEST_CALL < latest)):
                self._tell(call, into)
        if held is not None:
            kept = sorted((row for rows in self._open.values() for row in rows), key=_read)
            held.open = [(row.read, row.raw) for row in kept]

    def _tell(self, call: str, into: list[Item]) -> None:
        rows = self._open.pop(call)
        if any(step.status in OVER for row in rows for step in row.told):
            self._teller.tell(call, rows, into)
        else:
            self._tally.read += len(rows)
            self._tally.not_mapped[UNDER_WAY] += len(rows)


def _read(row: Row) -> int:
    return row.read


def _last(rows: Sequence[Row]) -> int:
    latest: int = max(step.start for row in rows for step in row.told)
    return latest


def _is_over(rows: Sequence[Row]) -> bool:
    steps = [step for row in rows for step in row.told]
    return {step.line for step in steps} == {step.line for step in steps if step.status in OVER}


def _cause(post: Post, status: str) -> str | None:
    told = cause(text_of(post, "HangupCause"))
    return told or (status if OVER.get(status) is False else None)


def read_callbacks(
    source: ByteSource, tally: Tally, asked: Asked, default_source: str, vendor: Vendor
) -> Iterator[list[Item]]:
    """Calls of a file of this vendor's callbacks or of a list of its calls."""
    file = CallPosts(source, tally, asked, default_source)
    callbacks = Callbacks(file, vendor)
    yield from file.read_posts(callbacks.convert, callbacks.legs, StatusRows)


def _whole(post: Post, *names: str) -> int | None:
    told = text_of(post, *names)
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise BadInput(f"{names[0]} {shown(told)} is not a whole number")
    return int(told)


def _time(post: Post, *names: str) -> int | None:
    """The first of these times, RFC 2822 or ISO 8601, always with a zone."""
    told = text_of(post, *names)
    if not told:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        found = _moment(read, told)
        if found is not None and found.tzinfo is not None:
            micros: int = (found - EPOCH) // _MICROSECOND
            return in_range(micros)
    raise BadInput(f"{names[0]} {shown(told)} is no time with a zone")


def _moment(read: Callable[[str], datetime], told: str) -> datetime | None:
    try:
        return read(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
