"""What FreeSWITCH's variables say of one leg of a call, whichever of its modules wrote them.

1. `direction` is the channel's: inbound began at a phone or an outside line, outbound was made by
   FreeSWITCH.
2. A leg is a phone's when it signed in (sip_auth_username, user_name), was dialled as a user (dialed_user),
   or its name is one; through a gateway it is an outside line.
3. Talk begins with the later of answer and bridge: a leg that was answered first, by the dialplan or
   because a click called the agent, holds the client's ringing until both sides are joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.call_files import campaign, cause
from viewtrail.sources.call_posts import phone
from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.calls import LINE, OUT, OWN, RUNG, Leg
from viewtrail.sources.directory import Directory
from viewtrail.sources.posts import text_of
from viewtrail.sources.times import Clock, shown
from viewtrail.sources.wall_clock import WallClock, in_range

HUNG_UP: Final = {"recv_bye": "agent", "recv_cancel": "agent", "send_bye": "client"}
"""Who ended a phone's leg: what it received came from the phone, what was sent came from the other side."""

Variables = Mapping[str, str]


class Legs:
    """Makes the leg of one channel's variables; BadInput says which of them is wrong."""

    def __init__(self, rules: CallRules, directory: Directory | None, clock: Clock) -> None:
        self._rules = rules
        self._directory = directory or Directory()
        self._clock = WallClock(clock)

    def leg(self, told: Variables, dialled: str, channel: str) -> Leg:
        """`dialled` is what the caller dialled at first, `channel` a name like sofia/internal/211@office."""
        start = self._time(told, "start")
        end = self._time(told, "end")
        if start is None or end is None or not 0 <= end - start <= LONGEST_MS * 1000:
            raise BadInput("start and end are missing, or the end is not within 7 days after the start")
        answer, bridge = self._time(told, "answer"), self._time(told, "bridge")
        if channel.startswith("loopback/"):  # half of a passage within the system
            return Leg(LINE, "", "", "", start, end, None, None, None)
        name = self._phone(told, channel)
        if told.get("direction") == "inbound":
            return self._began(told, name, dialled, start, end, bridge)
        if told.get("direction") == "outbound":
            return self._made(told, name, dialled, start, end, answer, bridge)
        raise BadInput(f"direction {shown(told.get('direction', ''))} is neither inbound nor outbound")

    def _began(
        self, told: Variables, name: str, dialled: str, start: int, end: int, bridge: int | None
    ) -> Leg:
        if not name:
            number = told.get("caller_id_number") or told.get("sip_from_user", "")
            return Leg(LINE, "", "", number, start, end, None, None, None, began_outside=True)
        account = told.get("accountcode", "")
        if not self._rules.is_outside(dialled) and not self._with_prefix(dialled):
            return Leg(OWN, phone(name), account, "", start, end, bridge is not None, None, None)
        return self._personal(OUT, name, told, dialled, start, end, bridge)

    def _made(
        self,
        told: Variables,
        name: str,
        dialled: str,
        start: int,
        end: int,
        answer: int | None,
        bridge: int | None,
    ) -> Leg:
        if not name:
            number = dialled or told.get("sip_to_user", "")
            return Leg(
                LINE, "", "", number, start, end, None, None, None, to_outside=self._rules.is_outside(number)
            )
        if call_of(told) == told.get("uuid"):  # nobody called it: a click, and its other leg says whom for
            if bridge is None:
                return Leg(OWN, phone(name), "", "", start, end, False, None, None)
            return self._personal(RUNG, name, told, "", start, end, bridge)
        number = told.get("caller_id_number", "")
        since = None if answer is None else max(answer, bridge or 0)
        shown_outside = number if self._rules.is_outside(number) else ""
        return self._personal(RUNG, name, told, shown_outside, start, end, since)

    def _personal(
        self, way: str, name: str, told: Variables, number: str, start: int, end: int, since: int | None
    ) -> Leg:
        """The leg of an own phone that was joined with the other side at `since`, or never."""
        if since is not None and not start <= since <= end:
            raise BadInput("answer and bridge are not between start and end")
        named = self._rules.campaign
        return Leg(
            way,
            phone(name),
            told.get("accountcode", ""),
            number,
            start,
            end,
            since is not None,
            None if since is None else (end - since) // 1000,
            ((end if since is None else since) - start) // 1000,
            HUNG_UP.get(told.get("sip_hangup_disposition", "")),
            cause(told.get("hangup_cause", "").lower().replace("_", "-")),
            campaign(told.get(named, "")) if named else None,
        )

    def _with_prefix(self, dialled: str) -> bool:
        outside = self._rules.outside
        return bool(outside) and dialled.startswith(outside) and len(dialled) > self._rules.longest_extension

    def _phone(self, told: Variables, channel: str) -> str:
        """The name of the own phone whose leg it is; "" for an outside line."""
        if told.get("sip_gateway_name") or told.get("sip_gateway"):
            return ""
        keys = ("dialed_user",) if told.get("direction") == "outbound" else ("sip_auth_username", "user_name")
        for key in keys:
            if told.get(key) and told[key] not in self._rules.trunks:
                return told[key]
        name = channel.rpartition("/")[2].partition("@")[0]
        listed = self._directory.knows("extension", name) or self._directory.knows("sip", name)
        is_own = (listed and name not in self._rules.trunks) or self._rules.is_phone(name)
        return name if is_own and name not in self._rules.services else ""

    def _time(self, told: Variables, what: str) -> int | None:
        """Of `start_uepoch`, `start_epoch` and `start_stamp` the most exact; None for what never was (0)."""
        for key, unit in ((f"{what}_uepoch", 1), (f"{what}_epoch", 1_000_000)):
            value = told.get(key, "")
            if value:
                if not (value.isascii() and value.isdigit() and len(value) < 18):
                    raise BadInput(f"{key} {shown(value)} is no number")
                return in_range(int(value) * unit) or None
        stamp = told.get(f"{what}_stamp", "")
        return self._clock.micros(stamp) if stamp else None


def call_of(told: Variables) -> str:
    """What the legs of one call share: the leg that had this one made, in mod_callcenter the caller's."""
    return (
        told.get("originating_leg_uuid")
        or told.get("cc_member_session_uuid")
        or told.get("call_uuid")
        or told.get("uuid", "")
    )


def plain(told: Mapping[str, object], also: str = "") -> dict[str, str]:
    """The variables that are used, as text. Values are URL-encoded unless encode-values is off."""
    found = {}
    for name in (*USED, also):
        value = told.get(name)
        if value is None:
            continue
        try:
            found[name] = unquote(text_of({name: value}, name), errors="strict")
        except UnicodeDecodeError:
            raise BadInput(f"the variable {name} is no text") from None
        if found[name] != value:
            text_of(found, name)
    return found


USED: Final = tuple(
    "uuid call_uuid originating_leg_uuid cc_member_session_uuid direction dialed_user user_name "
    "sip_auth_username accountcode sip_gateway_name sip_gateway caller_id_number destination_number "
    "sip_from_user sip_to_user start_uepoch answer_uepoch bridge_uepoch end_uepoch start_epoch answer_epoch "
    "bridge_epoch end_epoch start_stamp answer_stamp bridge_stamp end_stamp hangup_cause "
    "sip_hangup_disposition channel_name chan_name".split()
)
"""The variables that are read; the hundred others of a record are not."""
