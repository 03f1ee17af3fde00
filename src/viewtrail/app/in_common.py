"""Who do these records have in common: asked with the source's ids or pseudonyms, answered with either."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from viewtrail.app.findings import PSEUDONYM, Names, user
from viewtrail.app.home import Home
from viewtrail.errors import KeyMissing
from viewtrail.event import from_wire, rfc3339
from viewtrail.log import LogReader
from viewtrail.store.asking import Common, Questions
from viewtrail.store.segments import seal_due


@dataclass(frozen=True, slots=True)
class InCommon:
    """The answer: everybody who touched one of the records. `unmet` are ids that the log never heard of."""

    asked: int
    unmet: tuple[str, ...]
    found: tuple[Common, ...]
    shown: tuple[dict[str, Any], ...]


def in_common(
    home: Home,
    records: Sequence[str],
    *,
    source_ids: bool = False,
    now: int,
    entropy: Callable[[int], bytes],
    tell: Callable[[int, int], None] | None = None,
) -> InCommon:
    """Ask about records by the source's ids or by pseudonyms.

    With `source_ids` the answer names people and records as the source does; the log says so first: no entry,
    no answer. KeyMissing when the keys for names are not there.
    """
    with home.reader() as reader:
        named = {_pseudonym(reader, record): record for record in records}
        unmet = tuple(told for name, told in named.items() if reader.storage.name(name) is None)
        if source_ids:
            names = Names(reader)
            _say_so(home, len(named), now, entropy)
        _seal(home, tell)
        with Questions(home.path) as questions:
            found = tuple(questions.in_common(list(named)))
        shown = tuple(_json(one) for one in found)
        if source_ids:
            shown = tuple(names.back(one) for one in shown)
    return InCommon(len(named), unmet, found, shown)


def _pseudonym(reader: LogReader, record: str) -> str:
    if PSEUDONYM.fullmatch(record) and record.startswith("r-"):
        return record
    if reader.keys is None:
        raise KeyMissing(
            "the log's keys are not readable, and records can be named by pseudonyms alone",
            next="put the files of HOME/keys back, or give pseudonyms (r-...)",
        )
    return reader.pseudonym("r", record)


def _seal(home: Home, tell: Callable[[int, int], None] | None) -> None:
    try:
        seal_due(home.path, tell)
    except OSError:
        return  # a folder that may not be written to is asked as it is


def _say_so(home: Home, records: int, now: int, entropy: Callable[[int], bytes]) -> None:
    told = {
        "specversion": "1.0",
        "id": f"unmasked-{entropy(16).hex()}",
        "source": "viewtrail",
        "type": "identity.unmasked",
        "time": rfc3339(now),
        "data": {
            "agent": user(),
            "what": "records-in-common",
            "why": "asked-on-the-command-line",
            "asked": {"records": records},
        },
    }
    with home.writer() as log:
        log.append([from_wire(told)], received=now)
        log.checkpoint()


def _json(one: Common) -> dict[str, Any]:
    return {
        "agent": one.agent,
        "asked": one.asked,
        "touched": one.touched,
        "opened": one.opened,
        "revealed": one.revealed,
        "called": one.called,
        "exported": one.exported,
        "owned": one.owned,
        "via": one.via,
        "reasons": one.reasons,
        "first_at": rfc3339(one.first),
        "last_at": rfc3339(one.last),
        "opened_in_all": one.distinct,
        "records_of_company": one.company,
        "expected": None if one.expected is None else round(one.expected, 4),
        "probability": one.probability,
        "enough": one.enough,
        "records": list(one.records),
    }
