"""3CX call data records (cdr.log or sent over TCP): the columns are those that the administrator chose.

Without a mapping the columns are 3CX's own list in its own order, the first 20 or all 27 of them. A mapping
with `columns` says otherwise; callid, time-start, time-end, from-no and to-no are always needed. A record
tells a whole call; records with the same callid are joined. Numbers of phones stand as Ext.101.

The person is who dialled, or who had the call in the end (final-dn), and in a transfer who handed it over.
Talk is known where the call went straight to that person; through a queue, a menu or a transfer the time
between answer and end holds waiting, so talk stays unknown. Who hung up is told as source or destination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.event.kinds import LONGEST_MS
from viewtrail.sources.asked import Asked
from viewtrail.sources.call_files import CallFile, Told, campaign, cause, first_row
from viewtrail.sources.calls import IN, LINE, OUT, OWN, Leg, leg_of
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.wall_clock import WallClock

COLUMNS: Final = tuple(
    "historyid callid duration time-start time-answered time-end reason-terminated from-no to-no from-dn "
    "to-dn dial-no reason-changed final-number final-dn bill-code bill-rate bill-cost bill-name chain "
    "from-type to-type final-type from-dispname to-dispname final-dispname missed-queue-calls".split()
)
SHORT: Final = 20  # columns up to chain: what releases before 16 write, and many after
NEEDED: Final = ("callid", "time-start", "time-end", "from-no", "to-no")
PHONE: Final = "Ext."
PERSONS: Final = frozenset({"", "extension"})
"""Types of a destination that may be a person; queues, ring groups, menus and voice mail are none."""

BY_SOURCE: Final = frozenset({"terminatedbysrc", "src_participant_terminated"})
BY_DESTINATION: Final = frozenset({"terminatedbydst", "dst_participant_terminated"})
SOURCE: Final = "source"
DESTINATION: Final = "destination"
_AS_CALLER: Final = {SOURCE: "agent", DESTINATION: "client", "": None}
_AS_CALLED: Final = {SOURCE: "client", DESTINATION: "agent", "": None}


class Records:
    """Makes the legs of one record; `convert` raises BadInput with what is wrong."""

    def __init__(self, file: CallFile) -> None:
        self._rules = file.rules
        self._longest = file.rules.longest_extension
        self._clock = WallClock(file.clock)
        columns = file.mapping.columns if file.mapping else ()
        widths = (columns,) if columns else (COLUMNS[:SHORT], COLUMNS)
        self._pick = {len(names): _picked(names, file) for names in widths}
        self._knows_answers = "time-answered" in (columns or COLUMNS)

    def convert(self, cells: list[str]) -> Told:
        pick = self._pick.get(len(cells))
        if pick is None:
            told = " or ".join(map(str, self._pick))
            raise BadInput(
                f"has {len(cells)} columns, not {told}", next="list them as columns in the mapping"
            )
        cells.append("")  # what a column that is not there holds
        record = _record(map(_strip, pick(cells)))
        call, began, answered, ended = record[:4]
        if not call:
            raise BadInput("callid is empty")
        start, end = self._clock.span(began, ended)
        if not 0 <= end - start <= LONGEST_MS * 1000:
            raise BadInput(f"time-end {ended} is not within 7 days after time-start")
        answer = self._clock.micros(answered, start) if answered else None
        if answer is not None and not start <= answer <= end:
            raise BadInput(f"time-answered {answered} is not between time-start and time-end")
        return call, self._legs(record, start, answer, end), False

    def _legs(self, record: Record, start: int, answer: int | None, end: int) -> tuple[Leg, ...]:
        _, _, _, _, told, caller, called, dialled, changed, final, called_type, final_type, of = record
        final = final or called
        changed = changed and changed.lower()
        straight = not changed and final == called and (not called_type or called_type.lower() in PERSONS)
        answered = answer is not None if self._knows_answers else None
        talk = (end - answer) // 1000 if answer is not None and straight else None
        rang = straight and self._knows_answers
        ring = ((end if answer is None else answer) - start) // 1000 if rang else None
        ended_by, why = _reason(told)
        named = campaign(of) if of else None
        if self._is_phone(caller):
            own, within = _extension(caller), self._is_phone(called)
            if within and self._is_phone(final):
                return (Leg(OWN, own, "", "", start, end, answered, talk, ring),)
            number = dialled or (final if within else called)
            by = _AS_CALLER[ended_by] if straight else None
            return (
                leg_of(
                    (OUT, own, "", number, start, end, answered, talk, ring, by, why, named, False, False)
                ),
            )
        legs = [Leg(LINE, "", "", caller, start, end, None, None, None, began_outside=True)]
        by = _AS_CALLED[ended_by] if "replaced" not in changed else None
        if self._is_person(final, final_type if final != called else called_type):
            legs.append(
                Leg(IN, _extension(final), "", caller, start, end, answered, talk, ring, by, why, named)
            )
        if changed == "replaceddst" and final != called and self._is_person(called, called_type):
            legs.append(Leg(IN, _extension(called), "", caller, start, end, answered, None, None))
        return tuple(legs)

    def _is_phone(self, number: str) -> bool:
        if number.startswith(PHONE):
            return True
        return len(number) <= self._longest and self._rules.is_phone(number)

    def _is_person(self, number: str, kind: str) -> bool:
        extension = _extension(number)
        return self._is_phone(number) and kind.lower() in PERSONS and extension not in self._rules.services


class Record(NamedTuple):
    """The cells that are used; "" for a column that is not there."""

    call: str
    start: str
    answer: str
    end: str
    reason: str
    caller: str
    called: str
    dialled: str
    changed: str
    final: str
    called_type: str
    final_type: str
    campaign: str


_strip: Final = str.strip
_record: Final = partial(tuple.__new__, Record)

USED: Final = (
    "callid", "time-start", "time-answered", "time-end", "reason-terminated", "from-no", "to-no", "dial-no",
    "reason-changed", "final-number", "to-type", "final-type",
)  # fmt: skip
"""3CX's names of the columns in `Record`, without the campaign's, which the mapping names."""


def _picked(columns: Sequence[str], file: CallFile) -> Callable[[list[str]], tuple[str, ...]]:
    """Takes the used cells out of a row that has one more, empty, at its end."""
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise BadInput(
            f"columns has no {missing[0]!r}",
            where=file.place,
            next=f"needed are {', '.join(NEEDED)}; their names are those of 3CX",
        )
    if file.rules.campaign and file.rules.campaign not in (
        (file.mapping and file.mapping.columns) or COLUMNS
    ):
        raise BadInput(f"campaign {file.rules.campaign!r} is not one of the columns", where=file.place)
    at = {name: position for position, name in enumerate(columns)}
    return itemgetter(*[at.get(name, -1) for name in (*USED, file.rules.campaign)])


@lru_cache(maxsize=4096)  # one text for all rows of a phone: what is kept of a row stays small
def _extension(number: str) -> str:
    return number.removeprefix(PHONE)


@lru_cache(maxsize=4096)
def _reason(told: str) -> tuple[str, str | None]:
    """Which side ended the call, and the reason if it is a code."""
    word = told.lower()
    return SOURCE if word in BY_SOURCE else DESTINATION if word in BY_DESTINATION else "", cause(word)


def read_records(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Calls of a 3CX record file. BadInput when the zone of its clock or a needed column is not known."""
    file = CallFile(source, tally, asked, "/pbx/3cx", COLUMNS)
    file.zone_needed()
    yield from file.read(Records(file).convert)


def _looks_like(first: bytes) -> bool:
    cells = first_row(first, COLUMNS)
    return len(cells) >= SHORT and cells[0].startswith("Call ")


CONNECTOR = Connector(
    name="3cx",
    reads="3CX call data records from a file or over TCP, in the columns the administrator chose",
    suffixes=(),
    looks_like=_looks_like,
    read=read_records,
    gives=Gives(
        types=("call.ended", "client.contacted"),
        unknown=(
            "talk and ring of calls that went through a queue, a menu or a transfer",
            "answering machines",
        ),
        latency="half a minute after the call when the file is followed or TCP is used",
    ),
    follows=True,
)
