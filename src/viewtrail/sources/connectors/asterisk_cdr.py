"""Asterisk's call detail records (cdr-csv/Master.csv): rows without a header, several of them a call.

Columns: accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end,
duration, billsec, disposition, amaflags; then, as cdr.conf has it, uniqueid and userfield, and with
newcdrcolumns also peeraccount, linkedid, sequence. 16 to 21 columns are read, each row by its own number.

Times are local unless cdr.conf says usegmtime: the mapping names the zone. Whose phone it was is seen from
the channel (PJSIP/211-0000001a), else the account code. Rows of one call are joined by linkedid or uniqueid.
Where the dialplan answers before the phone rings, a row has no ring and its talk holds the ringing: it stays
unknown. Who hung up is never in these files: channel events (asterisk-cel) have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import CallFile, RowIds, Told, campaign, first_row
from viewtrail.sources.calls import IN, LINE, OUT, OWN, RUNG, Leg, leg_of
from viewtrail.sources.channels import NONE, OUTSIDE, PASSAGE, PHONE, Channels
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import shown
from viewtrail.sources.wall_clock import WallClock, whole

COLUMNS: Final = tuple(
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec "
    "disposition amaflags uniqueid userfield peeraccount linkedid sequence".split()
)
ANSWERED: Final[dict[str, bool | None]] = {
    "ANSWERED": True,
    "NO ANSWER": False,
    "BUSY": False,
    "FAILED": False,
    "CONGESTION": False,
    "UNKNOWN": None,
    "": None,
}
CAUSES: Final = {told: told.lower().replace(" ", "-") or None for told in ANSWERED}
CAMPAIGNS: Final = {"accountcode": 0, "dst": 2, "dcontext": 3, "userfield": -1}

EARLIER: Final = 2
"""Seconds by which a row may start before its channel's own second: both are rounded."""

_MS: Final = {str(number): 1000 * number for number in range(7_200)}
"""Milliseconds of seconds as they are written, up to two hours: reading each takes thrice as long."""

# Epoch and running number, after the name of the system where asterisk.conf gives it one
_UNIQUE_ID: Final = re.compile(r"(?:.+-)?(\d{9,11})\.\d+", re.ASCII)


