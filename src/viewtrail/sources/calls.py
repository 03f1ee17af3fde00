"""A call put together from its rows: one event for each person who took part, and the client's own move.

The rule, which needs no memory beyond the rows of one call:
1. Rows belong together by the telephone system's own id of the call (linkedid, callid).
2. Whoever dialled outside, or took a call from outside, is told once: `call.ended`, id CALL-PHONE. Whoever
   was only rung, while somebody else took the call or nobody did, did nothing and is not told.
3. A call that began outside is the client's own move: `client.contacted`, id CALL-in, if the record is known.
4. Talk is the time between answer and end where the row can tell it from ringing; else it stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.event import Event, made, rfc3339
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.chunks import Lines
from viewtrail.sources.directory import Directory, Match
from viewtrail.sources.intake import Item, Tally, aside

OUT: Final = "out"  # the phone dialled outside
IN: Final = "in"  # the phone was called from outside
RUNG: Final = "rung"  # the phone was called by the system itself: in or out, as the call is
OWN: Final = "own"  # between two own phones, or with a service of the system
LINE: Final = "line"  # no own phone on this row: an outside line, or one half of a passage

UNMATCHED: Final = "unmatched"
"""In the sealed detail of a call without a record: the keyed hash of its number, to join it by later."""

NOBODY: Final = "nobody answered, and the caller is in no record"
INTERNAL: Final = "a call between own phones, or to a service of the telephone system"
LINES: Final = "only outside lines took part"


class Leg(NamedTuple):
    """What one row says of one phone, or of a line without one; times in microseconds, durations in ms."""

    way: str
    phone: str  # the own phone's name, "" for LINE
    account: str  # a second name that the directory may know it by
    number: str  # the outside number, "" if this row does not show it
    start: int
    end: int
    answered: bool | None
    talk: int | None
    ring: int | None
    ended_by: str | None = None
    cause: str | None = None
    campaign: str | None = None
    began_outside: bool = False  # this row is the call's first, and it came in
    to_outside: bool = False  # an outside line was dialled


leg_of: Final[Callable[[tuple[Any, ...]], Leg]] = partial(tuple.__new__, Leg)
"""A leg of all its fields in their order, in half the time: for rows of which every file has most."""


class Row(NamedTuple):
    """One row: which line of this reading it was, its line in the file, the lines it stood in, what it says.

    `told` are the row's legs or, where these show only over all rows, steps with a `phone` and `start`.
    """

    read: int
    line: int
    lines: Lines
    told: tuple[Any, ...]

    @property
    def raw(self) -> str:
        """Its text without its line's end."""
        return self.lines.of(self.read)


def legs_told(rows: Sequence[Row]) -> Sequence[Leg]:
    """The legs of rows that tell them one by one."""
    return rows[0].told if len(rows) == 1 else [leg for row in rows for leg in row.told]


