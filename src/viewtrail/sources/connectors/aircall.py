"""Aircall's webhooks: `call.ended`, which comes when a call and its wrapping up are over, and saved calls.

A webhook is {"resource": "call", "event": "call.ended", "token": ..., "data": {...}}; the call in `data`
has id, direction, started_at, answered_at, ended_at (seconds since 1970), raw_digits, user, transferred_by
and missed_call_reason (developer.aircall.io/api-references/#call, /docs/webhooks-overview). The list of
calls of its API holds the same objects.

`duration` includes ringing, so it is not used: talk is ended_at - answered_at. Before the answer of a call
that came in there are menus and queues, so ringing is known for calls out alone; a call that was handed
over had several talkers, so whose the talk was is not known. The agent is the user's id or e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import Told, campaign, cause
from viewtrail.sources.call_posts import CallPosts, phone
from viewtrail.sources.calls import IN, LINE, OUT, Leg
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.posts import Post, text_of
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import in_range

ENDED: Final = "call.ended"
OTHER: Final = "another event than call.ended, which tells all of a call"
NOT_A_CALL: Final = "an event that is not about a call"
NOT_OVER: Final = "a call that is not over"
_KNOWN: Final = re.compile(rb'"raw_digits"|"resource"\s*:\s*"call"')


class Records:
    """Makes the legs of one call; `convert` raises BadInput with what is wrong."""

    def __init__(self, file: CallPosts) -> None:
        self._campaign = file.rules.campaign

    def convert(self, post: Post) -> Told | str:
        if "event" in post or "resource" in post:
            if post.get("resource") != "call":
                return NOT_A_CALL
            if post.get("event") != ENDED:
                return OTHER
            post = _table(post, "data")
        call = text_of(post, "id")
        if not call:
            raise BadInput("the call has no id")
        start, end = _seconds(post, "started_at"), _seconds(post, "ended_at")
        if end is None:
            return NOT_OVER
        if start is None:
            raise BadInput("has no started_at")
        answer = _seconds(post, "answered_at")
        if not start <= (start if answer is None else answer) <= end <= start + LONGEST_MS * 1000:
            raise BadInput("started_at, answered_at and ended_at are not in this order within 7 days")
        return call, self._legs(post, start, answer, end), True

    def _legs(self, post: Post, start: int, answer: int | None, end: int) -> tuple[Leg, ...]:
        direction = text_of(post, "direction")
        if direction not in ("inbound", "outbound"):
            raise BadInput(f"direction {shown(direction)} is neither inbound nor outbound")
        number = text_of(post, "raw_digits")
        users = [user for name in ("user", "transferred_by") if (user := _table(post, name))]
        alone = "transferred_by" not in post or not _table(post, "transferred_by")
        talk = (end - answer) // 1000 if answer is not None and alone else None
        out = direction == "outbound"
        ring = ((end if answer is None else answer) - start) // 1000 if out and alone else None
        why = cause(text_of(post, "missed_call_reason"))
        named = campaign(text_of(post, self._campaign)) if self._campaign else None
        legs = [
            Leg(
                OUT if out else IN,
                phone(text_of(user, "id")),
                text_of(user, "email"),
                number,
                start,
                end,
                answer is not None,
                talk,
                ring,
                None,
                why,
                named,
            )
            for user in users
        ]
        if not out:
            legs.append(Leg(LINE, "", "", number, start, end, None, None, None, began_outside=True))
        return tuple(legs)


def _table(post: Post, name: str) -> dict[str, Any]:
    told = post.get(name)
    return told if isinstance(told, dict) else {}


def _seconds(post: Post, name: str) -> int | None:
    told = post.get(name)
    if told is None:
        return None
    if type(told) is not int or not 0 <= told < 10**11:
        raise BadInput(f"{name} {shown(told)} is no number of seconds since 1970")
    return in_range(told * 1_000_000)


def read_calls(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of webhooks or of a list of calls."""
    file = CallPosts(source, tally, asked, "/pbx/aircall")
    yield from file.read_posts(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    return first[:1] in (b"{", b"[") and bool(_KNOWN.search(first)) and b"specversion" not in first


CONNECTOR = Connector(
    name="aircall",
    reads="Aircall's webhooks (JSON, one a line, or as a webhook) and its lists of calls",
    suffixes=(),
    looks_like=_looks_like,
    read=read_calls,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "who hung up",
            "ringing of calls that came in: menus and queues are in it",
            "whose the talk was in a call that was handed over",
            "answering machines",
        ),
        latency="half a minute after the call, when Aircall sends call.ended",
    ),
    follows=True,
)
