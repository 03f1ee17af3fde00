"""Asterisk's channel events (cel_custom Master.csv, 20 columns): what happened in a call, step by step.

Columns: eventtype, eventtime, cidname, cidnum, ani, rdnis, dnid, exten, context, channame, appname, appdata,
amaflags, accountcode, uniqueid, linkedid, bridgepeer, userfield, userdeftype, eventextra. Steps of one call
share a linkedid, and LINKEDID_END ends it. Times are epoch seconds; with a `dateformat` of its own they are
local, and the mapping names the zone.

Talk is the time a phone spent in a bridge with somebody outside, so holding a menu or ringing is never in it.
Who hung up is the `hangupsource` of the first HANGUP that names a channel of the two sides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import CallFile, Told, first_row
from viewtrail.sources.calls import LINE, OUT, OWN, RUNG, Leg, Row
from viewtrail.sources.channels import OUTSIDE, PASSAGE, PHONE, Channels
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import WallClock, in_range

COLUMNS: Final = tuple(
    "eventtype eventtime cidname cidnum ani rdnis dnid exten context channame appname appdata amaflags "
    "accountcode uniqueid linkedid bridgepeer userfield userdeftype eventextra".split()
)
WIDTH: Final = len(COLUMNS)
USED: Final = frozenset("CHAN_START ANSWER HANGUP CHAN_END BRIDGE_ENTER BRIDGE_EXIT LINKEDID_END".split())
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]{1,79}", re.ASCII)
_EPOCH: Final = re.compile(r"(\d{9,11})(?:\.(\d{1,9}))?", re.ASCII)
SECOND: Final = 1_000_000
LATEST_HANGUP: Final = 5 * SECOND
"""A HANGUP within this time of a phone's last step ends its part of the call; another is somebody else's."""


class Step(NamedTuple):
    """One channel event of one call. `phone` is the own phone whose channel it is, else ""."""

    phone: str
    start: int
    event: str
    channel: str
    kind: str
    unique: str
    linked: str
    number: str
    exten: str
    account: str
    extra: str


class Steps:
    """Makes a step of each row, and legs of all steps of a call."""

    def __init__(self, file: CallFile) -> None:
        self._rules = file.rules
        self._channels = Channels(file.rules, file.directory)
        self._clock = WallClock(file.clock)

    def convert(self, cells: list[str]) -> Told:
        if len(cells) != WIDTH:
            raise BadInput(f"has {len(cells)} columns, not {WIDTH}")
        event, channel, linked = cells[0], cells[9], cells[15]
        if event not in USED and not _NAME.fullmatch(event):
            raise BadInput(f"eventtype {shown(event)} is no name of a channel event")
        if not linked:
            raise BadInput("linkedid is empty: which call it belongs to is not known")
        kind, name = self._channels.party(channel)
        step = Step(
            name if kind == PHONE else "",
            self._time(cells[1]),
            event,
            channel,
            kind,
            cells[14],
            linked,
            cells[3],
            cells[7],
            cells[13],
            cells[19] if event in _WITH_EXTRA else "",
        )
        return linked, (step,), event == "LINKEDID_END"

    def _time(self, told: str) -> int:
        digits = told[:10] + told[11:]
        if (
            len(told) == 17 and told[10] == "." and digits.isascii() and digits.isdigit()
        ):  # as it is by default
            return in_range(int(digits))
        found = _EPOCH.fullmatch(told)
        if found:
            return in_range(int(found[1]) * SECOND + int((found[2] or "0")[:6].ljust(6, "0")))
        return self._clock.micros(told)

    def legs(self, rows: Sequence[Row]) -> Sequence[Leg]:
        """The legs of one call: one for each channel of a phone, one for each outside line."""
        channels: dict[str, Channel] = {}
        hangups: list[tuple[int, str]] = []
        steps = sorted((step for row in rows for step in row.told), key=_when)
        for step in steps:
            if step.event not in USED:
                continue
            if step.event != "LINKEDID_END":
                channels.setdefault(step.channel, Channel(step)).take(step)
            if step.event == "HANGUP":
                hangups.append((step.start, str(_extra(step.extra).get("hangupsource"))))
        bridges = _outside_bridges(channels.values())
        return [self._leg(one, channels, bridges, hangups) for one in channels.values()]

    def _leg(
        self,
        one: Channel,
        channels: dict[str, Channel],
        bridges: set[str],
        hangups: list[tuple[int, str]],
    ) -> Leg:
        first = one.first
        begins = first.unique == first.linked
        if one.kind != PHONE:
            outside = one.kind == OUTSIDE
            told = Leg(LINE, "", "", first.number if begins else "", one.start, one.end, None, None, None)
            return told._replace(began_outside=outside and begins, to_outside=outside and not begins)
        heard = [(begun, over) for bridge, begun, over in one.spans() if bridge in bridges]
        talk, answered = sum(over - begun for begun, over in heard) // 1000, bool(heard)
        dialled = first.exten
        way = OWN
        if begins and self._rules.is_outside(dialled):
            way = OUT
        elif not begins:
            way = RUNG
        ring = self._ring(one, channels, way)
        cause = one.cause or next((other.cause for other in channels.values() if other.cause), None)
        return Leg(
            way,
            one.first.phone,
            first.account,
            dialled if way == OUT else "",
            one.start,
            one.end,
            answered,
            min(talk, LONGEST_MS) if answered else None,
            ring,
            _ended_by(one, channels, hangups),
            cause,
        )

    def _ring(self, one: Channel, channels: dict[str, Channel], way: str) -> int:
        """A phone that is called rings itself; one that dials waits for the outside line to answer."""
        if way != OUT:
            return ((one.answer if one.answer is not None else one.end) - one.start) // 1000
        lines = [other for other in channels.values() if other.kind == OUTSIDE]
        if not lines:
            return 0
        answers = [line.answer for line in lines if line.answer is not None]
        return max(0, (min(answers) if answers else max(line.end for line in lines)) - one.start) // 1000


_WITH_EXTRA: Final = frozenset(("HANGUP", "BRIDGE_ENTER", "BRIDGE_EXIT"))


@dataclass(slots=True)
class Channel:
    """What one channel did from its first to its last step."""

    first: Step
    answer: int | None = None
    end: int = 0
    cause: str | None = None
    _in: dict[str, int] = field(default_factory=dict)
    _spans: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.first.kind

    @property
    def start(self) -> int:
        return self.first.start

    def take(self, step: Step) -> None:
        self.end = max(self.end, step.start)
        if step.event == "ANSWER" and self.answer is None:
            self.answer = step.start
        elif step.event == "BRIDGE_ENTER":
            self._in.setdefault(_bridge(step), step.start)
        elif step.event == "BRIDGE_EXIT":
            begun = self._in.pop(_bridge(step), None)
            if begun is not None:
                self._spans.append((_bridge(step), begun, step.start))
        elif step.event == "HANGUP":
            cause = _extra(step.extra).get("hangupcause")
            self.cause = str(cause) if type(cause) is int and 0 <= cause < 1000 else None

    def spans(self) -> list[tuple[str, int, int]]:
        """(bridge, from, to); a bridge that was never left lasts as long as the channel."""
        return self._spans + [(bridge, begun, self.end) for bridge, begun in self._in.items()]


def _when(step: Step) -> int:
    return step.start


@lru_cache(maxsize=1_000)  # several steps of a call have the same
def _extra(told: str) -> dict[str, Any]:
    """What comes with a step as JSON; nothing where it is no JSON object."""
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _bridge(step: Step) -> str:
    return str(_extra(step.extra).get("bridge_id") or "")


def _outside_bridges(channels: Any) -> set[str]:
    """Bridges in which somebody outside was heard, directly or through a passage."""
    return {bridge for one in channels if one.kind in (OUTSIDE, PASSAGE) for bridge, _, _ in one.spans()}


def _ended_by(one: Channel, channels: dict[str, Channel], hangups: list[tuple[int, str]]) -> str | None:
    for at, source in hangups:
        if at < one.end - LATEST_HANGUP or source not in channels:
            continue
        if source == one.first.channel:
            return "agent"
        if channels[source].kind == OUTSIDE:
            return "client"
    return None


def read_events(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of channel events."""
    file = CallFile(source, tally, asked, "/pbx/asterisk", COLUMNS)
    steps = Steps(file)
    yield from file.read(steps.convert, steps.legs)


def _looks_like(first: bytes) -> bool:
    cells = first_row(first, COLUMNS)
    return len(cells) == WIDTH and cells[0] in USED | {"APP_START", "APP_END"} and bool(cells[15])


CONNECTOR = Connector(
    name="asterisk-cel",
    reads="Asterisk's channel events (cel_custom Master.csv, 20 columns): calls with who hung up",
    suffixes=(),
    looks_like=_looks_like,
    read=read_events,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=("answering machines", "who hung up, where Asterisk names no channel"),
        latency="at the end of the call when the file is followed",
    ),
    follows=True,
)