class Teller:
    """Makes the events of whole calls. `tell` accounts for every row of the call exactly once."""

    def __init__(
        self,
        source: str,
        name: str,
        rules: CallRules,
        directory: Directory | None,
        tally: Tally,
        legs: Callable[[Sequence[Row]], Sequence[Leg]] = legs_told,
    ) -> None:
        self._legs = legs
        self._source = source
        self._name = name
        self._rules = rules
        self._outside, self._country = rules.outside, rules.country
        self._directory = directory or Directory()
        self._record, self._matches = self._directory.record, self._directory.matches(rules.country)
        self._waiting = self._directory.waiting
        self._alone: dict[str, tuple[str, int, int]] = {}  # by the phone's name: the one claim to it
        self._tally = tally
        self._joins = tally.joins

    def tell(self, call: str, rows: Sequence[Row], into: list[Item]) -> None:
        """Adds the events of the call, and those of its rows that are set aside."""
        tally = self._tally
        legs = self._legs(rows)
        number = len(rows)
        tally.read += number
        if len(legs) == 1 and legs[0][0] == OUT:  # most calls are one leg, and not to be put together
            [leg] = legs
            agent = self._agent(leg)
            if agent is not None:
                into.append(self._ended(call, agent, leg, None))
                tally.events += 1
                tally.kept += number
                return
        parts = _parts(legs)
        outside = next((leg for leg in legs if leg.began_outside), None)
        told = 0
        refused: set[str] = set()
        for part in parts:
            agent = self._agent(part)
            if agent is None:
                refused.add(part.phone)
            else:
                into.append(self._ended(call, agent, part, outside))
                told += 1
        if outside is not None:
            record, _, why = self._match(outside.number, outside.start)
            if not parts:
                tally.joins[why] += 1
            if record is not None:
                into.append(contacted(self._source, call, outside.start, record))
                told += 1
        tally.events += told
        if refused:
            rows = self._set_aside(rows, refused, into)
        if told:
            tally.kept += len(rows)
        elif rows:
            tally.not_mapped[_why(legs)] += len(rows)

    def _agent(self, leg: Leg) -> str | None:
        alone = self._alone.get(leg[1])
        if alone is None:
            alone = self._alone[leg.phone] = self._only_one(leg.phone)
        agent, start, end = alone
        return agent if start <= leg[4] < end else self._looked_up(leg)

    def _only_one(self, phone: str) -> tuple[str, int, int]:
        """The only one who ever had this phone, from when to when; a span in which nothing is, if several."""
        claim = self._directory.alone("extension", phone, self._rules.pbx)
        return ("", 0, 0) if claim is None else (claim.agent, claim.start, claim.end)

    def _looked_up(self, leg: Leg) -> str | None:
        directory, pbx = self._directory, self._rules.pbx
        for name in (leg.phone, leg.account):
            if not name:
                continue
            agent = directory.agent("extension", name, leg.start, pbx)
            if agent is None:
                agent = directory.agent("sip", name, leg.start, pbx)
            if agent is None and "@" in name:  # systems in the cloud know their users by e-mail address
                agent = directory.agent("email", name, leg.start)
            if agent is not None:
                return agent
            if directory.knows("extension", name) or directory.knows("sip", name):
                break  # known, but nobody's or two people's at that time: no other name may decide
        return f"{self._rules.unlisted}{leg.phone}" if self._rules.unlisted else None

    def _ended(self, call: str, agent: str, leg: Leg, outside: Leg | None) -> Event:
        # Taken apart at once: this runs for every call, and looking up each field by name is half its time
        way, phone, _, number, began, end, answered, talk, ring, ended_by, cause, campaign, _, _ = leg
        event_id = f"{call}-{phone}"
        data: dict[str, Any] = {"agent": agent, "call": call, "direction": way}
        if answered is not None:
            data["answered"] = answered
            if ring is not None:
                data["ring_ms"] = ring
            if answered and talk is not None:
                data["talk_ms"] = talk
        if ended_by is not None:
            data["ended_by"] = ended_by
        if cause is not None:
            data["cause"] = cause
        if campaign is not None:
            data["campaign"] = campaign
        if outside is not None:
            began = outside.start
        match = self._matches.get(number)
        if self._outside:
            match = self._match(number, began, dialled=way == OUT)
        elif type(match) is not tuple:
            match = self._record(number, self._country, began)
        record = match[0]
        self._joins[match[2]] += 1
        extra = _NOTHING
        if self._waiting and event_id in self._waiting:
            record = None  # it is in the log without its record; `call.matched` joins it
        if record is None and match[1] is not None:
            unmatched = {"number": match[1], "began": began, "outside": outside is not None}
            extra = {"data": {UNMATCHED: unmatched}}
        return made(self._source, event_id, "call.ended", end, data, record, None, extra)

    def _match(self, number: str, at: int, *, dialled: bool = False) -> Match:
        """The record of a number; a dialled one may begin with what is dialled to get an outside line."""
        outside = self._outside
        if dialled and outside and number.startswith(outside):
            match = self._record(number.removeprefix(outside), self._country, at)
            if match[1] is not None:
                return match
        return self._record(number, self._country, at)

    def _set_aside(self, rows: Sequence[Row], refused: set[str], into: list[Item]) -> list[Row]:
        """The rows whose phone is nobody's are set aside, to be read again; the others are given back."""
        kept = []
        for row in rows:
            phone = next((one.phone for one in row.told if one.phone in refused), None)
            if phone is None:
                kept.append(row)
                continue
            error = BadInput(
                f"extension {phone!r} is nobody's on {rfc3339(row.told[0].start)[:10]}",
                next="import who holds it with `viewtrail connect people`, then this file again",
            )
            into.append(aside(row.raw, error, f"{self._name}:{row.line}"))
        self._tally.set_aside += len(rows) - len(kept)
        return kept


