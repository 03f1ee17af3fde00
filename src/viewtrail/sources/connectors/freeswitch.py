"""FreeSWITCH's call records as JSON (mod_json_cdr, mod_format_cdr): files, or posts of both legs of a call.

A record has `variables` (start_uepoch, answer_uepoch, bridge_uepoch, end_uepoch, direction, hangup_cause,
sip_hangup_disposition ...), URL-encoded by default, and `callflow` with what was dialled
(developer.signalwire.com/freeswitch, module reference: mod_json_cdr; the order of the legs there: Other
CDRs). A post is the JSON itself, or `cdr=` with it escaped or in base64, as `encode` says. With log-b-leg
both legs come, each on its own; legs that began one another share call_uuid. Set log-b-leg: only then calls
that came in name the phone that took them.

Times are seconds or microseconds since 1970 and need no zone. A leg's talk begins when it was both answered
and joined with the other side; who hung up is seen from sip_hangup_disposition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from viewtrail.errors import BadInput
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import Told
from viewtrail.sources.call_posts import CallPosts
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.freeswitch_legs import Legs, call_of, plain
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.posts import Post
from viewtrail.sources.streams import ByteSource


class Records:
    """Makes the leg of one record; `convert` raises BadInput with what is wrong."""

    def __init__(self, file: CallPosts) -> None:
        self._campaign = file.rules.campaign
        self._legs = Legs(file.rules, file.directory, file.clock)

    def convert(self, post: Post) -> Told | str:
        variables = post.get("variables")
        if not isinstance(variables, dict):
            raise BadInput("has no variables, so it is no call record of FreeSWITCH")
        flow = plain(_profiles(post))
        told = flow | {name: value for name, value in plain(variables, self._campaign).items() if value}
        if not told.get("direction"):
            told["direction"] = plain(_table(post, "channel_data")).get("direction", "")
        dialled = flow.get("destination_number") or told.get("destination_number", "")
        channel = told.get("channel_name") or told.get("chan_name", "")
        call = call_of(told)
        return call, (self._legs.leg(told, dialled, channel),), False


def _profiles(post: Post) -> dict[str, Any]:
    """The oldest caller profile: a dialplan that transfers writes what it dials into a newer one."""
    flows = post.get("callflow")
    flows = flows if isinstance(flows, list) else [flows]
    profiles = [_table(flow, "caller_profile") for flow in flows if isinstance(flow, dict)]
    return profiles[-1] if profiles else {}


def _table(post: Post, name: str) -> dict[str, Any]:
    told = post.get(name)
    return told if isinstance(told, dict) else {}


def read_records(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a file of records."""
    file = CallPosts(source, tally, asked, "/pbx/freeswitch")
    yield from file.read_posts(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    is_post = first.startswith(b"cdr=")
    return is_post or (first[:1] in (b"{", b"[") and b'"core-uuid"' in first[:400])


CONNECTOR = Connector(
    name="freeswitch",
    reads="FreeSWITCH's JSON call records (mod_json_cdr, also as a webhook), both legs joined to calls",
    suffixes=(),
    looks_like=_looks_like,
    read=read_records,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "answering machines",
            "who took a call that came in, where only first legs are written",
        ),
        latency="half a minute after the call as a webhook or when the file is followed",
    ),
    follows=True,
)
