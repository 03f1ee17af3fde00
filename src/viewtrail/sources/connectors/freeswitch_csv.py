"""FreeSWITCH's call records as CSV (mod_cdr_csv), by its default template or by the columns in the mapping.

The default template `example` has caller_id_name, caller_id_number, destination_number, context,
start_stamp, answer_stamp, end_stamp, duration, billsec, hangup_cause, uuid, bleg_uuid, accountcode,
read_codec, write_codec (conf/vanilla/autoload_configs/cdr_csv.conf.xml). It names no direction and no
bridge, and only first legs are written unless `legs` is ab: an own number that calls out is whose call it
was; of a call that came in the phone is known when it was itself dialled. A template with direction,
dialed_user, bridge_uepoch and call_uuid says it all: name its variables as `columns`, in its order. Stamps
are local: the mapping names the zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import CallFile, Told, campaign, cause, first_row
from viewtrail.sources.call_posts import phone
from viewtrail.sources.calls import IN, LINE, OUT, OWN, Leg, leg_of
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.freeswitch_legs import Legs, call_of
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.numbers import CACHED
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.wall_clock import WallClock

COLUMNS: Final = tuple(
    "caller_id_name caller_id_number destination_number context start_stamp answer_stamp end_stamp duration "
    "billsec hangup_cause uuid bleg_uuid accountcode read_codec write_codec".split()
)
NEEDED: Final = ("caller_id_number", "destination_number", "uuid")


USED: Final = (
    "caller_id_number", "destination_number", "accountcode", "start_stamp", "answer_stamp", "end_stamp",
    "hangup_cause",
)  # fmt: skip
"""The variables in `FirstLeg`, without the campaign's, which the mapping names."""


class FirstLeg(NamedTuple):
    """The cells that are used of a first leg without a direction; "" for a column that is not there."""

    number: str
    dialled: str
    account: str
    start: str
    answer: str
    end: str
    cause: str
    campaign: str


_first_leg: Final = partial(tuple.__new__, FirstLeg)


class Records:
    """Makes the legs of one row; `convert` raises BadInput with what is wrong."""

    def __init__(self, file: CallFile) -> None:
        self._rules = file.rules
        self._directory = file.directory
        self._columns = (file.mapping.columns if file.mapping else ()) or COLUMNS
        self._clock = WallClock(file.clock)
        self._phones: dict[str, bool] = {}  # names that were looked at, and whether they are own phones
        self._legs = Legs(file.rules, file.directory, file.clock)
        missing = [name for name in NEEDED if name not in self._columns]
        if missing:
            raise BadInput(f"columns has no {missing[0]!r}", where=file.place)
        at = {name: position for position, name in enumerate(self._columns)}
        self._uuid, self._directed = at["uuid"], "direction" in at
        self._pick = itemgetter(*[at.get(name, -1) for name in (*USED, file.rules.campaign)])

    def convert(self, cells: list[str]) -> Told:
        if len(cells) != len(self._columns):
            raise BadInput(
                f"has {len(cells)} columns, not {len(self._columns)}",
                next="name the template's variables as columns in the mapping",
            )
        if not cells[self._uuid]:
            raise BadInput("uuid is empty, so which call it is about is not known")
        if not self._directed:
            cells.append("")  # what a column that is not there holds
            return cells[self._uuid], self._plain(_first_leg(self._pick(cells))), False
        told = dict(zip(self._columns, cells, strict=True))
        return (
            call_of(told),
            (self._legs.leg(told, told["destination_number"], told.get("channel_name", "")),),
            False,
        )

    def _plain(self, told: FirstLeg) -> tuple[Leg, ...]:
        """A first leg without a direction: it began at a phone if its number, or account, is one."""
        number, dialled, account, start_stamp, stamp, end_stamp, reason, told_campaign = told
        start, end = self._clock.span(start_stamp, end_stamp)
        answer = self._clock.micros(stamp, start) if stamp else None
        if not start <= (start if answer is None else answer) <= end <= start + LONGEST_MS * 1000:
            raise BadInput("start, answer and end are not in this order within 7 days")
        ring: int | None = ((end if answer is None else answer) - start) // 1000
        talk = None if answer is None else (end - answer) // 1000
        answered: bool | None = answer is not None
        by_number = self._is_phone(number)
        outgoing = by_number or self._is_phone(account)
        if answer is not None and answer - start < 1000:
            # The dialplan answered first: what it says is not the other side's
            answered, talk = (None if outgoing else True), None
        if talk is None and answer is not None:
            ring = None
        why, named = _cause(reason), campaign(told_campaign) if told_campaign else None
        if outgoing:
            own = phone(number if by_number else account)
            outside = self._rules.outside
            if self._rules.is_outside(dialled) or (outside and dialled.startswith(outside)):
                leg = (
                    OUT,
                    own,
                    account,
                    dialled,
                    start,
                    end,
                    answered,
                    talk,
                    ring,
                    None,
                    why,
                    named,
                    False,
                    False,
                )
                return (leg_of(leg),)
            return (Leg(OWN, own, account, "", start, end, answered, talk, ring, None, why, named),)
        began = Leg(LINE, "", "", number, start, end, None, None, None, began_outside=True)
        if not self._is_phone(dialled):
            return (began,)
        return began, Leg(IN, phone(dialled), "", number, start, end, answered, talk, ring, None, why, named)

    def _is_phone(self, name: str) -> bool:
        found = self._phones.get(name)
        if found is None:
            if len(self._phones) >= CACHED:
                self._phones.clear()
            found = self._phones[name] = self._looked_up(name)
        return found

    def _looked_up(self, name: str) -> bool:
        if not name or name in self._rules.trunks or name in self._rules.services:
            return False
        who = self._directory
        listed = who is not None and (who.knows("extension", name) or who.knows("sip", name))
        return listed or self._rules.is_phone(name)


@lru_cache(maxsize=4096)
def _cause(told: str) -> str | None:
    return cause(told.lower().replace("_", "-"))


def read_records(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a Master.csv. BadInput when the zone of its clock, or a needed column, is not known."""
    file = CallFile(source, tally, asked, "/pbx/freeswitch", COLUMNS)
    file.zone_needed()
    yield from file.read(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    cells = first_row(first, COLUMNS)
    return len(cells) == len(COLUMNS) and _is_uuid(cells[10]) and cells[8].isdigit()


def _is_uuid(told: Sequence[str] | str) -> bool:
    return len(told) == 36 and [at for at, sign in enumerate(told) if sign == "-"] == [8, 13, 18, 23]


CONNECTOR = Connector(
    name="freeswitch-csv",
    reads="FreeSWITCH's CSV call records (mod_cdr_csv), the default template or columns in a mapping",
    suffixes=(),
    looks_like=_looks_like,
    read=read_records,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "who hung up",
            "by the default template: who took a call through a menu or a queue",
            "by the default template: talk and ring of a call that the dialplan answered itself",
            "answering machines",
        ),
        latency="half a minute after the call when the file is followed",
    ),
    follows=True,
)
