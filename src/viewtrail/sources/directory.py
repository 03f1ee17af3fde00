"""Who is who: extensions, accounts and addresses to agents, numbers to records, each for its time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from viewtrail.sources.numbers import CACHED, Numbers

KINDS: Final = ("crm", "extension", "sip", "email", "web")
"""What an agent can be known by: user of the CRM, extension, SIP account, e-mail address, web user."""

ALWAYS: Final = (-(2**62), 2**62)
"""The span of a fact without dates, in microseconds."""

_ALWAYS_FROM, _ALWAYS_TO = ALWAYS

MATCHED: Final = "matched to a record"
NO_NUMBER: Final = "no number is shown"
NOT_A_NUMBER: Final = "not a telephone number"
UNKNOWN: Final = "the number is in no record"
SHARED: Final = "the number is in several records"


@dataclass(frozen=True, slots=True)
class Claim:
    """`agent` is known as `id` from `start` to `end`; an extension is one of the telephone system `pbx`."""

    agent: str
    kind: str
    id: str
    pbx: str = ""
    start: int = ALWAYS[0]
    end: int = ALWAYS[1]


Match = tuple[str | None, str | None, str]
"""The record of a number, the number's hash wherever it could be read, and why there is no record."""


@dataclass(frozen=True, slots=True)
class Link:
    """The number behind this hash is the record's from `start` to `end`."""

    record: str
    start: int = ALWAYS[0]
    end: int = ALWAYS[1]


class Directory:
    """One version of who is who. Two answers at one time are no answer: nobody is guessed.

    `waiting` are the ids of calls that are in the log without a record. They are told so again, so that a
    file that is read twice gives the same events; `call.matched` joins them.
    """

    def __init__(
        self,
        claims: Iterable[Claim] = (),
        links: Mapping[str, tuple[Link, ...]] | None = None,
        numbers: Numbers | None = None,
        waiting: frozenset[str] = frozenset(),
    ) -> None:
        self._claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in claims:
            self._claims[claim.kind, folded(claim.kind, claim.id)].append(claim)
        self._links = links or {}
        self._numbers = numbers
        # By country and spelling: what it comes to at any time, or its hash if that depends on the time
        self._matches: dict[str, dict[str, Match | str]] = {}
        self.waiting = waiting

    def agent(self, kind: str, id: str, at: int, pbx: str = "") -> str | None:
        """Whose it was at that time; None if nobody's, or if the directory names two."""
        told = self._claims.get((kind, id if kind == "extension" else folded(kind, id)))
        if told is None:
            return None
        if len(told) == 1:  # nearly always, and a million times a file
            [only] = told
            here = only.start <= at < only.end and (not pbx or not only.pbx or only.pbx == pbx)
            return only.agent if here else None
        agents = {
            one.agent
            for one in told
            if one.start <= at < one.end and (not pbx or not one.pbx or one.pbx == pbx)
        }
        return agents.pop() if len(agents) == 1 else None

    def alone(self, kind: str, id: str, pbx: str = "") -> Claim | None:
        """The only claim that there ever was to this id; None if there are several, or none in this `pbx`."""
        told = self._claims.get((kind, folded(kind, id)), ())
        return told[0] if len(told) == 1 and (not pbx or told[0].pbx in ("", pbx)) else None

    def knows(self, kind: str, id: str) -> bool:
        """Whether it is or was anybody's."""
        return (kind, folded(kind, id)) in self._claims

    def record(self, number: str, country: str, at: int) -> Match:
        """The one record that this number belonged to at that time."""
        known = self._matches.get(country)
        if known is None:
            known = self.matches(country)
        found = known.get(number)
        if found is None:
            if len(known) >= CACHED:
                known.clear()
            found = known[number] = self._learned(number, country)
        return found if type(found) is tuple else self.of_hash(str(found), at)

    def matches(self, country: str) -> dict[str, Match | str]:
        """What `record` knows of numbers by now: those that come to the same at any time have it here."""
        known = self._matches.get(country)
        if known is None:
            known = self._matches[country] = {}
        return known

    def _learned(self, number: str, country: str) -> Match | str:
        """What this number comes to; its hash, if it is somebody's at some time only, or several people's."""
        if self._numbers is None:
            return _UNREAD
        told = self._numbers.read(number, country)
        if told is None:
            return _NONE if not number or number.lower() in _WITHHELD else _NO_NUMBER
        links = self._links.get(told)
        if not links:
            return None, told, UNKNOWN
        if len(links) > 1:
            return told
        [only] = links
        always = only.start == _ALWAYS_FROM and only.end == _ALWAYS_TO
        return (only.record, told, MATCHED) if always else told

    def of_hash(self, told: str, at: int) -> Match:
        """The record of a number that is known by its hash alone."""
        links = self._links.get(told)
        if links is None:
            return None, told, UNKNOWN
        if len(links) == 1:
            [only] = links
            here = only.start <= at < only.end
            return (only.record, told, MATCHED) if here else (None, told, UNKNOWN)
        records = {link.record for link in links if link.start <= at < link.end}
        if len(records) == 1:
            return records.pop(), told, MATCHED
        return None, told, SHARED if records else UNKNOWN


_UNREAD: Final[Match] = (None, None, UNKNOWN)
_NONE: Final[Match] = (None, None, NO_NUMBER)
_NO_NUMBER: Final[Match] = (None, None, NOT_A_NUMBER)
_WITHHELD: Final = frozenset(
    {"anonymous", "unknown", "restricted", "private", "withheld", "unavailable", "<unknown>"}
)


def folded(kind: str, id: str) -> str:
    """Addresses and web users are the same in any case; extensions and ids are as they stand."""
    return id.casefold() if kind in ("email", "web", "sip") else id


def conflicts(claims: Iterable[Claim]) -> list[tuple[Claim, Claim]]:
    """Pairs of claims by which one id was two agents' at the same time."""
    by_id: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        by_id[claim.kind, folded(claim.kind, claim.id)].append(claim)
    found = []
    for told in by_id.values():
        told.sort(key=lambda one: (one.start, one.agent))
        starts = [one.start for one in told]
        for position, first in enumerate(told):
            for second in told[position + 1 : bisect_right(starts, first.end - 1)]:
                same_system = not first.pbx or not second.pbx or first.pbx == second.pbx
                if same_system and first.agent != second.agent:
                    found.append((first, second))
    return found
