"""Looks after the sources once and tells the log which fell silent and which are heard again.

    python -m viewtrail.app.source_watch --home DIR

`viewtrail serve` runs it every few minutes, beside everything else: it reads the log and adds an entry only
when something changed. An entry has the same id and content whoever makes it, so that looking twice adds
nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from viewtrail.app.clock import now as wall_clock
from viewtrail.app.home import Home, open_home
from viewtrail.app.source_health import Health, days_off, judge
from viewtrail.app.source_owners import owner_of, owners
from viewtrail.errors import LogBusy, ViewtrailError
from viewtrail.event import Event
from viewtrail.review.sources import HEARD_AGAIN, HOUSE, NOTHING_HEARD, SILENT
from viewtrail.store.asking import Questions
from viewtrail.store.asking_answers import SourceFacts, SourcesHeard
from viewtrail.store.remote_log import RemoteLog

COULD_NOT: Final = 3


def health(home: Home, questions: Questions, now: int) -> list[Health]:
    """How each source does at `now`, and whose it is."""
    settings = home.settings
    named = owners(settings.source_owners)
    found = judge(questions.sources_heard(now), now, settings.time_zone, days_off(settings.days_off))
    return [replace(one, owner=owner_of(one.source.source, named)) for one in found]


def news(heard: SourcesHeard, found: Sequence[Health]) -> list[Event]:
    """What the log has to be told: silences that ended, then those that began."""
    facts = {one.seen.source: one for one in heard.facts}
    told = [event for one in heard.facts if (event := _heard_again(one)) is not None]
    for one in found:
        fact = facts[one.source.source]
        if one.state == "silent" and fact.last is not None and fact.silent_since != fact.last:
            told.append(_silent(one.source.source, fact.last))
    return told


def _heard_again(one: SourceFacts) -> Event | None:
    since = one.silent_since
    if since is None or one.last is None or one.last <= since:
        return None
    first = next((each for each in one.arrivals if each.last > since), None)
    if first is None:
        return None
    at = first.first if first.first > since else first.last
    data = {"actor_kind": "system", "feed": one.seen.source, "from": since, "to": at, "why": HEARD_AGAIN}
    return Event(HOUSE, _name(one.seen.source, since, HEARD_AGAIN), SILENT, at, data)


def _silent(source: str, last: int) -> Event:
    data = {"actor_kind": "system", "feed": source, "from": last, "why": NOTHING_HEARD}
    return Event(HOUSE, _name(source, last, NOTHING_HEARD), SILENT, last, data)


def _name(source: str, since: int, why: str) -> str:
    return "silent-" + hashlib.sha256(f"{source}\0{since}\0{why}".encode()).hexdigest()[:24]


def look(home: Home, now: int) -> list[Event]:
    """Look once; what the log was told, which is on disk on return. LogBusy when no writer takes it."""
    with Questions(home.path) as questions:
        heard = questions.sources_heard(now)
    settings = home.settings
    told = news(heard, judge(heard, now, settings.time_zone, days_off(settings.days_off)))
    if told:
        with RemoteLog(home.path) as log:
            for event, receipt in zip(told, log.append(told, masked=True), strict=True):
                if receipt.outcome in ("conflict", "set-aside"):
                    _say(f"{event.type} {event.id} did not enter the log: {receipt.why}")
    return told


def main(args: Sequence[str] | None = None) -> int:
    """Look once; 3 and one line when that is not possible."""
    parser = argparse.ArgumentParser(prog="python -m viewtrail.app.source_watch", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    asked = parser.parse_args(args)
    try:
        for event in look(open_home(asked.home), wall_clock()):
            again = event.data["why"] == HEARD_AGAIN
            _say(f"{event.data['feed']} is {'heard again' if again else 'silent'}")
    except LogBusy:
        return 0  # the writer is starting or stopping: the next look tells it
    except (ViewtrailError, OSError) as error:
        _say(str(error))
        return COULD_NOT
    return 0


def _say(text: str) -> None:
    print(f"viewtrail: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
