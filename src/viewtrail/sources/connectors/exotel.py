"""Exotel's status callbacks: one for a call that is over, with the time that both sides were on it.

With StatusCallbackEvents[]=terminal it has CallSid, Status, From, To, Direction, StartTime, EndTime,
ConversationDuration and Legs (developer.exotel.com/api/statuscallback); without, it names nobody and is set
aside. It comes as multipart form or JSON (StatusCallbackContentType), and calls asked for come as {"Call":
{...}} (developer.exotel.com/docs/voice-v1/api-reference/call-details). Times are local.

Out: From is the agent, who is called first, and To the client. In: From is the client; the agent is
DialWhomNumber where it is told. Agents are telephone numbers: put each as an extension into the people's
table. ConversationDuration is the talk, and the rest of the call is never told apart into ringing and
menus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import Told, campaign
from viewtrail.sources.call_parties import Parties, Party
from viewtrail.sources.call_posts import CallPosts
from viewtrail.sources.calls import IN, LINE, OUT, Leg
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.posts import Post, text_of
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import WallClock, whole

OVER: Final = frozenset({"completed", "failed", "busy", "no-answer", "canceled"})
NOT_OVER: Final = "a callback of a call that is not over"
_KNOWN: Final = re.compile(rb"ConversationDuration|PhoneNumberSid[\"']?\s*[=:]\s*[\"']?0")


class Records:
    """Makes the legs of one callback; `convert` raises BadInput with what is wrong."""

    def __init__(self, file: CallPosts) -> None:
        self._parties = Parties(file.rules, file.directory)
        self._clock = WallClock(file.clock)
        self._campaign = file.rules.campaign

    def convert(self, post: Post) -> Told | str:
        call = text_of(post, "CallSid", "Sid")
        status = text_of(post, "Status", "CallStatus").lower().replace("cancelled", "canceled")
        if not call:
            raise BadInput("has no CallSid, so which call it is about is not known")
        if text_of(post, "EventType").lower() == "answered" or status in ("queued", "in-progress", "ringing"):
            return NOT_OVER
        if status not in OVER:
            raise BadInput(f"Status {shown(status)} is unknown")
        caller, callee = text_of(post, "From"), text_of(post, "To")
        if not caller or not callee:
            raise BadInput(
                "has no From and To, so whose call it is is not known",
                next="ask for StatusCallbackEvents[]=terminal with the call",
            )
        start = self._clock.micros(text_of(post, "StartTime", "DateCreated"))
        end = self._clock.micros(text_of(post, "EndTime", "DateUpdated"), start)
        if not 0 <= end - start <= LONGEST_MS * 1000:
            raise BadInput("EndTime is not within 7 days after StartTime")
        talk = _talk(post)
        answered = None if talk is None else talk > 0
        if status != "completed":
            answered = False
        named = campaign(text_of(post, self._campaign)) if self._campaign else None
        leg = Leg(OUT, "", "", callee, start, end, answered, talk if answered else None, None, campaign=named)
        if not answered and status != "completed":
            leg = leg._replace(cause=status)
        return call, self._legs(post, call, leg, caller), True

    def _legs(self, post: Post, call: str, leg: Leg, caller: str) -> tuple[Leg, ...]:
        if text_of(post, "Direction").lower() not in ("inbound", "incoming"):
            agent = self._parties.of(caller, call)
            return (leg._replace(**_own(agent, call)),)
        began = leg._replace(
            way=LINE, number=caller, answered=None, talk=None, cause=None, began_outside=True
        )
        dialled = text_of(post, "DialWhomNumber")
        if not dialled:
            return (began,)
        agent = self._parties.of(dialled, call)
        return began, leg._replace(way=IN, number=caller, **_own(agent, call))


def _own(agent: Party, call: str) -> dict[str, Any]:
    """A number that nobody is listed with still is an agent's: it is set aside, not taken for a line."""
    return {"phone": agent.phone or f"line-{call[-8:]}", "account": agent.account}


def _talk(post: Post) -> int | None:
    told = text_of(post, "ConversationDuration")
    details = post.get("Details")
    if not told and isinstance(details, dict):
        told = text_of(details, "ConversationDuration")
    if not told:
        return None
    talk = whole(told, "ConversationDuration") * 1000
    if talk > LONGEST_MS:
        raise BadInput(f"ConversationDuration {told} is longer than 7 days")
    return talk


def read_calls(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of callbacks. BadInput when the zone of its clock is not known."""
    file = CallPosts(source, tally, asked, "/pbx/exotel")
    file.zone_needed()
    yield from file.read_posts(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    return bool(_KNOWN.search(first)) and b"Sid" in first and b"specversion" not in first


CONNECTOR = Connector(
    name="exotel",
    reads="Exotel's status callbacks (JSON or forms, one a line, or as a webhook) and details of calls",
    suffixes=(),
    looks_like=_looks_like,
    read=read_calls,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "ringing",
            "who hung up",
            "who took a call that came in, where no DialWhomNumber comes",
            "answering machines",
        ),
        latency="as soon as the callback comes",
    ),
    follows=True,
)