def contacted(source: str, call: str, at: int, record: str) -> Event:
    """The client called: the same event whoever tells it, so that telling it twice adds nothing."""
    return made(source, f"{call}-in", "client.contacted", at, {"channel": "call"}, record)


_NOTHING: Final[dict[str, Any]] = {}
_PERSONAL: Final = frozenset((OUT, IN, RUNG))


def _end(leg: Leg) -> int:
    return leg.end


def _parts(legs: Sequence[Leg]) -> list[Leg]:
    """One leg for each phone that took part: its own legs put together, with what the others know of them."""
    by_phone: dict[str, list[Leg]] = {}
    for leg in legs:
        if leg.way in _PERSONAL:
            by_phone.setdefault(leg.phone, []).append(leg)
    parts = []
    for own in by_phone.values():
        way, answered = _way(own, legs), _answered(own)
        if way == OWN or (way == IN and answered is False):
            continue  # among themselves, or it only rang there
        last = max(own, key=_end)
        parts.append(
            own[0]._replace(
                way=way,
                number=_number(way, own, legs),
                end=last.end,
                answered=answered,
                talk=_talk(own),
                ring=_ring(own, answered),
                ended_by=_first(leg.ended_by for leg in (last, *own)),
                cause=_first(leg.cause for leg in (last, *own)),
                campaign=_first(leg.campaign for leg in (last, *own)),
            )
        )
    return parts


def _first(told: Iterable[str | None]) -> str | None:
    return next((one for one in told if one is not None), None)


def _way(own: Sequence[Leg], legs: Sequence[Leg]) -> str:
    ways = {leg.way for leg in own}
    if OUT in ways:
        return OUT
    if IN in ways or any(leg.began_outside for leg in legs):
        return IN
    if any(leg.to_outside for leg in legs):
        return OUT
    return IN if any(leg.number for leg in own) else OWN  # somebody outside is on it, or nobody


def _answered(own: Iterable[Leg]) -> bool | None:
    told = {leg.answered for leg in own}
    return True if True in told else None if None in told else False


def _talk(own: Sequence[Leg]) -> int | None:
    """The time this phone talked: a passage shows the same minute twice, and it counts once."""
    spans = [(leg.end - 1000 * leg.talk, leg.end) for leg in own if leg.answered and leg.talk is not None]
    if len(spans) < 2:
        return spans[0][1] // 1000 - spans[0][0] // 1000 if spans else None
    spans.sort()
    total, (start, end) = 0, spans[0]
    for begun, over in spans[1:]:
        if begun > end:
            total, start, end = total + end - start, begun, over
        else:
            end = max(end, over)
    return min((total + end - start) // 1000, LONGEST_MS)


def _ring(own: Sequence[Leg], answered: bool | None) -> int | None:
    """How long it rang: before the first answer, or the longest ring if there was none."""
    if answered is None:
        return None
    if answered:
        rung = [leg for leg in own if leg.answered and leg.ring is not None]
        return min(rung, key=lambda leg: leg.start).ring if rung else None
    return max((leg.ring for leg in own if leg.ring is not None), default=None)


def _number(way: str, own: Sequence[Leg], legs: Sequence[Leg]) -> str:
    """The outside number: as dialled by this phone, as shown by who began the call, or as the line has it."""
    if way == OUT:
        told = [leg.number for leg in own if leg.way == OUT and leg.number]
        told += [leg.number for leg in legs if leg.to_outside and leg.number]
    else:
        told = [leg.number for leg in legs if leg.began_outside and leg.number]
        told += [leg.number for leg in own if leg.number]
    return told[0] if told else ""


def _why(legs: Sequence[Leg]) -> str:
    if any(leg.began_outside or leg.way == IN for leg in legs):
        return NOBODY
    return LINES if all(leg.way == LINE for leg in legs) else INTERNAL
