"""Yeastar's calls: event 30012 of the P-Series, NewCdr of the older ones, and its lists of records.

30012 is {"type": 30012, "sn": ..., "msg": {...}}, where msg is JSON or a text of JSON, with call_id,
   time_start, call_from, call_to, call_duration, talk_duration, status and type (help.yeastar.com, p-series
   developer guide, event-new-cdr). S-, K2- and Cloud PBX send {"event": "NewCdr", "callid": ...,
   "callduraction": ...}, misspelt so (help.yeastar.com, cloudpbx-developer-v2, event-NewCdr); /cdr/search
   gives call_from_number and the like.

Times are the system's local time: the mapping names the zone, and an hour that comes twice is told apart by
call_id, which begins with seconds since 1970. Rows of one call share it; queues and menus have rows of
their own, so name them as `services`. Talk is talk_duration, and call_duration beyond it is ringing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import Told, campaign
from viewtrail.sources.call_posts import CallPosts, phone
from viewtrail.sources.calls import IN, LINE, OUT, OWN, Leg
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.posts import Post, text_of
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import WallClock, whole

ENDED: Final = 30012
ANSWERED: Final[dict[str, bool | None]] = {
    "ANSWERED": True,
    "ANSWERD": True,  # as some releases write it
    "NO ANSWER": False,
    "NO ANSWERED": False,
    "BUSY": False,
    "FAILED": False,
    "ABANDONED": False,
    "VOICEMAIL": False,
}
OTHER: Final = "another event than the end of a call (30012, NewCdr)"
_ID: Final = re.compile(r"(\d{9,11})\.\d+", re.ASCII)
_NAMED: Final = re.compile(r".*<([^<>]*)>")
_KNOWN: Final = re.compile(rb'"type"\s*:\s*30\d{3}\b|"NewCdr"|"talkduraction"|"call_from_number"')


class Records:
    """Makes the legs of one record; `convert` raises BadInput with what is wrong."""

    def __init__(self, file: CallPosts) -> None:
        self._rules = file.rules
        self._directory = file.directory
        self._clock = WallClock(file.clock)

    def convert(self, post: Post) -> Told | str:
        if "msg" in post:
            if post.get("type") != ENDED:
                return OTHER
            post = _message(post["msg"])
        elif text_of(post, "event", "action") not in ("", "NewCdr"):
            return OTHER
        call = text_of(post, "call_id", "callid", "uid", "cdrid")
        if not call:
            raise BadInput("has no call_id, so which call it is about is not known")
        start = self._start(post, call)
        lasted = _whole(post, "call_duration", "callduraction", "callduration", "duration")
        talked = _whole(post, "talk_duration", "talkduraction", "talkduration")
        if not talked <= lasted <= LONGEST_MS:
            raise BadInput("call_duration is longer than 7 days, or shorter than talk_duration")
        status = text_of(post, "status", "disposition").upper()
        if status not in ANSWERED:
            raise BadInput(f"status {shown(status)} is unknown")
        return call, self._legs(post, start, lasted, talked, status), False

    def _start(self, post: Post, call: str) -> int:
        found = _ID.fullmatch(call)
        begun = (int(found[1]) - 2) * 1_000_000 if found else None
        return self._clock.micros(text_of(post, "time_start", "timestart", "time"), begun)

    def _legs(self, post: Post, start: int, lasted: int, talked: int, status: str) -> tuple[Leg, ...]:
        kind = text_of(post, "type", "call_type").lower()
        caller = _number(text_of(post, "call_from_number", "call_from", "callfrom"))
        callee = _number(text_of(post, "call_to_number", "call_to", "callto"))
        answered = ANSWERED[status]
        end = start + lasted * 1000
        talk = talked if answered else None
        why = None if answered else status.lower().replace(" ", "-")
        named = campaign(text_of(post, self._rules.campaign)) if self._rules.campaign else None
        more = (start, end, answered, talk, lasted - talked, None, why, named)
        if kind == "outbound":
            return (Leg(OUT, phone(caller), "", callee, *more),)
        if kind == "inbound":
            began = Leg(LINE, "", "", caller, start, end, None, None, None, began_outside=True)
            return (began, Leg(IN, phone(callee), "", caller, *more)) if self._is_person(callee) else (began,)
        if kind == "internal":
            return (Leg(OWN, caller, "", "", *more),)
        raise BadInput(f"type {shown(kind)} is none of inbound, outbound, internal")

    def _is_person(self, name: str) -> bool:
        if name in self._rules.services:
            return False
        known = self._directory is not None and self._directory.knows("extension", name)
        return known or self._rules.is_phone(name)


def _message(told: Any) -> Post:
    """What an event says; the P-Series puts it there as text."""
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"msg is not JSON: {str(error)[:100]}") from None
    if not isinstance(told, dict):
        raise BadInput("msg is no JSON object")
    return told


def _number(told: str) -> str:
    """`Anna<211>` is shown with the name: the number alone."""
    found = _NAMED.fullmatch(told)
    return found[1].strip() if found else told


def _whole(post: Post, *names: str) -> int:
    """Seconds, in ms."""
    return whole(text_of(post, *names), names[0]) * 1000


def read_calls(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of events or of a list of records. BadInput when the zone of its clock is not known."""
    file = CallPosts(source, tally, asked, "/pbx/yeastar")
    file.zone_needed()
    yield from file.read_posts(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    return first[:1] in (b"{", b"[") and bool(_KNOWN.search(first)) and b"specversion" not in first


CONNECTOR = Connector(
    name="yeastar",
    reads="Yeastar's calls (event 30012 or NewCdr, JSON, one a line, or as a webhook) and lists of records",
    suffixes=(),
    looks_like=_looks_like,
    read=read_calls,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=("who hung up", "answering machines"),
        latency="half a minute after the call as a webhook",
    ),
    follows=True,
)