class Records:
    """Makes the legs of one row; `convert` raises BadInput with the column that is wrong."""

    def __init__(self, file: CallFile) -> None:
        self._rules = file.rules
        self._channels = Channels(file.rules, file.directory)
        self._clock = WallClock(file.clock)
        self._ids = RowIds("asterisk-cdr", file.source)
        if file.rules.campaign and file.rules.campaign not in CAMPAIGNS:
            raise BadInput(
                f"campaign {file.rules.campaign!r} is no column for campaigns",
                where=file.place,
                next=f"one of {', '.join(CAMPAIGNS)}",
            )
        self._campaign = CAMPAIGNS.get(file.rules.campaign)

    def convert(self, cells: list[str]) -> Told:
        if len(cells) == 21:
            unique, userfield, peer, linked = cells[16:20]
        else:
            unique, linked, userfield, peer = _rest(cells)
        start = self._clock.steady(cells[9])
        if start is None:
            start = self._clock.micros(cells[9], _begun(unique))
        end = self._clock.steady(cells[11])
        if end is None:
            end = self._clock.micros(cells[11], start)
        lasted, billed = _MS.get(cells[12]), _MS.get(cells[13])
        if lasted is None or billed is None:
            lasted, billed = 1000 * whole(cells[12], "duration"), 1000 * whole(cells[13], "billsec")
        if end < start:
            raise BadInput(f"end {cells[11]} is before start {cells[9]}")
        if not billed <= lasted <= LONGEST_MS:
            raise BadInput(
                f"duration {lasted // 1000} is longer than 7 days, or shorter than billsec {billed // 1000}"
            )
        if cells[14] not in ANSWERED:
            raise BadInput(f"disposition {shown(cells[14])} is none of {', '.join(filter(None, ANSWERED))}")
        call = linked or unique or self._ids.of(cells)
        first = not linked or linked == unique
        leg = self._leg(cells, start, end, lasted, billed, peer, first)
        if self._campaign is not None:
            named = userfield if self._campaign < 0 else cells[self._campaign]
            leg = leg._replace(campaign=campaign(named))
        return call, (leg,), False

    def _leg(
        self, cells: list[str], start: int, end: int, lasted: int, billed: int, peer: str, first: bool
    ) -> Leg:
        account, source, dialled = cells[0], cells[1], cells[2]
        (a, a_name), (b, b_name) = self._channels.party(cells[5]), self._channels.party(cells[6])
        answered = ANSWERED[cells[14]]
        ring = lasted - billed  # both are whole seconds of one clock; the columns for times are cut off
        talk = billed if answered else None
        cause = CAUSES[cells[14]]
        if a == PHONE:
            if b == PHONE or (b != OUTSIDE and not self._rules.is_outside(dialled)):
                return Leg(OWN, a_name, account, "", start, end, answered, talk, ring)
            if b == NONE:  # nothing outside was reached; what answered, if anything, was a prompt
                rung = ring if cells[7] == "Dial" else 0
                return Leg(OUT, a_name, account, dialled, start, end, False, None, rung, cause=cause)
            return leg_of(
                (
                    OUT,
                    a_name,
                    account,
                    dialled,
                    start,
                    end,
                    answered,
                    talk,
                    ring,
                    None,
                    cause,
                    None,
                    False,
                    False,
                )
            )
        if b == PHONE:
            if a == PASSAGE:
                shown_outside = source if self._rules.is_outside(source) else ""
                return Leg(RUNG, b_name, peer, shown_outside, start, end, answered, talk, ring, cause=cause)
            told = Leg(IN, b_name, peer, source, start, end, answered, talk, ring, cause=cause)
            if answered and ring <= 0:  # the dialplan answered before the phone rang: talk holds the ringing
                told = told._replace(talk=None, ring=None)
            return told._replace(began_outside=True) if first else told
        to_outside = b == OUTSIDE
        number = source if a == OUTSIDE else dialled
        came_in = a == OUTSIDE and first
        return Leg(
            LINE, "", "", number, start, end, None, None, None, began_outside=came_in, to_outside=to_outside
        )


def _begun(unique: str) -> int | None:
    """When the channel was made, by its unique id: before the row starts, and in UTC."""
    found = _UNIQUE_ID.fullmatch(unique)
    return (int(found[1]) - EARLIER) * 1_000_000 if found else None


def _rest(cells: list[str]) -> tuple[str, str, str, str]:
    """uniqueid, linkedid, userfield and peeraccount, wherever this row has them; "" where it has not."""
    count = len(cells)
    if not 16 <= count <= 21:
        raise BadInput(f"has {count} columns, not 16 to 21")
    peer = linked = ""
    if count >= 19:
        peer, linked = cells[-3], cells[-2]
        count -= 3
    if count == 18:
        return cells[16], linked, cells[17], peer
    if count == 17:  # cdr.conf has loguniqueid or loguserfield, and only the value shows which
        if _UNIQUE_ID.fullmatch(cells[16]):
            return cells[16], linked, "", peer
        return "", linked, cells[16], peer
    return "", linked, "", peer


def read_records(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a Master.csv. BadInput when the zone of its clock is not known."""
    file = CallFile(source, tally, asked, "/pbx/asterisk", COLUMNS)
    file.zone_needed()
    yield from file.read(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    cells = first_row(first, COLUMNS)
    return 16 <= len(cells) <= 21 and cells[14] in ANSWERED and "/" in cells[5] and cells[12].isdigit()


CONNECTOR = Connector(
    name="asterisk-cdr",
    reads="Asterisk's call detail records (cdr-csv/Master.csv, 16 to 21 columns), rows joined to calls",
    suffixes=(),
    looks_like=_looks_like,
    read=read_records,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "who hung up",
            "talk and ring of a call that the dialplan answered before the phone rang",
            "answering machines",
        ),
        latency="half a minute after the call when the file is followed",
    ),
    follows=True,
)
