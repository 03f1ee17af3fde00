"""The table of people into the directory and the log: joinings, changes, extensions, and conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from viewtrail.app.connect_state import DirectoryFiles
from viewtrail.app.home import Home
from viewtrail.event import Event, rfc3339
from viewtrail.log import Receipt
from viewtrail.sources import SetAside
from viewtrail.sources.directory import ALWAYS, Claim, conflicts
from viewtrail.sources.people import Known, Person, events_of, facts_of, read_people

MOST: Final = 2_000  # events of one append


@dataclass
class PeopleImported:
    """What became of a table of people."""

    agents: int = 0
    rows: int = 0
    names: int = 0  # extensions, accounts and addresses
    told: int = 0  # events added to the log
    stayed: int = 0  # agents of earlier tables that this one does not name
    version: int = 0
    aside: list[SetAside] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def import_people(home: Home, path: Path, *, now: int) -> PeopleImported:
    """Keep who is who and tell the log what is new. The rows of an agent replace what was known of them."""
    people = read_people(path)
    files = DirectoryFiles(home.path)
    known, version = files.people()
    events = events_of(people.rows, known, now)
    named = {person.agent for person in people.rows}
    claims = frozenset(people.claims) | {claim for claim in known.claims if claim.agent not in named}
    after = Known(facts_of(people.rows, known), claims, known.told | {event.id for event in events})
    added = append(home, events, now)
    if after != known:
        version += 1
        files.keep_people(after, version, known.claims - claims)
    return PeopleImported(
        agents=len(named),
        rows=len(people.rows),
        names=sum(len(person.claims) for person in people.rows),
        told=sum(receipt.outcome == "added" for receipt in added),
        stayed=len({claim.agent for claim in known.claims} - named),
        version=version,
        aside=people.aside,
        conflicts=[_told(first, second, people.rows) for first, second in conflicts(claims)],
    )


def append(home: Home, events: list[Event], now: int) -> list[Receipt]:
    """Facts of a table into the log, as history: they hold since their own time."""
    receipts: list[Receipt] = []
    with home.writer() as log:
        for start in range(0, len(events), MOST):
            receipts += log.append(events[start : start + MOST], received=now, backfill=True)
        if events:
            log.checkpoint()
    return receipts


def _told(first: Claim, second: Claim, rows: list[Person]) -> str:
    """Two agents with one name at one time: nobody is taken for either while it lasts."""
    places = {claim: person.place for person in rows for claim in person.claims}
    start, end = max(first.start, second.start), min(first.end, second.end)
    since = rfc3339(start) if start != ALWAYS[0] else "always"
    until = rfc3339(end) if end != ALWAYS[1] else "now"
    at = " and ".join(filter(None, (places.get(first), places.get(second)))) or "earlier imports"
    return (
        f"{at}: {first.kind} {first.id} is {first.agent}'s and {second.agent}'s "
        f"from {since} to {until}; calls of that time are nobody's"
    )
